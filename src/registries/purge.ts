/** Removing stored bytes that nothing refers to any more. */
import { rmSync } from "node:fs";
import type { Row, RowRef } from "../db/columns.ts";
import { dropUnused, hasObject, objectLocks, type ObjectName } from "../db/objects.ts";
import { lock } from "../db/write.ts";
import type { Connection } from "../instance/connection.ts";
import { objectKey } from "../storage/backend.ts";
import { readManifest } from "./artifact/manifest.ts";
import { memberSuffix } from "./artifact/content.ts";
import { entryKey } from "../storage/folder.ts";

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
  if (row.nFiles === null) return row.placeKey === null ? [{ storage, names: [{ hash, suffix: String(row.suffix), size }] }] : [];
  const manifest = { hash, suffix: "", size };
  if (row.placeKey !== null) return [{ storage: connection.defaultStorage, names: [manifest] }];
  const entries = await readManifest(connection, row).catch(() => []);
  return [{ storage, names: [manifest, ...entries.map((entry) => ({ hash: entry.hash, suffix: memberSuffix({ ...entry, key: entryKey(entry) }), size: entry.size }))] }];
}

/** Removes those bytes that no row refers to; a save of the same bytes waits, and stores them again. */
export async function purgeBytes(connection: Connection, objects: readonly ObjectsOf[]): Promise<void> {
  const { dialect } = connection.database;
  for (const { storage, names } of objects) {
    const { root } = connection.storageOf(storage.id);
    const backend = await connection.backend(root);
    const dropped = await connection.write(function* () {
      yield* lock(dialect, ...objectLocks(storage.id, names));
      return yield* dropUnused(dialect, storage.id, names);
    });
    for (const name of dropped) {
      const key = objectKey(name.hash, name.suffix);
      const path = backend.localPath(key);
      await connection.write(function* () {
        yield* lock(dialect, ...objectLocks(storage.id, [name]));
        // Somebody may have saved the same bytes since: then they stay.
        if (path !== undefined && !(yield* hasObject(storage.id, name))) rmSync(path, { force: true });
      });
    }
  }
}
