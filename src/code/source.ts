/** The source of a transform: its text, its hashes, the local modules it is made of, and its key. */

import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, isAbsolute, relative, resolve, sep } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { type Computed, type LocalModule, moduleGraph } from "./modules.ts";
import { redactSource } from "../ground/redact.ts";
import { type GivenNames, isCode, withNames } from "./syntax.ts";

/** What is known of a source file. All hashes are SHA-256 in hex. */
export type Source = {
  /** Absolute path, symbolic links resolved. */
  path: string;
  text: string;
  /** Hash of the file's bytes. */
  hash: string;
  /** Hash of what the entry's code does, whatever its functions are called; undefined for languages other than JavaScript, TypeScript and Python, and when it does not parse. */
  astHash: string | undefined;
  /** Local modules by path; empty for other languages. */
  modules: LocalModule[];
  /** Local modules imported on demand, by path, and what those import so. */
  dynamic: OnDemandModule[];
  /** Files that import modules which nobody can tell without running them. */
  computed: Computed[];
  /** Local modules that are imported but missing, by path. */
  missing: string[];
  /** The text to store: secrets replaced, lines kept. */
  redacted: string;
  /** What a version is: the bytes of the entry and of its local modules, wherever the checkout lies. Without modules it is `hash`. */
  versionHash: string;
  /** The same from what the code does, for comparisons that ignore comments and formatting; in other languages it is `versionHash`. */
  codeHash: string;
  /** First heading of a notebook. */
  title?: string;
};

/**
 * A local module that is imported on demand: its hashes as those of a source, with what it imports itself; null when it is missing.
 * `files` has the code hash of each of its files, itself among them, null when one is missing; absent when it is the only one.
 */
export type OnDemandModule = {
  path: string;
  hash: string | null;
  codeHash: string | null;
  files?: Record<string, string | null>;
};

/** Reads a source file and everything local that it imports. */
export async function readSource(path: string): Promise<Source> {
  const { dynamic, given, ...source } = await readOne(path);
  const known = new Map<string, OnDemandModule & { given: GivenNames[] }>();
  const computed = new Map(source.computed.map((one) => [one.path, one]));
  const base = dirname(source.path);
  for (const queue = [...dynamic]; queue.length > 0; ) {
    const name = queue.shift() as string;
    const file = resolve(base, name);
    if (known.has(name) || file === source.path) continue;
    const module = statSync(file, { throwIfNoEntry: false })?.isFile() ? await readOne(file) : undefined;
    const fromHere = (path: string) =>
      relative(base, resolve(dirname(file), path))
        .split(sep)
        .join("/");
    known.set(name, {
      path: name,
      hash: module?.versionHash ?? null,
      codeHash: module?.codeHash ?? null,
      ...filesOf(module, name, fromHere),
      given: module?.given ?? [],
    });
    queue.push(...(module?.dynamic ?? []).map(fromHere));
    for (const { path, lines } of module?.computed ?? []) computed.set(fromHere(path), { path: fromHere(path), lines });
  }
  // What is imported on demand is handed functions of the program, and the program its functions.
  const modules = [...known.values()].map(({ given: own, ...module }) => ({
    ...module,
    codeHash: module.codeHash && (own.length > 0 ? withNames(module.codeHash, [...given, ...own]) : module.codeHash),
  }));
  return {
    ...source,
    codeHash: withNames(source.codeHash, given),
    computed: [...computed.values()],
    dynamic: modules.sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function filesOf(
  module: Pick<Source, "hash" | "astHash" | "modules" | "missing"> | undefined,
  name: string,
  fromHere: (path: string) => string,
): Pick<OnDemandModule, "files"> {
  if (!module || module.modules.length + module.missing.length === 0) return {};
  const modules = module.modules.map(({ path, hash, astHash }) => [fromHere(path), astHash ?? hash]);
  return {
    files: Object.fromEntries([
      [name, module.astHash ?? module.hash],
      ...modules,
      ...module.missing.map((path) => [fromHere(path), null]),
    ]),
  };
}

/** A file by itself: what it imports on demand is only named. */
async function readOne(path: string): Promise<Omit<Source, "dynamic"> & { dynamic: string[]; given: GivenNames[] }> {
  const { absolute, bytes } = open(path);
  const text = bytes.toString("utf8");
  const hash = sha256(bytes);
  const shared = { path: absolute, text, hash, redacted: redactSource(text) };
  if (!isCode(absolute) && !hasNodeShebang(text)) {
    const title = titleOf(absolute, text);
    const version = notebookHash(absolute, text) ?? hash;
    const code = await otherCode(absolute, text);
    return {
      ...shared,
      astHash: code,
      modules: [],
      dynamic: [],
      computed: [],
      missing: [],
      given: [],
      versionHash: version,
      codeHash: code ?? version,
      ...(title === undefined ? {} : { title }),
    };
  }
  const graph = await moduleGraph(absolute);
  const versionHash = manifestHash(
    hash,
    graph.modules.map((module) => [module.path, module.hash]),
  );
  const codeHash = manifestHash(
    graph.astHash ?? hash,
    graph.modules.map((module) => [module.path, module.astHash ?? module.hash]),
  );
  return { ...shared, ...graph, versionHash, codeHash };
}

/** Notebooks by suffix; everything else is a script. */
export function kindOfFile(path: string): "notebook" | "script" {
  return [".ipynb", ".rmd", ".qmd"].includes(extname(path).toLowerCase()) ? "notebook" : "script";
}

const sourceSuffixes = new Set([".ts", ".js", ".mjs", ".py", ".ipynb", ".r", ".rmd", ".qmd", ".sh"]);

/** Whether `lineal save` takes a file for a transform rather than an artifact. */
export function isSourceFile(path: string): boolean {
  return sourceSuffixes.has(extname(path).toLowerCase());
}

/** The first level-one heading of a notebook, or the `title` of its header; undefined for anything else. */
export function titleOf(path: string, text: string): string | undefined {
  if (kindOfFile(path) !== "notebook") return undefined;
  if (extname(path).toLowerCase() === ".ipynb") {
    for (const cell of notebookCells(text) ?? []) {
      const title = cell.type === "markdown" ? firstHeading(cell.source) : undefined;
      if (title !== undefined) return title;
    }
    return undefined;
  }
  const header = /^---\r?\n([^]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text);
  const title = header && /^title:[ \t]*(["']?)(.+?)\1[ \t]*$/m.exec(header[1] ?? "");
  return title?.[2] ?? firstHeading(header ? text.slice(header[0].length) : text);
}

/** The key of a source file: its posix path below dev-dir, else its filename. */
export function keyFor(path: string, devDir?: string): { key: string; outsideDevDir: boolean } {
  if (devDir === undefined) return { key: basename(path), outsideDevDir: false };
  const inside = relative(realOrSelf(devDir), realOrSelf(path));
  const outsideDevDir = inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return { key: outsideDevDir ? basename(path) : inside.split(sep).join("/"), outsideDevDir };
}

function open(path: string): { absolute: string; bytes: Buffer } {
  try {
    const absolute = realpathSync(path);
    return { absolute, bytes: readFileSync(absolute) };
  } catch (cause) {
    throw new LinealError("not-found", `cannot read the source file ${path}`, {
      hint: "give the path of a file that exists and is readable",
      cause,
    });
  }
}

function hasNodeShebang(text: string): boolean {
  return /^#!.*\b(?:node|deno|bun|tsx)\b/.test(text.slice(0, 200));
}

/** A program of one file has that file's hash, as `sha256sum` prints it; with modules it is the hash of their manifest. */
function manifestHash(entry: string, modules: [path: string, hash: string][]): string {
  if (modules.length === 0) return entry;
  return sha256([`${entry} entry`, ...modules.map(([path, hash]) => `${hash} ./${path}`), ""].join("\n"));
}

type Cell = { type: string; source: string };

function notebookCells(text: string): Cell[] | undefined {
  try {
    const { cells } = JSON.parse(text) as { cells: { cell_type: string; source: string | string[] }[] };
    return cells.map((cell) => ({
      type: cell.cell_type,
      source: typeof cell.source === "string" ? cell.source : cell.source.join(""),
    }));
  } catch {
    return undefined;
  }
}

/** Outputs, execution counts and the title are no change of a notebook's code. */
function notebookHash(path: string, text: string): string | undefined {
  const cells = extname(path).toLowerCase() === ".ipynb" ? notebookCells(text) : undefined;
  if (cells === undefined) return undefined;
  let titled = false;
  const kept = cells.map((cell) => {
    if (titled || cell.type !== "markdown" || firstHeading(cell.source) === undefined) return cell;
    titled = true;
    return { ...cell, source: cell.source.replace(/^#[ \t]+.*$/m, "#") };
  });
  return sha256(JSON.stringify(kept.map((cell) => [cell.type, cell.source])));
}

/** Python, alone or in the cells of a notebook, whose text cells are its comments. */
async function otherCode(path: string, text: string): Promise<string | undefined> {
  const suffix = extname(path).toLowerCase();
  const cells = suffix === ".ipynb" ? notebookCells(text) : undefined;
  if (suffix !== ".py" && cells === undefined) return undefined;
  const { pythonHash } = await import("./python-hash.ts");
  if (cells === undefined) return pythonHash(text);
  const code = cells.filter((cell) => cell.type === "code").map((cell) => cell.source);
  return sha256(
    JSON.stringify(
      isPython(text) ? await Promise.all(code.map(async (source) => (await pythonHash(source)) ?? source)) : code,
    ),
  );
}

function isPython(notebook: string): boolean {
  const { metadata } = JSON.parse(notebook) as {
    metadata?: { language_info?: { name?: string }; kernelspec?: { language?: string } };
  };
  return (metadata?.language_info?.name ?? metadata?.kernelspec?.language) === "python";
}

function firstHeading(markdown: string): string | undefined {
  let fenced = false;
  for (const line of markdown.split(/\r?\n/)) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const heading = fenced ? null : /^#[ \t]+(.+?)[ \t]*#*[ \t]*$/.exec(line);
    if (heading) return heading[1];
  }
  return undefined;
}

function realOrSelf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
