/** Getting at an artifact's bytes: path, cache, load and open. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Row, RowRef } from "../../db/columns.ts";
import { update } from "../../db/write.ts";
import { LinealError } from "../../ground/errors.ts";
import { decode, type DecodeOptions, type Handle, openHandle } from "../../formats/index.ts";
import type { Connection } from "../../instance/connection.ts";
import { cacheHome } from "../../instance/home.ts";
import { objectKey, type OpenBytes } from "../../storage/backend.ts";
import { fetchToCache, materialise } from "../../storage/cache.ts";
import { manifestHash } from "../../storage/manifest.ts";
import { entriesOf, hashOf } from "./hashes.ts";
import { readManifest } from "./manifest.ts";

/** The key of the bytes in their storage. */
const storedKey = (row: Row): string =>
  row.placeKey === null
    ? objectKey(String(row.hash), row.nFiles === null ? String(row.suffix) : "")
    : String(row.placeKey);

/** The local path, or the URL for remote storage; of a stored folder, where `cache()` lays it out. */
export function pathOfRow(connection: Connection, row: Row): string {
  const { root } = connection.storageOf((row.storage as RowRef).id);
  if (row.nFiles !== null && row.placeKey === null) return folderPath(connection, row);
  return /^[a-z]+:\/\//.test(root) ? `${root}/${storedKey(row)}` : join(root, storedKey(row));
}

const folderPath = (connection: Connection, row: Row): string =>
  join(cacheHome(), "folders", connection.settings.uid, `${row.hash}${row.suffix}`);

/** The local path of the bytes, which are there and are those that were saved. */
export async function cacheRow(connection: Connection, row: Row): Promise<string> {
  if (row.placeKey !== null) return checkPlace(connection, row);
  const backend = await connection.backend(connection.storageOf((row.storage as RowRef).id).root);
  try {
    if (row.nFiles !== null)
      return await materialise(backend, await readManifest(connection, row), folderPath(connection, row));
    const path = await fetchToCache(backend, storedKey(row), cacheHome());
    statSync(path);
    return path;
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === "ENOENT" ||
      (error instanceof LinealError && error.code === "not-found")
    )
      throw missing(row, pathOfRow(connection, row), error);
    throw error;
  }
}

/** A file that stays where it is may have been changed or removed since. */
async function checkPlace(connection: Connection, row: Row): Promise<string> {
  const path = pathOfRow(connection, row);
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (!stat) throw missing(row, path);
  if (row.overwritten) throw overwritten(row, path);
  if (row.nFiles !== null) {
    if (manifestHash(await entriesOf(path)) !== row.hash) await noteOverwritten(connection, row, path);
    return path;
  }
  const known = row.placeStat as { size: number; mtimeNs: string; ino: string } | null;
  if (
    known &&
    BigInt(known.size) === stat.size &&
    known.mtimeNs === String(stat.mtimeNs) &&
    known.ino === String(stat.ino)
  )
    return path;
  const found = await hashOf(path);
  if (found.hash !== row.hash) await noteOverwritten(connection, row, path);
  return path;
}

async function noteOverwritten(connection: Connection, row: Row, path: string): Promise<never> {
  const writer = await connection.writer();
  await connection.write(() => update(connection.database.dialect, writer, "Artifact", row.id, { overwritten: true }));
  throw overwritten(row, path);
}

const overwritten = (row: Row, path: string): LinealError =>
  new LinealError("unavailable", `the bytes of ${name(row)} have been overwritten in place: ${path}`, {
    hint: `Save the file as it is now to get a new version, or put the old bytes back. To keep every version, save from outside the storage.`,
  });
const missing = (row: Row, path: string, cause?: unknown): LinealError =>
  new LinealError("unavailable", `the bytes of ${name(row)} are not there: ${path}`, {
    hint: "Put the file back, or save it again under the same key.",
    cause,
  });
const name = (row: Row): string => `Artifact('${row.uid.slice(0, 8)}'${row.key ? `, key='${row.key}'` : ""})`;

async function openBytes(connection: Connection, row: Row): Promise<OpenBytes> {
  if (row.nFiles !== null)
    throw new LinealError("invalid", `${name(row)} is a folder`, { hint: "Use cache() for its path." });
  const { root } = connection.storageOf((row.storage as RowRef).id);
  const backend = await connection.backend(root);
  if (row.placeKey !== null) await checkPlace(connection, row);
  try {
    return await backend.open(storedKey(row));
  } catch (error) {
    if (error instanceof LinealError && error.code === "not-found")
      throw missing(row, pathOfRow(connection, row), error);
    throw error;
  }
}

/** The value of the bytes, by suffix. */
export async function loadRow(connection: Connection, row: Row, options: DecodeOptions): Promise<unknown> {
  if (row.nFiles !== null) return cacheRow(connection, row);
  const source = await openBytes(connection, row);
  try {
    return await decode(source, String(row.suffix), options);
  } finally {
    await source.close();
  }
}

/** A handle that reads bit by bit; closing it closes the bytes. */
export async function openRow(connection: Connection, row: Row): Promise<Handle> {
  const source = await openBytes(connection, row);
  try {
    const handle = await openHandle(source, String(row.suffix));
    const close = handle.close.bind(handle);
    return Object.assign(handle, {
      async close() {
        await close();
        await source.close();
      },
    });
  } catch (error) {
    await source.close();
    throw error;
  }
}
