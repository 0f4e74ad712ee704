/** Small numbers for the rows of one graph, so that large ones are walked over lists: maps of a hundred thousand keys take longer than all else. */

/** Stands where there is no place. */
export const NONE = -1;

/** Rows of any tables by their keys (see `linked.ts`), each at the place 0, 1, 2, … in which it was met. */
export class Places {
  readonly keys: number[] = [];
  readonly #places = new Map<number, number>();

  /** The place of a key: the next one when it is new. */
  of(key: number): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.keys.length);
    return this.keys.push(key) - 1;
  }

  keyAt(place: number): number {
    return this.keys[place] as number;
  }

  get size(): number {
    return this.keys.length;
  }
}

/** A set of places, in the order in which they came. */
export class PlaceSet {
  readonly list: number[] = [];
  #has: Uint8Array;

  constructor({ size }: Places, of: readonly number[] = []) {
    this.#has = new Uint8Array(size);
    for (const place of of) this.add(place);
  }

  has(place: number): boolean {
    return this.#has[place] === 1;
  }

  add(place: number): void {
    if (this.has(place)) return;
    if (place >= this.#has.length) {
      const wider = new Uint8Array(2 * place + 1);
      wider.set(this.#has);
      this.#has = wider;
    }
    this.#has[place] = 1;
    this.list.push(place);
  }

  get size(): number {
    return this.list.length;
  }
}

/** For each place a list of others, each with its order: all in one piece. The list of `place` goes from `start(place)` up to `end(place)`. */
export class Lists {
  readonly items: Int32Array;
  readonly orders: Float64Array;
  readonly #ends: Int32Array;
  readonly #has: Uint8Array;

  /** From rows: whose list, which place (`NONE`: there is a list, but this is nothing in it), and in which order. */
  constructor({ size }: Places, owners: readonly number[], items: readonly number[], orders: readonly number[]) {
    this.#has = new Uint8Array(size);
    const ends = new Int32Array(size + 1);
    for (let i = 0; i < owners.length; i++) {
      const owner = owners[i] as number;
      this.#has[owner] = 1;
      if (items[i] !== NONE) ends[owner + 1] = (ends[owner + 1] as number) + 1;
    }
    for (let place = 0; place < size; place++) ends[place + 1] = (ends[place + 1] as number) + (ends[place] as number);
    this.items = new Int32Array(ends[size] as number);
    this.orders = new Float64Array(this.items.length);
    // What was the beginning of a list is its end when all have been put in.
    for (let i = 0; i < owners.length; i++) {
      if (items[i] === NONE) continue;
      const [owner, item, order] = [owners[i] as number, items[i] as number, orders[i] as number];
      const at = ends[owner] as number;
      ends[owner] = at + 1;
      this.items[at] = item;
      this.orders[at] = order;
    }
    this.#ends = ends;
  }

  /** Whether there is a list, be it empty. */
  has(place: number): boolean {
    return this.#has[place] === 1;
  }

  start(place: number): number {
    return place === 0 ? 0 : (this.#ends[place - 1] as number);
  }

  end(place: number): number {
    return this.#ends[place] as number;
  }

  /** Sorts each list by order, then by key; most are in order as they were read. */
  sorted({ keys }: Places): this {
    const { items, orders } = this;
    const compare = (a: number, b: number): number => {
      const [x, y] = [orders[a] as number, orders[b] as number];
      return x === y ? (keys[items[a] as number] as number) - (keys[items[b] as number] as number) : x < y ? -1 : 1;
    };
    for (let place = 0, start = 0; place < this.#has.length; place++) {
      const end = this.end(place);
      let i = start + 1;
      while (i < end && compare(i - 1, i) <= 0) i++;
      if (i < end) {
        const from = Array.from({ length: end - start }, (_, at) => start + at).sort(compare);
        items.set(
          from.map((at) => items[at] as number),
          start,
        );
        orders.set(
          from.map((at) => orders[at] as number),
          start,
        );
      }
      start = end;
    }
    return this;
  }
}
