/** Reading rows: filter, search, order, page and count. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { closest, LinealError } from "../ground/errors.ts";
import { model, type Name } from "../model/index.ts";
import { columnOf, decodeRow, identifier, type Row, selection, shapeOf } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { execute, type Operation } from "./operation.ts";
import { relationOf } from "./relations.ts";
import { tableOf } from "./tables.ts";
import { FALSE, Filters, TRUE, type Visibility } from "./where.ts";
import { type Filter, startsWith } from "./where-shared.ts";

/** A question to one registry. All parts hold together. */
export interface Question {
  readonly name: Name;
  readonly where?: readonly Filter[];
  /** Rows that the relation `key` of these rows (ids) reaches. */
  readonly from?: { readonly name: Name; readonly key: string; readonly id: number };
  /** Rows of one family of versions. */
  readonly family?: string;
  /** Artifacts with one of these hashes, the latest with one of these keys in a space and branch, and those in one of these places of a storage. */
  readonly alike?: {
    readonly hashes: readonly string[];
    readonly keys: readonly string[];
    readonly space: number;
    readonly branch: number;
    readonly places: readonly string[];
    readonly storage: number;
  };
  /** Rows on one branch (id), whatever is visible. */
  readonly onBranch?: number;
  readonly search?: string;
  /** Column names, `-` first for downwards; ties by id. */
  readonly order?: readonly string[];
  readonly limit?: number;
  readonly offset?: number;
  /** Rows after this id, for paging by key (only without order and search). */
  readonly after?: number;
  /** undefined: all rows, trash and internal ones too. */
  readonly visible?: Visibility;
  /** Branches that relations in filters do not show. */
  readonly hidden: readonly number[];
}

function parts(dialect: Dialect, q: Question): { from: Sql; where: Sql; rank: Sql | undefined } {
  const filters = new Filters(dialect, q.hidden);
  const conditions: Sql[] = (q.where ?? []).map((filter) => filters.condition(q.name, "t0", filter));
  if (q.visible) conditions.push(filters.visible(q.name, "t0", q.visible));
  if (q.from) {
    const relation = relationOf(q.from.name, q.from.key);
    if (!relation) throw new Error(`${q.from.name}.${q.from.key} is no relation`);
    conditions.push(
      relation.link
        ? sql`t0.id in (select ${identifier(relation.link.there)} from ${identifier(relation.link.table)} where ${identifier(relation.link.here)} = ${q.from.id})`
        : relation.inverseOf
          ? sql`${columnOf("t0", relation.inverseOf.column)} = ${q.from.id}`
          : sql`exists (select 1 from ${identifier(tableOf(q.from.name))} f where f.id = ${q.from.id} and ${relation.on("f", "t0")})`,
    );
  }
  if (q.family !== undefined) conditions.push(sql`${columnOf("t0", "stem")} = ${q.family}`);
  if (q.onBranch !== undefined) conditions.push(sql`${columnOf("t0", "branch_id")} = ${q.onBranch}`);
  if (q.alike) {
    // Each part by its own index; joined by `or` they would be read together with all else.
    const { hashes, keys, space, branch, places, storage } = q.alike;
    const parts = [
      ...(hashes.length > 0 ? [sql`hash in ${dialect.texts(hashes)}`] : []),
      ...(keys.length > 0
        ? [
            sql`"key" in ${dialect.texts(keys)} and "key" is not null and is_latest and space_id = ${space} and branch_id = ${branch}`,
          ]
        : []),
      ...(places.length > 0
        ? [sql`place_key in ${dialect.texts(places)} and place_key is not null and storage_id = ${storage}`]
        : []),
    ].map((part) => sql`select id from artifact where ${part}`);
    conditions.push(parts.length > 0 ? sql`t0.id in (${join(parts, " union ")})` : FALSE);
  }
  if (q.after !== undefined) conditions.push(sql`t0.id > ${q.after}`);
  const found = q.search === undefined ? undefined : searchParts(dialect, q.name, q.search);
  if (found) conditions.push(found.condition);
  const where = conditions.filter((c) => c !== TRUE);
  return {
    from: sql`${shapeOf(q.name).table} t0`,
    where: where.length > 0 ? sql` where ${join(where, " and ")}` : empty,
    rank: found?.rank,
  };
}

/** The rows that answer a question. */
export function* select(dialect: Dialect, q: Question): Operation<Row[]> {
  const { from, where, rank } = parts(dialect, q);
  const order = orderBy(q, rank);
  const rows = yield* execute(sql`select ${selection(q.name, "t0")} from ${from}${where} order by ${order}${page(q)}`);
  return rows.map((row) => decodeRow(dialect, q.name, row));
}

/** How many rows there are; `limit` and `offset` count as in the list. */
export function* count(dialect: Dialect, q: Question): Operation<number> {
  const { from, where } = parts(dialect, q);
  const rows =
    q.limit === undefined && !q.offset
      ? yield* execute(sql`select count(*) as n from ${from}${where}`)
      : yield* execute(sql`select count(*) as n from (select 1 from ${from}${where}${page(q)}) s`);
  return Number(rows[0]?.n ?? 0);
}

/** Rows of a versioned or other registry whose uid begins with `prefix`. */
export function* byUid(dialect: Dialect, name: Name, prefix: string, limit: number): Operation<Row[]> {
  const rows = yield* execute(
    sql`select ${selection(name, "t0")} from ${shapeOf(name).table} t0 where ${startsWith(dialect, columnOf("t0", "uid"), prefix)} order by t0.uid limit ${limit}`,
  );
  return rows.map((row) => decodeRow(dialect, name, row));
}

/** One row by id. */
export function* byId(dialect: Dialect, name: Name, id: number): Operation<Row | undefined> {
  const rows = yield* execute(sql`select ${selection(name, "t0")} from ${shapeOf(name).table} t0 where t0.id = ${id}`);
  return rows[0] && decodeRow(dialect, name, rows[0]);
}

/** A lazy column of one row. */
export function* lazyColumn(dialect: Dialect, name: Name, key: string, id: number): Operation<unknown> {
  const scalar = shapeOf(name).fields.get(key);
  if (!scalar) throw new Error(`${name}.${key} is no column`);
  const rows = yield* execute(
    sql`select ${columnOf("t0", scalar.column)} as value from ${shapeOf(name).table} t0 where t0.id = ${id}`,
  );
  return rows[0] ? dialect.decode(scalar.kind, rows[0].value) : null;
}

/** The row that a to-one relation of a row reaches. */
export function* one(dialect: Dialect, name: Name, key: string, id: number): Operation<Row | undefined> {
  const relation = relationOf(name, key);
  if (!relation) throw new Error(`${name}.${key} is no relation`);
  const rows = yield* execute(
    sql`select ${selection(relation.to, "t1")} from ${shapeOf(name).table} t0 join ${identifier(tableOf(relation.to))} t1 on ${relation.on("t0", "t1")} where t0.id = ${id}`,
  );
  return rows[0] && decodeRow(dialect, relation.to, rows[0]);
}

const page = (q: Question): Sql => {
  for (const [what, n] of [
    ["limit", q.limit],
    ["offset", q.offset],
  ] as const) {
    if (n !== undefined && (!Number.isSafeInteger(n) || n < 0))
      throw new LinealError("invalid", `${what} must be a whole number, 0 or more, not ${n}`, {
        hint: `Write .${what}(10).`,
      });
  }
  // SQLite takes no offset without a limit.
  if (q.limit === undefined) return q.offset ? sql` limit ${Number.MAX_SAFE_INTEGER} offset ${q.offset}` : empty;
  return q.offset ? sql` limit ${q.limit} offset ${q.offset}` : sql` limit ${q.limit}`;
};

function orderBy(q: Question, rank: Sql | undefined): Sql {
  const { fields } = shapeOf(q.name);
  const keys = (q.order ?? []).map((term) => {
    const key = term.replace(/^-/, "");
    // Age and revision order rows inside Lineal; they have no name outside.
    if (key === "id" || (key === "revision" && q.family !== undefined))
      return sql`${columnOf("t0", key)} ${raw(term.startsWith("-") ? "desc" : "asc")}`;
    const scalar = fields.get(key);
    if (!scalar || scalar.field.options.hidden || scalar.kind === "json") {
      const known = [...fields.values()].filter((s) => !s.field.options.hidden && s.kind !== "json").map((s) => s.key);
      const near = closest(key, known);
      throw new LinealError("invalid", `${q.name} cannot be ordered by "${key}"`, {
        hint: near ? `Did you mean ${near}?` : `One of: ${known.join(", ")}.`,
      });
    }
    // Said only where it matters: PostgreSQL would not read an index backwards for it.
    return sql`${columnOf("t0", scalar.column)} ${raw(term.startsWith("-") ? "desc" : "asc")}${raw(scalar.field.options.optional ? " nulls last" : "")}`;
  });
  if (keys.length === 0 && rank) keys.push(sql`${rank} desc`);
  const last = q.order?.at(-1)?.startsWith("-") ? sql`t0.id desc` : sql`t0.id asc`;
  return join([...keys, last]);
}

/** Ranks how well a title or description fits: whole value before phrase before beginning before part (behaviour of the reference's search). */
function searchParts(dialect: Dialect, name: Name, text: string): { condition: Sql; rank: Sql } {
  const wanted = text.trim();
  const { fields } = shapeOf(name);
  const columns = [...new Set([model[name].title, "name", "key", "description", "uid"])].filter(
    (key) => fields.get(key)?.kind === "text",
  );
  if (wanted === "") return { condition: FALSE, rank: columnOf("t0", "id") };
  const s = dialect.fold(sql`cast(${dialect.encode("text", wanted)} as text)`);
  const spaced = (value: Sql, delimiters: string): Sql =>
    [...delimiters].reduce((inner, d) => sql`replace(${inner}, ${raw(`'${d}'`)}, ' ')`, value);
  const when = (test: Sql, points: number): Sql => sql`(case when ${test} then ${raw(String(points))} else 0 end)`;
  const scores = columns.map((key) => {
    const f = dialect.fold(sql`coalesce(${columnOf("t0", fields.get(key)?.column as string)}, '')`);
    const words = sql`(' ' || ${spaced(f, "|.,;:")} || ' ')`;
    const phrase = spaced(s, "|.,;:");
    return sql`(${join(
      [
        when(sql`${f} = ${s}`, 200),
        when(dialect.contains(words, sql`(' ' || ${phrase} || ' ')`), 10),
        when(
          sql`substr(${f}, 1, length(${s})) = ${s} and not ${dialect.contains(sql`substr(${f}, length(${s}) + 1)`, sql`' '`)}`,
          8,
        ),
        when(dialect.contains(sql`(' ' || ${spaced(f, "|")})`, sql`(' ' || ${s})`), 2),
        when(dialect.contains(words, sql`(${phrase} || ' ')`), 2),
        when(dialect.contains(f, s), 1),
      ],
      " + ",
    )})`;
  });
  const condition = sql`(${join(
    columns.map((key) =>
      dialect.contains(dialect.fold(sql`coalesce(${columnOf("t0", fields.get(key)?.column as string)}, '')`), s),
    ),
    " or ",
  )})`;
  return { condition, rank: sql`(${join(scores, " + ")})` };
}
