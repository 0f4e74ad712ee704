/** What a folder holds, as text: one line `sha256 size path` per file, sorted by the bytes of the path. */

import { extname } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { hashBytes } from "./hash.ts";

/** One file of a folder: its posix path below the folder, SHA-256 as 64 hex digits, and bytes. */
export interface Entry {
  readonly path: string;
  readonly hash: string;
  readonly size: number;
}

/** The manifest of a folder; the order of `entries` does not matter. A path given twice or one that cannot be written is `invalid`. */
export function formatManifest(entries: readonly Entry[]): string {
  const lines = entries.map((entry) => {
    checkEntry(entry);
    return { bytes: Buffer.from(entry.path), text: `${entry.hash} ${entry.size} ${entry.path}\n` };
  });
  lines.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  for (const [index, { bytes }] of lines.entries()) {
    if (lines[index + 1]?.bytes.equals(bytes))
      throw invalidFolder(`the path ${JSON.stringify(bytes.toString())} is there twice`);
  }
  return lines.map(({ text }) => text).join("");
}

/** The entries of a manifest, in its order; text that `formatManifest` would not write is `invalid`. */
export function parseManifest(text: string): Entry[] {
  const entries = text
    .split("\n")
    .slice(0, -1)
    .map((line, index): Entry => {
      const [, hash, size, path] = /^([0-9a-f]{64}) (0|[1-9]\d{0,15}) (.+)$/su.exec(line) ?? [];
      if (hash === undefined || size === undefined || path === undefined)
        throw invalidFolder(`line ${index + 1} of the manifest is not "sha256 size path"`);
      return { path, hash, size: Number(size) };
    });
  if (formatManifest(entries) !== text) throw invalidFolder("the manifest is not sorted, or was cut off");
  return entries;
}

/** The hash of a folder: that of its manifest. Swapping the contents or names of two files changes it. */
export function manifestHash(entries: readonly Entry[]): string {
  return hashBytes(Buffer.from(formatManifest(entries)));
}

/** The object that holds a file of a folder; its suffix is the last one of the file's name when that is a plain one. */
export function memberObject({ path, hash, size }: Entry): { hash: string; suffix: string; size: number } {
  return { hash, suffix: memberSuffix(path), size };
}

/** The suffix of the object that holds a file of a folder. */
export function memberSuffix(path: string): string {
  const suffix = extname(path);
  return /^\.[A-Za-z0-9]{1,16}$/.test(suffix) ? suffix : "";
}

function checkEntry({ path, hash, size }: Entry): void {
  if (/\n/.test(path) || !path.isWellFormed())
    throw invalidFolder(`the file name ${JSON.stringify(path)} holds a newline or broken text`);
  // A manifest may come from elsewhere: its paths must stay inside the folder that is made from it.
  if (path.includes("\0") || path.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw invalidFolder(`${JSON.stringify(path)} is not a path inside a folder`);
  }
  if (!/^[0-9a-f]{64}$/.test(hash) || !Number.isSafeInteger(size) || size < 0)
    throw invalidFolder(`hash or size of ${JSON.stringify(path)} is not one`);
}

/** The refusal of what cannot be in a folder artifact. */
export function invalidFolder(message: string): LinealError {
  return new LinealError("invalid", message, {
    hint: "a folder artifact lists plain files by UTF-8 names without newlines: rename or remove what is in the way",
  });
}
