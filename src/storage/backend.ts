/** What every place that keeps bytes can do, and how stored objects are named. */

import type { OpenBytes } from "../ground/bytes.ts";
import { LinealError } from "../ground/errors.ts";

/** Where bytes to be stored come from. */
export type PutSource =
  | { path: string }
  | { bytes: Uint8Array }
  | { stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> };

/** Called with how many bytes are done and how many there are; the total of a stream is unknown. */
export type Progress = (doneBytes: number, totalBytes: number | undefined) => void;

/** How bytes are stored: the suffix of their object, and a callback for the progress. */
export interface PutOptions {
  suffix: string;
  onProgress?: Progress | undefined;
}

/** Where bytes were stored. */
export interface Stored {
  /** `.lineal/objects/ab/<sha256><suffix>`, relative to the root of the backend. */
  readonly key: string;
  /** SHA-256 as 64 hex digits. */
  readonly hash: string;
  readonly suffix: string;
  /** Bytes. */
  readonly size: number;
  /** False when the same bytes were there already. */
  readonly created: boolean;
}

/** A file to be stored. */
export interface PutFile {
  readonly path: string;
  readonly suffix: string;
}

/** A place that keeps bytes under keys: posix paths relative to its root. Optional members say what only some can do. */
export interface Backend {
  /** "local", "memory", … */
  readonly type: string;
  /** Absolute path without trailing slash, or a URL. */
  readonly root: string;
  /** The absolute path of a key when local, else its URL. */
  url(key: string): string;
  /** The size of a stored file in bytes, or undefined when there is no file under the key. */
  stat(key: string): Promise<{ size: number } | undefined>;
  /** Opens a file for reading; `not-found` when there is none. */
  open(key: string): Promise<OpenBytes>;
  /** Stores bytes under a name made of their hash; the same bytes are stored once. Nothing half-written is ever visible under that name. */
  put(source: PutSource, options: PutOptions): Promise<Stored>;
  /** Removes files; missing ones are fine. Far away, it gives up after 5 s and throws: see `purge`. */
  remove(keys: readonly string[]): Promise<void>;
  /** All files whose key begins with `prefix`. */
  list(prefix: string): AsyncIterable<{ key: string; size: number }>;
  /** Stores many files, in the order given, faster than one by one; durable when the promise resolves. */
  putFiles?(files: readonly PutFile[], onProgress?: Progress): Promise<Stored[]>;
  /** Stores a few bytes before it returns, for a process that is about to end. */
  putSync?(bytes: Uint8Array, suffix: string): Stored;
  /** There when the bytes are files on this machine's disk. */
  readonly local?: LocalFiles;
}

/** What only files on this machine's disk allow: to be used where they are, and to be asked about inside a transaction. */
export interface LocalFiles {
  /** The absolute path of a key. */
  path(key: string): string;
  /** Whether there is a file or folder under the key. */
  has(key: string): boolean;
  /** Removes a file; a missing one is fine. */
  remove(key: string): void;
  /** Removes what killed processes left half-written and nobody wrote to for so many milliseconds; returns how many files went. */
  sweep(olderThanMs: number): number;
  /** Removes what is half-written, and folders that are empty: Lineal's own, then the root. */
  clear(): void;
}

/** The key of the object that holds the bytes with this hash: `.lineal/objects/ab/<hash><suffix>`. */
export function objectKey(hash: string, suffix: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash))
    throw new LinealError("invalid", `${JSON.stringify(hash)} is not a SHA-256 in 64 hex digits`);
  const bad = !/^\.[^/\\\p{Cc}]+$/u.test(suffix) || !suffix.isWellFormed() || Buffer.byteLength(suffix) > 128;
  if (suffix !== "" && bad)
    throw new LinealError("invalid", `${JSON.stringify(suffix)} is not a file suffix`, {
      hint: 'give a suffix like ".csv", or "" for none',
    });
  return `${objectsPrefix}${hash.slice(0, 2)}/${hash}${suffix}`;
}

/** What the keys of all objects begin with. */
export const objectsPrefix = ".lineal/objects/";

/** Refuses a suffix that could not end a file name, before anything is read: `invalid`. */
export function checkSuffix(suffix: string): void {
  objectKey("0".repeat(64), suffix);
}

/** Refuses a key that could leave the root of its backend: `invalid`. */
export function checkInside(key: string): void {
  if (key === "" || key.startsWith("/") || key.includes("\0") || key.split("/").includes("..")) {
    throw new LinealError("invalid", `${JSON.stringify(key)} does not name a file below the storage root`, {
      hint: "use a relative path without '..'",
    });
  }
}

/** The bytes of a stream in order; anything but bytes is `invalid`. */
export async function* checkedChunks(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream as AsyncIterable<unknown>) {
    if (!(chunk instanceof Uint8Array)) {
      throw new LinealError("invalid", `the stream gave a ${typeof chunk} where bytes were expected`, {
        hint: "encode text first: stream.pipeThrough(new TextEncoderStream())",
      });
    }
    yield chunk;
  }
}
