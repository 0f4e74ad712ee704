/** Rows as they were: what they hold now, with later changes taken back. */
import sql from "sql-template-tag";
import { model, type Name } from "../model/index.ts";
import { type Row, type RowRef, shapeOf } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { execute, type Operation } from "./operation.ts";

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
