/** The narrow waist of storage: what every place that keeps bytes can do, and how stored objects are named. */

import { LinealError } from "../ground/errors.ts";

/** Bytes that can be read in pieces; readers of formats need nothing more. */
export interface ByteSource {
  /** Size of the whole in bytes. */
  readonly byteLength: number;
  /** The bytes from `start` up to, not including, `end`; ranges beyond the end are cut, negative ones count from the end. */
  slice(start: number, end?: number): Promise<Uint8Array>;
}

/** A `ByteSource` that holds something open until `close()`. */
export interface OpenBytes extends ByteSource {
  close(): Promise<void>;
}

/** What identifies the state of a file on disk: size in bytes, time of last change in nanoseconds, inode and device. */
export interface FileStat {
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ino: bigint;
  readonly dev: bigint;
}

/** Where bytes to be stored come from. */
export type Source =
  | { path: string }
  | { bytes: Uint8Array }
  | { stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> };

/** Told how many bytes are done and how many there are; the total of a stream is unknown. */
export type Progress = (doneBytes: number, totalBytes: number | undefined) => void;

/** How bytes are stored; when the object named by `expect` (64 hex digits) is there already, the source is not read again. */
export interface PutOptions {
  suffix: string;
  onProgress?: Progress | undefined;
  expect?: string | undefined;
}

/** Where bytes were stored. */
export interface Stored {
  /** `.lineal/objects/ab/<sha256><suffix>`, relative to the root of the backend. */
  readonly key: string;
  /** SHA-256 as 64 hex digits. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  /** False when the same bytes were there already. */
  readonly created: boolean;
}

/** A place that keeps bytes under keys: posix paths relative to its root. */
export interface Backend {
  /** "local", "memory", … */
  readonly type: string;
  /** Absolute path without trailing slash, or a URL. */
  readonly root: string;
  /** The absolute path of a key when local, else its URL. */
  url(key: string): string;
  /** The absolute path of a key, or undefined when its bytes are not on this machine's disk. */
  localPath(key: string): string | undefined;
  /** The size of a stored file in bytes, or undefined when there is no file under the key. */
  stat(key: string): Promise<{ size: number } | undefined>;
  /** Opens a file for reading in pieces; `not-found` when there is none. */
  open(key: string): Promise<OpenBytes>;
  /** The bytes of a file as a stream, opened at the first read. */
  read(key: string): ReadableStream<Uint8Array>;
  /** Stores bytes under a name made of their hash; the same bytes are stored once. Nothing half-written is ever visible under that name. */
  put(source: Source, options: PutOptions): Promise<Stored>;
  /** Stores many files, in the order given, faster than one by one; durable when the promise resolves. */
  putFiles(
    files: readonly { path: string; suffix: string }[],
    options?: { onProgress?: Progress | undefined },
  ): Promise<Stored[]>;
  /** Removes a file; a missing one is fine. */
  remove(key: string): Promise<void>;
  /** All files whose key begins with `prefix`. */
  list(prefix: string): AsyncIterable<{ key: string; size: number }>;
}

/** The key of the object that holds the bytes with this hash: `.lineal/objects/ab/<hash><suffix>`. */
export function objectKey(hash: string, suffix: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash))
    throw new LinealError("invalid", `${JSON.stringify(hash)} is not a SHA-256 in 64 hex digits`);
  checkSuffix(suffix);
  return `.lineal/objects/${hash.slice(0, 2)}/${hash}${suffix}`;
}

/** Refuses a suffix that could not end a file name: `invalid`. */
export function checkSuffix(suffix: string): void {
  if (
    suffix !== "" &&
    (!/^\.[^/\\\p{Cc}]+$/u.test(suffix) || !suffix.isWellFormed() || Buffer.byteLength(suffix) > 128)
  ) {
    throw new LinealError("invalid", `${JSON.stringify(suffix)} is not a file suffix`, {
      hint: 'give a suffix like ".csv", or "" for none',
    });
  }
}

/** Refuses a key that could leave the root of its backend: `invalid`. */
export function checkInside(key: string): void {
  if (key === "" || key.startsWith("/") || key.includes("\0") || key.split("/").includes("..")) {
    throw new LinealError("invalid", `${JSON.stringify(key)} does not name a file below the storage root`, {
      hint: "use a relative path without '..'",
    });
  }
}
