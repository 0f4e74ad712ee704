/** Puts bytes into a folder on disk: hashed while copied to tmp/, on disk before they get their final name. */

import { createHash, randomBytes } from "node:crypto";
import { closeSync, fsync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { chunksOf, sourceOf } from "../ground/bytes.ts";
import {
  checkedChunks,
  checkSuffix,
  objectKey,
  type Progress,
  type PutFile,
  type PutSource,
  type Stored,
} from "./backend.ts";
import { checkUnchanged, type FileStat, makeFolder, newScratch, pacer, readWhole, sizeOf, statFile } from "./file.ts";
import { atPath, fsError } from "./fs-error.ts";
import { hashBytes, smallFile } from "./hash.ts";
import { type Digest, digestInWorkers } from "./hash-worker.ts";

const syncFile = promisify(fsync);

/** The folder of a root in which bytes are on their way, under names that nothing refers to. */
export const tmpKey = ".lineal/tmp";

function newTmpPath(root: string): string {
  const dir = join(root, tmpKey);
  makeFolder(dir);
  return join(dir, `${process.pid}-${randomBytes(8).toString("hex")}`);
}

/** Small objects that are written, but not yet known to be on disk: to sync many at once is many times faster. */
class Batch implements Disposable {
  readonly #root: string;
  readonly #drafts = new Map<string, { file: number; tmp: string }>();
  readonly #folders = new Set<string>();
  #bytes = 0;

  constructor(root: string) {
    this.#root = root;
  }

  get full(): boolean {
    return this.#drafts.size >= 128 || this.#bytes >= 64 << 20;
  }

  add(bytes: Uint8Array, suffix: string): Stored {
    const hash = hashBytes(bytes);
    const stored = { key: objectKey(hash, suffix), hash, suffix, size: bytes.length };
    const target = join(this.#root, stored.key);
    if (this.#drafts.has(target) || sizeOf(target) === bytes.length) return { ...stored, created: false };
    const tmp = newTmpPath(this.#root);
    const file = atPath(tmp, () => openSync(tmp, "wx", 0o444));
    this.#drafts.set(target, { file, tmp });
    writeAll(file, tmp, bytes);
    this.#bytes += bytes.length;
    return { ...stored, created: true };
  }

  async commit(): Promise<void> {
    const syncs = [...this.#drafts.values()].map(({ file, tmp }) => sync(file, tmp));
    // All must have settled before any file is closed: its number could be another file's by then.
    for (const synced of await Promise.allSettled(syncs)) if (synced.status === "rejected") throw synced.reason;
    this.#rename();
  }

  commitSync(): void {
    for (const { file, tmp } of this.#drafts.values()) atPath(tmp, () => fsyncSync(file));
    this.#rename();
  }

  #rename(): void {
    for (const [target, draft] of this.#drafts) {
      rename(draft.tmp, target);
      closeSync(draft.file);
      this.#drafts.delete(target);
      this.#folders.add(dirname(target)).add(dirname(dirname(target)));
    }
    this.#bytes = 0;
  }

  /** Makes the new names durable, and removes what was not committed. */
  [Symbol.dispose](): void {
    for (const { file, tmp } of this.#drafts.values()) {
      closeSync(file);
      rmSync(tmp, { force: true });
    }
    for (const folder of this.#folders) syncFolder(folder);
  }
}

/** Stores one source below `root`; see `Backend.put`. */
export async function putLocal(
  root: string,
  source: PutSource,
  suffix: string,
  onProgress?: Progress,
): Promise<Stored> {
  checkSuffix(suffix);
  if ("path" in source) {
    const [stored] = await putFilesLocal(root, [{ path: source.path, suffix }], onProgress);
    return stored as Stored;
  }
  const size = "bytes" in source ? source.bytes.length : undefined;
  if (!("bytes" in source) || source.bytes.length > smallFile) {
    const chunks = "bytes" in source ? chunksOf(sourceOf(source.bytes)) : checkedChunks(source.stream);
    return putBig(root, suffix, (tmp) => copyChunks(chunks, tmp, size, onProgress));
  }
  using batch = new Batch(root);
  const stored = batch.add(source.bytes, suffix);
  await batch.commit();
  onProgress?.(stored.size, stored.size);
  return stored;
}

/** Stores bytes before it returns; see `Backend.putSync`. */
export function putLocalSync(root: string, bytes: Uint8Array, suffix: string): Stored {
  using batch = new Batch(root);
  const stored = batch.add(bytes, suffix);
  batch.commitSync();
  return stored;
}

/** Stores many files below `root`; see `Backend.putFiles`. */
export async function putFilesLocal(root: string, files: readonly PutFile[], onProgress?: Progress): Promise<Stored[]> {
  const stored: Stored[] = [];
  const pause = pacer();
  const stats: FileStat[] = [];
  for (const { path } of files) {
    stats.push(statFile(path));
    await pause();
  }
  const total = stats.reduce((sum, { size }) => sum + size, 0);
  const scratch = newScratch(Math.min(total, smallFile));
  let done = 0;
  const report = (bytes: number): void => {
    done += bytes;
    onProgress?.(done, total);
  };
  using batch = new Batch(root);
  for (const [i, { path, suffix }] of files.entries()) {
    const stat = stats[i] as FileStat;
    if (stat.size > smallFile) stored.push(await putBig(root, suffix, (tmp) => copyFile(path, stat, tmp, report)));
    else {
      stored.push(batch.add(readWhole(path, stat, scratch), suffix));
      if (batch.full) await batch.commit();
      report(stat.size);
    }
    await pause();
  }
  await batch.commit();
  return stored;
}

/** Stores what `copy` writes to the path it is given. */
async function putBig(root: string, suffix: string, copy: (tmp: string) => Promise<Digest>): Promise<Stored> {
  const tmp = newTmpPath(root);
  try {
    const { hash, size } = await copy(tmp);
    const key = objectKey(hash, suffix);
    const target = join(root, key);
    if (sizeOf(target) === size) return { key, hash, suffix, size, created: false };
    rename(tmp, target);
    for (const folder of [dirname(target), dirname(dirname(target))]) syncFolder(folder);
    return { key, hash, suffix, size, created: true };
  } finally {
    rmSync(tmp, { force: true });
  }
}

async function copyFile(path: string, stat: FileStat, tmp: string, report: (bytes: number) => void): Promise<Digest> {
  const [digest] = await digestInWorkers([{ path, copyTo: tmp }], report);
  checkUnchanged(path, stat, (digest as Digest).size);
  return digest as Digest;
}

async function copyChunks(
  chunks: AsyncIterable<Uint8Array>,
  tmp: string,
  total: number | undefined,
  onProgress?: Progress,
): Promise<Digest> {
  const file = atPath(tmp, () => openSync(tmp, "wx", 0o444));
  try {
    const hash = createHash("sha256");
    let size = 0;
    const pause = pacer();
    for await (const chunk of chunks) {
      writeAll(file, tmp, chunk);
      hash.update(chunk);
      size += chunk.length;
      onProgress?.(size, total);
      await pause();
    }
    await sync(file, tmp);
    return { hash: hash.digest("hex"), size };
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, path: string, bytes: Uint8Array): void {
  atPath(path, () => {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
  });
}

function rename(tmp: string, target: string): void {
  makeFolder(dirname(target));
  atPath(target, () => renameSync(tmp, target));
}

const sync = (file: number, path: string): Promise<void> =>
  syncFile(file).catch((error) => {
    throw fsError(error, path);
  });

/** Makes names in a folder survive a power cut; some systems cannot sync a folder, and need not. */
function syncFolder(dir: string): void {
  let file: number | undefined;
  try {
    file = openSync(dir, "r");
    fsyncSync(file);
  } catch {
    return;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
