/** The text of a program as it runs: types, form, and names that only the program itself knows are gone. */

import { isBuiltin } from "node:module";
import { fold } from "./fold.ts";
import { givenNames, seesNames } from "./given-names.ts";
import { placeFunctions, placeImports } from "./hoist.ts";
import { placeLiterals } from "./literals.ts";
import { bindingsOf, numberNames } from "./names.ts";
import { dropNeedless } from "./needless.ts";
import { isNode, nodesIn, type SyntaxNode } from "./syntax-tree.ts";

/** A program as it runs, the names of its functions and classes beside it: they only count where some file of it looks at them. */
export type Canonical = { text: string; names: string[]; seesNames: boolean };

/** The same text for two programs that differ in types, comments, form, local names, constants for one use or of one literal, or where functions stand. */
export function canonical(program: SyntaxNode): Canonical {
  const body = nodesIn(program.body);
  // Types are erased before it is seen whether a file is a module: `import type` makes none, `export {}` does.
  const isModule = body.some((node) => /^(Import|Export\w*)Declaration$/.test(node.type) && !isTypeOnly(node, true));
  const code = erased(program);
  const written = bindingsOf(code, isModule);
  dropNeedless(code, written, isModule);
  placeImports(code);
  placeLiterals(code, written);
  fold(code);
  const bindings = bindingsOf(code, isModule);
  placeFunctions(code, bindings, isModule);
  const names = givenNames(code);
  const sees = seesNames(code, bindings);
  numberNames(code, bindings);
  const pieces = [isModule ? "module" : "script"];
  write(code, pieces);
  return { text: pieces.join(""), names, seesNames: sees };
}

/** Positions, comments, quotes, parentheses, and types: what of a node has no effect when the program runs. */
const withoutEffect = new Set(
  `start end loc range extra errors comments leadingComments innerComments trailingComments sourceType shorthand
  typeAnnotation returnType typeParameters typeArguments superTypeArguments implements accessibility readonly abstract override
  declare definite importKind exportKind`.split(/\s+/),
);

/** Around a value, for the type checker. */
const wrappers = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
]);

/** Declarations of types, and of functions without a body. */
const typeOnly = new Set([
  "TSInterfaceDeclaration",
  "TSTypeAliasDeclaration",
  "TSDeclareFunction",
  "TSDeclareMethod",
  "TSIndexSignature",
  "TSNamespaceExportDeclaration",
]);

/** Whether nothing is left of an item of a list when types are gone. What `import { type A }` leaves still loads its module. */
function isTypeOnly(node: SyntaxNode, keepEmptyExport = false): boolean {
  if (typeOnly.has(node.type) || node.declare === true || node.importKind === "type" || node.exportKind === "type")
    return true;
  switch (node.type) {
    case "ClassProperty":
    case "ClassAccessorProperty":
      return node.abstract === true;
    case "ExportDefaultDeclaration":
      return isTypeOnly(node.declaration as SyntaxNode);
    case "ExportNamedDeclaration":
      if (isNode(node.declaration)) return isTypeOnly(node.declaration);
      return !keepEmptyExport && !isNode(node.source) && nodesIn(node.specifiers).every((one) => isTypeOnly(one));
    case "TSModuleDeclaration":
      return !isNode(node.body) || nodesIn(node.body.body).every((one) => isTypeOnly(one));
    // the `this` of a signature; the value has a type of its own
    case "Identifier":
      return node.name === "this";
    default:
      return false;
  }
}

/** A copy without what has no effect, its fields in order of their names. */
function erased(node: SyntaxNode, within?: string): SyntaxNode {
  if (wrappers.has(node.type)) return erased(node.expression as SyntaxNode, within);
  // Only a tag sees how the text of a template was written.
  if (node.type === "TemplateLiteral" && within !== "quasi") {
    const texts = (node.quasis as { value: { cooked: string } }[]).map((quasi) => quasi.value.cooked);
    return texts.length === 1
      ? { type: "StringLiteral", value: texts[0] }
      : { type: node.type, expressions: erasedList(node.expressions as unknown[]), texts };
  }
  const copy: SyntaxNode = { type: node.type };
  for (const field of Object.keys(node).sort()) {
    const value = node[field];
    if (field === "type" || value === null || value === undefined || withoutEffect.has(field)) continue;
    // `a?.b` means something, `a?: T` does not
    if (field === "optional" && !node.type.startsWith("Optional")) continue;
    // `node` may be told more than to run the file
    if (
      field === "interpreter" &&
      /^[ \t]*\/(usr\/bin\/env[ \t]+|[\w/.]+\/)node[ \t]*$/.test((value as SyntaxNode).value as string)
    )
      continue;
    if (Array.isArray(value)) copy[field] = erasedList(field === "specifiers" ? inOrder(value as SyntaxNode[]) : value);
    else if (!isNode(value)) copy[field] = node.type === "JSXText" ? jsxWords(value as string) : value;
    else if (field === "key" && node.computed !== true) copy[field] = plainKey(erased(value));
    else copy[field] = field === "source" ? plainSource(erased(value)) : erased(value, field);
  }
  // `{ __proto__ }` is a property of the object, `{ __proto__: __proto__ }` is not.
  if (node.shorthand === true && (copy.key as SyntaxNode).name === "__proto__")
    Object.assign(copy, { computed: true, key: { type: "StringLiteral", value: "__proto__" } });
  // Some tools do not load what is imported for types only.
  if (node.type === "ImportDeclaration" && nodesIn(node.specifiers).length > 0 && nodesIn(copy.specifiers).length === 0)
    copy.isElided = true;
  if (node.type === "CallExpression" && (node.callee as SyntaxNode).name === "require")
    copy.arguments = nodesIn(copy.arguments).map(plainSource);
  return copy;
}

function erasedList(items: readonly unknown[]): unknown[] {
  const kept = items.filter(
    (item) => !isNode(item) || !(/^(Empty|Debugger)Statement$/.test(item.type) || isBlankJsx(item) || isTypeOnly(item)),
  );
  return kept.flatMap((item) => (isNode(item) ? apart(erased(item)) : [item]));
}

/** `const a = 1, b = 2;` among statements are two. */
function apart(node: SyntaxNode): SyntaxNode[] {
  if (node.type === "ExportNamedDeclaration" && isNode(node.declaration))
    return apart(node.declaration).map((declaration) => ({ ...node, declaration }));
  return node.type === "VariableDeclaration"
    ? nodesIn(node.declarations).map((one) => ({ ...node, declarations: [one] }))
    : [node];
}

/** The names of one import or export have no order. */
function inOrder(specifiers: readonly SyntaxNode[]): SyntaxNode[] {
  const keyed = specifiers.map((one) => {
    const name = one.exported ?? one.imported;
    return { one, key: isNode(name) ? `${one.type} ${String(name.name ?? name.value)}` : one.type };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ one }) => one);
}

/** `{ "a": 1 }` and `{ a: 1 }` are one property, `{ "1": 1 }` and `{ 1: 1 }` as well. */
function plainKey(key: SyntaxNode): SyntaxNode {
  if (!/^(String|Numeric|BigInt)Literal$/.test(key.type)) return key;
  const name = String(key.value);
  return /^[A-Za-z_$][\w$]*$/.test(name) ? { type: "Identifier", name } : { type: "StringLiteral", value: name };
}

/** `fs` is `node:fs`. */
function plainSource(source: SyntaxNode): SyntaxNode {
  const name = source.type === "StringLiteral" ? (source.value as string) : "";
  return isBuiltin(name) && !name.startsWith("node:") ? { ...source, value: `node:${name}` } : source;
}

function jsxWords(text: string): string {
  if (!text.includes("\n")) return text;
  const lines = text.split(/\r?\n/);
  const trimmed = lines
    .map((line, i) => (i === 0 ? line : line.trimStart()))
    .map((line, i) => (i === lines.length - 1 ? line : line.trimEnd()));
  return trimmed.filter((line) => line !== "").join(" ");
}

function isBlankJsx(node: SyntaxNode): boolean {
  return node.type === "JSXText" && jsxWords(node.value as string) === "";
}

function write(value: unknown, pieces: string[]): void {
  if (Array.isArray(value)) {
    pieces.push("[");
    for (const item of value) {
      write(item, pieces);
      pieces.push(",");
    }
    pieces.push("]");
  } else if (isNode(value)) {
    pieces.push("{", value.type);
    for (const field in value) {
      if (field === "type") continue;
      pieces.push(" ", field, ":");
      write(value[field], pieces);
    }
    pieces.push("}");
  } else {
    pieces.push(typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? "null"));
  }
}
