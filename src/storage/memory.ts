/** Bytes in this process's memory: for tests, and the plainest example of a backend whose bytes are far away. */

import { sourceOf } from "../ground/bytes.ts";
import { LinealError } from "../ground/errors.ts";
import { type Backend, checkedChunks, checkInside, checkSuffix, objectKey, type PutSource } from "./backend.ts";
import { newScratch, readWhole, statFile } from "./file.ts";
import { hashBytes } from "./hash.ts";

const stores = new Map<string, Map<string, Uint8Array>>();

/** The backend of a URL like `memory://name`: the same name is the same bytes for as long as the process lives. */
export function memoryBackend(url: string): Backend {
  const root = url.replace(/\/+$/, "");
  const files = stores.get(root) ?? new Map<string, Uint8Array>();
  stores.set(root, files);
  const putSync = (bytes: Uint8Array, suffix: string) => {
    const hash = hashBytes(bytes);
    const key = objectKey(hash, suffix);
    const created = !files.has(key);
    if (created) files.set(key, new Uint8Array(bytes)); // a copy of our own
    return { key, hash, suffix, size: bytes.length, created };
  };
  return {
    type: "memory",
    root,
    url(key) {
      checkInside(key);
      return `${root}/${key}`;
    },
    async stat(key) {
      const bytes = files.get(key);
      return bytes && { size: bytes.length };
    },
    async open(key) {
      const bytes = files.get(key);
      if (bytes !== undefined) return { ...sourceOf(new Uint8Array(bytes)), close: async () => {} };
      throw new LinealError("not-found", `there is no ${root}/${key}`, {
        hint: "list the storage to see what it holds",
      });
    },
    async put(source, { suffix, onProgress }) {
      checkSuffix(suffix);
      const stored = putSync(await bytesOf(source), suffix);
      onProgress?.(stored.size, "stream" in source ? undefined : stored.size);
      return stored;
    },
    putSync,
    async remove(keys) {
      for (const key of keys) files.delete(key);
    },
    async *list(prefix) {
      for (const [key, bytes] of files) if (key.startsWith(prefix)) yield { key, size: bytes.length };
    },
  };
}

async function bytesOf(source: PutSource): Promise<Uint8Array> {
  if ("bytes" in source) return source.bytes;
  if ("path" in source) {
    const stat = statFile(source.path);
    return readWhole(source.path, stat, newScratch(stat.size));
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of checkedChunks(source.stream)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
