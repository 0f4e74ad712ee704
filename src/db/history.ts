/** Rows as they were: what they hold now, with later changes taken back. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { type Filter, type Kind, model, type Name, parseFilter } from "../model/index.ts";
import { identifier, type Row, type RowRef, shapeOf, TRUE } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { execute, type Operation } from "./operation.ts";
import { onBranchInSight, sees, type Viewer } from "./viewer.ts";
import { Conditions } from "./where.ts";

/** The rows as they were at a time; those that were added later are left out. */
export function* rowsAsOf(
  dialect: Dialect,
  viewer: Viewer,
  name: Name,
  rows: readonly Row[],
  at: Date,
): Operation<Row[]> {
  const then = rows.filter((row) => row.createdAt <= at && sees(viewer, row));
  if (then.length === 0) return [];
  const was = yield* valuesThen(
    dialect,
    viewer,
    name,
    then.map((row) => row.uid),
    at,
  );
  return then.map((row) => ({ ...row, ...restored(name, was.get(row.uid) ?? null) }));
}

/** What columns of rows of a registry held at a time, by uid: those that have changed since. */
function* valuesThen(
  dialect: Dialect,
  viewer: Viewer,
  registry: Name,
  uids: readonly string[],
  at: Date,
): Operation<Map<string, Record<string, unknown>>> {
  const changes = yield* execute(
    sql`select uid, before from "change" where operation = 'update' and at > ${dialect.encode("time", at)} and registry = ${registry} and uid in ${dialect.texts(uids)}${uidsInSight(registry, viewer)} order by id desc`,
  );
  const was = new Map<string, Record<string, unknown>>();
  // The earliest of the later changes comes last: it tells how it was.
  for (const { uid, before } of changes)
    was.set(String(uid), { ...was.get(String(uid)), ...(dialect.decode("json", before) as object | null) });
  return was;
}

/** That a change is of a row in sight. */
function uidsInSight(name: Name, viewer: Viewer): Sql {
  const condition = onBranchInSight(name, "t", viewer);
  if (condition === TRUE) return empty;
  return sql` and uid in (select t.uid from ${shapeOf(name).table} t where ${condition})`;
}

/** Rows whose values are bound in one statement. */
const CHUNK = 200;

/** Those of these rows, as they are given, that fit a filter. References are taken from the rows, what lies beyond them is as it is now. */
export function* fitting(
  dialect: Dialect,
  viewer: Viewer,
  name: Name,
  rows: readonly Row[],
  where: Filter,
): Operation<Row[]> {
  const { scalars, refs } = shapeOf(name);
  const typed = (value: unknown, kind: Kind | "ref", column: string): Sql => {
    const [type = "", collation] = dialect.columnType({ name: column, kind }).split(" collate ");
    return sql`cast(${value} as ${raw(type)})${raw(collation ? ` collate ${collation}` : "")} as ${identifier(column)}`;
  };
  const found = new Set<number>();
  for (let i = 0; i < rows.length; i += CHUNK) {
    const values = rows.slice(i, i + CHUNK).map((row) => {
      const own = scalars.map(({ key, column, kind, field }) =>
        typed(field.options.lazy ? null : dialect.encode(kind, row[key] ?? null), kind, column),
      );
      const others = refs.map(
        ({ key, column, to }) =>
          sql`(select id from ${shapeOf(to).table} where uid = ${(row[key] as RowRef | null)?.uid ?? null}) as ${identifier(column)}`,
      );
      return sql`select ${join([typed(row.id, "ref", "id"), ...own, ...others])}`;
    });
    const condition = new Conditions(dialect, viewer).of(name, "t0", parseFilter(name, where));
    for (const row of yield* execute(sql`select t0.id from (${join(values, " union all ")}) t0 where ${condition}`))
      found.add(row.id as number);
  }
  return rows.filter((row) => found.has(row.id) && sees(viewer, row));
}

/** Uids of rows of which one of these columns has changed after a time. */
export function* changedSince(
  dialect: Dialect,
  viewer: Viewer,
  name: Name,
  columns: readonly string[],
  at: Date,
): Operation<string[]> {
  const changes = yield* execute(
    sql`select uid, before from "change" where registry = ${name} and operation = 'update' and at > ${dialect.encode("time", at)}${uidsInSight(name, viewer)}`,
  );
  const changed = changes.filter((change) => {
    const before = dialect.decode("json", change.before) as object | null;
    return before !== null && columns.some((column) => Object.hasOwn(before, column));
  });
  return [...new Set(changed.map((change) => String(change.uid)))];
}

/** Former values in the form of a row; of a relation only the uid is remembered. */
function restored(name: Name, before: Record<string, unknown> | null): Record<string, unknown> {
  const { fields } = shapeOf(name);
  return Object.fromEntries(
    Object.entries(before ?? {}).map(([key, value]) => {
      const field = fields.get(key);
      if (!field && Object.hasOwn(model[name].columns, key))
        return [key, value === null ? null : ({ id: 0, uid: String(value) } satisfies RowRef)];
      return [key, field?.kind === "time" && value !== null ? new Date(String(value)) : value];
    }),
  );
}
