/** Copies that can be thrown away: folders laid out from objects, and files fetched from elsewhere. */

import { constants, copyFileSync, chmodSync, existsSync, linkSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createHash } from "node:crypto";
import { LinealError } from "../ground/errors.ts";
import { checkInside, type Backend } from "./backend.ts";
import { entryKey } from "./folder.ts";
import { errnoOf, fsError } from "./fs-error.ts";
import { hashBytes, pacer } from "./hash.ts";
import { formatManifest, type Entry } from "./manifest.ts";
import { draftBeside, makeFolder } from "./tmp.ts";

/** The folder for caches: `LINEAL_CACHE_DIR`, else `lineal` in the user's cache folder. */
export function cacheDir(): string {
  const { LINEAL_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  return LINEAL_CACHE_DIR ? resolve(LINEAL_CACHE_DIR) : join(XDG_CACHE_HOME || join(homedir(), ".cache"), "lineal");
}

/**
 * Lays a folder out at `target` from its stored entries, and returns `target`. Files are read-only hard links to the
 * objects, or copies where links do not reach. It appears all at once; one that is complete already is kept.
 */
export async function materialise(
  backend: Backend,
  entries: readonly (Entry & { readonly key?: string })[],
  target: string,
): Promise<string> {
  formatManifest(entries); // refuses paths that would leave the folder
  if (isComplete(entries, target)) return target;
  const draft = draftBeside(target);
  const made = new Set<string>();
  const pause = pacer();
  try {
    for (const entry of entries) {
      const path = join(draft, entry.path);
      const folder = dirname(path);
      if (!made.has(folder)) makeFolder(folder);
      made.add(folder);
      await layOut(backend, entry.key ?? entryKey(entry), entry.hash, path);
      await pause();
    }
    replace(entries, draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return target;
}

/** The local path of a key, whose bytes are fetched into `into` first (and checked) when they are not on this machine's disk. */
export async function fetchToCache(backend: Backend, key: string, into: string = cacheDir()): Promise<string> {
  checkInside(key);
  const local = backend.localPath(key);
  if (local !== undefined) return local;
  const target = join(into, "fetched", hashBytes(Buffer.from(backend.root)).slice(0, 16), key);
  const size = (await backend.stat(key))?.size;
  if (size !== undefined && statSync(target, { throwIfNoEntry: false })?.size === size) return target;
  const draft = draftBeside(target);
  try {
    await download(backend, key, /\/objects\/[0-9a-f]{2}\/([0-9a-f]{64})/.exec(`/${key}`)?.[1], draft);
    renameSync(draft, target);
  } finally {
    rmSync(draft, { force: true });
  }
  return target;
}

async function layOut(backend: Backend, key: string, hash: string, path: string): Promise<void> {
  const object = backend.localPath(key);
  if (object === undefined) return download(backend, key, hash, path);
  try {
    linkSync(object, path);
  } catch (error) {
    // Another disk, a file system without links, too many links, or somebody else's file: copy.
    if (errnoOf(error) === "ENOENT") throw fsError(error, object);
    try {
      copyFileSync(object, path, constants.COPYFILE_FICLONE);
      chmodSync(path, 0o444);
    } catch (cause) {
      throw fsError(cause, path);
    }
  }
}

async function download(backend: Backend, key: string, expect: string | undefined, path: string): Promise<void> {
  const hash = createHash("sha256");
  try {
    await using file = await open(path, "wx", 0o444);
    for await (const chunk of backend.read(key) as unknown as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      await file.writeFile(chunk);
    }
  } catch (error) {
    throw fsError(error, path);
  }
  const found = hash.digest("hex");
  if (expect === undefined || found === expect) return;
  throw new LinealError("unavailable", `${backend.url(key)} does not hold the bytes that were stored`, {
    hint: "restore the storage from a backup: the file was changed or damaged there",
  });
}

function isComplete(entries: readonly Entry[], target: string): boolean {
  return (
    existsSync(target) &&
    entries.every(({ path, size }) => statSync(join(target, path), { throwIfNoEntry: false })?.size === size)
  );
}

/** Renames the draft to its place; whoever came first wins, and what is not complete makes way. */
function replace(entries: readonly Entry[], draft: string, target: string): void {
  if (existsSync(target) && !isComplete(entries, target)) {
    const aside = draftBeside(target);
    renameSync(target, aside);
    rmSync(aside, { recursive: true, force: true });
  }
  try {
    renameSync(draft, target);
  } catch (error) {
    if (!isComplete(entries, target)) throw fsError(error, target);
  }
}
