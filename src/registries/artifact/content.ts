/** From sources to content: hashed, and stored unless they stay in place. */
import { basename } from "node:path";
import { encode, summarise } from "../../formats/index.ts";
import type { Connection } from "../../instance/connection.ts";
import type { PutSource } from "../../storage/backend.ts";
import { openFile } from "../../storage/file.ts";
import { hashFolder, putFolder } from "../../storage/folder.ts";
import { hashFiles } from "../../storage/hash.ts";
import { type Entry, formatManifest, memberObject } from "../../storage/manifest.ts";
import { putFiles } from "../../storage/put.ts";
import { reading } from "./hashes.ts";
import { claim } from "./objects.ts";
import type { ClaimedObject, Content, Location, Source } from "./source.ts";

/** A file to be saved. */
export interface FileSource {
  readonly path: string;
  readonly suffix: string;
  /** In a registered storage: then it stays there. */
  readonly location: Location | undefined;
}

/** Hashes and stores one source. */
export async function contentOf(
  connection: Connection,
  source: Source,
  suffix: string | undefined,
  label = "data",
): Promise<Content> {
  if ("path" in source) return contentOfPath(connection, source, suffix ?? "");
  if (source.is === "stream") return storedBytes(connection, source, suffix ?? "", label);
  const { bytes, ...facts } = await encode(source.is === "bytes" ? source.bytes : source.value, suffix);
  return { ...(await storedBytes(connection, { bytes }, facts.suffix, label)), ...facts };
}

async function contentOfPath(
  connection: Connection,
  { is, path, location }: Extract<Source, { path: string }>,
  suffix: string,
): Promise<Content> {
  if (is === "file")
    return (await contentOfFiles(connection, [{ path, suffix, location }], basename(path)))[0] as Content;
  return location ? folderInPlace(connection, path, suffix, location) : copiedFolder(connection, path, suffix);
}

/** Hashes and stores files, all in the same storage or all outside; contents come in their order. */
export async function contentOfFiles(
  connection: Connection,
  files: readonly FileSource[],
  label: string,
): Promise<Content[]> {
  const contents = files[0]?.location ? await inPlace(files, label) : await copied(connection, files, label);
  for (const [i, file] of files.entries())
    if (file.suffix === ".parquet") contents[i] = { ...(contents[i] as Content), ...(await factsOfParquet(file.path)) };
  return contents;
}

async function inPlace(files: readonly FileSource[], label: string): Promise<Content[]> {
  const paths = files.map(({ path }) => path);
  const hashed = await reading(`hashing ${label}`, (options) => hashFiles(paths, options));
  return hashed.map(({ hash, size, stat }, i) => {
    const { suffix, location } = files[i] as FileSource & { location: Location };
    const placeStat = { size, mtimeNs: String(stat.mtimeNs), ino: String(stat.ino) };
    return { ...plain, hash, size, suffix, storage: location.storage, placeKey: location.key, placeStat };
  });
}

async function copied(connection: Connection, files: readonly FileSource[], label: string): Promise<Content[]> {
  const { defaultBackend } = connection;
  const stored = await reading(`saving ${label}`, (options) => putFiles(defaultBackend, files, options));
  return (await claim(connection, stored)).map((one) => ofObjects(connection, [one]));
}

async function storedBytes(connection: Connection, source: PutSource, suffix: string, label: string): Promise<Content> {
  const { defaultBackend } = connection;
  const stored = await reading(`saving ${label}`, ({ onProgress }) =>
    defaultBackend.put(source, { suffix, onProgress }),
  );
  return ofObjects(connection, await claim(connection, [stored]));
}

/** Stores a text. */
export function contentOfText(connection: Connection, text: string, suffix: string): Promise<Content> {
  return storedBytes(connection, { bytes: Buffer.from(text) }, suffix, "text");
}

/** The content of a text that is stored before this returns, for a process that is about to end; undefined where that cannot be. */
export function contentOfTextSync(connection: Connection, text: string, suffix: string): Content | undefined {
  const stored = connection.defaultBackend.putSync?.(Buffer.from(text), suffix);
  return stored && ofObjects(connection, [stored]);
}

/** What most contents have in common. */
const plain = {
  hashType: "sha256",
  kind: null,
  otype: null,
  nObservations: null,
  nFiles: null,
  objects: [],
  placeKey: null,
  placeStat: null,
} as const;

/** The content of stored bytes, or of a manifest and then what it lists. */
function ofObjects(connection: Connection, objects: readonly ClaimedObject[]): Content {
  const { hash, suffix, size } = objects[0] as ClaimedObject;
  return { ...plain, hash, suffix, size, storage: connection.defaultStorage, objects };
}

async function folderInPlace(
  connection: Connection,
  path: string,
  suffix: string,
  { storage, key }: Location,
): Promise<Content> {
  const entries = await reading(`hashing ${basename(path)}`, (options) => hashFolder(path, options));
  const manifest = await contentOfText(connection, formatManifest(entries), "");
  return { ...manifest, ...factsOfFolder(entries), suffix, storage, placeKey: key };
}

async function copiedFolder(connection: Connection, path: string, suffix: string): Promise<Content> {
  const { manifest, entries } = await reading(`saving ${basename(path)}`, (options) =>
    putFolder(connection.defaultBackend, path, options),
  );
  const objects = await claim(connection, [manifest, ...entries.map(memberObject)]);
  return { ...ofObjects(connection, objects), ...factsOfFolder(entries), suffix };
}

function factsOfFolder(entries: readonly Entry[]): Pick<Content, "size" | "nFiles" | "hashType"> {
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  return { size, nFiles: entries.length, hashType: "sha256-manifest" };
}

/** Above this many bytes a file is registered without looking inside. */
const LARGEST_SUMMARY = 64 << 20;

/** Parquet has its number of rows at its end; a large CSV is not parsed to register it. */
async function factsOfParquet(path: string): Promise<Partial<Content>> {
  const source = openFile(path);
  try {
    if (source.byteLength > LARGEST_SUMMARY) return {};
    const { otype = null, nObservations = null } = await summarise(source, ".parquet");
    return { otype, nObservations, kind: "dataset" };
  } catch {
    return {}; // a damaged file can still be registered; load() will say what is wrong
  } finally {
    await source.close();
  }
}
