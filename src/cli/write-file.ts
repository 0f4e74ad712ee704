/** Writes loaded files where people work; a file that is there is overwritten only with `force` or when the user agrees. */

import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { isFolder } from "../storage/file.ts";
import { hashFolder } from "../storage/folder.ts";
import { hashFiles } from "../storage/hash.ts";
import { manifestHash } from "../storage/manifest.ts";
import { canAsk, confirm } from "./ask.ts";

/** Where a file called `key` goes: below `base`, or to `output` (into it, when it is a directory). */
export function targetPath(base: string, key: string, output: string | undefined): string {
  if (output !== undefined) {
    const isFolder = /[/\\]$/.test(output) || statSync(output, { throwIfNoEntry: false })?.isDirectory();
    return isFolder ? join(resolve(output), basename(key)) : resolve(output);
  }
  const path = resolve(base, key);
  if (relative(base, path).split(sep)[0] !== "..") return path;
  throw new LinealError("invalid", `the key ${key} leads out of ${base}`, { hint: "Say where to write: -o PATH" });
}

/** Copies a file or folder to `target`; `conflict` when something else is there. */
export async function placeFile(from: string, target: string, force: boolean): Promise<void> {
  if (isThere(target) && (realpathSync(from) === realpathSync(target) || (await isSame(from, target)))) return;
  await makeRoom(target, force);
  guard(target, () => {
    if (statSync(from).isDirectory()) {
      cpSync(from, target, { recursive: true, dereference: true });
      makeWritable(target);
      return;
    }
    const temporary = `${target}.${process.pid}.tmp`;
    try {
      copyFileSync(from, temporary);
      chmodSync(temporary, 0o644);
      renameSync(temporary, target);
    } finally {
      rmSync(temporary, { force: true });
    }
  });
}

/** Writes a text to `target`; `conflict` when something else is there. */
export async function placeText(text: string, target: string, force: boolean): Promise<void> {
  if (isThere(target) && lstatSync(target).isFile() && readFileSync(target, "utf8") === text) return;
  await makeRoom(target, force);
  guard(target, () => writeFileSync(target, text));
}

async function makeRoom(target: string, force: boolean): Promise<void> {
  if (isThere(target)) {
    const overwrite = force || (canAsk() && (await confirm(`${target} is there already. Replace it?`)));
    if (!overwrite)
      throw new LinealError("conflict", `${target} is there already, with other content`, {
        hint: "Overwrite it with --force, or write elsewhere with -o PATH.",
      });
    if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
      throw new LinealError("conflict", `${target} is a directory`, {
        hint: "Move it away, or write elsewhere with -o PATH.",
      });
    }
  }
  guard(target, () => mkdirSync(dirname(target), { recursive: true }));
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined && existsSync(path);
}

/** Whether two files hold the same bytes, or two folders the same files. */
async function isSame(a: string, b: string): Promise<boolean> {
  if (isFolder(a) !== isFolder(b)) return false;
  const hashOf = async (path: string): Promise<string | undefined> =>
    isFolder(path) ? manifestHash(await hashFolder(path, {})) : (await hashFiles([path]))[0]?.hash;
  try {
    return (await hashOf(a)) === (await hashOf(b));
  } catch {
    return false; // An empty folder, or a pipe.
  }
}

/** Stored bytes are read-only; a copy to work with is not. */
function makeWritable(path: string): void {
  const folder = statSync(path).isDirectory();
  chmodSync(path, folder ? 0o755 : 0o644);
  if (folder) for (const name of readdirSync(path)) makeWritable(join(path, name));
}

function guard(target: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    if (cause instanceof LinealError) throw cause;
    throw new LinealError("unavailable", `cannot write ${target}`, {
      hint: "Check the permissions and the free space there, or write elsewhere with -o PATH.",
      cause,
    });
  }
}
