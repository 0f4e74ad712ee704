/** Writing rows: insert, update, link; every change of a row leaves its former state in the history. */
import sql, { empty, join, Sql } from "sql-template-tag";
import { type AnyField, model, type Name, names } from "../model/index.ts";
import { columnOf, identifier, type Row, type RowRef, selection, shapeOf, decodeRow } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { execute, type Operation } from "./operation.ts";
import { linkTable } from "./relations.ts";
import { columnNameOf, linkTableOf, tableOf } from "./tables.ts";
import { notRemoved } from "./viewer.ts";

/** Who writes, when, and in which run: the same for all rows of one transaction. */
export interface Writer {
  readonly now: Date;
  readonly userUid: string | null;
  readonly runUid: string | null;
}

/** Values of a new or changed row by column name; references as id and uid. */
export type Values = Readonly<Record<string, unknown>>;

const encoded = (dialect: Dialect, field: AnyField, value: unknown): unknown =>
  dialect.encode(field.kind, value ?? null);

/** The text around the values of an insert: the same for every row of a registry. */
const insertions = new Map<Name, readonly string[]>();

function insertion(name: Name): readonly string[] {
  let strings = insertions.get(name);
  if (strings) return strings;
  const { scalars, refs, table } = shapeOf(name);
  const columns = [...scalars, ...refs].map(({ column }) => identifier(column).sql);
  strings = [
    `insert into ${table.sql} (${columns.join(",")}) values (`,
    ...columns.slice(1).map(() => ","),
    ") returning id",
  ];
  insertions.set(name, strings);
  return strings;
}

/** Adds a row; columns left out take their declared default or null. Returns it as a read would. */
export function* insert(dialect: Dialect, name: Name, values: Values): Operation<Row> {
  const { scalars, refs } = shapeOf(name);
  const row: Record<string, unknown> = {};
  const bound: unknown[] = [];
  for (const { key, field } of scalars) {
    const value = values[key] ?? field.options.default ?? null;
    if (!field.options.lazy) row[key] = value;
    bound.push(encoded(dialect, field, value));
  }
  for (const { key } of refs) {
    const value = (values[key] ?? null) as RowRef | null;
    row[key] = value && { id: value.id, uid: value.uid };
    bound.push(value?.id ?? null);
  }
  const [inserted] = yield* execute(new Sql(insertion(name), bound));
  return { ...row, id: inserted?.id } as unknown as Row;
}

/** Changes columns of a row and keeps what they were. Returns the row as it is now. */
export function* update(
  dialect: Dialect,
  writer: Writer,
  name: Name,
  id: number,
  changes: Values,
  options: { silent?: boolean } = {},
): Operation<Row> {
  const { fields, refs, table } = shapeOf(name);
  const sets: Sql[] = [];
  for (const [key, value] of Object.entries(changes)) {
    const scalar = fields.get(key);
    const ref = refs.find((r) => r.key === key);
    if (scalar) sets.push(sql`${identifier(scalar.column)} = ${encoded(dialect, scalar.field, value)}`);
    else if (ref) sets.push(sql`${identifier(ref.column)} = ${(value as RowRef | null)?.id ?? null}`);
    else throw new Error(`${name} has no column ${key}`);
  }
  const before = yield* read(dialect, name, id);
  if (!before) throw new Error(`${name} ${id} is gone`);
  if (sets.length > 0) yield* execute(sql`update ${table} set ${join(sets)} where id = ${id}`);
  for (const { links, columns } of repeatersOf(name)) {
    const repeated = columns
      .filter(({ key }) => Object.hasOwn(changes, key))
      .map(({ column }) => sql`${column} = (select r.${column} from ${table} r where r.id = ${id})`);
    if (repeated.length > 0) yield* execute(sql`update ${links} set ${join(repeated)} where from_id = ${id}`);
  }
  if (!options.silent) {
    const was = Object.fromEntries(
      Object.keys(changes)
        .filter((key) => !fields.get(key)?.field.options.lazy)
        .map((key) => [key, plain(before[key])]),
    );
    yield* remember(dialect, writer, name, before.uid, "update", was);
  }
  const after = yield* read(dialect, name, id);
  if (!after) throw new Error(`${name} ${id} is gone`);
  return after;
}

function* read(dialect: Dialect, name: Name, id: number): Operation<Row | undefined> {
  const rows = yield* execute(
    sql`select ${selection(name, "t0")} from ${shapeOf(name).table} t0 where t0.id = ${id} and ${notRemoved("t0")}`,
  );
  return rows[0] && decodeRow(dialect, name, rows[0]);
}

export const plain = (value: unknown): unknown =>
  value instanceof Date
    ? value.toISOString()
    : value !== null && typeof value === "object" && "uid" in value
      ? value.uid
      : value;

/** Appends to the history: never changed, never removed. */
export function* remember(
  dialect: Dialect,
  writer: Writer,
  name: Name,
  uid: string,
  operation: string,
  before: Values | null,
): Operation<void> {
  yield* execute(
    sql`insert into "change" (registry, uid, operation, before, at, user_uid, run_uid) values (${name}, ${uid}, ${operation}, ${dialect.encode("json", before)}, ${dialect.encode("time", writer.now)}, ${writer.userUid}, ${writer.runUid})`,
  );
}

/** Links rows through the relation `key`; links that are there already stay as they are. Returns how many were added. */
export function* link(
  dialect: Dialect,
  writer: Writer,
  name: Name,
  key: string,
  id: number,
  others: readonly number[],
): Operation<number> {
  const { table, here, there, repeats } = linkTable(name, key);
  if (others.length === 0) return 0;
  // A row that is given a maker at this moment is waited for.
  const from = here === "from_id" ? sql`${id}` : sql`o.value`;
  const repeated = repeats.columns.map(
    (column) =>
      sql`, (select r.${identifier(column)} from ${identifier(repeats.of)} r where r.id = ${from}${dialect.forShare})`,
  );
  const rows = yield* execute(
    sql`insert into ${identifier(table)} (${join([here, there, "created_at", ...repeats.columns].map(identifier))})
        select ${id}, o.value, ${dialect.encode("time", writer.now)}${repeated.length > 0 ? join(repeated, "") : empty} from ${dialect.integers([...new Set(others)])} o
        where not exists (select 1 from ${identifier(table)} l where l.${identifier(here)} = ${id} and l.${identifier(there)} = o.value) returning id`,
  );
  return rows.length;
}

/** Takes links of the relation `key` away. */
export function* unlink(
  dialect: Dialect,
  writer: Writer,
  name: Name,
  key: string,
  row: { id: number; uid: string },
  others: readonly { id: number; uid: string }[],
): Operation<void> {
  const { table, here, there } = linkTable(name, key);
  if (others.length === 0) return;
  yield* execute(
    sql`delete from ${identifier(table)} where ${identifier(here)} = ${row.id} and ${identifier(there)} in ${dialect.integers(others.map((o) => o.id))}`,
  );
  yield* remember(dialect, writer, name, row.uid, "unlink", { [key]: others.map((o) => o.uid) });
}

/** The last link of the relation `key` of a row, 0 when there is none. */
export function* highestLink(name: Name, key: string, id: number): Operation<number> {
  const { table, here } = linkTable(name, key);
  const rows = yield* execute(sql`select max(id) as id from ${identifier(table)} where ${identifier(here)} = ${id}`);
  return Number(rows[0]?.id ?? 0);
}

/** The first link of the relation `key` of a row, 0 when there is none. */
export function* lowestLink(name: Name, key: string, id: number): Operation<number> {
  const { table, here } = linkTable(name, key);
  const rows = yield* execute(sql`select min(id) as id from ${identifier(table)} where ${identifier(here)} = ${id}`);
  return Number(rows[0]?.id ?? 0);
}

/** Whether two rows are linked through the relation `key`. */
export function* hasLink(name: Name, key: string, id: number, other: number): Operation<boolean> {
  const { table, here, there } = linkTable(name, key);
  return (
    (yield* execute(
      sql`select 1 from ${identifier(table)} where ${identifier(here)} = ${id} and ${identifier(there)} = ${other}`,
    )).length > 0
  );
}

/** The link tables that repeat columns of a registry's rows. */
function repeatersOf(name: Name): { links: Sql; columns: { key: string; column: Sql }[] }[] {
  return Object.entries(model[name].links ?? {}).flatMap(([key, { repeats }]) =>
    repeats.length === 0
      ? []
      : [
          {
            links: identifier(linkTableOf(name, key)),
            columns: repeats.map((repeat) => ({ key: repeat, column: identifier(columnNameOf(name, repeat)) })),
          },
        ],
  );
}

/** How many rows refer to a row by a to-one relation. */
export function* referrers(name: Name, id: number): Operation<{ name: Name; key: string; n: number }[]> {
  const found: { name: Name; key: string; n: number }[] = [];
  for (const other of names) {
    for (const ref of shapeOf(other).refs) {
      if (ref.to !== name) continue;
      const rows = yield* execute(
        sql`select count(*) as n from ${identifier(tableOf(other))} t0 where ${columnOf("t0", ref.column)} = ${id} and ${notRemoved("t0")}`,
      );
      const n = Number(rows[0]?.n ?? 0);
      if (n > 0) found.push({ name: other, key: ref.key, n });
    }
  }
  return found;
}

/** Takes the locks `keys` for the rest of the transaction, where the database needs it; one order for all, so that nobody waits in a circle. */
export function* lock(dialect: Dialect, ...keys: string[]): Operation<void> {
  const statement = keys.length > 0 ? dialect.lock([...new Set(keys)].sort()) : undefined;
  if (statement) yield* execute(statement);
}
