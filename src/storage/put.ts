/** Storing many files in any backend, without reading again what is known and there. */

import { objectKey, type Backend, type Progress, type PutFile, type Stored } from "./backend.ts";
import { statFile } from "./file.ts";
import type { StatCache } from "./stat-cache.ts";

/** Stores files, in the order given; those that have not changed since `known` saw them are not read when their object is there. */
export async function putFiles(
  backend: Backend,
  files: readonly PutFile[],
  { known, onProgress }: { known?: StatCache | undefined; onProgress?: Progress | undefined } = {},
): Promise<Stored[]> {
  const stored: Stored[] = [];
  const stats = known && files.map(({ path }) => statFile(path));
  for (const [i, { path, suffix }] of files.entries()) {
    const stat = stats?.[i];
    const hash = stat && known?.get(path, stat);
    if (hash === undefined) continue;
    const key = objectKey(hash, suffix);
    if ((await backend.stat(key))?.size === stat?.size)
      stored[i] = { key, hash, suffix, size: stat?.size ?? 0, created: false };
  }
  const unread = [...files.keys()].filter((i) => stored[i] === undefined);
  const fresh = await putAll(
    backend,
    unread.map((i) => files[i] as PutFile),
    onProgress,
  );
  for (const [at, one] of fresh.entries()) {
    const i = unread[at] as number;
    const stat = stats?.[i];
    if (stat?.size === one.size) known?.set((files[i] as PutFile).path, stat, one.hash);
    stored[i] = one;
  }
  return stored;
}

async function putAll(backend: Backend, files: readonly PutFile[], onProgress?: Progress): Promise<Stored[]> {
  if (backend.putFiles) return backend.putFiles(files, onProgress);
  const stored: Stored[] = [];
  let done = 0;
  for (const { path, suffix } of files) {
    const one = await backend.put({ path }, { suffix, onProgress: (bytes) => onProgress?.(done + bytes, undefined) });
    done += one.size;
    stored.push(one);
  }
  return stored;
}
