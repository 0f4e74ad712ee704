/** SHA-256 of every byte of files: small ones at once in this thread, big ones in worker threads. */

import { hash as digest } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import type { FileStat, Progress } from "./backend.ts";
import { nextTurn } from "./byte-stream.ts";
import { atPath, fsError } from "./fs-error.ts";
import { digestInWorkers, JobError, type Digest, type Job } from "./hash-worker.ts";
import { checkUnchanged, statFile } from "./stat-cache.ts";

/** Files up to this many bytes are read at once in this thread: less than the start of a worker costs. */
export const smallFile = 8 << 20;

/** Time in milliseconds after which long work in this thread lets others have a turn. */
const turn = 15;

/** A hashed file: SHA-256 as 64 hex digits, bytes, and the state the file was in. */
export interface HashedFile {
  readonly hash: string;
  readonly size: number;
  readonly stat: FileStat;
}

/** The SHA-256 of bytes as 64 hex digits. */
export function hashBytes(bytes: Uint8Array): string {
  return digest("sha256", bytes, "hex");
}

/** The SHA-256 of a file; `not-found` when missing, `conflict` when it changed meanwhile. */
export async function hashFile(path: string, options: { onProgress?: Progress | undefined } = {}): Promise<HashedFile> {
  const [hashed] = await hashFiles([path], options);
  if (hashed === undefined) throw new Error("no digest");
  return { hash: hashed.hash, size: hashed.size, stat: hashed.stat };
}

/** The SHA-256 of many files, in the order given; `not-found` when one is missing, `conflict` when one changed meanwhile. */
export async function hashFiles(
  paths: readonly string[],
  options: { onProgress?: Progress | undefined } = {},
): Promise<({ readonly path: string } & HashedFile)[]> {
  const results: ({ readonly path: string } & HashedFile)[] = [];
  const stats: FileStat[] = [];
  let total = 0;
  const pause = pacer();
  for (const path of paths) {
    const stat = statFile(path);
    stats.push(stat);
    total += stat.size;
    await pause();
  }
  // Workers take a while to start: they pay for one big file, or for many middling ones.
  const limit = total > 8 * smallFile ? 256 << 10 : smallFile;
  let done = 0;
  const report = (bytes: number): void => options.onProgress?.((done += bytes), total);
  const keep = (index: number, path: string, stat: FileStat, { hash, size }: Digest): void => {
    checkUnchanged(path, stat, size);
    results[index] = { path, hash, size, stat };
  };
  const big: { index: number; path: string; stat: FileStat }[] = [];
  const scratch = newScratch(Math.min(limit, total));
  for (const [index, path] of paths.entries()) {
    const stat = stats[index];
    if (stat === undefined) continue;
    if (stat.size > limit) big.push({ index, path, stat });
    else {
      const bytes = readSmall(path, scratch);
      keep(index, path, stat, { hash: hashBytes(bytes), size: bytes.length });
      report(bytes.length);
      await pause();
    }
  }
  const digests = await inWorkers(big, report);
  for (const [at, { index, path, stat }] of big.entries())
    keep(index, path, stat, digests[at] ?? { hash: "", size: -1 });
  return results;
}

/** `digestInWorkers` with the errors that the other functions here throw. */
export async function inWorkers(jobs: readonly Job[], onBytes: (bytes: number) => void): Promise<Digest[]> {
  try {
    return await digestInWorkers(jobs, onBytes);
  } catch (error) {
    throw error instanceof JobError ? fsError(error, error.path) : error;
  }
}

/** Memory that `readSmall` reads files of up to `size` bytes into. */
export function newScratch(size: number): Uint8Array {
  return Buffer.allocUnsafeSlow(Math.min(size, smallFile) + 1);
}

/** All bytes of a file, as a view of `scratch` that holds until its next use; one byte too many tells that the file grew. */
export function readSmall(path: string, scratch: Uint8Array): Uint8Array {
  return atPath(path, () => {
    const file = openSync(path, "r");
    try {
      let size = 0;
      for (;;) {
        const read = size < scratch.length ? readSync(file, scratch, size, scratch.length - size, null) : 0;
        if (read === 0) return scratch.subarray(0, size);
        size += read;
      }
    } finally {
      closeSync(file);
    }
  });
}

/** A function to await in loops: gives others a turn now and then, and costs next to nothing otherwise. */
export function pacer(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < turn) return undefined;
    return nextTurn().then(() => {
      last = performance.now();
    });
  };
}
