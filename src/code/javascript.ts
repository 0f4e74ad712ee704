/** The syntax tree of JavaScript and TypeScript. */
import { extname } from "node:path";
import { LinealError } from "../ground/errors.ts";

/** A node of the tree, seen without the parser's types. */
export type SyntaxNode = { type: string; [field: string]: unknown };

const codeSuffixes = new Set([".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"]);

/** Nodes of TypeScript that hold an expression, which is all that is left of them. */
export const AROUND = new Set(
  "TSAsExpression TSSatisfiesExpression TSNonNullExpression TSTypeAssertion TSInstantiationExpression".split(" "),
);
/** Nodes of TypeScript that run. All others are types. */
export const RUNS = new Set(
  `TSEnumDeclaration TSEnumBody TSEnumMember TSModuleDeclaration TSModuleBlock TSParameterProperty TSExportAssignment
  TSImportEqualsDeclaration TSExternalModuleReference TSQualifiedName`.split(/\s+/),
);

/** Whether a path is JavaScript or TypeScript by its suffix. */
export const isJavaScript = (path: string): boolean => codeSuffixes.has(extname(path).toLowerCase());

/**
 * The program of a file; the suffix says whether it may hold types, and JSX. `lenient` passes over what does not hide
 * the rest, such as a name that is declared twice.
 *
 * Throws the parser's `SyntaxError`, and a `RangeError` when the file is nested too deeply.
 */
export async function parseJavaScript(text: string, path: string, { lenient = false } = {}): Promise<SyntaxNode> {
  const { parse } = await loadParser();
  const suffix = extname(path).toLowerCase();
  const typed = [".ts", ".mts", ".cts", ".tsx"].includes(suffix);
  // `<T>value` and `<div>` cannot both be read: plain TypeScript has no JSX.
  const jsx = !typed || suffix === ".tsx";
  const { program } = parse(text, {
    errorRecovery: lenient,
    plugins: [
      "decorators",
      "decoratorAutoAccessors",
      ...(typed ? ["typescript" as const] : []),
      ...(jsx ? ["jsx" as const] : []),
    ],
    ...(suffix === ".cjs" || suffix === ".cts"
      ? { sourceType: "commonjs" }
      : {
          sourceType: suffix === ".mjs" || suffix === ".mts" ? "module" : "unambiguous",
          allowReturnOutsideFunction: true,
          allowAwaitOutsideFunction: true,
        }),
  });
  return program as unknown as SyntaxNode;
}

async function loadParser(): Promise<typeof import("@babel/parser")> {
  try {
    return await import("@babel/parser");
  } catch (cause) {
    throw new LinealError("missing-dependency", "reading source code needs @babel/parser", {
      hint: "npm install @babel/parser",
      cause,
    });
  }
}

/** Whether a field's value is a node. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** The nodes in a field. */
export function nodesIn(value: unknown): SyntaxNode[] {
  return Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];
}

/** The nodes directly below a node, in order of appearance. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return Object.entries(node).flatMap(([field, value]) => (field.endsWith("Comments") ? [] : nodesIn(value)));
}

/** A node and all below it, in order of appearance, however deep they are nested. */
export function* everyNode(root: SyntaxNode): Generator<SyntaxNode> {
  const left = [root];
  for (let node = left.pop(); node; node = left.pop()) {
    yield node;
    left.push(...childrenOf(node).reverse());
  }
}
