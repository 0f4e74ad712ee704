/** The repository's source files as syntax trees, and what they import, export and use from one another. */
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { parse } from "@babel/parser";
import { repository } from "./repository.ts";

/** A node of the syntax tree, seen without its kind. */
export interface SyntaxNode {
  type: string;
  loc?: { start: { line: number } } | null;
  [field: string]: unknown;
}

/** One file: `path` is relative to the repository, with forward slashes. */
export interface SourceFile {
  path: string;
  text: string;
  program: SyntaxNode;
}

/** One import, re-export, lazy import or type import; `names` is "all" when every export may be meant. */
export interface ImportOf {
  from: string;
  names: "all" | string[];
  lazy: boolean;
  /** Nothing of it is left when types are stripped. */
  typeOnly: boolean;
  line: number;
}

/** Reads and parses every script below the folders that exist. */
export function readTree(...folders: string[]): SourceFile[] {
  const entries = readdirSync(repository, { withFileTypes: true });
  const present = entries
    .filter((entry) => entry.isDirectory() && folders.includes(entry.name))
    .map((entry) => entry.name);
  return present
    .flatMap((folder) =>
      readdirSync(posix.join(repository, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        posix.join(folder, name.replaceAll("\\", "/")),
      ),
    )
    .filter((path) => /\.(ts|mts|js|mjs)$/.test(path) && !/node_modules|\/golden\/|\/\./.test(path))
    .map((path) => sourceFile(path, readFileSync(posix.join(repository, path), "utf8")));
}

/** One file from text; a syntax error names the file. */
export function sourceFile(path: string, text: string): SourceFile {
  try {
    const program = parse(text, { sourceType: "module", plugins: ["typescript"], sourceFilename: path }).program;
    return { path, text, program: program as unknown as SyntaxNode };
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Visits every node below `node`, parents first; `enter` returning false leaves out what is below. `parents` is only good during the call. */
export function walk(
  node: SyntaxNode,
  enter: (node: SyntaxNode, parents: readonly SyntaxNode[]) => unknown,
  parents: SyntaxNode[] = [],
): void {
  if (enter(node, parents) === false) return;
  parents.push(node);
  for (const child of children(node)) walk(child, enter, parents);
  parents.pop();
}

/** The nodes directly below. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (const field in node) {
    const value = node[field];
    if (typeof value !== "object" || value === null || field === "loc" || field.endsWith("omments")) continue;
    if (Array.isArray(value)) found.push(...value.filter(isNode));
    else if (isNode(value)) found.push(value);
  }
  return found;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";
}

/** `path:line`, as editors open it. */
export function at(file: SourceFile, node: SyntaxNode): string {
  return `${file.path}:${node.loc?.start.line ?? 1}`;
}

/** The name of an identifier or the value of a string literal. */
export function nameOf(node: unknown): string {
  if (!isNode(node)) return "";
  return String(node.type === "StringLiteral" ? node.value : (node.name ?? ""));
}

const imports = new WeakMap<SourceFile, ImportOf[]>();

/** Everything the file takes from other files of the repository; `lineal` is `src/index.ts`. */
export function importsOf(file: SourceFile): readonly ImportOf[] {
  const known = imports.get(file);
  if (known) return known;
  const found: ImportOf[] = [];
  imports.set(file, found);
  walk(file.program, (node, parents) => {
    const add = (source: unknown, names: ImportOf["names"], lazy = false): void => {
      const from = targetOf(file, nameOf(source));
      if (from !== undefined)
        found.push({ from, names, lazy, typeOnly: isTypeOnly(node), line: node.loc?.start.line ?? 1 });
    };
    if (node.type === "ImportDeclaration") add(node.source, importedNames(file, node));
    else if (node.type === "ExportAllDeclaration") add(node.source, "all");
    else if (node.type === "ExportNamedDeclaration" && isNode(node.source))
      add(
        node.source,
        specifiers(node).map((it) => nameOf(it.local)),
      );
    else if (node.type === "ImportExpression") add(node.source, lazyNames(file, parents), true);
    else if (node.type === "CallExpression" && (node.callee as SyntaxNode).type === "Import")
      add((node.arguments as unknown[])[0], lazyNames(file, parents), true);
    else if (node.type === "TSImportType")
      add(typeSource(node), isNode(node.qualifier) ? [leftmost(node.qualifier)] : "all");
  });
  return found;
}

function isTypeOnly(node: SyntaxNode): boolean {
  if (node.type === "TSImportType" || node.importKind === "type" || node.exportKind === "type") return true;
  const all = specifiers(node);
  return all.length > 0 && all.every((it) => it.importKind === "type" || it.exportKind === "type");
}

/** The exported names of a file with their lines; `stars` are the files it re-exports whole. */
export function exportsOf(file: SourceFile): { names: Map<string, number>; stars: string[] } {
  const names = new Map<string, number>();
  const stars: string[] = [];
  for (const node of children(file.program)) {
    const line = node.loc?.start.line ?? 1;
    if (node.type === "ExportDefaultDeclaration") names.set("default", line);
    if (node.type === "ExportAllDeclaration") stars.push(targetOf(file, nameOf(node.source)) ?? "");
    if (node.type !== "ExportNamedDeclaration") continue;
    for (const it of specifiers(node)) names.set(nameOf(it.exported), line);
    if (isNode(node.declaration)) for (const name of declaredNames(node.declaration)) names.set(name, line);
  }
  return { names, stars: stars.filter(Boolean) };
}

function declaredNames(declaration: SyntaxNode): string[] {
  if (declaration.type !== "VariableDeclaration") return [nameOf(declaration.id)];
  return (declaration.declarations as SyntaxNode[]).flatMap((it) => boundNames(it.id as SyntaxNode));
}

function boundNames(pattern: SyntaxNode): string[] {
  if (pattern.type === "Identifier") return [nameOf(pattern)];
  return children(pattern).flatMap((it) => boundNames(it.type === "ObjectProperty" ? (it.value as SyntaxNode) : it));
}

function specifiers(node: SyntaxNode): SyntaxNode[] {
  return (node.specifiers as SyntaxNode[] | undefined) ?? [];
}

function targetOf(file: SourceFile, specifier: string): string | undefined {
  if (specifier === "lineal") return "src/index.ts";
  if (!specifier.startsWith(".")) return undefined;
  return posix.join(posix.dirname(file.path), specifier);
}

function importedNames(file: SourceFile, node: SyntaxNode): ImportOf["names"] {
  const names: string[] = [];
  for (const it of specifiers(node)) {
    if (it.type === "ImportSpecifier") names.push(nameOf(it.imported));
    else if (it.type === "ImportDefaultSpecifier") names.push("default");
    else {
      const members = membersUsed(file, nameOf(it.local));
      if (members === "all") return "all";
      names.push(...members);
    }
  }
  return names;
}

/** Which members of a namespace are used: "all" when it is also handed on whole. */
function membersUsed(file: SourceFile, local: string): ImportOf["names"] {
  const names: string[] = [];
  let whole = false;
  walk(file.program, (node, parents) => {
    if (node.type !== "Identifier" || node.name !== local) return;
    const parent = parents.at(-1);
    if (parent?.type === "ImportNamespaceSpecifier" || (parent?.type === "VariableDeclarator" && parent.id === node))
      return;
    if (parent?.type === "MemberExpression" && parent.object === node && (!parent.computed || isNode(parent.property)))
      names.push(nameOf(parent.property));
    else if (parent?.type === "TSQualifiedName" && parent.left === node) names.push(nameOf(parent.right));
    else if (!(parent?.type === "MemberExpression" && parent.property === node && !parent.computed)) whole = true;
  });
  return whole ? "all" : names;
}

/** What is taken out of `import("…")`, when its surroundings say so. */
function lazyNames(file: SourceFile, parents: readonly SyntaxNode[]): ImportOf["names"] {
  const [above, parent] = [parents.at(-2), parents.at(-1)];
  if (parent?.type === "AwaitExpression") {
    if (above?.type === "MemberExpression") return [nameOf(above.property)];
    if (above?.type !== "VariableDeclarator") return "all";
    return taken(file, above.id as SyntaxNode);
  }
  if (parent?.type === "MemberExpression" && nameOf(parent.property) === "then" && above?.type === "CallExpression") {
    const [callback] = above.arguments as SyntaxNode[];
    const [parameter] = (callback?.params as SyntaxNode[] | undefined) ?? [];
    if (parameter?.type === "ObjectPattern") return taken(file, parameter);
  }
  return "all";
}

function taken(file: SourceFile, pattern: SyntaxNode): ImportOf["names"] {
  if (pattern.type === "Identifier") return membersUsed(file, nameOf(pattern));
  const properties = (pattern.properties as SyntaxNode[] | undefined) ?? [];
  if (properties.some((it) => it.type !== "ObjectProperty")) return "all";
  return properties.map((it) => nameOf(it.key));
}

function typeSource(node: SyntaxNode): unknown {
  const argument = (node.source ?? node.argument) as SyntaxNode;
  return argument.type === "TSLiteralType" ? argument.literal : argument;
}

function leftmost(qualifier: SyntaxNode): string {
  return qualifier.type === "TSQualifiedName" ? leftmost(qualifier.left as SyntaxNode) : nameOf(qualifier);
}
