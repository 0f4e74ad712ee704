/** Puts bytes into a folder on disk: hashed while copied to tmp/, on disk before they get their final name. */

import { createHash } from "node:crypto";
import { closeSync, fsync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { LinealError } from "../ground/errors.ts";
import {
  checkSuffix,
  objectKey,
  type FileStat,
  type Progress,
  type PutOptions,
  type Source,
  type Stored,
} from "./backend.ts";
import { chunksOf } from "./byte-stream.ts";
import { atPath, fsError } from "./fs-error.ts";
import { hashBytes, inWorkers, newScratch, pacer, readSmall, smallFile } from "./hash.ts";
import type { Digest } from "./hash-worker.ts";
import { checkUnchanged, statFile } from "./stat-cache.ts";
import { makeFolder, newTmpPath } from "./tmp.ts";

const syncFile = promisify(fsync);
const batchFiles = 128;
const batchBytes = 64 << 20;

/** A file in tmp/ that is open and not yet known to be on disk. */
interface Draft {
  readonly file: number;
  readonly tmp: string;
  readonly target: string;
  readonly size: number;
}

/** Stores one source below `root`; see `Backend.put`. */
export async function putLocal(
  root: string,
  source: Source,
  { suffix, onProgress, expect }: PutOptions,
): Promise<Stored> {
  checkSuffix(suffix);
  const before = "path" in source ? statFile(source.path) : undefined;
  const total = before?.size ?? ("bytes" in source ? source.bytes.length : undefined);
  if (expect !== undefined) {
    const size = sizeOf(join(root, objectKey(expect, suffix)));
    if (size !== undefined && size === (total ?? size))
      return { key: objectKey(expect, suffix), hash: expect, size, created: false };
  }
  const stored = await (total !== undefined && total <= smallFile && !("stream" in source)
    ? putSmall(root, source, suffix, before, expect)
    : putBig(root, source, suffix, before, total, onProgress, expect));
  if (total !== undefined && total <= smallFile) onProgress?.(total, total);
  return stored;
}

/** Stores many files below `root`; see `Backend.putFiles`. Small ones are synced in batches, which is many times faster. */
export async function putFilesLocal(
  root: string,
  files: readonly { path: string; suffix: string }[],
  onProgress?: Progress,
): Promise<Stored[]> {
  const stored: Stored[] = [];
  const folders = new Set<string>();
  const drafts = new Map<string, Draft>();
  const pause = pacer();
  const stats: FileStat[] = [];
  for (const { path } of files) {
    stats.push(statFile(path));
    await pause();
  }
  const total = stats.reduce((sum, { size }) => sum + size, 0);
  const scratch = newScratch(smallFile);
  let done = 0;
  let waiting = 0;
  try {
    for (const [index, { path, suffix }] of files.entries()) {
      const before = stats[index] ?? statFile(path);
      if (before.size > smallFile) {
        const start = done;
        stored.push(
          await putBig(root, { path }, suffix, before, before.size, (bytes) => onProgress?.(start + bytes, total)),
        );
        done += before.size;
        continue;
      }
      const bytes = readSmall(path, scratch);
      checkUnchanged(path, before, bytes.length);
      const hash = hashBytes(bytes);
      const key = objectKey(hash, suffix);
      const target = join(root, key);
      const known = drafts.has(target) || sizeOf(target) === bytes.length;
      if (!known) {
        drafts.set(target, writeDraft(root, target, bytes));
        waiting += bytes.length;
      }
      stored.push({ key, hash, size: bytes.length, created: !known });
      if (drafts.size >= batchFiles || waiting >= batchBytes) {
        await commit(drafts, folders);
        waiting = 0;
      }
      onProgress?.((done += bytes.length), total);
      await pause();
    }
    await commit(drafts, folders);
  } finally {
    for (const draft of drafts.values()) discard(draft);
  }
  for (const folder of folders) syncFolder(folder);
  return stored;
}

async function putSmall(
  root: string,
  source: Exclude<Source, { stream: unknown }>,
  suffix: string,
  before?: FileStat,
  expect?: string,
): Promise<Stored> {
  const bytes = "bytes" in source ? source.bytes : readSmall(source.path, newScratch(before?.size ?? 0));
  if ("path" in source && before !== undefined) checkUnchanged(source.path, before, bytes.length);
  const hash = hashBytes(bytes);
  checkExpected(hash, expect);
  const stored = { key: objectKey(hash, suffix), hash, size: bytes.length };
  const target = join(root, stored.key);
  if (sizeOf(target) === bytes.length) return { ...stored, created: false };
  const drafts = new Map([[target, writeDraft(root, target, bytes)]]);
  const folders = new Set<string>();
  try {
    await commit(drafts, folders);
  } finally {
    for (const draft of drafts.values()) discard(draft);
  }
  for (const folder of folders) syncFolder(folder);
  return { ...stored, created: true };
}

async function putBig(
  root: string,
  source: Source,
  suffix: string,
  before: FileStat | undefined,
  total: number | undefined,
  onProgress?: Progress,
  expect?: string,
): Promise<Stored> {
  const tmp = newTmpPath(root);
  let done = 0;
  const report = (bytes: number): void => onProgress?.((done += bytes), total);
  try {
    const { hash, size } =
      "path" in source ? await copyFile(source.path, tmp, report) : await copyChunks(chunksOf(source), tmp, report);
    if ("path" in source && before !== undefined) checkUnchanged(source.path, before, size);
    checkExpected(hash, expect);
    const key = objectKey(hash, suffix);
    const target = join(root, key);
    if (sizeOf(target) === size) return { key, hash, size, created: false };
    place(tmp, target);
    for (const folder of [dirname(target), dirname(dirname(target))]) syncFolder(folder);
    return { key, hash, size, created: true };
  } finally {
    rmSync(tmp, { force: true });
  }
}

async function copyFile(path: string, tmp: string, report: (bytes: number) => void): Promise<Digest> {
  const [digest] = await inWorkers([{ path, copyTo: tmp }], report);
  if (digest === undefined) throw new Error("no digest");
  return digest;
}

async function copyChunks(
  chunks: AsyncIterable<Uint8Array>,
  tmp: string,
  report: (bytes: number) => void,
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
      report(chunk.length);
      await pause();
    }
    await sync(file, tmp);
    return { hash: hash.digest("hex"), size };
  } finally {
    closeSync(file);
  }
}

function writeDraft(root: string, target: string, bytes: Uint8Array): Draft {
  const tmp = newTmpPath(root);
  const draft = { file: atPath(tmp, () => openSync(tmp, "wx", 0o444)), tmp, target, size: bytes.length };
  try {
    writeAll(draft.file, tmp, bytes);
  } catch (error) {
    discard(draft);
    throw error;
  }
  return draft;
}

/** Brings drafts to disk, then gives them their names; `folders` collects where, to be synced by the caller. */
async function commit(drafts: Map<string, Draft>, folders: Set<string>): Promise<void> {
  // All must have settled before any file is closed: its number could be another file's by then.
  for (const synced of await Promise.allSettled([...drafts.values()].map(({ file, tmp }) => sync(file, tmp)))) {
    if (synced.status === "rejected") throw synced.reason;
  }
  for (const [target, { file, tmp }] of drafts) {
    drafts.delete(target);
    closeSync(file);
    try {
      place(tmp, target);
    } finally {
      rmSync(tmp, { force: true });
    }
    folders.add(dirname(target)).add(dirname(dirname(target)));
  }
}

function discard({ file, tmp }: Draft): void {
  closeSync(file);
  rmSync(tmp, { force: true });
}

function writeAll(file: number, path: string, bytes: Uint8Array): void {
  atPath(path, () => {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
  });
}

function place(tmp: string, target: string): void {
  makeFolder(dirname(target));
  atPath(target, () => renameSync(tmp, target));
}

async function sync(file: number, path: string): Promise<void> {
  try {
    await syncFile(file);
  } catch (error) {
    throw fsError(error, path);
  }
}

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

function sizeOf(path: string): number | undefined {
  const stat = atPath(path, () => statSync(path, { throwIfNoEntry: false }));
  return stat?.isFile() === true ? stat.size : undefined;
}

function checkExpected(hash: string, expect: string | undefined): void {
  if (expect === undefined || hash === expect) return;
  throw new LinealError("conflict", `the bytes changed: their SHA-256 is ${hash}, not ${expect}`, {
    hint: "save again when nothing writes to the source any more",
  });
}
