/** Bytes in this process's memory, for tests and as the plainest example of a backend. */

import { readFileSync } from "node:fs";
import { LinealError } from "../ground/errors.ts";
import { checkInside, checkSuffix, objectKey, type Backend, type OpenBytes, type Source } from "./backend.ts";
import { chunksOf, cutRange, streamOf } from "./byte-stream.ts";
import { atPath } from "./fs-error.ts";
import { hashBytes } from "./hash.ts";
import { checkUnchanged, statFile } from "./stat-cache.ts";

const stores = new Map<string, Map<string, Uint8Array>>();

/** The backend of a URL like `memory://name`: the same name is the same bytes for as long as the process lives. */
export function memoryBackend(url: string): Backend {
  const root = url.replace(/\/+$/, "");
  const files = stores.get(root) ?? new Map<string, Uint8Array>();
  stores.set(root, files);
  const open = async (key: string): Promise<OpenBytes> => {
    const bytes = files.get(key);
    if (bytes === undefined)
      throw new LinealError("not-found", `there is no ${root}/${key}`, {
        hint: "list the storage to see what it holds",
      });
    return {
      byteLength: bytes.length,
      async slice(from, to) {
        const { start, end } = cutRange(bytes.length, from, to);
        return bytes.slice(start, end);
      },
      async close() {},
    };
  };
  const backend: Backend = {
    type: "memory",
    root,
    url: (key) => {
      checkInside(key);
      return `${root}/${key}`;
    },
    localPath: () => undefined,
    async stat(key) {
      const bytes = files.get(key);
      return bytes && { size: bytes.length };
    },
    open,
    read: (key) => streamOf(() => open(key)),
    async put(source, { suffix, onProgress, expect }) {
      checkSuffix(suffix);
      const known = expect === undefined ? undefined : files.get(objectKey(expect, suffix));
      if (expect !== undefined && known !== undefined)
        return { key: objectKey(expect, suffix), hash: expect, size: known.length, created: false };
      const bytes = new Uint8Array(await bytesOf(source)); // a copy of our own
      const hash = hashBytes(bytes);
      if (expect !== undefined && hash !== expect) {
        throw new LinealError("conflict", `the bytes changed: their SHA-256 is ${hash}, not ${expect}`, {
          hint: "save again",
        });
      }
      onProgress?.(bytes.length, "stream" in source ? undefined : bytes.length);
      const key = objectKey(hash, suffix);
      const created = !files.has(key);
      if (created) files.set(key, bytes);
      return { key, hash, size: bytes.length, created };
    },
    async putFiles(sources, options) {
      const stored = [];
      let done = 0;
      for (const { path, suffix } of sources) {
        const one = await backend.put({ path }, { suffix });
        stored.push(one);
        options?.onProgress?.((done += one.size), undefined);
      }
      return stored;
    },
    async remove(key) {
      files.delete(key);
    },
    async *list(prefix) {
      for (const [key, bytes] of files) if (key.startsWith(prefix)) yield { key, size: bytes.length };
    },
  };
  return backend;
}

async function bytesOf(source: Source): Promise<Uint8Array> {
  if ("bytes" in source) return source.bytes;
  if ("path" in source) {
    const before = statFile(source.path);
    const bytes = atPath(source.path, () => readFileSync(source.path));
    checkUnchanged(source.path, before, bytes.length);
    return bytes;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(source)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
