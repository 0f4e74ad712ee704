/** Reads JavaScript and TypeScript: what a file imports, and a hash that only changes with the code. */

import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { LinealError } from "../errors.ts";
import { canonical } from "./canonical.ts";
import { isNode, nodesIn, type SyntaxNode } from "./syntax-tree.ts";

/** How a module is named by another: at load, on demand, with `require`, or for its types only. */
export type ImportKind = "static" | "dynamic" | "require" | "type";

/** One import of a file. */
export type StaticImport = { specifier: string; kind: ImportKind };

/** An import whose path is only known when the file runs: the texts around each part that is not known, `./lib/` and `.ts`. */
export type ComputedImport = { texts: readonly string[]; line: number };

/** The names of a file's functions and classes, which its hash leaves out, and whether it may look at such names. */
export type GivenNames = { names: readonly string[]; sees: boolean };

/** What one parse of a file tells: its imports in order of appearance, and its code hash (undefined when it does not parse). */
export type Analysis = { imports: StaticImport[]; computed: ComputedImport[]; astHash: string | undefined; given: GivenNames };

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
  return files.some(({ sees }) => sees) && files.some(({ names }) => names.length > 0) ? sha256(JSON.stringify([hash, ...files.map(({ names }) => names)])) : hash;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Imports and code hash from one parse. */
export async function analyse(text: string, path: string): Promise<Analysis> {
  loaded ??= await loadParser();
  try {
    const program = parseProgram(loaded, text, path);
    const imports = new Map<string, StaticImport>();
    const computed: ComputedImport[] = [];
    collectImports(program, (found) => ("texts" in found ? computed.push(found) : imports.set(`${found.kind} ${found.specifier}`, found)));
    const { text: code, names, seesNames } = canonical(program);
    return { imports: [...imports.values()], computed, astHash: sha256(code), given: { names, sees: seesNames } };
  } catch {
    return { imports: [], computed: [], astHash: undefined, given: { names: [], sees: false } };
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
    throw new LinealError("missing-dependency", "reading source code needs @babel/parser", { hint: "npm install @babel/parser", cause });
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
    plugins: ["decorators", "decoratorAutoAccessors", ...(typed ? ["typescript" as const] : []), ...(jsx ? ["jsx" as const] : [])],
    ...(commonjs
      ? { sourceType: "commonjs" }
      : { sourceType: suffix === ".mjs" || suffix === ".mts" ? "module" : "unambiguous", allowReturnOutsideFunction: true, allowAwaitOutsideFunction: true }),
  });
  return program as unknown as SyntaxNode;
}

function collectImports(node: SyntaxNode, add: (found: StaticImport | ComputedImport) => void): void {
  const found = importOf(node);
  if (found) add(found);
  for (const field in node) for (const child of nodesIn(node[field])) collectImports(child, add);
}

function importOf(node: SyntaxNode): StaticImport | ComputedImport | undefined {
  const named = (source: unknown, kind: ImportKind): StaticImport | ComputedImport | undefined => {
    if (!isNode(source)) return undefined;
    const texts = textsOf(source);
    const [specifier] = texts;
    return specifier !== undefined && texts.length === 1 ? { specifier, kind } : { texts, line: (node.loc as { start: { line: number } }).start.line };
  };
  switch (node.type) {
    // `import { type A }` still loads the module when types are only erased, so it counts as static
    case "ImportDeclaration":
      return named(node.source, node.importKind === "type" || node.importKind === "typeof" ? "type" : "static");
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      return named(node.source, node.exportKind === "type" ? "type" : "static");
    case "ImportExpression":
      return named(node.source, "dynamic");
    case "TSImportType":
      return named(node.source ?? node.argument, "type");
    case "TSImportEqualsDeclaration":
      return named((node.moduleReference as SyntaxNode).expression, node.importKind === "type" ? "type" : "require");
    case "CallExpression": {
      const callee = node.callee as SyntaxNode;
      return callee.type === "Identifier" && callee.name === "require" ? named((node.arguments as unknown[])[0], "require") : undefined;
    }
    case "NewExpression": {
      const [file] = nodesIn(node.arguments);
      return (node.callee as SyntaxNode).name === "Worker" && file?.type === "NewExpression" ? named(file, "dynamic") : undefined;
    }
    default:
      return undefined;
  }
}

/** The texts around each part of a specifier that is not known: one when it is a literal. */
function textsOf(node: SyntaxNode): readonly string[] {
  const unknown = ["", ""];
  switch (node.type) {
    case "StringLiteral":
      return [node.value as string];
    case "TSLiteralType":
      return textsOf(node.literal as SyntaxNode);
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
      return textsOf(node.expression as SyntaxNode);
    case "TemplateLiteral": {
      const holes = nodesIn(node.expressions).map(textsOf);
      const quasis = (node.quasis as { value: { cooked?: string } }[]).map(({ value }) => [value.cooked ?? ""]);
      return quasis.flatMap((quasi, i) => [quasi, ...holes.slice(i, i + 1)]).reduce(joined);
    }
    case "BinaryExpression":
      return node.operator === "+" ? joined(textsOf(node.left as SyntaxNode), textsOf(node.right as SyntaxNode)) : unknown;
    // `new URL(file, import.meta.url).href`
    case "MemberExpression":
      return (node.property as SyntaxNode).name === "href" ? textsOf(node.object as SyntaxNode) : unknown;
    case "NewExpression": {
      const [path, base] = nodesIn(node.arguments);
      if ((node.callee as SyntaxNode).name !== "URL" || !path || (base?.object as SyntaxNode | undefined)?.type !== "MetaProperty") return unknown;
      // `new URL("a.ts", …)` lies beside, where an import of "a.ts" is of a package
      return textsOf(path).map((text, i) => (i === 0 && /^\w[^:]*$/.test(text) ? `./${text}` : text));
    }
    default:
      return unknown;
  }
}

const joined = (a: readonly string[], b: readonly string[]): readonly string[] => [...a.slice(0, -1), `${a.at(-1)}${b[0]}`, ...b.slice(1)];
