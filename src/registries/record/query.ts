/** Queries: built up step by step, run when awaited. */
import type { Row } from "../../db/columns.ts";
import { count, type Question, select } from "../../db/select.ts";
import { link, unlink } from "../../db/write.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Table } from "../../formats/table.ts";
import type { Connection } from "../../instance/connection.ts";
import { model, type Name, type Order, type Where } from "../../model/index.ts";
import { make, type Of } from "./classes.ts";
import { checkRecords, connectionOf, isEntry, nameOf, refOf, rowOf } from "./row.ts";
import { tableOfRows } from "./listing.ts";

/** What a query asks, without what the connection adds. */
type Asked = Omit<Question, "hidden" | "visible">;
const PAGE = 500;

/**
 * A question to a registry: await it for the rows, or ask for the first, the only one, a count or a table.
 * It never changes: each step makes a new one.
 *
 * @example
 * const big = await ln.Artifact.filter({ key: { startsWith: "raw/" }, size: { gt: 1e6 } }).orderBy("-createdAt").limit(10);
 */
export class Query<in out N extends Name> implements PromiseLike<Of<N>[]>, AsyncIterable<Of<N>> {
  protected readonly source: () => Promise<Connection>;
  protected readonly asked: Asked;

  constructor(source: () => Promise<Connection>, asked: Asked) {
    this.source = source;
    this.asked = asked;
  }

  #with(more: Partial<Asked>): Query<N> {
    return new Query<N>(this.source, { ...this.asked, ...more });
  }

  /** Rows that also fit `where`. */
  filter(where: Where<N>): Query<N> {
    return this.#with({ where: [...(this.asked.where ?? []), where as Record<string, unknown>] });
  }

  /** Sorted by these columns, `-` first for downwards; ties by age. */
  orderBy(...by: Order<N>[]): Query<N> {
    return this.#with({ order: by });
  }

  limit(n: number): Query<N> {
    return this.#with({ limit: n });
  }

  offset(n: number): Query<N> {
    return this.#with({ offset: n });
  }

  /** Rows whose name, key, description or uid holds the text, best first. */
  search(text: string): Query<N> {
    if (typeof text !== "string")
      throw new LinealError("invalid", "search needs a text", { hint: 'Write .search("ingest").' });
    return this.#with({ search: text });
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting a query runs it.
  then<A = Of<N>[], B = never>(
    done?: ((rows: Of<N>[]) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#records().then(done, failed);
  }

  /** The first row, or undefined. */
  async first(): Promise<Of<N> | undefined> {
    return (await this.#with({ limit: Math.min(1, this.asked.limit ?? 1) }).#records())[0];
  }

  /** The last row in this order, or undefined. */
  async last(): Promise<Of<N> | undefined> {
    if (this.asked.limit !== undefined || this.asked.offset || this.asked.search !== undefined)
      return (await this.#records()).at(-1);
    if (this.asked.order === undefined) return (await this.#with({ order: ["-id"], limit: 1 }).#records())[0];
    // Not the first of the opposite order: absent values come last both ways.
    const n = await this.count();
    return n === 0 ? undefined : (await this.#with({ offset: n - 1, limit: 1 }).#records())[0];
  }

  /** The only row; `not-found` for none, `ambiguous` for several. */
  async one(): Promise<Of<N>> {
    const found = await this.oneOrNull();
    if (!found)
      throw new LinealError("not-found", `no ${this.asked.name} fits`, {
        hint: `\`await ln.${this.asked.name}.filter()\` lists what there is.`,
      });
    return found;
  }

  /** The only row, or null for none; `ambiguous` for several. */
  async oneOrNull(): Promise<Of<N> | null> {
    const found = await this.#with({ limit: Math.min(2, this.asked.limit ?? 2) }).#records();
    if (found.length > 1)
      throw new LinealError("ambiguous", `more than one ${this.asked.name} fits`, {
        hint: "Say more in the filter, or take .first().",
      });
    return found[0] ?? null;
  }

  /** How many rows there are; `limit` counts. */
  async count(): Promise<number> {
    const connection = await this.source();
    return connection.read(() => count(connection.database.dialect, this.#question(connection)));
  }

  async exists(): Promise<boolean> {
    return (await this.#with({ limit: Math.min(1, this.asked.limit ?? 1) }).#rows()).rows.length > 0;
  }

  /** All rows as a table that prints itself. */
  async toTable(): Promise<Table> {
    return tableOfRows(this.asked.name, (await this.#rows()).rows);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Of<N>> {
    const whole = this.asked.order === undefined && this.asked.search === undefined && !this.asked.offset;
    let left = this.asked.limit ?? Number.POSITIVE_INFINITY;
    let after: number | undefined = whole ? 0 : undefined;
    let offset = this.asked.offset ?? 0;
    while (left > 0) {
      const size = Math.min(PAGE, left);
      const { connection, rows } = await this.#with(
        whole ? { after: after as number, limit: size } : { offset, limit: size },
      ).#rows();
      for (const row of rows) yield make(connection, this.asked.name as N, row);
      if (rows.length < size) return;
      left -= rows.length;
      offset += rows.length;
      after = rows.at(-1)?.id;
    }
  }

  async #records(): Promise<Of<N>[]> {
    const { connection, rows } = await this.#rows();
    return rows.map((row) => make(connection, this.asked.name as N, row));
  }

  async #rows(): Promise<{ connection: Connection; rows: Row[] }> {
    const connection = await this.source();
    const rows = await connection.read(() => select(connection.database.dialect, this.#question(connection)));
    await knowStorages(connection, this.asked.name, rows);
    return { connection, rows };
  }

  #question(connection: Connection): Question {
    const where = this.asked.where ?? [];
    checkRecords(where, connection);
    const branches = where.some((filter) => mentions(filter, "branch")) ? [] : connection.seenBranches;
    const internal = where.some((filter) => typeof filter.uid === "string");
    return { ...this.asked, visible: { branches, internal }, hidden: connection.hiddenBranches };
  }
}

/** To-many relation of a record: a query that can also add and remove. */
export class Related<in out N extends Name> extends Query<N> {
  readonly #owner: object;
  readonly #key: string;

  constructor(owner: object, key: string, to: N) {
    const connection = connectionOf(owner);
    super(async () => connection, {
      name: to,
      from: { name: nameOf(owner), key, id: rowOf(owner).id },
      ...(key === "versions" ? { order: ["-id"] } : {}),
    });
    this.#owner = owner;
    this.#key = key;
  }

  /** Links records; those linked already stay linked once. */
  async add(...items: Of<N>[]): Promise<void> {
    const { connection, refs } = this.#checked(items, "add");
    const writer = await connection.writer();
    await connection.write(() =>
      link(
        connection.database.dialect,
        writer,
        nameOf(this.#owner),
        this.#key,
        rowOf(this.#owner).id,
        refs.map((r) => r.id),
      ),
    );
  }

  /** Takes links away; the records stay. */
  async remove(...items: Of<N>[]): Promise<void> {
    const { connection, refs } = this.#checked(items, "remove");
    const writer = await connection.writer();
    await connection.write(() =>
      unlink(connection.database.dialect, writer, nameOf(this.#owner), this.#key, rowOf(this.#owner), refs),
    );
  }

  #checked(items: readonly Of<N>[], verb: string): { connection: Connection; refs: { id: number; uid: string }[] } {
    const connection = connectionOf(this.#owner);
    const owner = nameOf(this.#owner);
    const { name } = this.asked;
    if (!isLinkRelation(owner, this.#key)) {
      throw new LinealError("invalid", `${owner}.${this.#key} cannot ${verb}: it follows from a column of ${name}`, {
        hint: `Update the ${name} instead.`,
      });
    }
    const refs = items.map((item) => {
      if (!isEntry(item, name))
        throw new LinealError("invalid", `${owner}.${this.#key}.${verb} takes ${name} records`, {
          hint: `Get one first: await ln.${name}.get({ … }).`,
        });
      return refOf(item, connection);
    });
    return { connection, refs };
  }
}

function isLinkRelation(name: Name, key: string): boolean {
  if (Object.hasOwn(model[name].links ?? {}, key)) return true;
  return Object.values(model).some((registry) =>
    Object.values(registry.links ?? {}).some((l) => l.to === name && l.inverse === key),
  );
}

/** Another process may have added a storage since this one connected. */
export async function knowStorages(connection: Connection, name: Name, rows: readonly Row[]): Promise<void> {
  if (name !== "Artifact") return;
  if (rows.some((row) => !connection.knowsStorage((row.storage as { id: number }).id)))
    await connection.refreshStorages();
}

function mentions(filter: Record<string, unknown> | undefined, key: string): boolean {
  if (!filter || typeof filter !== "object") return false;
  if (key in filter) return true;
  return (
    (Array.isArray(filter.any) && filter.any.some((one) => mentions(one as Record<string, unknown>, key))) ||
    mentions(filter.not as Record<string, unknown>, key)
  );
}
