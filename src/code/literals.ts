/** Puts constants that are literals where they are used: `const RATE = 1.5` is the number itself. */

import type { Binding } from "./names.ts";
import { isNode, nodesIn, type SyntaxNode } from "./syntax-tree.ts";

type Bindings = ReadonlyMap<SyntaxNode, Binding>;

/**
 * Works in place, on constants that nobody else sees and that stand before anything of their block can run, so that none is
 * asked before it has its value (in a circle of imports it might be, and throw). Those that are assigned to stay, that throws.
 */
export function placeLiterals(program: SyntaxNode, bindings: Bindings): void {
  const values = new Map<Binding, SyntaxNode>();
  gather(program, bindings, values);
  if (values.size === 0) return;
  forget(program, bindings, values);
  place(program, bindings, values);
}

function gather(node: SyntaxNode, bindings: Bindings, values: Map<Binding, SyntaxNode>): void {
  if (/^(Program|BlockStatement)$/.test(node.type)) {
    for (const statement of nodesIn(node.body)) {
      if (!runsNothing(statement)) break;
      for (const { id, init } of nodesIn(statement.declarations)) {
        const binding = bindings.get(id as SyntaxNode);
        if (binding && !binding.kept) values.set(binding, init as SyntaxNode);
      }
    }
  }
  for (const field in node) for (const child of nodesIn(node[field])) gather(child, bindings, values);
}

/** Types are gone already. */
function runsNothing({ type, kind, declaration, declarations }: SyntaxNode): boolean {
  if (type === "VariableDeclaration")
    return (
      kind === "const" &&
      nodesIn(declarations).every(({ id, init }) => (id as SyntaxNode).type === "Identifier" && isLiteral(init))
    );
  if (/^Export(Named|Default)Declaration$/.test(type)) return !isNode(declaration) || runsNothing(declaration);
  return type === "ImportDeclaration" || type === "ExportAllDeclaration" || type === "FunctionDeclaration";
}

function isLiteral(node: unknown): boolean {
  if (!isNode(node)) return false;
  if (node.type === "UnaryExpression")
    return node.operator === "-" && (node.argument as SyntaxNode).type === "NumericLiteral";
  return /^(Numeric|String|Boolean|Null|BigInt)Literal$/.test(node.type);
}

/** Forgets what is more than read: a pattern, an export, the target of an assignment. */
function forget(node: SyntaxNode, bindings: Bindings, values: Map<Binding, SyntaxNode>, parent = node): void {
  for (const field in node) {
    for (const child of nodesIn(node[field])) {
      const binding = bindings.get(child);
      if (binding && !isRead(node, field, parent) && values.get(binding) !== node.init) values.delete(binding);
      forget(child, bindings, values, node);
    }
  }
}

function isRead(node: SyntaxNode, field: string, parent: SyntaxNode): boolean {
  if (field === "left") return /^(Binary|Logical)Expression$/.test(node.type);
  if (node.type === "UnaryExpression") return node.operator !== "delete";
  if (node.type === "ObjectProperty") return parent.type !== "ObjectPattern" || field === "key";
  return !/^(id|params?|local|label)$/.test(field) && !/^(UpdateExpression|RestElement|ArrayPattern)$/.test(node.type);
}

function place(node: SyntaxNode, bindings: Bindings, values: ReadonlyMap<Binding, SyntaxNode>): void {
  const valueOf = (child: unknown): SyntaxNode | undefined =>
    isNode(child) ? values.get(bindings.get(child) as Binding) : undefined;
  const isPlaced = (child: unknown): boolean =>
    isNode(child) && child.type === "VariableDeclaration" && (child.declarations as unknown[]).length === 0;
  for (const field in node) {
    const value = node[field];
    if (field === "declarations") node[field] = nodesIn(value).filter(({ id }) => !valueOf(id));
    for (const child of nodesIn(node[field])) place(child, bindings, values);
    if (Array.isArray(value))
      node[field] = (node[field] as unknown[])
        .filter((child) => !isPlaced(child))
        .map((child) => valueOf(child) ?? child);
    else node[field] = valueOf(value) ?? value;
  }
}
