/** From what people give to stored bytes: paths, folders, bytes, streams and values. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LinealError } from "../../ground/errors.ts";
import { encode, type Encoded, isTabular, suffixOf, summarise } from "../../formats/index.ts";
import type { Connection, StorageRow } from "../../instance/connection.ts";
import type { Backend, FileStat, Source as Bytes } from "../../storage/backend.ts";
import { objectKey } from "../../storage/backend.ts";
import { putFolder, type StoredEntry } from "../../storage/folder.ts";
import { relativeKey, validateKey } from "../../storage/keys.ts";
import { localBackend } from "../../storage/local.ts";
import { formatManifest } from "../../storage/manifest.ts";
import { statFile } from "../../storage/stat-cache.ts";
import { progress } from "../../instance/progress.ts";
import { entriesOf, hashes, hashOf } from "./hashes.ts";
import type { Content } from "./plan.ts";

const MANIFEST_SUFFIX = "";
/** The local path that a string or file URL means, or undefined when the source is no path. */
export function pathOf(source: unknown): string | undefined {
  if (source instanceof URL || (typeof source === "string" && source.startsWith("file:"))) {
    const url = new URL(source);
    if (url.protocol !== "file:")
      throw new LinealError("invalid", `${url.protocol}// addresses cannot be saved`, {
        hint: "Download the file first, then save its path.",
      });
    return fileURLToPath(url);
  }
  if (typeof source !== "string") return undefined;
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(source))
    throw new LinealError("invalid", `${source} is no local path`, {
      hint: "Download the file first, then save its path.",
    });
  if (source === "" || source.includes("\0"))
    throw new LinealError("invalid", "the path is empty or holds a NUL character", {
      hint: "Give the path of a file or folder.",
    });
  return resolve(source);
}

/** Hashes and stores a source. `key` decides the suffix of bytes and values. */
export async function contentOf(
  connection: Connection,
  source: unknown,
  key: string | undefined,
): Promise<Content & { inferredKey?: string }> {
  const path = pathOf(source);
  if (path === undefined) return contentOfValue(connection, source, key);
  if (!existsSync(path))
    throw new LinealError("not-found", `there is no file ${source}`, {
      hint: `Check the path; the working directory is ${process.cwd()}.`,
    });
  const folder = statSync(path).isDirectory();
  const suffix = folder ? folderSuffix(key ?? path) : suffixOf(path);
  if (key !== undefined && !folder && suffixOf(key) !== suffix) {
    throw new LinealError("invalid", `the key "${key}" and the path "${source}" have different suffixes`, {
      hint: `End the key with ${suffix || "no suffix"}.`,
    });
  }
  const place = placeOf(connection, path);
  if (place)
    return {
      ...(folder ? await folderInPlace(connection, path, suffix, place) : await fileInPlace(path, suffix, place)),
      inferredKey: place.key,
    };
  return folder ? copiedFolder(connection, path, suffix) : copiedFile(connection, path, suffix);
}

interface Place {
  readonly storage: StorageRow;
  readonly key: string;
}

/** The registered storage that a path lies in; the longest root wins. */
export function placeOf(connection: Connection, path: string): Place | undefined {
  const roots = connection.storages
    .filter((s) => !/^[a-z]+:\/\//.test(s.root))
    .sort((a, b) => b.root.length - a.root.length);
  for (const storage of roots) {
    const key = relativeKey(storage.root, path);
    if (key === undefined) continue;
    validateKey(key);
    if (storage.instanceUid !== null && storage.instanceUid !== connection.settings.uid) {
      throw new LinealError("forbidden", `${storage.root} is a storage of another instance`, {
        hint: "Connect to that instance, or copy the file elsewhere first.",
      });
    }
    return { storage, key };
  }
  return undefined;
}

const folderSuffix = (name: string): string => (/\.zarr$/i.test(name) ? suffixOf(basename(name)) : "");
const plainStat = (stat: FileStat): NonNullable<Content["placeStat"]> => ({
  size: stat.size,
  mtimeNs: String(stat.mtimeNs),
  ino: String(stat.ino),
});

async function fileInPlace(path: string, suffix: string, place: Place): Promise<Content> {
  const { hash, size, stat } = await hashOf(path);
  return {
    ...(await factsOfFile(path, suffix)),
    hash,
    size,
    suffix,
    hashType: "sha256",
    nFiles: null,
    storage: place.storage,
    object: undefined,
    members: [],
    placeKey: place.key,
    placeStat: plainStat(stat),
    present: () => existsSync(path),
  };
}

async function copiedFile(connection: Connection, path: string, suffix: string): Promise<Content> {
  const stat = statFile(path);
  const stored = await storeBytes(connection, { path }, suffix, hashes().get(path, stat), basename(path));
  hashes().set(path, stat, stored.hash);
  hashes().flush();
  return { ...stored, ...(await factsOfFile(path, suffix)) };
}

/** Stores bytes as an object of the default storage. */
export async function storeBytes(
  connection: Connection,
  bytes: Bytes,
  suffix: string,
  expect?: string,
  label = "bytes",
): Promise<Content> {
  const storage = connection.defaultStorage;
  const backend = await connection.backend(storage.root);
  const bar = progress(`saving ${label}`);
  const stored = await backend.put(bytes, { suffix, expect, onProgress: bar.update }).finally(bar.stop);
  const name = { hash: stored.hash, suffix, size: stored.size };
  return {
    hash: stored.hash,
    size: stored.size,
    suffix,
    hashType: "sha256",
    nFiles: null,
    storage,
    object: name,
    members: [],
    placeKey: null,
    placeStat: null,
    present: () => isThere(backend, objectKey(name.hash, suffix)),
  };
}

const isThere = (backend: Backend, key: string): boolean => {
  const path = backend.localPath(key);
  return path === undefined || existsSync(path);
};

async function folderInPlace(connection: Connection, path: string, suffix: string, place: Place): Promise<Content> {
  const entries = await entriesOf(path);
  const manifest = await storeBytes(connection, { bytes: Buffer.from(formatManifest(entries)) }, MANIFEST_SUFFIX);
  return {
    ...manifest,
    ...folderFacts(entries),
    suffix,
    hash: manifest.hash,
    storage: place.storage,
    objectStorage: manifest.storage,
    placeKey: place.key,
    present: () => existsSync(path) && manifest.present(),
  };
}

async function copiedFolder(connection: Connection, path: string, suffix: string): Promise<Content> {
  const storage = connection.defaultStorage;
  const backend = await connection.backend(storage.root);
  const bar = progress(`saving ${basename(path)}`);
  const { manifest, entries } = await putFolder(backend, path, { onProgress: bar.update }).finally(bar.stop);
  const members = entries.map((entry) => ({ hash: entry.hash, suffix: memberSuffix(entry), size: entry.size }));
  return {
    hash: manifest.hash,
    suffix,
    ...folderFacts(entries),
    storage,
    placeKey: null,
    placeStat: null,
    object: { hash: manifest.hash, suffix: MANIFEST_SUFFIX, size: manifest.size },
    members,
    present: () => isThere(backend, manifest.key) && entries.every((entry) => isThere(backend, entry.key)),
  };
}

/** What follows the hash in an object's name. */
export const memberSuffix = (entry: StoredEntry): string =>
  entry.key.slice(entry.key.lastIndexOf("/") + 1 + entry.hash.length);

function folderFacts(entries: readonly { size: number }[]): Pick<Content, "size" | "nFiles" | "hashType"> {
  return {
    size: entries.reduce((sum, entry) => sum + entry.size, 0),
    nFiles: entries.length,
    hashType: "sha256-manifest",
  };
}

const EMPTY = { otype: null, nObservations: null } as const;
/** Above this a file is registered without looking inside, in bytes. */
const LARGEST_SUMMARY = 64 << 20;

async function factsOfFile(path: string, suffix: string): Promise<Pick<Content, "otype" | "nObservations" | "kind">> {
  // Only formats that know without reading everything: a large CSV is not parsed to register it.
  if (!/^\.parquet$/.test(suffix) || statSync(path).size > LARGEST_SUMMARY) return EMPTY;
  const source = await localBackend(dirname(path)).open(basename(path));
  try {
    const facts = await summarise(source, suffix);
    return { otype: facts.otype ?? null, nObservations: facts.nObservations ?? null, kind: "dataset" };
  } catch {
    return EMPTY; // a damaged file can still be registered; load() will say what is wrong
  } finally {
    await source.close();
  }
}

async function contentOfValue(connection: Connection, source: unknown, key: string | undefined): Promise<Content> {
  if (isStream(source)) return storeBytes(connection, { stream: source }, key === undefined ? "" : suffixOf(key));
  const encoded: Encoded = await encode(source, key === undefined ? undefined : suffixOf(key));
  const stored = await storeBytes(connection, { bytes: encoded.bytes }, encoded.suffix, undefined, key ?? "data");
  return { ...stored, otype: encoded.otype ?? null, nObservations: encoded.nObservations ?? null, kind: encoded.kind };
}

/** Whether a source can be read only once. */
export function isStream(source: unknown): source is ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> {
  if (source === null || typeof source !== "object" || isTabular(source)) return false;
  return source instanceof ReadableStream || Symbol.asyncIterator in source;
}
