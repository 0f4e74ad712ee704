/** Files on this machine's disk: their state, their bytes, and folders for them. */

import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, read, readSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { OpenBytes } from "../ground/bytes.ts";
import { LinealError } from "../ground/errors.ts";
import { atPath, errnoOf, fsError } from "./fs-error.ts";

const readAt = promisify(read);

/** What identifies the state of a file: size in bytes, time of last change in nanoseconds, inode and device. */
export interface FileStat {
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ino: bigint;
  readonly dev: bigint;
}

/** The state of a file, links followed; a missing one is `not-found`, a folder or device `invalid`. */
export function statFile(path: string): FileStat {
  const stat = atPath(path, () => statSync(path, { bigint: true }));
  if (!stat.isFile()) {
    throw new LinealError("invalid", `${path} is ${stat.isDirectory() ? "a folder" : "not a regular file"}`, {
      hint: stat.isDirectory()
        ? "save it as a folder, or name a file in it"
        : "pipes, sockets and devices cannot be kept: write the bytes to a file first",
    });
  }
  return { size: Number(stat.size), mtimeNs: stat.mtimeNs, ino: stat.ino, dev: stat.dev };
}

/** The size of a file in bytes, or undefined when there is none. */
export function sizeOf(path: string): number | undefined {
  const stat = atPath(path, () => statSync(path, { throwIfNoEntry: false }));
  return stat?.isFile() === true ? stat.size : undefined;
}

/** Whether a path is a folder, or undefined when there is nothing. */
export function isFolder(path: string): boolean | undefined {
  return atPath(path, () => statSync(path, { throwIfNoEntry: false }))?.isDirectory();
}

/** The path with symbolic links followed, or undefined when there is nothing. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw fsError(error, path);
  }
}

/** Throws `conflict` unless the file is still as it was and `bytesRead` were all of it. */
export function checkUnchanged(path: string, before: FileStat, bytesRead: number): void {
  try {
    const now = statFile(path);
    const same = (["size", "mtimeNs", "ino", "dev"] as const).every((field) => now[field] === before[field]);
    if (same && bytesRead === before.size) return;
  } catch {
    // Gone: that is a change too.
  }
  throw new LinealError("conflict", `${path} changed while it was being read`, {
    hint: "wait until it is written completely, then save it again",
  });
}

/** Memory that `readWhole` reads files of up to `size` bytes into. */
export const newScratch = (size: number): Uint8Array => Buffer.allocUnsafeSlow(size + 1);

/** All bytes of a file that is as `stat` says, as a view of `scratch` that holds until its next use; else `conflict`. */
export function readWhole(path: string, stat: FileStat, scratch: Uint8Array): Uint8Array {
  const bytes = atPath(path, () => {
    const file = openSync(path, "r");
    try {
      let size = 0;
      for (;;) {
        // One byte more than there should be: the file grew.
        const read = size < scratch.length ? readSync(file, scratch, size, scratch.length - size, null) : 0;
        if (read === 0) return scratch.subarray(0, size);
        size += read;
      }
    } finally {
      closeSync(file);
    }
  });
  checkUnchanged(path, stat, bytes.length);
  return bytes;
}

/** Opens a file for reading in pieces; `not-found` when there is none. */
export function openFile(path: string): OpenBytes {
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

function cutRange(size: number, start: number, end = size): { start: number; end: number } {
  const cut = (at: number): number => Math.min(Math.max(at < 0 ? size + at : at, 0), size);
  return { start: cut(start), end: Math.max(cut(start), cut(end)) };
}

/** Makes a folder and those above it; `forbidden` when that is not allowed. */
export function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" || dirname(dir) === dir) throw fsError(error, dir);
    // On a read-only disk the recursive form only says that something is missing: the plain one says why.
    if (!existsSync(dirname(dir))) makeFolder(dirname(dir));
    atPath(dir, () => mkdirSync(dir));
  }
}

/** A temporary name in the folder of `target`, which is made when missing. */
export function draftBeside(target: string): string {
  makeFolder(dirname(target));
  return `${target}.tmp-${process.pid}-${randomBytes(4).toString("hex")}`;
}

/** A function to await in loops: gives timers and signals a turn now and then, and costs next to nothing otherwise. */
export function pacer(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < 15) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        last = performance.now();
        resolve();
      }),
    );
  };
}
