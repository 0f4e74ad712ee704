/** Where a specifier of a package leads, as far as it leads to code of one's own: `#names`, the package itself, and others of its workspace. */

import { readFileSync, realpathSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, sep } from "node:path";
import type { ImportKind } from "./imports.ts";

/**
 * The path of a package's file, when the package is one's own: the one that the importer belongs to, or one that is linked
 * into `node_modules` from elsewhere, as a workspace does. Undefined for all that is installed, and for built-in modules.
 */
export function ownPackage(specifier: string, importer: string, kind: ImportKind): string | undefined {
  const folder = ownFolder(specifier, importer);
  return folder === undefined ? undefined : exported(folder, specifier.replace(named, "$2"), kind);
}

/** Its folder, whatever part of it is meant. */
export function ownFolder(specifier: string, importer: string): string | undefined {
  const [, name] = named.exec(specifier) ?? [];
  // Lineal may be linked too: what keeps the history is no part of it.
  if (name === undefined || name === "lineal" || specifier.includes(":") || isBuiltin(specifier)) return undefined;
  const home = folderOf(importer);
  if (home !== undefined && packageField(home, "name") === name && packageField(home, "exports") !== undefined)
    return home;
  for (let folder = dirname(importer); ; folder = dirname(folder)) {
    const linked = join(folder, "node_modules", name);
    if (statSync(linked, { throwIfNoEntry: false })?.isDirectory()) {
      const real = realpathSync(linked);
      return real.split(sep).includes("node_modules") ? undefined : real;
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/** The name of a package, and what of it is meant. */
const named = /^((?:@[^/]+\/)?[^/@.][^/]*)(\/.*)?$/;

/** What a specifier that begins with `#` stands for in the nearest package.json: a path, or another specifier. */
export function importsField(specifier: string, importer: string, kind: ImportKind): string | undefined {
  const folder = folderOf(importer);
  const target = folder && mapped(packageField(folder, "imports"), specifier, kind);
  return folder && target?.startsWith("./") ? join(folder, target) : target?.startsWith("#") ? undefined : target;
}

/** A field of the package.json in a folder; undefined when there is none. */
export function packageField(folder: string, field: string): unknown {
  try {
    return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown>)[field];
  } catch {
    return undefined;
  }
}

/** The nearest folder with a package.json. */
function folderOf(file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (statSync(join(folder, "package.json"), { throwIfNoEntry: false })?.isFile()) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** `rest` is empty, or `/` and a path. Without `exports` any path is one; the folder itself stands for its `main`. */
function exported(folder: string, rest: string, kind: ImportKind): string | undefined {
  const exports = packageField(folder, "exports");
  if (exports === undefined || exports === null) return join(folder, rest);
  const isMap = typeof exports === "object" && Object.keys(exports).every((key) => key.startsWith("."));
  const target = isMap ? mapped(exports, `.${rest}`, kind) : rest === "" ? conditional(exports, kind) : undefined;
  return target === undefined ? undefined : join(folder, target);
}

function mapped(imports: unknown, specifier: string, kind: ImportKind): string | undefined {
  if (typeof imports !== "object" || imports === null) return undefined;
  const table = imports as Record<string, unknown>;
  if (specifier in table) return conditional(table[specifier], kind);
  const patterns = Object.keys(table).filter((key) => key.includes("*"));
  patterns.sort((a, b) => b.indexOf("*") - a.indexOf("*") || b.length - a.length);
  for (const pattern of patterns) {
    const [head = "", tail = ""] = pattern.split("*");
    if (specifier.startsWith(head) && specifier.endsWith(tail) && specifier.length >= head.length + tail.length) {
      const middle = specifier.slice(head.length, specifier.length - tail.length);
      return conditional(table[pattern], kind)?.replaceAll("*", () => middle);
    }
  }
  return undefined;
}

function conditional(target: unknown, kind: ImportKind): string | undefined {
  if (typeof target === "string") return target;
  if (typeof target !== "object" || target === null) return undefined;
  if (Array.isArray(target)) return target.map((item) => conditional(item, kind)).find((item) => item !== undefined);
  const conditions = new Set(["node", "module-sync", "default", kind === "require" ? "require" : "import"]);
  for (const [condition, value] of Object.entries(target)) {
    const found = conditions.has(condition) ? conditional(value, kind) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
