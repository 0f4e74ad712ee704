/** Queries: built up step by step, run when awaited. */
import type { Row } from "../../db/columns.ts";
import type { Selection } from "../../db/question.ts";
import { count, select } from "../../db/select.ts";
import type { Viewer } from "../../db/viewer.ts";
import { link, unlink } from "../../db/write.ts";
import { LinealError, refuseUnknown } from "../../ground/errors.ts";
import type { Table } from "../../formats/table.ts";
import type { Connection } from "../../instance/connection.ts";
import {
  model,
  type Name,
  type Ones,
  type Question,
  QuestionBuilder,
  relationOf,
  type Scalars,
} from "../../model/index.ts";
import { make, type Of } from "./classes.ts";
import { requireThere } from "./draft.ts";
import { checkRecords, connectionOf, isEntry, nameOf, refOf, rowOf } from "./row.ts";
import { tableOfRows } from "./listing.ts";

const PAGE = 500;

/**
 * A question to a registry: await it for the rows, or ask for the first, the only one, a count or a table.
 * It never changes: each step makes a new one.
 *
 * @example
 * const big = await ln.Artifact.filter({ key: { startsWith: "raw/" }, size: { gt: 1e6 } }).orderBy("-createdAt").limit(10);
 */
export class Query<in out N extends Name>
  extends QuestionBuilder<N, Query<N>>
  implements PromiseLike<Of<N>[]>, AsyncIterable<Of<N>>
{
  protected readonly source: () => Promise<Connection>;

  constructor(source: () => Promise<Connection>, question: Question) {
    super(question);
    this.source = source;
  }

  protected override with(question: Question): Query<N> {
    return new Query<N>(this.source, question);
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
    return (await this.#records({ limit: this.#atMost(1) }))[0];
  }

  /** The last row in this order, or undefined. */
  async last(): Promise<Of<N> | undefined> {
    const { limit, offset, search, order } = this.question;
    if (limit !== undefined || offset || search !== undefined) return (await this.#records()).at(-1);
    if (order === undefined) return (await this.#records({ order: ["-id"], limit: 1 }))[0];
    // Not the first of the opposite order: absent values come last both ways.
    const n = await this.count();
    return n === 0 ? undefined : (await this.#records({ offset: n - 1, limit: 1 }))[0];
  }

  /** The only row; `not-found` for none, `ambiguous` for several. */
  async one(): Promise<Of<N>> {
    const { name } = this.question;
    const found = await this.oneOrNull();
    if (!found)
      throw new LinealError("not-found", `no ${name} fits`, {
        hint: `\`await ln.${name}.filter()\` lists what there is.`,
      });
    return found;
  }

  /** The only row, or null for none; `ambiguous` for several. */
  async oneOrNull(): Promise<Of<N> | null> {
    const found = await this.#records({ limit: this.#atMost(2) });
    if (found.length > 1)
      throw new LinealError("ambiguous", `more than one ${this.question.name} fits`, {
        hint: "Say more in the filter, or take .first().",
      });
    return found[0] ?? null;
  }

  /** How many rows there are; `limit` counts. */
  async count(): Promise<number> {
    const connection = await this.source();
    return connection.read(() => count(connection.database.dialect, ...this.#selection(connection)));
  }

  async exists(): Promise<boolean> {
    return (await this.#rows({ limit: this.#atMost(1) })).rows.length > 0;
  }

  /** All rows as a table that prints itself. `columns`: own columns and to-one relations, instead of the usual ones. */
  async toTable(options: { columns?: readonly ((keyof Scalars<N> | keyof Ones<N>) & string)[] } = {}): Promise<Table> {
    refuseUnknown(options, ["columns"], "toTable");
    const columns = options.columns ?? this.question.columns;
    const { rows } = await this.#rows({ columns });
    return tableOfRows(this.question.name, rows, columns);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Of<N>> {
    const { name, order, search, limit, offset = 0 } = this.question;
    const byId = order === undefined && search === undefined && offset === 0;
    let left = limit ?? Number.POSITIVE_INFINITY;
    for (let [after, skipped] = [0, offset]; left > 0; ) {
      const size = Math.min(PAGE, left);
      const { connection, rows } = await this.#rows({ limit: size, ...(byId ? { after } : { offset: skipped }) });
      for (const row of rows) yield make(connection, name as N, row);
      if (rows.length < size) return;
      left -= rows.length;
      skipped += rows.length;
      after = rows.at(-1)?.id ?? after;
    }
  }

  #atMost(n: number): number {
    return Math.min(n, this.question.limit ?? n);
  }

  async #records(more: Partial<Selection> = {}): Promise<Of<N>[]> {
    const { connection, rows } = await this.#rows(more);
    return rows.map((row) => make(connection, this.question.name as N, row));
  }

  async #rows(more: Partial<Selection>): Promise<{ connection: Connection; rows: Row[] }> {
    const connection = await this.source();
    const rows = await connection.read(() => select(connection.database.dialect, ...this.#selection(connection, more)));
    await knowStorages(connection, this.question.name, rows);
    return { connection, rows };
  }

  #selection(connection: Connection, more: Partial<Selection> = {}): [Viewer, Selection] {
    checkRecords(this.question.where ?? [], connection);
    return [connection.viewerFor(this.question.where), { ...this.question, ...more }];
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
      from: { name: nameOf(owner), key, uid: rowOf(owner).uid },
      ...(key === "versions" ? { order: ["-id"] } : {}),
    });
    this.#owner = owner;
    this.#key = key;
  }

  /** Links records; those linked already stay linked once. */
  async add(...items: Of<N>[]): Promise<void> {
    const { connection, refs } = this.#checked(items, "add");
    const key = this.#key;
    const writer = await connection.writer();
    const [owner, row] = [nameOf(this.#owner), rowOf(this.#owner)];
    const ids = refs.map(({ id }) => id);
    const { name } = this.question;
    await connection.write(function* () {
      yield* requireThere(connection, owner, [row]);
      yield* requireThere(connection, name, refs);
      yield* link(connection.database.dialect, writer, owner, key, row.id, ids);
    });
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
    const { name } = this.question;
    if (relationOf(owner, this.#key)?.way.is !== "link") {
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

/** Another process may have added a storage since this one connected. */
export async function knowStorages(connection: Connection, name: Name, rows: readonly Row[]): Promise<void> {
  if (!model[name].columns.storage) return;
  if (rows.some((row) => !connection.knowsStorage((row.storage as { id: number }).id)))
    await connection.refreshStorages();
}
