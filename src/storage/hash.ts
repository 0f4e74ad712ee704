/** SHA-256 of every byte of files: small ones at once in this thread, big ones in worker threads. */

import { hash as digest } from "node:crypto";
import type { Progress } from "./backend.ts";
import { checkUnchanged, type FileStat, newScratch, pacer, readWhole, statFile } from "./file.ts";
import { digestInWorkers, type Digest } from "./hash-worker.ts";
import type { StatCache } from "./stat-cache.ts";

/** Files up to this many bytes are read at once in this thread: less than the start of a worker costs. */
export const smallFile = 8 << 20;

/** A hashed file: SHA-256 as 64 hex digits, bytes, and the state the file was in. */
export interface HashedFile {
  readonly path: string;
  readonly hash: string;
  readonly size: number;
  readonly stat: FileStat;
}

/** The SHA-256 of bytes as 64 hex digits. */
export function hashBytes(bytes: Uint8Array): string {
  return digest("sha256", bytes, "hex");
}

/**
 * The SHA-256 of files, in the order given; those that have not changed since `known` saw them are not read.
 * `not-found` when one is missing, `conflict` when one changed meanwhile.
 */
export async function hashFiles(
  paths: readonly string[],
  { known, onProgress }: { known?: StatCache | undefined; onProgress?: Progress | undefined } = {},
): Promise<HashedFile[]> {
  const results: HashedFile[] = [];
  const unread: { index: number; path: string; stat: FileStat }[] = [];
  let total = 0;
  const pause = pacer();
  for (const [index, path] of paths.entries()) {
    const stat = statFile(path);
    const hash = known?.get(path, stat);
    if (hash === undefined) unread.push({ index, path, stat });
    else results[index] = { path, hash, size: stat.size, stat };
    if (hash === undefined) total += stat.size;
    await pause();
  }
  // Workers take a while to start: they pay for one big file, or for many middling ones.
  const limit = total > 8 * smallFile ? 256 << 10 : smallFile;
  let done = 0;
  const report = (bytes: number): void => onProgress?.((done += bytes), total);
  const keep = ({ index, path, stat }: (typeof unread)[number], { hash, size }: Digest): void => {
    results[index] = { path, hash, size, stat };
    known?.set(path, stat, hash);
  };
  const scratch = newScratch(Math.min(limit, total));
  for (const file of unread) {
    if (file.stat.size > limit) continue;
    const bytes = readWhole(file.path, file.stat, scratch);
    keep(file, { hash: hashBytes(bytes), size: bytes.length });
    report(bytes.length);
    await pause();
  }
  const big = unread.filter(({ stat }) => stat.size > limit);
  for (const [at, found] of (await digestInWorkers(big, report)).entries()) {
    const file = big[at];
    if (file === undefined) continue;
    checkUnchanged(file.path, file.stat, found.size);
    keep(file, found);
  }
  return results;
}
