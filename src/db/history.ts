/** Rows as they were: what they hold now, with later changes taken back. */
import sql from "sql-template-tag";
import { model, type Name } from "../model/index.ts";
import { columnOf, type Row, type RowRef, shapeOf } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { execute, type Operation } from "./operation.ts";
import { startsWith } from "./where-shared.ts";

/** The rows as they were at a time; those that were added later are left out. */
export function* rowsAsOf(dialect: Dialect, name: Name, rows: readonly Row[], at: Date): Operation<Row[]> {
  const then = rows.filter((row) => row.createdAt <= at);
  if (then.length === 0) return [];
  const changes = yield* execute(
    sql`select uid, before from "change" where registry = ${name} and operation = 'update' and at > ${dialect.encode("time", at)} and uid in ${dialect.texts(then.map((row) => row.uid))} order by id desc`,
  );
  const was = new Map(then.map((row) => [row.uid, { ...row } as Record<string, unknown>]));
  for (const change of changes) {
    const row = was.get(String(change.uid));
    if (row) Object.assign(row, restored(name, dialect.decode("json", change.before) as Record<string, unknown> | null));
  }
  return then.map((row) => was.get(row.uid) as unknown as Row);
}

/** Uids of rows of which one of these columns has changed after a time. */
export function* changedSince(dialect: Dialect, name: Name, columns: readonly string[], at: Date): Operation<string[]> {
  const changes = yield* execute(sql`select uid, before from "change" where registry = ${name} and operation = 'update' and at > ${dialect.encode("time", at)}`);
  const changed = changes.filter((change) => {
    const before = dialect.decode("json", change.before) as object | null;
    return before !== null && columns.some((column) => Object.hasOwn(before, column));
  });
  return [...new Set(changed.map((change) => String(change.uid)))];
}

/** When a row with this key, or with a uid that begins so, was deleted for good after a time. */
export function* buriedSince(dialect: Dialect, name: Name, wanted: { readonly uid?: string; readonly key?: string }, at: Date): Operation<Date | undefined> {
  const which = wanted.uid !== undefined ? startsWith(dialect, columnOf("t0", "uid"), wanted.uid) : sql`t0."key" = ${wanted.key ?? null}`;
  const [stone] = yield* execute(sql`select t0.at from tombstone t0 where t0.registry = ${name} and t0.at > ${dialect.encode("time", at)} and ${which} order by t0.id desc limit 1`);
  return stone && (dialect.decode("time", stone.at) as Date);
}

/** Former values in the form of a row; of a relation only the uid is remembered. */
function restored(name: Name, before: Record<string, unknown> | null): Record<string, unknown> {
  const { fields } = shapeOf(name);
  return Object.fromEntries(
    Object.entries(before ?? {}).map(([key, value]) => {
      const field = fields.get(key);
      if (!field && Object.hasOwn(model[name].columns, key)) return [key, value === null ? null : ({ id: 0, uid: String(value) } satisfies RowRef)];
      return [key, field?.kind === "time" && value !== null ? new Date(String(value)) : value];
    }),
  );
}
