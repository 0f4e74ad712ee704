/** Rows for stored bytes: one per content and suffix, whoever refers to it. */
import sql, { join } from "sql-template-tag";
import type { Dialect } from "./dialect.ts";
import { execute, type Operation } from "./operation.ts";

/** Stored bytes, named by what they are. */
export interface ObjectName {
  readonly hash: string;
  readonly suffix: string;
  /** Bytes. */
  readonly size: number;
}

const same = (storage: number, { hash, suffix }: ObjectName) =>
  sql`storage_id = ${storage} and hash = ${hash} and suffix = ${suffix}`;

/**
 * The locks by which save and purge of the same bytes wait for each other; take them before any row is written.
 * At most 256: a folder of many files must not use up the locks of the server.
 */
export const objectLocks = (storage: number, names: readonly ObjectName[]): string[] => [
  ...new Set(names.map(({ hash }) => `object:${storage}:${hash.slice(0, 2)}`)),
];

/** Rows of one statement: databases take only so many bound values. */
const CHUNK = 500;

/** Records that these bytes are stored; of a folder, also what its manifest is made of. */
export function* keepObject(
  dialect: Dialect,
  now: Date,
  storage: number,
  name: ObjectName,
  members: readonly ObjectName[] = [],
): Operation<void> {
  yield* addObjects(dialect, now, storage, [name]);
  if (members.length === 0) return;
  const [id] = yield* idsOf(dialect, storage, [name]);
  for (let i = 0; i < members.length; i += CHUNK) {
    const chunk = members.slice(i, i + CHUNK);
    yield* addObjects(dialect, now, storage, chunk);
    yield* execute(
      sql`insert into object_member (manifest_id, member_id) select ${id}, o.value from ${dialect.integers(yield* idsOf(dialect, storage, chunk))} o
          where not exists (select 1 from object_member m where m.manifest_id = ${id} and m.member_id = o.value)`,
    );
  }
}

function* addObjects(dialect: Dialect, now: Date, storage: number, names: readonly ObjectName[]): Operation<void> {
  const rows = names.map(
    ({ hash, suffix, size }) => sql`(${storage}, ${hash}, ${suffix}, ${size}, ${dialect.encode("time", now)})`,
  );
  yield* execute(
    sql`insert into object (storage_id, hash, suffix, size, created_at) values ${join(rows)} on conflict (hash, suffix, storage_id) do nothing`,
  );
}

/** The ids of objects that are there, each once. */
function* idsOf(dialect: Dialect, storage: number, names: readonly ObjectName[]): Operation<number[]> {
  const wanted = new Set(names.map(({ hash, suffix }) => hash + suffix));
  const rows = yield* execute(
    sql`select id, hash, suffix from object where storage_id = ${storage} and hash in ${dialect.texts(names.map(({ hash }) => hash))}`,
  );
  return rows.filter(({ hash, suffix }) => wanted.has(`${hash}${suffix}`)).map(({ id }) => Number(id));
}

/** Of these, the objects that nothing refers to any more; their rows are removed. Manifests first: they free their members. */
export function* dropUnused(storage: number, names: readonly ObjectName[]): Operation<ObjectName[]> {
  const dropped: ObjectName[] = [];
  for (const name of names) {
    // A manifest is stored without suffix, whatever the folder's own is; that of a folder in place in the default storage.
    const used = yield* execute(
      sql`select 1 from artifact a where a.hash = ${name.hash} and ((a.storage_id = ${storage} and a.n_files is null and a.suffix = ${name.suffix} and a.place_key is null) or (a.n_files is not null and ${name.suffix} = '' and (a.storage_id = ${storage} or a.place_key is not null))) limit 1`,
    );
    const member = yield* execute(
      sql`select 1 from object_member where member_id in (select id from object where ${same(storage, name)}) limit 1`,
    );
    if (used.length > 0 || member.length > 0) continue;
    yield* execute(
      sql`delete from object_member where manifest_id in (select id from object where ${same(storage, name)})`,
    );
    yield* execute(sql`delete from object where ${same(storage, name)}`);
    dropped.push(name);
  }
  return dropped;
}

/** Whether there is a row for these bytes. */
export function* hasObject(storage: number, name: ObjectName): Operation<boolean> {
  return (yield* execute(sql`select 1 from object where ${same(storage, name)}`)).length > 0;
}
