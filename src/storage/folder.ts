/** Folders on disk: which files they hold, and how these become objects and a manifest. */

import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { LinealError } from "../ground/errors.ts";
import type { Backend, Stored } from "./backend.ts";
import { isFolder, pacer } from "./file.ts";
import { atPath } from "./fs-error.ts";
import { hashFiles } from "./hash.ts";
import { type Entry, formatManifest, invalidFolder, memberSuffix } from "./manifest.ts";
import { putFiles } from "./put.ts";

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
      } else if (isFile(path, entry.isFile())) found.push(relative(base, path).split(sep).join("/"));
    }
    await pause();
  };
  const base = atPath(dir, () => realpathSync(dir));
  if (!isFolder(base)) throw invalidFolder(`${dir} is not a folder`);
  await walk(base);
  if (found.length === 0)
    throw new LinealError("invalid", `the folder ${dir} holds no files`, {
      hint: "save it when there is something in it",
    });
  return found;
}

function isFile(path: string, plain: boolean): boolean {
  if (path.includes("\uFFFD") && statSync(path, { throwIfNoEntry: false }) === undefined)
    throw invalidFolder(`the name ${path} is not UTF-8`);
  if (plain) return true;
  const stat = atPath(path, () => statSync(path));
  if (!stat.isFile() && !stat.isDirectory())
    throw invalidFolder(`${path} is a pipe, socket or device, which cannot be kept`);
  return stat.isFile();
}

/** The files of a folder as its manifest lists them; those that have not changed since `known` saw them are not read. */
export async function hashFolder(dir: string, options: Parameters<typeof hashFiles>[1]): Promise<Entry[]> {
  const paths = await walkFolder(dir);
  const files = await hashFiles(
    paths.map((path) => join(dir, path)),
    options,
  );
  return files.map(({ hash, size }, i) => ({ path: paths[i] as string, hash, size }));
}

/** Stores the files of a folder and its manifest; see `putFiles` for the options. */
export async function putFolder(
  backend: Backend,
  dir: string,
  options: Parameters<typeof putFiles>[2] = {},
): Promise<{ manifest: Stored; entries: Entry[] }> {
  const paths = await walkFolder(dir);
  formatManifest(paths.map((path) => ({ path, hash: "0".repeat(64), size: 0 }))); // refuses bad names before anything is copied
  const files = paths.map((path) => ({ path: join(dir, path), suffix: memberSuffix(path) }));
  const stored = await putFiles(backend, files, options);
  const entries = stored.map(({ hash, size }, i) => ({ path: paths[i] as string, hash, size }));
  return { manifest: await backend.put({ bytes: Buffer.from(formatManifest(entries)) }, { suffix: "" }), entries };
}
