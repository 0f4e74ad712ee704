/** Indexes 0, 1, 2, … for the rows of one graph, so that large graphs are walked over arrays: maps of a hundred thousand keys would take longer than all else. */

/** No node. */
export const NONE = -1;

/** Rows of any tables by their row numbers (see `lineage-kinds.ts`), each at the index 0, 1, 2, … in which it was met. */
export class NodeIndex {
  readonly keys: number[] = [];
  readonly #indexes = new Map<number, number>();

  /** The index of a key: the next one when it is new. */
  of(key: number): number {
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.keys.length);
    return this.keys.push(key) - 1;
  }

  keyAt(node: number): number {
    return this.keys[node] as number;
  }

  get size(): number {
    return this.keys.length;
  }
}

/** A set of indexes, in the order in which they came. */
export class IndexSet {
  readonly list: number[] = [];
  #has: Uint8Array;

  constructor({ size }: NodeIndex, of: readonly number[] = []) {
    this.#has = new Uint8Array(size);
    for (const node of of) this.add(node);
  }

  has(node: number): boolean {
    return this.#has[node] === 1;
  }

  add(node: number): void {
    if (this.has(node)) return;
    if (node >= this.#has.length) {
      const wider = new Uint8Array(2 * node + 1);
      wider.set(this.#has);
      this.#has = wider;
    }
    this.#has[node] = 1;
    this.list.push(node);
  }

  get size(): number {
    return this.list.length;
  }
}

/** For each index a list of others, each with its order: all in one piece. The list of `index` goes from `start(place)` up to `end(place)`. */
export class Lists {
  readonly items: Int32Array;
  readonly orders: Float64Array;
  readonly #ends: Int32Array;
  readonly #has: Uint8Array;

  /** From rows: whose list, which index (`NONE`: there is a list, but this is nothing in it), and in which order. */
  constructor({ size }: NodeIndex, owners: readonly number[], items: readonly number[], orders: readonly number[]) {
    this.#has = new Uint8Array(size);
    const ends = new Int32Array(size + 1);
    for (let i = 0; i < owners.length; i++) {
      const owner = owners[i] as number;
      this.#has[owner] = 1;
      if (items[i] !== NONE) ends[owner + 1] = (ends[owner + 1] as number) + 1;
    }
    for (let node = 0; node < size; node++) ends[node + 1] = (ends[node + 1] as number) + (ends[node] as number);
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
  has(node: number): boolean {
    return this.#has[node] === 1;
  }

  start(node: number): number {
    return node === 0 ? 0 : (this.#ends[node - 1] as number);
  }

  end(node: number): number {
    return this.#ends[node] as number;
  }

  /** Sorts each list by order, then by key; most are in order as they were read. */
  sorted({ keys }: NodeIndex): this {
    const { items, orders } = this;
    const compare = (a: number, b: number): number => {
      const [x, y] = [orders[a] as number, orders[b] as number];
      return x === y ? (keys[items[a] as number] as number) - (keys[items[b] as number] as number) : x < y ? -1 : 1;
    };
    for (let node = 0, start = 0; node < this.#has.length; node++) {
      const end = this.end(node);
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
