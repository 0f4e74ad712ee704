/** Storing a few bytes without waiting: for a process that is about to end. */
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { objectKey, type Stored } from "./backend.ts";
import { fsError } from "./fs-error.ts";
import { hashBytes } from "./hash.ts";
import { makeFolder, newTmpPath } from "./tmp.ts";

/** Stores bytes below a local root as `Backend.put` does, before it returns. */
export function putBytesSync(root: string, bytes: Uint8Array, suffix: string): Stored {
  const hash = hashBytes(bytes);
  const key = objectKey(hash, suffix);
  const target = join(root, key);
  const stored = { key, hash, size: bytes.length };
  if (existsSync(target)) return { ...stored, created: false };
  const tmp = newTmpPath(root);
  try {
    makeFolder(dirname(tmp));
    makeFolder(dirname(target));
    const file = openSync(tmp, "wx");
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(tmp, 0o444);
    renameSync(tmp, target);
  } catch (error) {
    rmSync(tmp, { force: true });
    throw fsError(error, target);
  }
  return { ...stored, created: true };
}
