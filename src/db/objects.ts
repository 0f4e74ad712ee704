/** Rows for stored bytes: one per content and suffix, whoever refers to it. A mark says that a purge removes the bytes. */
import sql, { join, type Sql } from "sql-template-tag";
import type { Dialect } from "./dialect.ts";
import { execute, type Operation, type Raw } from "./operation.ts";
import { lock } from "./write.ts";
import { notRemoved } from "./viewer.ts";

/** Stored bytes, named by what they are. */
export interface ObjectName {
  readonly hash: string;
  readonly suffix: string;
  /** Bytes. */
  readonly size: number;
}

/** An object with its row. */
export interface ObjectRow extends ObjectName {
  readonly id: number;
}

/**
 * The locks by which save and purge of the same bytes wait for each other; take them before any row is written.
 * At most 256: a folder of many files must not use up the locks of the server.
 */
export const objectLocks = (storage: number, names: readonly ObjectName[]): string[] => [
  ...new Set(names.map(({ hash }) => `object:${storage}:${hash.slice(0, 2)}`)),
];

/** Rows of one statement: databases take only so many bound values. */
const CHUNK = 500;

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += CHUNK) yield items.slice(i, i + CHUNK);
}

/** Records that these bytes are stored, and takes marks away. Of a folder, the manifest comes first, then what it lists. */
export function* keepObjects(
  dialect: Dialect,
  now: Date,
  storage: number,
  names: readonly ObjectName[],
): Operation<void> {
  for (const some of chunks(names))
    yield* addRows(
      dialect,
      now,
      storage,
      some,
      sql`do update set purging_since = null where object.purging_since is not null`,
    );
  const [manifest, ...members] = names;
  if (manifest === undefined || members.length === 0) return;
  const [of] = yield* rowsOf(dialect, storage, [manifest]);
  for (const some of chunks(members)) {
    const ids = (yield* rowsOf(dialect, storage, some)).map(({ id }) => id);
    yield* execute(
      sql`insert into object_member (manifest_id, member_id) select ${of?.id}, o.value from ${dialect.integers(ids)} o
          where not exists (select 1 from object_member m where m.manifest_id = ${of?.id} and m.member_id = o.value)`,
    );
  }
}

function addRows(
  dialect: Dialect,
  now: Date,
  storage: number,
  names: readonly ObjectName[],
  otherwise: Sql,
): Operation<Raw[]> {
  const rows = [...new Map(names.map((name) => [name.hash + name.suffix, name])).values()].map(
    ({ hash, suffix, size }) => sql`(${storage}, ${hash}, ${suffix}, ${size}, ${dialect.encode("time", now)})`,
  );
  return execute(
    sql`insert into object (storage_id, hash, suffix, size, created_at) values ${join(rows)} on conflict (hash, suffix, storage_id) ${otherwise}`,
  );
}

/** The objects of a statement that are called so. */
const called = (dialect: Dialect, storage: number, names: readonly ObjectName[]): Sql =>
  sql`o.storage_id = ${storage} and o.hash in ${dialect.texts(names.map(({ hash }) => hash))} and o.hash || o.suffix in ${dialect.texts(names.map(({ hash, suffix }) => hash + suffix))}`;

const asRow = ({ id, hash, suffix, size }: Raw): ObjectRow => ({
  id: Number(id),
  hash: String(hash),
  suffix: String(suffix),
  size: Number(size),
});

function* rowsOf(dialect: Dialect, storage: number, names: readonly ObjectName[]): Operation<ObjectRow[]> {
  return (yield* execute(
    sql`select o.id, o.hash, o.suffix, o.size from object o where ${called(dialect, storage, names)}`,
  )).map(asRow);
}

/** No artifact and no manifest refers to the object `o`. The manifest of a folder has no suffix, and is in the default storage when the folder stays in place. */
const unused = sql`not exists (select 1 from artifact a where a.hash = o.hash and ${notRemoved("a")} and (
    (a.storage_id = o.storage_id and a.n_files is null and a.suffix = o.suffix and a.place_key is null)
    or (a.n_files is not null and o.suffix = '' and (a.storage_id = o.storage_id or a.place_key is not null))))
  and not exists (select 1 from object_member m where m.member_id = o.id)`;

/** Marks those of these objects that nothing refers to: their bytes may go. A manifest comes first: it frees what it lists. Says whether there are any. */
export function* markUnused(
  dialect: Dialect,
  now: Date,
  storage: number,
  names: readonly ObjectName[],
): Operation<boolean> {
  let marked = 0;
  for (const some of [names.slice(0, 1), ...chunks(names.slice(1))]) {
    if (some.length === 0) continue;
    // Bytes that no row ever knew are purged like all others.
    yield* addRows(dialect, now, storage, some, sql`do nothing`);
    const rows = yield* execute(
      sql`update object set purging_since = ${dialect.encode("time", now)} where id in
          (select o.id from object o where ${called(dialect, storage, some)} and ${unused}) returning id`,
    );
    marked += rows.length;
    yield* execute(
      sql`delete from object_member where manifest_id in ${dialect.integers(rows.map(({ id }) => Number(id)))}`,
    );
  }
  return marked > 0;
}

/**
 * Some of the marked objects of a storage, locked and marked anew: those that no save has claimed meanwhile. A version
 * of Lineal that knows no marks may have taken a marked one into use: it loses its mark.
 */
export function* takeMarked(dialect: Dialect, now: Date, storage: number): Operation<ObjectRow[]> {
  const seen = (yield* execute(
    sql`select id, hash, suffix, size from object where storage_id = ${storage} and purging_since is not null order by id limit 100`,
  )).map(asRow);
  yield* lock(dialect, ...objectLocks(storage, seen));
  const ids = dialect.integers(seen.map(({ id }) => id));
  yield* execute(sql`update object as o set purging_since = null where id in ${ids} and not (${unused})`);
  return (yield* execute(
    sql`update object set purging_since = ${dialect.encode("time", now)} where purging_since is not null and id in ${ids} returning id, hash, suffix, size`,
  )).map(asRow);
}

/** Removes the rows of bytes that are gone, but not of those that a save has claimed meanwhile. */
export function* forgetObjects(dialect: Dialect, rows: readonly ObjectRow[]): Operation<void> {
  const ids = dialect.integers(rows.map(({ id }) => id));
  yield* execute(sql`delete from object where purging_since is not null and id in ${ids}`);
}

/**
 * Rows for bytes that are far away, before a save relies on them; or the marks of a purge that is under way,
 * as text. The rows whose marks are `abandoned` are made anew, with other ids, so that the purge leaves them alone.
 */
export function* claimObjects(
  dialect: Dialect,
  now: Date,
  storage: number,
  names: readonly ObjectName[],
  abandoned: string,
): Operation<ObjectRow[] | string> {
  yield* lock(dialect, ...objectLocks(storage, names));
  let marks = "";
  for (const some of chunks(names)) {
    const rows = yield* execute(
      sql`select o.id, o.purging_since from object o where ${called(dialect, storage, some)} and o.purging_since is not null order by o.id`,
    );
    marks += rows.map(({ id, purging_since }) => `${id} ${JSON.stringify(purging_since)};`).join("");
  }
  if (marks !== abandoned) return marks;
  const claimed: ObjectRow[] = [];
  for (const some of chunks(names)) {
    if (abandoned !== "")
      yield* execute(
        sql`delete from object where id in (select o.id from object o where ${called(dialect, storage, some)} and o.purging_since is not null)`,
      );
    yield* addRows(dialect, now, storage, some, sql`do nothing`);
    claimed.push(...(yield* rowsOf(dialect, storage, some)));
  }
  return claimed;
}

/** Whether all these rows are there, unmarked: then so are the bytes, whoever claimed the rows. */
export function* holdClaims(dialect: Dialect, ids: readonly number[]): Operation<boolean> {
  const [row] = yield* execute(
    sql`select count(*) as n from object where purging_since is null and id in ${dialect.integers([...new Set(ids)])}`,
  );
  return Number(row?.n) === new Set(ids).size;
}
