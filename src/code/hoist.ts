/** Puts imports of packages and function declarations in an order of their own: where they stand makes no difference. */

import { isBuiltin } from "node:module";
import type { Binding } from "./names.ts";
import { isNode, nodesIn, type SyntaxNode } from "./syntax-tree.ts";

/**
 * Packages come in any order, but stay before or after a file: both may do something that the other sees. What an import
 * without names does, it does where it stands. Built-in modules do nothing and come first.
 */
export function placeImports(program: SyntaxNode): void {
  const placed: SyntaxNode[] = [];
  const builtIn: SyntaxNode[] = [];
  let packages: SyntaxNode[] = [];
  const end = (): void => {
    placed.push(...bySource(packages));
    packages = [];
  };
  for (const node of program.body as SyntaxNode[]) {
    const source = node.type === "ImportDeclaration" ? sourceOf(node) : undefined;
    if (source !== undefined && isBuiltin(source)) builtIn.push(node);
    else if (source !== undefined && !/^(?:[./#]|file:)/.test(source) && nodesIn(node.specifiers).length > 0)
      packages.push(node);
    else {
      end();
      placed.push(node);
    }
  }
  end();
  program.body = [...bySource(builtIn), ...placed];
}

const bySource = (imports: SyntaxNode[]): SyntaxNode[] =>
  imports.sort((a, b) => (sourceOf(a) < sourceOf(b) ? -1 : Number(sourceOf(a) > sourceOf(b))));

const sourceOf = ({ source }: SyntaxNode): string => String((source as SyntaxNode).value);

type Bindings = ReadonlyMap<SyntaxNode, Binding>;

/**
 * Orders, in place and innermost first, the function declarations of each block as they are first referred to: by the other
 * statements, then by the functions placed so far. Exports that nobody refers to follow by their name, the rest as they stand.
 *
 * Two of one name stay: the last one counts. So does one in a block outside of modules, which is a variable around the block
 * from where it stands.
 */
export function placeFunctions(node: SyntaxNode, bindings: Bindings, isModule: boolean, within?: string): void {
  for (const field in node)
    for (const child of nodesIn(node[field])) placeFunctions(child, bindings, isModule, node.type);
  const isHome =
    node.type === "Program" ||
    node.type === "StaticBlock" ||
    (node.type === "BlockStatement" && /^(Function|ArrowFunction|ObjectMethod|Class\w*Method)/.test(within ?? ""));
  if (Array.isArray(node.body) && (isHome || (isModule && node.type === "BlockStatement")))
    node.body = inOrder(node.body as SyntaxNode[], bindings);
}

function inOrder(list: readonly SyntaxNode[], bindings: Bindings): SyntaxNode[] {
  const declared = new Map<Binding, SyntaxNode[]>();
  for (const statement of list) {
    const binding = declaredBy(statement, bindings);
    if (binding) declared.set(binding, [...(declared.get(binding) ?? []), statement]);
  }
  const left = new Map(
    [...declared].flatMap(([binding, [one, ...more]]) => (one && more.length === 0 ? [[binding, one] as const] : [])),
  );
  const movable = new Set(left.values());
  const others = list.filter((one) => !movable.has(one));
  const placed: SyntaxNode[] = [];
  let asked = 0;
  const refer = (node: SyntaxNode): void => {
    const binding = bindings.get(node);
    if (binding) place(binding);
    for (const field in node) for (const child of nodesIn(node[field])) refer(child);
  };
  const place = (binding: Binding): void => {
    const statement = left.get(binding);
    if (statement && left.delete(binding)) placed.push(statement);
  };
  const follow = (): void => {
    while (asked < placed.length) refer(placed[asked++] as SyntaxNode);
  };
  others.forEach(refer);
  follow();
  const exported = [...left]
    .filter(([, { type }]) => type.startsWith("Export"))
    .sort(([a, one], [b, other]) => (exportName(a, one) < exportName(b, other) ? -1 : 1));
  for (const [binding] of [...exported, ...left]) {
    place(binding);
    follow();
  }
  return [...placed, ...others];
}

/** No name is empty. */
const exportName = ({ name }: Binding, { type }: SyntaxNode): string => (type === "ExportNamedDeclaration" ? name : "");

/** The name of a function declaration, exported or not. */
function declaredBy(statement: SyntaxNode, bindings: Bindings): Binding | undefined {
  const declaration = /^Export(Named|Default)Declaration$/.test(statement.type) ? statement.declaration : statement;
  return isNode(declaration) && declaration.type === "FunctionDeclaration" && isNode(declaration.id)
    ? bindings.get(declaration.id)
    : undefined;
}
