/** What a file of JavaScript or TypeScript imports, and which other files of code it names. */

import { everyNode, isNode, nodesIn, type SyntaxNode } from "./syntax-tree.ts";

/** How a module is named by another: at load, on demand, with `require`, for its types only, or by where it lies (`new URL` with `import.meta.url`). */
export type ImportKind = "static" | "dynamic" | "require" | "type" | "url";

/** One import of a file. */
export type StaticImport = { specifier: string; kind: ImportKind };

/** An import whose path is only known when the file runs: the texts around each part that is not known, `./lib/` and `.ts`. */
export type ComputedImport = { texts: readonly string[]; kind: ImportKind; line: number };

/** Every import of a program, in order of appearance. */
export function importsIn(program: SyntaxNode): (StaticImport | ComputedImport)[] {
  const found: (StaticImport | ComputedImport)[] = [];
  const requires = requiresOf(program);
  for (const node of everyNode(program)) {
    const [source, kind] = sourceOf(node, requires) ?? [];
    const texts = source && (isNode(source) ? textsOf(source) : source);
    const [specifier] = texts ?? [];
    if (texts && kind)
      found.push(
        specifier !== undefined && texts.length === 1
          ? { specifier, kind }
          : { texts, kind, line: (node.loc as { start: { line: number } }).start.line },
      );
  }
  return found;
}

type Named = [source: SyntaxNode | readonly string[] | undefined, kind: ImportKind] | undefined;

function sourceOf(node: SyntaxNode, requires: Requires): Named {
  const [first] = nodesIn(node.arguments);
  const field = (name: string): SyntaxNode | undefined => (isNode(node[name]) ? node[name] : undefined);
  switch (node.type) {
    // `import { type A }` still loads the module when types are only erased, so it counts as static
    case "ImportDeclaration":
      return [field("source"), node.importKind === "type" || node.importKind === "typeof" ? "type" : "static"];
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      return [field("source"), node.exportKind === "type" ? "type" : "static"];
    case "ImportExpression":
      return [field("source"), "dynamic"];
    case "TSImportType":
      return [field("source") ?? field("argument"), "type"];
    case "TSImportEqualsDeclaration": {
      const { expression } = node.moduleReference as SyntaxNode;
      return [isNode(expression) ? expression : undefined, node.importKind === "type" ? "type" : "require"];
    }
    case "CallExpression": {
      const callee = node.callee as SyntaxNode;
      if (requires.names.has(callee.name) || requires.isMade(callee)) return [first, "require"];
      const { object, property } = callee as { object?: SyntaxNode; property?: SyntaxNode };
      if (property?.name === "resolve" && (object?.type === "MetaProperty" || requires.names.has(object?.name)))
        return [first, "url"];
      return [pathBeside(node), "url"];
    }
    case "NewExpression":
      if ((node.callee as SyntaxNode).name === "Worker" && first?.type === "NewExpression") return [first, "dynamic"];
      return isUrl(node) ? [node, "url"] : undefined;
    default:
      return undefined;
  }
}

/** What `require` is in a program: its names, and calls that give one, as `createRequire(import.meta.url)` does by whatever name it is imported. */
type Requires = { names: ReadonlySet<unknown>; isMade: (node: unknown) => boolean };

function requiresOf(program: SyntaxNode): Requires {
  const [names, makers] = [new Set<unknown>(["require"]), new Set<unknown>(["createRequire"])];
  const isMade = (node: unknown): boolean => {
    const callee = isNode(node) && node.type === "CallExpression" ? (node.callee as SyntaxNode) : undefined;
    return isNode(callee?.property) ? callee.property.name === "createRequire" : makers.has(callee?.name);
  };
  // Imports are hoisted: they may stand after what uses them.
  for (const { imported, local } of everyNode(program))
    if (isNode(imported) && isNode(local) && imported.name === "createRequire") makers.add(local.name);
  for (const { id, init, left, right } of everyNode(program)) {
    for (const [target, value] of [
      [id, init],
      [left, right],
    ])
      if (isNode(target) && target.type === "Identifier" && isMade(value)) names.add(target.name);
  }
  return { names, isMade };
}

const isUrl = ({ callee, arguments: given }: SyntaxNode): boolean =>
  (callee as SyntaxNode).name === "URL" &&
  (nodesIn(given)[1]?.object as SyntaxNode | undefined)?.type === "MetaProperty";

/** `join(import.meta.dirname, "lib", "work.js")`, and with `__dirname` or `resolve`. */
function pathBeside({ callee, arguments: given }: SyntaxNode): readonly string[] | undefined {
  const { name } = (isNode((callee as SyntaxNode).property) ? (callee as SyntaxNode).property : callee) as SyntaxNode;
  const [folder, ...parts] = nodesIn(given);
  const isHere =
    folder?.name === "__dirname" ||
    (folder?.type === "MemberExpression" &&
      (folder.object as SyntaxNode).type === "MetaProperty" &&
      (folder.property as SyntaxNode).name === "dirname");
  return isHere && parts.length > 0 && (name === "join" || name === "resolve")
    ? parts.map(textsOf).reduce((path, part) => joined(joined(path, ["/"]), part), ["."])
    : undefined;
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
      return node.operator === "+"
        ? joined(textsOf(node.left as SyntaxNode), textsOf(node.right as SyntaxNode))
        : unknown;
    // `new URL(file, import.meta.url).href`
    case "MemberExpression":
      return (node.property as SyntaxNode).name === "href" ? textsOf(node.object as SyntaxNode) : unknown;
    case "NewExpression": {
      const [path] = nodesIn(node.arguments);
      if (!path || !isUrl(node)) return unknown;
      // `new URL("a.ts", …)` lies beside, where an import of "a.ts" is of a package
      return textsOf(path).map((text, i) => (i === 0 && /^\w[^:]*$/.test(text) ? `./${text}` : text));
    }
    default:
      return unknown;
  }
}

const joined = (a: readonly string[], b: readonly string[]): readonly string[] => [
  ...a.slice(0, -1),
  `${a.at(-1)}${b[0]}`,
  ...b.slice(1),
];
