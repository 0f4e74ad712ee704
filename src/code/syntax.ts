/** Reads JavaScript and TypeScript: what a file imports, and a hash that only changes with the code. */

import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { canonical } from "./canonical.ts";
import { type ComputedImport, importsIn, type StaticImport } from "./imports.ts";
import type { SyntaxNode } from "./syntax-tree.ts";

/** The names of a file's functions and classes, which its hash leaves out, and whether it may look at such names. */
export type GivenNames = { names: readonly string[]; sees: boolean };

/** What one parse of a file tells: its imports in order of appearance, and its code hash (undefined when it does not parse). */
export type Analysis = {
  imports: StaticImport[];
  computed: ComputedImport[];
  astHash: string | undefined;
  given: GivenNames;
};

type Parser = typeof import("@babel/parser");
let loaded: Parser | undefined;

const codeSuffixes = new Set([".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"]);

/** Whether a path is JavaScript or TypeScript by its suffix. */
export function isCode(path: string): boolean {
  return codeSuffixes.has(extname(path).toLowerCase());
}

/** Every import of a file that is a literal; a file that does not parse has none. */
export async function staticImports(text: string, path: string): Promise<StaticImport[]> {
  return (await analyse(text, path)).imports;
}

/**
 * SHA-256 (hex) of what the code does: comments, formatting, types and the names of what is local do not change it, those of
 * functions only where the file may look at them. Undefined when the text does not parse.
 */
export async function astHash(text: string, path: string): Promise<string | undefined> {
  const { astHash, given } = await analyse(text, path);
  return astHash && withNames(astHash, [given]);
}

/** The hash of these files: with the names of their functions when one of them may look at such names. */
export function withNames(hash: string, files: readonly GivenNames[]): string {
  return files.some(({ sees }) => sees) && files.some(({ names }) => names.length > 0)
    ? sha256(JSON.stringify([hash, ...files.map(({ names }) => names)]))
    : hash;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Imports and code hash from one parse. */
export async function analyse(text: string, path: string): Promise<Analysis> {
  loaded ??= await loadParser();
  const imports = new Map<string, StaticImport>();
  const computed: ComputedImport[] = [];
  try {
    const program = parseProgram(loaded, text, path);
    for (const found of importsIn(program))
      "texts" in found ? computed.push(found) : imports.set(`${found.kind} ${found.specifier}`, found);
    const { text: code, names, seesNames } = canonical(program);
    return { imports: [...imports.values()], computed, astHash: sha256(code), given: { names, sees: seesNames } };
  } catch {
    // Where code is nested too deeply to be hashed, its imports are known.
    return { imports: [...imports.values()], computed, astHash: undefined, given: { names: [], sees: false } };
  }
}

/** The syntax tree of one expression, or undefined when it does not parse; synchronous, for code that cannot wait. */
export function parseExpression(text: string): SyntaxNode | undefined {
  try {
    loaded ??= createRequire(import.meta.url)("@babel/parser") as Parser;
    return loaded.parseExpression(text, { errorRecovery: true }) as unknown as SyntaxNode;
  } catch {
    return undefined;
  }
}

async function loadParser(): Promise<Parser> {
  try {
    return await import("@babel/parser");
  } catch (cause) {
    throw new LinealError("missing-dependency", "reading source code needs @babel/parser", {
      hint: "npm install @babel/parser",
      cause,
    });
  }
}

function parseProgram(parser: Parser, text: string, path: string): SyntaxNode {
  const suffix = extname(path).toLowerCase();
  const typed = [".ts", ".mts", ".cts", ".tsx"].includes(suffix);
  // `<T>value` and `<div>` cannot both be read: plain TypeScript has no JSX
  const jsx = !typed || suffix === ".tsx";
  const commonjs = suffix === ".cjs" || suffix === ".cts";
  const { program } = parser.parse(text, {
    errorRecovery: true,
    plugins: [
      "decorators",
      "decoratorAutoAccessors",
      ...(typed ? ["typescript" as const] : []),
      ...(jsx ? ["jsx" as const] : []),
    ],
    ...(commonjs
      ? { sourceType: "commonjs" }
      : {
          sourceType: suffix === ".mjs" || suffix === ".mts" ? "module" : "unambiguous",
          allowReturnOutsideFunction: true,
          allowAwaitOutsideFunction: true,
        }),
  });
  return program as unknown as SyntaxNode;
}
