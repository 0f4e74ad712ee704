/** Deleting for good: the row stays, emptied, so that lineage leads through it and history knows it. */
import sql, { join, type Sql } from "sql-template-tag";
import { model, type Name, names } from "../model/index.ts";
import { columnOf, identifier, type Row, shapeOf, startsWith } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { TRASH } from "./lineage-kinds.ts";
import { execute, type Operation } from "./operation.ts";
import { linkTableOf } from "./tables.ts";
import { plain, remember, type Writer } from "./write.ts";
import { onBranchInSight, type Viewer } from "./viewer.ts";

/** Texts that stay: what identifies a row and its bytes. */
const KEPT = ["uid", "stem", "key", "hash", "hashType", "codeHash"];

/**
 * Deletes a row for good. References, enums, numbers, times and what identifies it stay; all other text and JSON goes,
 * from its history too, and so do its labels. It lies on the trash branch, so that a process of an older version that
 * still runs takes it for one in the trash.
 */
export function* remove(dialect: Dialect, writer: Writer, name: Name, row: Row): Operation<void> {
  const { scalars, fields, table } = shapeOf(name);
  const { columns } = model[name];
  const isKept = (key: string, value: unknown): boolean => {
    const scalar = fields.get(key);
    if (!scalar || (scalar.kind !== "text" && scalar.kind !== "json") || KEPT.includes(key)) return true;
    return scalar.field.values?.includes(value as string) ?? false;
  };
  const sets = scalars
    .filter(({ key }) => !isKept(key, row[key]))
    .map(({ column, field: { options } }) => {
      const empty = options.optional ? null : options.unique ? row.uid : "";
      return sql`${identifier(column)} = ${empty}`;
    });
  if (columns.isLatest) sets.push(sql`is_latest = ${dialect.encode("bool", false)}`);
  if (columns.branch)
    sets.push(sql`former_branch_id = coalesce(former_branch_id, branch_id)`, sql`branch_id = ${TRASH}`);
  sets.push(sql`removed_at = ${dialect.encode("time", writer.now)}`);
  for (const { links, end } of labelsOf(name))
    yield* execute(sql`delete from ${links} where ${identifier(end)} = ${row.id}`);
  yield* execute(sql`update ${table} set ${join(sets)} where id = ${row.id}`);
  const before = Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)]));
  yield* remember(dialect, writer, name, row.uid, "delete", before);
  yield* scrub(dialect, name, row.uid, isKept);
}

/** Leaves in the history of a row only what is kept. */
export function* scrub(
  dialect: Dialect,
  registry: string,
  uid: string,
  isKept: (key: string, value: unknown) => boolean,
): Operation<void> {
  const changes = yield* execute(
    sql`select id, before from "change" where registry = ${registry} and uid = ${uid} and before is not null`,
  );
  for (const { id, before } of changes) {
    const values = Object.entries(dialect.decode("json", before) as object);
    const kept = values.filter(([key, value]) => isKept(key, value));
    if (kept.length === values.length) continue;
    const left = dialect.encode("json", Object.fromEntries(kept));
    yield* execute(sql`update "change" set before = ${left} where id = ${id}`);
  }
}

/** The link tables that lead from or to a registry and are no part of lineage. */
function labelsOf(name: Name): { links: Sql; end: "from_id" | "to_id" }[] {
  return names.flatMap((owner) =>
    Object.entries(model[owner].links ?? {}).flatMap(([key, { to, lineage }]) => {
      if (lineage) return [];
      const links = identifier(linkTableOf(owner, key));
      return [
        ...(owner === name ? [{ links, end: "from_id" as const }] : []),
        ...(to === name ? [{ links, end: "to_id" as const }] : []),
      ];
    }),
  );
}

/** The uid of one of these rows that was deleted for good. */
export function* removedAmong(dialect: Dialect, name: Name, ids: readonly number[]): Operation<string | undefined> {
  const [row] = yield* execute(
    sql`select uid from ${shapeOf(name).table} where removed_at is not null and id in ${dialect.integers(ids)} limit 1`,
  );
  return row && String(row.uid);
}

/** What was deleted for good: what it was called, and when. */
export interface Removed {
  readonly uid: string;
  readonly key: string | null;
  readonly at: Date;
}

/** The last of a registry that was deleted for good and whose uid begins so. */
export function* lastRemoved(
  dialect: Dialect,
  viewer: Viewer,
  name: Name,
  prefix: string,
): Operation<Removed | undefined> {
  const { fields, table } = shapeOf(name);
  const key = fields.has("key") ? sql`"key"` : sql`null`;
  const [row] = yield* execute(
    sql`select uid, ${key} as "key", removed_at from ${table} t0 where removed_at is not null and ${startsWith(dialect, columnOf("t0", "uid"), prefix)} and ${onBranchInSight(name, "t0", viewer)} order by removed_at desc, id desc limit 1`,
  );
  return (
    row && {
      uid: row.uid as string,
      key: row.key as string | null,
      at: dialect.decode("time", row.removed_at) as Date,
    }
  );
}

/** When a row with this key, or with a uid that begins so, that was there at a time, was deleted for good after it. */
export function* removedSince(
  dialect: Dialect,
  viewer: Viewer,
  name: Name,
  wanted: { readonly uid?: string; readonly key?: string },
  at: Date,
): Operation<Date | undefined> {
  const { fields, table } = shapeOf(name);
  if (wanted.uid === undefined && !fields.has("key")) return undefined;
  const which =
    wanted.uid === undefined
      ? sql`t0."key" = ${wanted.key ?? null}`
      : startsWith(dialect, columnOf("t0", "uid"), wanted.uid);
  const time = dialect.encode("time", at);
  const [row] = yield* execute(
    sql`select t0.removed_at from ${table} t0 where t0.removed_at > ${time} and t0.created_at <= ${time} and ${which} and ${onBranchInSight(name, "t0", viewer)} order by t0.removed_at desc limit 1`,
  );
  return row && (dialect.decode("time", row.removed_at) as Date);
}
