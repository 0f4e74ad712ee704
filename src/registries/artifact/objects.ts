/** Stored bytes and their rows: bytes are there when a row refers to them, and are removed when none does. */
import { setTimeout } from "node:timers/promises";
import type { Row, RowRef } from "../../db/columns.ts";
import type { Dialect } from "../../db/dialect.ts";
import {
  claimObjects,
  forgetObjects,
  holdClaims,
  markUnused,
  type ObjectName,
  objectLocks,
  takeMarked,
} from "../../db/objects.ts";
import type { Operation } from "../../db/operation.ts";
import { lock } from "../../db/write.ts";
import { bytesOf } from "../../ground/bytes.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { objectKey } from "../../storage/backend.ts";
import { type Entry, memberObject, parseManifest } from "../../storage/manifest.ts";
import type { ClaimedObject, Content } from "./source.ts";

/** Thrown when bytes were purged between storing them and the row that refers to them: they have to be stored again. */
export class BytesVanished extends Error {}

/** Milliseconds for which a mark stays as it is before its purge is taken for dead; a purge removes nothing after half of it. */
const PATIENCE = 10_000;

/**
 * Makes sure that stored bytes far away are there, and stay until a row refers to them: `requireBytes` asks for what
 * was claimed. A purge that is under way is waited for. On this machine's disk the transaction looks itself.
 */
export async function claim(
  connection: Connection,
  names: readonly ObjectName[],
  patience: number = PATIENCE,
): Promise<readonly ClaimedObject[]> {
  const { defaultBackend: backend, defaultStorage: storage } = connection;
  if (backend.local) return names;
  const { dialect } = connection.database;
  let marks = "";
  let since = performance.now();
  for (;;) {
    const abandoned = performance.now() - since > patience ? marks : "";
    const claimed = await connection.write(() => claimObjects(dialect, connection.now(), storage.id, names, abandoned));
    if (typeof claimed !== "string") {
      for (let i = 0; i < names.length; i += 50) {
        const some = names.slice(i, i + 50);
        const found = await Promise.all(some.map(({ hash, suffix }) => backend.stat(objectKey(hash, suffix))));
        if (found.includes(undefined)) throw new BytesVanished();
      }
      const ids = new Map(claimed.map(({ hash, suffix, id }) => [hash + suffix, id]));
      return names.map((name) => ({ ...name, claim: ids.get(name.hash + name.suffix) }));
    }
    if (claimed !== marks) since = performance.now();
    marks = claimed;
    await setTimeout(20);
  }
}

/** Inside the transaction that writes a row: the bytes are there, or `BytesVanished`. */
export function* requireBytes(connection: Connection, contents: readonly Content[]): Operation<void> {
  const { local } = connection.defaultBackend;
  for (const { storage, placeKey, objects } of contents) {
    if (placeKey !== null && !connection.backend(storage.root).local?.has(placeKey)) throw new BytesVanished();
    if (local && !objects.every(({ hash, suffix }) => local.has(objectKey(hash, suffix)))) throw new BytesVanished();
  }
  const claims = contents.flatMap(({ objects }) => objects.flatMap(({ claim }) => claim ?? []));
  if (claims.length > 0 && !(yield* holdClaims(connection.database.dialect, claims))) throw new BytesVanished();
}

/** Stores bytes and writes rows by `save`, again when the bytes were purged in between (`once`: they can be read only once). */
export async function untilBytesStay<T>(save: () => Promise<T>, once = false): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await save();
    } catch (error) {
      if (!(error instanceof BytesVanished)) throw error;
      if (tries >= (once ? 0 : 5))
        throw new LinealError("conflict", "the same bytes were deleted for good while they were saved", {
          hint: "Save them again.",
          cause: error,
        });
    }
  }
}

/** The stored objects of an artifact: its bytes, or its manifest and then what that lists. Read before the row goes: afterwards nobody knows. */
export interface StoredObjects {
  readonly storage: RowRef;
  readonly names: readonly ObjectName[];
}

export async function storedObjectsOf(connection: Connection, row: Row): Promise<StoredObjects | undefined> {
  const object = { hash: String(row.hash), suffix: String(row.suffix), size: Number(row.size) };
  if (row.nFiles === null)
    return row.placeKey === null ? { storage: row.storage as RowRef, names: [object] } : undefined;
  const manifest = { ...object, suffix: "" };
  // The manifest of a folder that stays in place is kept in the default storage.
  if (row.placeKey !== null) return { storage: connection.defaultStorage, names: [manifest] };
  const entries = await readManifest(connection, row).catch(() => []);
  return { storage: row.storage as RowRef, names: [manifest, ...entries.map(memberObject)] };
}

/** The files of a folder artifact, in manifest order. */
export async function readManifest(connection: Connection, row: Row): Promise<Entry[]> {
  const { root } = row.placeKey === null ? connection.storageOf((row.storage as RowRef).id) : connection.defaultStorage;
  const source = await connection.backend(root).open(objectKey(String(row.hash), ""));
  try {
    return parseManifest(Buffer.from(await bytesOf(source)).toString("utf8"));
  } finally {
    await source.close();
  }
}

/** Inside the transaction that removes a row: marks its objects if nothing else refers to them. Says whether `removeMarked` has to follow. */
export function* markObjects(dialect: Dialect, now: Date, { storage, names }: StoredObjects): Operation<boolean> {
  yield* lock(dialect, ...objectLocks(storage.id, names));
  return yield* markUnused(dialect, now, storage.id, names);
}

/**
 * Removes the bytes of marked objects, then their rows; also those that a killed process left. A save may claim an
 * object at any time. On this machine's disk, bytes are removed inside the transaction that looks for claims; far
 * away, saves wait for as long as the mark is renewed, so what is not removed soon after marking has to be marked anew.
 */
export async function removeMarked(connection: Connection, storage: RowRef): Promise<void> {
  const { dialect } = connection.database;
  const backend = connection.backend(connection.storageOf(storage.id).root);
  try {
    for (;;) {
      const start = performance.now();
      const marked = await connection.write(function* () {
        const found = yield* takeMarked(dialect, connection.now(), storage.id);
        if (!backend.local) return found;
        for (const { hash, suffix } of found) backend.local.remove(objectKey(hash, suffix));
        yield* forgetObjects(dialect, found);
        return found;
      });
      if (marked.length === 0) return;
      if (backend.local || performance.now() - start > PATIENCE / 2) continue;
      await backend.remove(marked.map(({ hash, suffix }) => objectKey(hash, suffix)));
      await connection.write(() => forgetObjects(dialect, marked));
    }
  } catch (error) {
    if (!(error instanceof LinealError)) throw error;
    connection.log("warning", `stored bytes could not be removed, the next deletion tries again: ${error.message}`);
  }
}

/** Removes those of these bytes that no row refers to; a save of the same bytes waits, or stores them again. */
export async function purge(connection: Connection, objects: StoredObjects): Promise<void> {
  const { dialect } = connection.database;
  if (await connection.write(() => markObjects(dialect, connection.now(), objects)))
    await removeMarked(connection, objects.storage);
}
