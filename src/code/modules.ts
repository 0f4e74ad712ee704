/** The local modules a program is made of: its relative imports, followed through the files that Node would load. */

import { createHash } from "node:crypto";
import { globSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isInside, ownCodeRoots } from "./caller.ts";
import type { ComputedImport, ImportKind } from "./imports.ts";
import { importsField, ownFolder, ownPackage, packageField } from "./packages.ts";
import { analyse, type GivenNames, isCode } from "./syntax.ts";

/** One file a program imports. */
export type LocalModule = {
  /** Posix path relative to the folder of the entry (`lib/a.ts`, `../shared/b.ts`), so that a moved checkout has the same paths. */
  path: string;
  absolute: string;
  /** SHA-256 of the file's bytes, hex. */
  hash: string;
  /** SHA-256 of what the code does, whatever its functions are called, or of JSON without white space; absent for other data and files that do not parse. */
  astHash?: string;
  /** The file's text; empty for binary files such as wasm. */
  text: string;
};

/** What a program imports from its own checkout. The entry itself is not among `modules`. */
export type ModuleGraph = {
  /** Sorted by path. */
  modules: LocalModule[];
  /** Paths (or specifiers that lead nowhere) imported on demand with `import()`, all that fit `import(`./lib/${name}.ts`)`, and code whose place is named; they are named, not walked. */
  dynamic: string[];
  /** Where modules are imported by a path that tells nothing of where they lie. */
  computed: Computed[];
  /** Paths that are imported but do not exist. */
  missing: string[];
  /** As that of a module: what the code of the entry does. */
  astHash: string | undefined;
  /** Of the entry and each module of code, by path. */
  given: GivenNames[];
};

/** The file and lines of imports by a computed path. */
export type Computed = { path: string; lines: number[] };

/** More files than this do not stand for one import. */
const mostFitting = 200;
/** Paths with more unknown parts are not searched for. */
const mostUnknown = 2;

const swaps: Record<string, string[]> = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};
const tries = [".js", ".json", ".node", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".tsx", ".jsx"];

/**
 * Walks the local imports of `entry`, an absolute path: `./`, `../`, absolute and `file:` specifiers, `#names` of the nearest
 * package.json, and packages that are the program's own. Installed packages, Lineal itself and type-only imports are left out.
 */
export async function moduleGraph(entry: string): Promise<ModuleGraph> {
  const start = realpathSync(entry);
  const base = dirname(start);
  const name = (path: string) => relative(base, path).split(sep).join("/");
  const ownRoots = ownCodeRoots();
  const modules = new Map<string, LocalModule>();
  const given = new Map<string, GivenNames>();
  let entryHash: string | undefined;
  const dynamic = new Set<string>();
  const missing = new Set<string>();
  const computed: Computed[] = [];
  const isOurs = (file: string) => !file.split(sep).includes("node_modules") && !isInside(file, ownRoots);

  const queue = [start];
  const seen = new Set(queue);
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const bytes = readFileSync(path);
    const text = bytes.includes(0) ? "" : bytes.toString("utf8");
    const parsed =
      isCode(path) || path === start
        ? await analyse(text, path)
        : { imports: [], computed: [], astHash: jsonHash(text, path) };
    if ("given" in parsed) given.set(name(path), parsed.given);
    if (path === start) entryHash = parsed.astHash;
    else {
      const hash = createHash("sha256").update(bytes).digest("hex");
      modules.set(path, {
        path: name(path),
        absolute: path,
        hash,
        ...(parsed.astHash ? { astHash: parsed.astHash } : {}),
        text,
      });
    }
    for (const { specifier, kind } of parsed.imports) {
      if (kind === "type") continue;
      const target = localTarget(specifier, path, kind);
      if (target === undefined || (kind === "url" && !isCode(target))) continue;
      const file = existingFile(target);
      // What only has a place may be meant for something else than running it.
      if (file === undefined ? kind === "url" : !isOurs(file)) continue;
      if (kind === "dynamic" || kind === "url") dynamic.add(name(file ?? target));
      else if (file === undefined) missing.add(name(target));
      else if (!seen.has(file)) {
        seen.add(file);
        queue.push(file);
      }
    }
    for (const one of parsed.computed)
      for (const file of filesFor(one, path) ?? []) if (isOurs(file)) dynamic.add(name(file));
    const lines = linesOf(parsed.computed, path);
    if (lines.length > 0) computed.push({ path: name(path), lines });
  }

  const sorted = [...modules.values()].sort((a, b) => compare(a.path, b.path));
  for (const { path } of sorted) dynamic.delete(path);
  return {
    modules: sorted,
    dynamic: [...dynamic].sort(compare),
    computed: computed.sort((a, b) => compare(a.path, b.path)),
    missing: [...missing].sort(compare),
    astHash: entryHash,
    given: [...given].sort(([a], [b]) => compare(a, b)).map(([, names]) => names),
  };
}

/** The lines in which a text imports modules that nobody can tell without running it. */
export async function computedLines(text: string, path: string): Promise<number[]> {
  return linesOf((await analyse(text, path)).computed, path);
}

const linesOf = (imports: readonly ComputedImport[], path: string): number[] => [
  ...new Set(imports.filter((one) => filesFor(one, path) === undefined).map(({ line }) => line)),
];

/** The files that a computed path may mean, each unknown part of it being part of one name; undefined when it tells no place, or too many files fit. */
function filesFor({ texts, kind }: ComputedImport, importer: string): string[] | undefined {
  const [start = ""] = texts;
  const isUrl = kind === "url";
  if (isUrl && !isCode(`*${texts.at(-1)}`)) return []; // of data
  if (/^[@\w]/.test(start) && !start.startsWith("file:"))
    return isUrl || ownFolder(start, importer) === undefined ? [] : undefined;
  const glob = texts
    .join("*")
    .replace(/[?#].*/s, "")
    .replace(/\*+/g, "*");
  if (!/^(\.{1,2}|\/[^/]+)\//.test(start) || /[[\]{}()!\\]/.test(glob) || glob.split("*").length > mostUnknown + 1)
    return isUrl ? [] : undefined;
  const found = globSync(glob, { cwd: dirname(importer) }).flatMap(
    (path) => existingFile(resolve(dirname(importer), path)) ?? [],
  );
  const fitting = extname(glob) === "" || extname(glob).includes("*") ? found.filter(isCode) : found;
  return fitting.length > 0 && fitting.length <= mostFitting ? fitting : isUrl ? [] : undefined;
}

/** The absolute path a specifier points at, before suffixes are tried; undefined for what is installed or built in. */
function localTarget(specifier: string, importer: string, kind: ImportKind): string | undefined {
  if (specifier.startsWith("#")) {
    const target = importsField(specifier, importer, kind);
    return target === undefined || isAbsolute(target) ? target : ownPackage(target, importer, kind);
  }
  if (kind === "require" && /^\.{0,2}\//.test(specifier)) return resolve(dirname(importer), specifier);
  if (/^(\.{1,2}$|\.{0,2}\/|file:)/.test(specifier)) {
    try {
      return fileURLToPath(new URL(specifier, pathToFileURL(importer)));
    } catch {
      return undefined;
    }
  }
  const own = ownPackage(specifier, importer, kind);
  // One that is not built, or only exists under a condition of its own, is told nowhere else.
  return own !== undefined && existingFile(own) !== undefined ? own : undefined;
}

/** The exact file, the TypeScript file that a `.js` specifier stands for, the file with a suffix added, or a folder's index. */
function existingFile(target: string): string | undefined {
  const suffix = extname(target);
  const bare = target.slice(0, target.length - suffix.length);
  const candidates = [
    target,
    ...(swaps[suffix] ?? []).map((other) => bare + other),
    ...tries.map((other) => target + other),
  ];
  const main = packageField(target, "main");
  if (typeof main === "string")
    candidates.push(join(target, main), ...tries.map((other) => join(target, main + other)));
  candidates.push(...tries.map((other) => join(target, `index${other}`)));
  const found = candidates.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  return found === undefined ? undefined : realpathSync(found);
}

/** The order of keys can be seen, and so can how a number is written by who reads it exactly: only white space is form. */
function jsonHash(text: string, path: string): string | undefined {
  if (extname(path).toLowerCase() !== ".json") return undefined;
  try {
    JSON.parse(text);
    const dense = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|\s+/g, (piece) => (piece.startsWith('"') ? piece : ""));
    return createHash("sha256").update(dense).digest("hex");
  } catch {
    return undefined;
  }
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
