/** Hashes of files, from memory when a file has not changed since. */
import { basename, join } from "node:path";
import { cacheHome } from "../../instance/home.ts";
import { progress } from "../../instance/progress.ts";
import type { FileStat } from "../../storage/backend.ts";
import { hashFile, hashFiles } from "../../storage/hash.ts";
import { type Entry, walkFolder } from "../../storage/manifest.ts";
import { StatCache, statFile } from "../../storage/stat-cache.ts";

let statCache: { home: string; cache: StatCache } | undefined;

/** The remembered hashes of unchanged files, shared by the processes of one user. */
export function hashes(): StatCache {
  const home = cacheHome();
  if (statCache?.home !== home) statCache = { home, cache: StatCache.open(home) };
  return statCache.cache;
}

export interface Hashed {
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  readonly stat: FileStat;
}

/** The hash of a file. */
export async function hashOf(path: string): Promise<Hashed> {
  const cache = hashes();
  const stat = statFile(path);
  const remembered = cache.get(path, stat);
  if (remembered) return { hash: remembered, size: stat.size, stat };
  const bar = progress(`hashing ${basename(path)}`);
  const found = await hashFile(path, { onProgress: bar.update }).finally(bar.stop);
  cache.set(path, found.stat, found.hash);
  cache.flush();
  return found;
}

/** The hashes of many files, in their order; call `hashes().flush()` when all is done. */
export async function hashAll(paths: readonly string[], label: string): Promise<Hashed[]> {
  const cache = hashes();
  const known = paths.map((path): Hashed | string => {
    const stat = statFile(path);
    const hash = cache.get(path, stat);
    return hash ? { hash, size: stat.size, stat } : path;
  });
  const unknown = known.filter((one) => typeof one === "string");
  const bar = progress(`hashing ${label}`);
  const found = new Map(
    (await hashFiles(unknown, { onProgress: bar.update }).finally(bar.stop)).map((one) => [one.path, one]),
  );
  for (const [path, { stat, hash }] of found) cache.set(path, stat, hash);
  return known.map((one) => (typeof one === "string" ? (found.get(one) as Hashed) : one));
}

/** The files of a folder as a manifest has them. */
export async function entriesOf(folder: string): Promise<Entry[]> {
  const paths = await walkFolder(folder);
  const files = await hashAll(
    paths.map((path) => join(folder, path)),
    basename(folder),
  );
  hashes().flush();
  return files.map(({ hash, size }, i) => ({ path: paths[i] as string, hash, size }));
}
