/** Bytes in a folder on this machine's disk. */

import { closeSync, type Dirent, fstatSync, openSync, read, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { checkInside, type Backend, type OpenBytes } from "./backend.ts";
import { cutRange, streamOf } from "./byte-stream.ts";
import { atPath, fsError } from "./fs-error.ts";
import { putFilesLocal, putLocal } from "./local-put.ts";

const readAt = promisify(read);

/** The backend whose keys are files below the folder `root`, which is made at the first `put`. */
export function localBackend(root: string): Backend {
  const base = resolve(root);
  const pathOf = (key: string): string => {
    checkInside(key);
    return join(base, key);
  };
  return {
    type: "local",
    root: base,
    url: pathOf,
    localPath: pathOf,
    async stat(key) {
      const path = pathOf(key);
      const stat = atPath(path, () => statSync(path, { throwIfNoEntry: false }));
      return stat?.isFile() === true ? { size: stat.size } : undefined;
    },
    open: async (key) => openFile(pathOf(key)),
    read: (key) => streamOf(async () => openFile(pathOf(key))),
    put: (source, options) => putLocal(base, source, options),
    putFiles: (files, options) => putFilesLocal(base, files, options?.onProgress),
    async remove(key) {
      const path = pathOf(key);
      atPath(path, () => rmSync(path, { force: true }));
    },
    async *list(prefix) {
      if (prefix !== "") checkInside(prefix);
      const start = join(base, prefix.endsWith("/") ? prefix : dirname(prefix));
      for (const path of filesBelow(start)) {
        const key = path.slice(base.length + (base.endsWith(sep) ? 0 : 1)).replaceAll(sep, "/");
        const stat = key.startsWith(prefix) ? statSync(path, { throwIfNoEntry: false }) : undefined;
        if (stat?.isFile() === true) yield { key, size: stat.size };
      }
    },
  };
}

function openFile(path: string): OpenBytes {
  const file = atPath(path, () => openSync(path, "r"));
  const stat = fstatSync(file);
  if (!stat.isFile()) {
    closeSync(file);
    throw fsError(Object.assign(new Error("EISDIR"), { code: "EISDIR" }), path);
  }
  let open = true;
  return {
    byteLength: stat.size,
    async slice(from, to) {
      const { start, end } = cutRange(stat.size, from, to);
      const bytes = new Uint8Array(end - start);
      let at = 0;
      while (at < bytes.length) {
        const { bytesRead } = await readAt(file, bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) break; // cut shorter since it was opened
        at += bytesRead;
      }
      return bytes.subarray(0, at);
    },
    async close() {
      if (open) closeSync(file);
      open = false;
    },
  };
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
