/** The syntax tree of JavaScript and TypeScript, seen without its library's types. */

/** A node of the tree. */
export type SyntaxNode = { type: string; [field: string]: unknown };

/** Whether a field's value is a node. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** The nodes in a field. */
export function nodesIn(value: unknown): SyntaxNode[] {
  return Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];
}

/** A node and all below it, in order of appearance, however deep they are nested. */
export function* everyNode(root: SyntaxNode): Generator<SyntaxNode> {
  const left = [root];
  for (let node = left.pop(); node; node = left.pop()) {
    yield node;
    const below: SyntaxNode[] = [];
    for (const field in node) below.push(...nodesIn(node[field]));
    left.push(...below.reverse());
  }
}
