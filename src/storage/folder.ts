/** Folders in storage: every file an object of its own, and a manifest that says which. */

import { extname, join } from "node:path";
import { objectKey, type Backend, type Progress, type Stored } from "./backend.ts";
import { formatManifest, walkFolder, type Entry } from "./manifest.ts";

/** An entry of a manifest together with the key of the object that holds its bytes. */
export interface StoredEntry extends Entry {
  readonly key: string;
}

/** The key under which `putFolder` stores the bytes of an entry: by hash, and by the last suffix of its name when it has a plain one. */
export function entryKey(entry: Entry): string {
  return objectKey(entry.hash, entrySuffix(entry.path));
}

/** Stores the files of a folder (all, or the `files` given as posix paths below it) and its manifest. */
export async function putFolder(
  backend: Backend,
  dir: string,
  options: { files?: readonly string[] | undefined; onProgress?: Progress | undefined } = {},
): Promise<{ manifest: Stored; entries: StoredEntry[] }> {
  const paths = options.files ?? (await walkFolder(dir));
  formatManifest(paths.map((path) => ({ path, hash: "0".repeat(64), size: 0 }))); // refuses bad names before anything is copied
  const stored = await backend.putFiles(
    paths.map((path) => ({ path: join(dir, path), suffix: entrySuffix(path) })),
    { onProgress: options.onProgress },
  );
  const entries = paths.flatMap((path, index): StoredEntry[] => {
    const one = stored[index];
    return one === undefined ? [] : [{ path, hash: one.hash, size: one.size, key: one.key }];
  });
  const manifest = await backend.put({ bytes: Buffer.from(formatManifest(entries)) }, { suffix: "" });
  return { manifest, entries };
}

function entrySuffix(path: string): string {
  const suffix = extname(path);
  return /^\.[A-Za-z0-9]{1,16}$/.test(suffix) ? suffix : "";
}
