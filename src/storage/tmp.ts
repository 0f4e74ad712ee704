/** Drafts: bytes on their way into storage, under names that nothing refers to. */

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Backend } from "./backend.ts";
import { atPath, errnoOf, fsError } from "./fs-error.ts";

const tmpKey = ".lineal/tmp";

/** A new path in the tmp folder of a storage root, which is made when missing. */
export function newTmpPath(root: string): string {
  const dir = join(root, tmpKey);
  makeFolder(dir);
  return join(dir, `${process.pid}-${randomBytes(8).toString("hex")}`);
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

/** A name beside `target` under which it can be built before it is renamed; the folder is made when missing. */
export function draftBeside(target: string): string {
  makeFolder(dirname(target));
  return `${target}.tmp-${process.pid}-${randomBytes(4).toString("hex")}`;
}

/** Removes what killed processes left in tmp/ and nobody wrote to for `olderThanMs`; returns how many files went. */
export function sweepTmp(backend: Backend, olderThanMs: number): number {
  const dir = backend.localPath(tmpKey);
  if (dir === undefined) return 0;
  let removed = 0;
  for (const name of namesIn(dir)) {
    const path = join(dir, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || Date.now() - stat.mtimeMs < olderThanMs) continue;
    atPath(path, () => rmSync(path, { force: true, recursive: true }));
    removed++;
  }
  return removed;
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return []; // nothing was ever stored here
  }
}
