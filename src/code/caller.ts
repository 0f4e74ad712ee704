/** Which file called us: the first frame of the stack outside our own code. */

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { getCallSites } from "node:util";

/** Absolute folders that hold our own code: `src` and `dist` of this package, or none when we were bundled into another program. */
export function ownCodeRoots(moduleUrl: string = import.meta.url): string[] {
  if (!moduleUrl.startsWith("file:")) return [];
  let folder = dirname(fileURLToPath(moduleUrl));
  for (;;) {
    const name = packageName(folder);
    if (name !== undefined) return name === "lineal" ? [join(folder, "src"), join(folder, "dist")] : [];
    const parent = dirname(folder);
    if (parent === folder) return [];
    folder = parent;
  }
}

/** Whether an absolute path lies in one of the folders. */
export function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
}

/**
 * The absolute path of the file that called into Lineal, else the program's main file.
 *
 * Call it before the first `await`, while the caller is still on the stack. Code without a file
 * (`node -e`, the REPL, standard input) gives undefined.
 */
export function callerFile(ownRoots: readonly string[] = ownCodeRoots()): string | undefined {
  for (const site of getCallSites(200, { sourceMap: false })) {
    const name = site.scriptName;
    if (name === "" || name.startsWith("node:")) continue;
    if (!name.startsWith("file:") && !isAbsolute(name)) return undefined;
    const path = name.startsWith("file:") ? fileURLToPath(name) : name;
    if (isInside(path, ownRoots)) continue;
    if (/[\\/]\[(eval|stdin|worker eval)\d*\]$/.test(path)) return undefined;
    if (existsSync(path)) return path;
  }
  return mainFile(ownRoots);
}

function mainFile(ownRoots: readonly string[]): string | undefined {
  const main = process.argv[1];
  if (main === undefined || !existsSync(main)) return undefined;
  const path = realpathSync(main);
  return isInside(path, ownRoots) ? undefined : path;
}

function packageName(folder: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: unknown };
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
