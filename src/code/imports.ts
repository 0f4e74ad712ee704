/** What a file of JavaScript or TypeScript imports by a path that stands in it. */
import { everyNode, isNode, nodesIn, type SyntaxNode } from "./javascript.ts";

/** How a module is named: at load, with `require`, on demand with `import()`, or by where it is (`new URL("./x", import.meta.url)`). */
export type ImportKind = "static" | "require" | "dynamic" | "url";

export interface Import {
  readonly specifier: string;
  readonly kind: ImportKind;
}

/** Every import of a program, in order of appearance; those of types are left out. */
export function importsIn(program: SyntaxNode): Import[] {
  const found = new Map<string, Import>();
  for (const node of everyNode(program)) {
    const [source, kind] = sourceOf(node) ?? [];
    const specifier = textOf(source);
    if (specifier !== undefined && kind) found.set(`${kind} ${specifier}`, { specifier, kind });
  }
  return [...found.values()];
}

function sourceOf(node: SyntaxNode): [source: unknown, kind: ImportKind] | undefined {
  const [first] = nodesIn(node.arguments);
  switch (node.type) {
    case "ImportDeclaration":
      // `import { type A }` loads the module all the same where types are only erased.
      return node.importKind === "type" || node.importKind === "typeof" ? undefined : [node.source, "static"];
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      return node.exportKind === "type" ? undefined : [node.source, "static"];
    case "ImportExpression":
      return [isHere(node.source) ? nodesIn((node.source as SyntaxNode).arguments)[0] : node.source, "dynamic"];
    case "TSImportEqualsDeclaration":
      return node.importKind === "type" ? undefined : [(node.moduleReference as SyntaxNode).expression, "require"];
    case "CallExpression":
      return (node.callee as SyntaxNode).name === "require" ? [first, "require"] : undefined;
    case "NewExpression":
      return isHere(node) ? [first, "url"] : undefined;
    default:
      return undefined;
  }
}

/** `new URL("…", import.meta.url)` */
function isHere(node: unknown): boolean {
  if (!isNode(node) || node.type !== "NewExpression" || (node.callee as SyntaxNode).name !== "URL") return false;
  return (nodesIn(node.arguments)[1]?.object as SyntaxNode | undefined)?.type === "MetaProperty";
}

function textOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "StringLiteral") return node.value as string;
  if (node.type !== "TemplateLiteral" || nodesIn(node.expressions).length > 0) return undefined;
  return (node.quasis as { value: { cooked?: string } }[])[0]?.value.cooked;
}
