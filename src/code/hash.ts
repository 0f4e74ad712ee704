/** Hashes of code: what of a file means something to the program, whatever its layout, comments and types. */
import { createHash } from "node:crypto";
import { extname } from "node:path";
import { AROUND, isJavaScript, isNode, parseJavaScript, RUNS, type SyntaxNode } from "./javascript.ts";
import { parsePython, type PythonProgram } from "./python.ts";

/**
 * The algorithms, by their names. Whatever changes the hash of any program, a new version of a parser too, takes a new
 * name: hashes of two names are not compared, so that upgrading Lineal makes nothing stale.
 */
const ALGORITHMS = {
  js1: async (text: string, path: string) =>
    JSON.stringify(plain(await parseJavaScript(text, path, { lenient: true }))),
  py1: async (text: string) => `${encodingOf(text)} ${nodesOf(await parsePython(text))}`,
} as const;
/** Files of other languages, and code that does not parse, count by their bytes. */
const BYTES = "sha256";

/**
 * `js1:…` or `py1:…`: SHA-256 (hex) of the syntax tree, its node kinds and the texts of its leaves, without positions,
 * comments and what is there for types only. Undefined for other languages and for what does not parse.
 */
export async function codeHash(text: string, path: string): Promise<string | undefined> {
  const name =
    isJavaScript(path) || isNodeScript(text) ? "js1" : extname(path).toLowerCase() === ".py" ? "py1" : undefined;
  if (name === undefined) return undefined;
  try {
    return `${name}:${sha256(await ALGORITHMS[name](text, path))}`;
  } catch (error) {
    // A file that is nested too deeply overflows the stack.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether a text is a script for Node by its first line, whatever its suffix. */
export const isNodeScript = (text: string): boolean => /^#!.*\b(?:node|deno|bun|tsx)\b/.test(text.slice(0, 200));

/** The code hash of a program: of its entry and its local modules, by their paths from the folder of the entry. */
export function programHash(entry: string, modules: readonly (readonly [path: string, hash: string])[]): string {
  const names = new Set([entry, ...modules.map(([, hash]) => hash)].map(algorithmOf));
  if (names.size > 1) names.delete(BYTES);
  const hash = manifestHash(entry, modules);
  return hash.includes(":") ? hash : `${[...names].sort().join("+")}:${hash}`;
}

/** A program of one file has that file's hash, as `sha256sum` prints it; with modules it is the hash of their list. */
export function manifestHash(entry: string, modules: readonly (readonly [path: string, hash: string])[]): string {
  if (modules.length === 0) return entry;
  return sha256([`${entry} entry`, ...modules.map(([path, hash]) => `${hash} ./${path}`), ""].join("\n"));
}

/** The name of the algorithm that made a hash; databases of earlier versions hold hashes that do not tell. */
const algorithmOf = (hash: string): string => /^([\w+]+):/.exec(hash)?.[1] ?? BYTES;

/** Whether two hashes say that code is equal; undefined where they were made in different ways. */
export function sameHash(a: string, b: string): boolean | undefined {
  if (a === b) return true;
  // Without a name: of an earlier version, which hashed in several ways.
  if (!a.includes(":") || !b.includes(":")) return undefined;
  const [one, other] = [algorithmOf(a), algorithmOf(b)];
  // What does not parse is not the same code as what does.
  return one === other || one === BYTES || other === BYTES ? false : undefined;
}

/** Whether hashes were all made in one way, so that each can be compared with each. */
export function areComparable(hashes: readonly string[]): boolean {
  const one = hashes.find((hash) => !hash.startsWith(`${BYTES}:`));
  return one === undefined || hashes.every((hash) => sameHash(hash, one) !== undefined);
}

// ── JavaScript ──────────────────────────────────────────────────────────────

/** Where a node stands, and what only types and tools see. */
const LEFT_OUT = new Set(
  `start end loc range extra errors tokens comments leadingComments trailingComments innerComments
  typeAnnotation returnType typeParameters typeArguments superTypeParameters superTypeArguments implements
  accessibility readonly override definite abstract declare importKind exportKind`.split(/\s+/),
);
/** A node as plain data without all that does not count; undefined when nothing is left. */
function plain(node: SyntaxNode): unknown {
  if (isTypeOnly(node)) return undefined;
  if (AROUND.has(node.type)) return plain(node.expression as SyntaxNode);
  const fields = Object.keys(node)
    .filter((field) => !LEFT_OUT.has(field) && !(field === "optional" && !node.type.startsWith("Optional")))
    .sort()
    .map((field) => [field, plainValue(node[field])]);
  return [...fields, ...spellingOf(node)];
}

/** What the fields of a node do not tell, and its spelling does. */
function spellingOf({ type, extra, left, value }: SyntaxNode): unknown[] {
  const of = (extra ?? {}) as { parenthesized?: boolean; raw?: string };
  // White space in JSX counts when it is written as an entity.
  if (type === "JSXText") return [of.raw];
  if (type === "JSXAttribute") return isNode(value) ? spellingOf({ ...value, type: "JSXText" }) : [];
  // `f = () => {}` gives the function a name, `(f) = () => {}` does not.
  if (type !== "AssignmentExpression" && type !== "AssignmentPattern") return [];
  return ((left as SyntaxNode).extra as typeof of | undefined)?.parenthesized ? ["()"] : [];
}

function plainValue(value: unknown): unknown {
  if (isNode(value)) return plain(value);
  // A hole in a list is null; what is undefined was a type.
  if (Array.isArray(value)) return value.map(plainValue).filter((one) => one !== undefined);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "object" && value !== null ? Object.entries(value).sort() : value;
}

function isTypeOnly(node: SyntaxNode): boolean {
  const { type, declare, abstract, importKind, exportKind } = node;
  if (declare === true || importKind === "type" || importKind === "typeof" || exportKind === "type") return true;
  // `export interface A {}`, and an overload of a function that is exported.
  if (type.startsWith("Export") && isNode(node.declaration) && isTypeOnly(node.declaration)) return true;
  // An abstract class runs, an abstract member does not.
  if (abstract === true && type !== "ClassDeclaration" && type !== "ClassExpression") return true;
  // `function f(this: Window)`
  if (type === "Identifier" && node.name === "this") return true;
  return type.startsWith("TS") && !RUNS.has(type) && !AROUND.has(type);
}

// ── Python ──────────────────────────────────────────────────────────────────

/** The tree in brackets with all text outside of comments: leaves alone would miss a line that moved out of a block. */
function nodesOf({ tree, text }: PythonProgram): string {
  const pieces: string[] = [];
  let at = 0;
  const writeTo = (position: number): void => {
    const piece = text.slice(at, position).replace(/^(?:\s|\\\n)+|(?:\s|\\\n)+$/g, "");
    if (piece !== "") pieces.push(JSON.stringify(piece));
    at = position;
  };
  tree.iterate({
    enter({ name, from, to }) {
      writeTo(from);
      if (name === "Comment") {
        at = to;
        return false;
      }
      if (name === "String" || name === "FormatString") {
        // White space counts here.
        pieces.push(`(${name} ${JSON.stringify(text.slice(from, to))})`);
        at = to;
        return false;
      }
      pieces.push(`(${name}`);
      return true;
    },
    leave({ to }) {
      writeTo(to);
      pieces.push(")");
    },
  });
  return pieces.join(" ");
}

/** A comment in the first two lines may say how the bytes of the file are read; empty for UTF-8. */
function encodingOf(text: string): string {
  const name = /^(?:[ \t\f]*(?:#.*)?(?:\r\n?|\n))?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(text)?.[1] ?? "";
  const plain = name.toLowerCase().replaceAll("_", "-");
  return /^utf-?8/.test(plain) ? "" : plain;
}

function sha256(data: string): string {
  return createHash("sha256").update(data).digest("hex");
}
