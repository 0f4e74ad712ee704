/** Getting at an artifact's bytes: path, cache, load and open. */
import { join } from "node:path";
import type { Row, RowRef } from "../../db/columns.ts";
import { update } from "../../db/write.ts";
import type { OpenBytes } from "../../ground/bytes.ts";
import { LinealError } from "../../ground/errors.ts";
import { decode, type DecodeOptions, type Handle, openHandle } from "../../formats/index.ts";
import type { Connection } from "../../instance/connection.ts";
import { cacheHome } from "../../instance/home.ts";
import { printName } from "../../model/index.ts";
import { type Backend, objectKey } from "../../storage/backend.ts";
import { fetchToCache, materialise } from "../../storage/cache.ts";
import { hashFolder } from "../../storage/folder.ts";
import { statFile } from "../../storage/file.ts";
import { hashFiles } from "../../storage/hash.ts";
import { manifestHash } from "../../storage/manifest.ts";
import { reading } from "./hashes.ts";
import { readManifest } from "./objects.ts";

/** The key of the bytes in their storage. */
const storedKey = (row: Row): string =>
  row.placeKey === null
    ? objectKey(String(row.hash), row.nFiles === null ? String(row.suffix) : "")
    : String(row.placeKey);

const backendOf = (connection: Connection, row: Row): Backend =>
  connection.backend(connection.storageOf((row.storage as RowRef).id).root);

/** The local path, or the URL for remote storage; of a stored folder, where `cache()` lays it out. */
export function pathOfRow(connection: Connection, row: Row): string {
  if (row.nFiles !== null && row.placeKey === null) return folderPath(connection, row);
  return backendOf(connection, row).url(storedKey(row));
}

const folderPath = (connection: Connection, row: Row): string =>
  join(cacheHome(), "folders", connection.settings.uid, `${row.hash}${row.suffix}`);

/** The local path of the bytes, which are there and are those that were saved. */
export async function cacheRow(connection: Connection, row: Row): Promise<string> {
  const backend = backendOf(connection, row);
  return found(connection, row, async () => {
    if (row.placeKey !== null) return checkInPlace(connection, row);
    if (row.nFiles === null) return fetchToCache(backend, storedKey(row), cacheHome());
    return materialise(backend, await readManifest(connection, row), folderPath(connection, row));
  });
}

/** What is not found is `unavailable`, with the name of the artifact. */
async function found<T>(connection: Connection, row: Row, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LinealError && error.code === "not-found")) throw error;
    throw new LinealError("unavailable", `the bytes of ${name(row)} are not there: ${pathOfRow(connection, row)}`, {
      hint: "Put the file back, or save it again under the same key.",
      cause: error,
    });
  }
}

/** The path of what stays where it is; `unavailable` when it has been changed since. */
async function checkInPlace(connection: Connection, row: Row): Promise<string> {
  const path = pathOfRow(connection, row);
  if (row.nFiles === null) {
    const { size, mtimeNs, ino } = statFile(path);
    const known = row.placeStat as { size: number; mtimeNs: string; ino: string } | null;
    const same = known?.size === size && known.mtimeNs === String(mtimeNs) && known.ino === String(ino);
    if (same && !row.overwritten) return path;
  }
  if (!row.overwritten && (await hashInPlace(row, path)) === row.hash) return path;
  if (!row.overwritten) {
    const writer = await connection.writer();
    const { dialect } = connection.database;
    await connection.write(() => update(dialect, writer, "Artifact", row.id, { overwritten: true }));
  }
  throw new LinealError("unavailable", `the bytes of ${name(row)} have been overwritten in place: ${path}`, {
    hint: "Save the file as it is now to get a new version, or put the old bytes back. To keep every version, save from outside the storage.",
  });
}

async function hashInPlace(row: Row, path: string): Promise<string | undefined> {
  if (row.nFiles !== null) return manifestHash(await reading("hashing", (options) => hashFolder(path, options)));
  return (await reading("hashing", (options) => hashFiles([path], options)))[0]?.hash;
}

const name = (row: Row): string => printName("Artifact", row);

async function openBytes(connection: Connection, row: Row): Promise<OpenBytes> {
  if (row.nFiles !== null)
    throw new LinealError("invalid", `${name(row)} is a folder`, { hint: "Use cache() for its path." });
  return found(connection, row, async () => {
    if (row.placeKey !== null) await checkInPlace(connection, row);
    return backendOf(connection, row).open(storedKey(row));
  });
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
