/** Removing stored bytes that nothing refers to any more. */
import { rmSync } from "node:fs";
import type { Row, RowRef } from "../../db/columns.ts";
import { dropUnused, hasObject, objectLocks, type ObjectName } from "../../db/objects.ts";
import type { Dialect } from "../../db/dialect.ts";
import type { Operation } from "../../db/operation.ts";
import { lock } from "../../db/write.ts";
import type { Connection } from "../../instance/connection.ts";
import { objectKey } from "../../storage/backend.ts";
import { readManifest } from "../artifact/manifest.ts";
import { memberSuffix } from "../artifact/content.ts";
import { entryKey } from "../../storage/folder.ts";

/** The stored bytes of an artifact: its object, or its manifest and what that lists. */
export interface ObjectsOf {
  readonly storage: RowRef;
  readonly names: readonly ObjectName[];
}

/** Read before the row goes: afterwards nobody knows. */
export async function storedObjectsOf(connection: Connection, row: Row): Promise<ObjectsOf[]> {
  const storage = row.storage as RowRef;
  const size = Number(row.size);
  const hash = String(row.hash);
  if (row.nFiles === null)
    return row.placeKey === null ? [{ storage, names: [{ hash, suffix: String(row.suffix), size }] }] : [];
  const manifest = { hash, suffix: "", size };
  if (row.placeKey !== null) return [{ storage: connection.defaultStorage, names: [manifest] }];
  const entries = await readManifest(connection, row).catch(() => []);
  return [
    {
      storage,
      names: [
        manifest,
        ...entries.map((entry) => ({
          hash: entry.hash,
          suffix: memberSuffix({ ...entry, key: entryKey(entry) }),
          size: entry.size,
        })),
      ],
    },
  ];
}

/** Files removed in one transaction: those who save the same bytes wait for it. */
const CHUNK = 100;

/** In the transaction that removes a row: forgets the stored bytes that no other row refers to. Returns them, for `removeBytes` afterwards. */
export function* dropObjects(dialect: Dialect, objects: readonly ObjectsOf[]): Operation<ObjectsOf[]> {
  yield* lock(dialect, ...objects.flatMap(({ storage, names }) => objectLocks(storage.id, names)));
  const dropped: ObjectsOf[] = [];
  for (const { storage, names } of objects) dropped.push({ storage, names: yield* dropUnused(storage.id, names) });
  return dropped;
}

/** Removes the files of forgotten bytes. */
export async function removeBytes(connection: Connection, dropped: readonly ObjectsOf[]): Promise<void> {
  const { dialect } = connection.database;
  for (const { storage, names } of dropped) {
    const backend = await connection.backend(connection.storageOf(storage.id).root);
    for (let i = 0; i < names.length; i += CHUNK) {
      const chunk = names.slice(i, i + CHUNK);
      await connection.write(function* () {
        yield* lock(dialect, ...objectLocks(storage.id, chunk));
        for (const name of chunk) {
          const path = backend.localPath(objectKey(name.hash, name.suffix));
          // Somebody may have saved the same bytes since: then they stay.
          if (path !== undefined && !(yield* hasObject(storage.id, name))) rmSync(path, { force: true });
        }
      });
    }
  }
}

/** Removes those of these bytes that no row refers to; a save of the same bytes waits, and stores them again. */
export async function purgeBytes(connection: Connection, objects: readonly ObjectsOf[]): Promise<void> {
  await removeBytes(connection, await connection.write(() => dropObjects(connection.database.dialect, objects)));
}
