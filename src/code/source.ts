/** The source of a transform: its text, its hashes, the local modules it is made of, and its key. */

import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, isAbsolute, relative, resolve, sep } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { redactSource } from "../ground/redact.ts";
import { codeHash, isNodeScript, manifestHash, programHash } from "./hash.ts";
import { isJavaScript } from "./javascript.ts";
import { type LocalModule, moduleGraph } from "./modules.ts";

/** What is known of a source file. */
export interface Source {
  /** Absolute path, symbolic links resolved. */
  readonly path: string;
  readonly text: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly hash: string;
  /** Code hash of the file alone; undefined for languages that are not hashed, and when it does not parse. */
  readonly entryHash: string | undefined;
  /** Local modules by path. */
  readonly modules: readonly LocalModule[];
  /** Local modules imported on demand, by path, and what those import on demand. */
  readonly dynamic: readonly OnDemandModule[];
  /** Local modules that are imported but missing, by path. */
  readonly missing: readonly string[];
  /** The text to store: secrets replaced, lines kept. */
  readonly redacted: string;
  /** What a version is: the bytes of the entry and of its local modules, wherever the checkout is. Without modules it is `hash`. */
  readonly versionHash: string;
  /** The code hash of the program, with the name of its algorithm. */
  readonly codeHash: string;
  /** First heading of a notebook. */
  readonly title?: string;
}

/**
 * A local module that is imported on demand: its hashes as those of a source, with what it imports itself; null when it is missing.
 * `files` has the code hash of each of its files, itself among them, null when one is missing; absent when it is the only one.
 */
export interface OnDemandModule {
  readonly path: string;
  readonly hash: string | null;
  readonly codeHash: string | null;
  readonly files?: Record<string, string | null>;
}

/** Reads a source file and everything local that it imports. Throws `not-found` for one that cannot be read. */
export async function readSource(path: string): Promise<Source> {
  const { dynamic, ...source } = await readProgram(path);
  const base = dirname(source.path);
  const found = new Map<string, OnDemandModule>();
  for (const queue = [...dynamic]; queue.length > 0; ) {
    const name = queue.shift() as string;
    const file = resolve(base, name);
    if (found.has(name) || file === source.path) continue;
    const isThere = statSync(file, { throwIfNoEntry: false })?.isFile();
    const module = isThere ? await readProgram(file) : undefined;
    const fromHere = (path: string) =>
      relative(base, resolve(dirname(file), path))
        .split(sep)
        .join("/");
    found.set(name, {
      path: name,
      hash: module?.versionHash ?? null,
      codeHash: module?.codeHash ?? null,
      ...filesOf(module, name, fromHere),
    });
    queue.push(...(module?.dynamic ?? []).map(fromHere));
  }
  return { ...source, dynamic: [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

type Program = Omit<Source, "dynamic"> & { readonly dynamic: readonly string[] };

function filesOf(
  module: Program | undefined,
  name: string,
  fromHere: (path: string) => string,
): Pick<OnDemandModule, "files"> {
  if (!module || module.modules.length + module.missing.length === 0) return {};
  return {
    files: Object.fromEntries([
      [name, module.entryHash ?? module.hash],
      ...module.modules.map(({ path, hash, codeHash }) => [fromHere(path), codeHash ?? hash]),
      ...module.missing.map((path) => [fromHere(path), null]),
    ]),
  };
}

/** A file with its local modules; what it imports on demand is only named. */
async function readProgram(path: string): Promise<Program> {
  const { absolute, bytes } = open(path);
  const text = bytes.toString("utf8");
  const hash = sha256(bytes);
  const shared = { path: absolute, text, hash, redacted: redactSource(text) };
  if (extname(absolute).toLowerCase() === ".ipynb") {
    const versionHash = notebookHash(text) ?? hash;
    const entryHash = await notebookCodeHash(text);
    const own = { entryHash, versionHash, codeHash: entryHash ?? programHash(versionHash, []) };
    return { ...shared, ...own, ...NO_MODULES, ...titled(absolute, text) };
  }
  const entryHash = await codeHash(text, absolute);
  const graph = isJavaScript(absolute) || isNodeScript(text) ? await moduleGraph(absolute) : NO_MODULES;
  const hashes = (of: (module: LocalModule) => string) =>
    graph.modules.map((module) => [module.path, of(module)] as const);
  return {
    ...shared,
    ...graph,
    entryHash,
    versionHash: manifestHash(
      hash,
      hashes((module) => module.hash),
    ),
    codeHash: programHash(
      entryHash ?? hash,
      hashes((module) => module.codeHash ?? module.hash),
    ),
    ...titled(absolute, text),
  };
}

const NO_MODULES = { modules: [], dynamic: [], missing: [] } as const;

/**
 * The code hash of a program from stored texts: the entry's, and those of its local modules by path. What is no code
 * counts by the hash of its bytes, which is stored too.
 */
export async function storedCodeHash(
  path: string,
  text: string,
  modules: readonly { readonly path: string; readonly hash: string }[],
  texts: Readonly<Record<string, string>>,
): Promise<string> {
  if (extname(path).toLowerCase() === ".ipynb") return (await notebookCodeHash(text)) ?? programHash(sha256(text), []);
  const others = modules.map(
    async ({ path, hash }) => [path, (await codeHash(texts[path] ?? "", path)) ?? hash] as const,
  );
  return programHash((await codeHash(text, path)) ?? sha256(text), await Promise.all(others));
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
function titleOf(path: string, text: string): string | undefined {
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

function titled(path: string, text: string): Pick<Source, "title"> {
  const title = titleOf(path, text);
  return title === undefined ? {} : { title };
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

/** Outputs, execution counts and the title are no change of a notebook. */
function notebookHash(text: string): string | undefined {
  const cells = notebookCells(text);
  let titled = false;
  const kept = cells?.map((cell) => {
    if (titled || cell.type !== "markdown" || firstHeading(cell.source) === undefined) return cell;
    titled = true;
    return { ...cell, source: cell.source.replace(/^#[ \t]+.*$/m, "#") };
  });
  return kept && sha256(JSON.stringify(kept.map((cell) => [cell.type, cell.source])));
}

/** Of the code cells of a notebook: its text cells are comments. */
async function notebookCodeHash(text: string): Promise<string | undefined> {
  const code = notebookCells(text)?.flatMap(({ type, source }) => (type === "code" ? [source] : []));
  if (!code) return undefined;
  if (!isPython(text)) return `cells1:${sha256(JSON.stringify(code))}`;
  const hashes = code.map(async (source) => (await codeHash(source, "cell.py")) ?? source);
  return `py1:${sha256(JSON.stringify(await Promise.all(hashes)))}`;
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
