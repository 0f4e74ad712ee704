/** Where Lineal's own code is: no part of the programs that use it. */
import { readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute folders that hold our own code: `src` and `dist` of this package, or none when we were bundled into another program. */
export function ownCodeRoots(moduleUrl: string = import.meta.url): string[] {
  if (!moduleUrl.startsWith("file:")) return [];
  for (let folder = dirname(fileURLToPath(moduleUrl)); ; folder = dirname(folder)) {
    const name = packageName(folder);
    if (name !== undefined) return name === "lineal" ? [join(folder, "src"), join(folder, "dist")] : [];
    if (folder === dirname(folder)) return [];
  }
}

/** Whether an absolute path is in one of the folders. */
export function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
}

function packageName(folder: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: unknown };
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
