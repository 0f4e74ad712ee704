/** Copies that can be thrown away: folders laid out from objects, and files fetched from elsewhere. */

import { createHash } from "node:crypto";
import { constants, copyFileSync, chmodSync, linkSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { chunksOf } from "../ground/bytes.ts";
import { LinealError } from "../ground/errors.ts";
import { type Backend, objectKey } from "./backend.ts";
import { draftBeside, makeFolder, pacer } from "./file.ts";
import { errnoOf, fsError } from "./fs-error.ts";
import { hashBytes } from "./hash.ts";
import { type Entry, formatManifest, memberSuffix } from "./manifest.ts";

/**
 * Lays a folder out at `target` from its stored entries, and returns `target`. Files are read-only hard links to the
 * objects, or copies where links do not reach. It appears all at once; one that is complete already is kept.
 */
export async function materialise(backend: Backend, entries: readonly Entry[], target: string): Promise<string> {
  formatManifest(entries); // refuses paths that would leave the folder
  if (isComplete(entries, target)) return target;
  const draft = draftBeside(target);
  const made = new Set<string>();
  const pause = pacer();
  try {
    for (const { path, hash } of entries) {
      const file = join(draft, path);
      if (!made.has(dirname(file))) makeFolder(dirname(file));
      made.add(dirname(file));
      await layOut(backend, objectKey(hash, memberSuffix(path)), hash, file);
      await pause();
    }
    replace(entries, draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return target;
}

/** The local path of a key; when its bytes are not on this machine's disk, they are fetched into `into` first, and checked. `not-found` when there are none. */
export async function fetchToCache(backend: Backend, key: string, into: string): Promise<string> {
  const size = (await backend.stat(key))?.size;
  if (size === undefined)
    throw new LinealError("not-found", `there is no ${backend.url(key)}`, { hint: "look at what the storage holds" });
  if (backend.local) return backend.local.path(key);
  const target = join(into, "fetched", hashBytes(Buffer.from(backend.root)).slice(0, 16), key);
  if (statSync(target, { throwIfNoEntry: false })?.size === size) return target;
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
  const object = backend.local?.path(key);
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
  const source = await backend.open(key);
  try {
    await using file = await open(path, "wx", 0o444);
    for await (const chunk of chunksOf(source)) {
      hash.update(chunk);
      await file.writeFile(chunk);
    }
  } catch (error) {
    throw fsError(error, path);
  } finally {
    await source.close();
  }
  if (expect === undefined || hash.digest("hex") === expect) return;
  throw new LinealError("unavailable", `${backend.url(key)} does not hold the bytes that were stored`, {
    hint: "restore the storage from a backup: the file was changed or damaged there",
  });
}

function isComplete(entries: readonly Entry[], target: string): boolean {
  return entries.every(({ path, size }) => statSync(join(target, path), { throwIfNoEntry: false })?.size === size);
}

/** Renames the draft to its place; whoever came first wins, and what is not complete makes way. */
function replace(entries: readonly Entry[], draft: string, target: string): void {
  if (!isComplete(entries, target)) rmSync(target, { recursive: true, force: true });
  try {
    renameSync(draft, target);
  } catch (error) {
    if (!isComplete(entries, target)) throw fsError(error, target);
  }
}
