/** Bytes in a folder on this machine's disk. */

import { type Dirent, existsSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { type Backend, checkInside, objectsPrefix } from "./backend.ts";
import { openFile, sizeOf } from "./file.ts";
import { atPath } from "./fs-error.ts";
import { putFilesLocal, putLocal, putLocalSync, tmpKey } from "./local-put.ts";

/** The backend whose keys are files below the folder `root`, which is made at the first `put`. */
export function localBackend(root: string): Backend {
  const base = resolve(root);
  const path = (key: string): string => {
    checkInside(key);
    return join(base, key);
  };
  const remove = (key: string): void => atPath(path(key), () => rmSync(path(key), { force: true }));
  return {
    type: "local",
    root: base,
    url: path,
    async stat(key) {
      const size = sizeOf(path(key));
      return size === undefined ? undefined : { size };
    },
    open: async (key) => openFile(path(key)),
    put: (source, { suffix, onProgress }) => putLocal(base, source, suffix, onProgress),
    putFiles: (files, onProgress) => putFilesLocal(base, files, onProgress),
    putSync: (bytes, suffix) => putLocalSync(base, bytes, suffix),
    async remove(keys) {
      keys.forEach(remove);
    },
    async *list(prefix) {
      if (prefix !== "") checkInside(prefix);
      const start = join(base, prefix.endsWith("/") ? prefix : dirname(prefix));
      for (const path of filesBelow(start)) {
        const key = path.slice(base.length + (base.endsWith(sep) ? 0 : 1)).replaceAll(sep, "/");
        const size = key.startsWith(prefix) ? sizeOf(path) : undefined;
        if (size !== undefined) yield { key, size };
      }
    },
    local: {
      path,
      has: (key) => existsSync(path(key)),
      remove,
      sweep(olderThanMs) {
        let removed = 0;
        for (const path of filesBelow(join(base, tmpKey))) {
          const stat = statSync(path, { throwIfNoEntry: false });
          if (stat === undefined || Date.now() - stat.mtimeMs < olderThanMs) continue;
          atPath(path, () => rmSync(path, { force: true }));
          removed++;
        }
        return removed;
      },
      clear() {
        rmSync(join(base, tmpKey), { recursive: true, force: true });
        for (const folder of [join(base, objectsPrefix), join(base, ".lineal"), base]) removeEmpty(folder);
      },
    },
  };
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody's files are in it, or it is gone.
  }
}

function* filesBelow(dir: string): Generator<string> {
  let entries: Dirent[];
  try {
    entries = readdirSync(dir, { withFileTypes: true });
  } catch {
    return; // removed meanwhile, or never there
  }
  for (const entry of entries) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}
