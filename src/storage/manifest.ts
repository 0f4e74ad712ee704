/** What a folder holds, as text: one line `sha256 size path` per file, sorted by the bytes of the path. */

import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { atPath } from "./fs-error.ts";
import { hashBytes, pacer } from "./hash.ts";

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
      throw invalid(`the path ${JSON.stringify(bytes.toString())} is there twice`);
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
        throw invalid(`line ${index + 1} of the manifest is not "sha256 size path"`);
      return { path, hash, size: Number(size) };
    });
  if (formatManifest(entries) !== text) throw invalid("the manifest is not sorted, or was cut off");
  return entries;
}

/** The hash of a folder: that of its manifest. Swapping the contents or names of two files changes it. */
export function manifestHash(entries: readonly Entry[]): string {
  return hashBytes(Buffer.from(formatManifest(entries)));
}

/**
 * The files of a folder as posix paths below it, at any depth, hidden ones too; only folders named `.lineal` are left out.
 * Links to files count as files; links to folders are not followed. Empty folders, pipes, sockets and devices are `invalid`.
 */
export async function walkFolder(dir: string): Promise<string[]> {
  const found: string[] = [];
  const pause = pacer();
  const walk = async (folder: string): Promise<void> => {
    for (const entry of atPath(folder, () => readdirSync(folder, { withFileTypes: true }))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== ".lineal") await walk(path);
      } else if (isFile(path, entry.isFile()))
        found.push(
          path
            .slice(base.length + 1)
            .split(sep)
            .join("/"),
        );
    }
    await pause();
  };
  const base = atPath(dir, () => realpathSync(dir));
  if (!statSync(base).isDirectory()) throw invalid(`${dir} is not a folder`);
  await walk(base);
  if (found.length === 0)
    throw new LinealError("invalid", `the folder ${dir} holds no files`, {
      hint: "save it when there is something in it",
    });
  return found;
}

function isFile(path: string, plain: boolean): boolean {
  if (path.includes("\uFFFD") && statSync(path, { throwIfNoEntry: false }) === undefined)
    throw invalid(`the name ${path} is not UTF-8`);
  if (plain) return true;
  const stat = atPath(path, () => statSync(path));
  if (!stat.isFile() && !stat.isDirectory()) throw invalid(`${path} is a pipe, socket or device, which cannot be kept`);
  return stat.isFile();
}

function checkEntry({ path, hash, size }: Entry): void {
  if (/\n/.test(path) || !path.isWellFormed())
    throw invalid(`the file name ${JSON.stringify(path)} holds a newline or broken text`);
  // A manifest may come from elsewhere: its paths must stay inside the folder that is made from it.
  if (path.includes("\0") || path.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw invalid(`${JSON.stringify(path)} is not a path inside a folder`);
  }
  if (!/^[0-9a-f]{64}$/.test(hash) || !Number.isSafeInteger(size) || size < 0)
    throw invalid(`hash or size of ${JSON.stringify(path)} is not one`);
}

function invalid(message: string): LinealError {
  return new LinealError("invalid", message, {
    hint: "a folder artifact lists plain files by UTF-8 names without newlines: rename or remove what is in the way",
  });
}
