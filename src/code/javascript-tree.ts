/** The syntax tree of JavaScript and TypeScript: its nodes, names and lines. */

export type Node = { type: string; [field: string]: unknown };

export const nodes = (value: unknown): Node[] =>
  Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];

/** Through what changes no value: parentheses, `await`, types. */
export function bare(node: Node): Node {
  for (let inner = node; ; ) {
    const next = /^(ParenthesizedExpression|TS(As|Satisfies|NonNull|Instantiation)Expression|TSTypeAssertion)$/.test(
      inner.type,
    )
      ? inner.expression
      : inner.type === "AwaitExpression"
        ? inner.argument
        : undefined;
    if (!isNode(next)) return inner;
    inner = next;
  }
}

/** A call's line is where its name ends: in a long chain each call has its own. */
export const lineOf = (callee: Node): number => {
  const named = isNode(callee.property) ? callee.property : callee;
  return (named.loc as { start: { line: number } }).start.line;
};

export function propertyName(node: Node): string | undefined {
  return node.computed === true ? literal(node.key) : (nameOf(node.key) ?? literal(node.key));
}

export function literal(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === "StringLiteral" || value.type === "NumericLiteral") return String(value.value);
  if (value.type !== "TemplateLiteral" || nodes(value.expressions).length > 0) return undefined;
  return (nodes(value.quasis)[0]?.value as { cooked?: string } | undefined)?.cooked;
}

export function nameOf(value: unknown): string | undefined {
  return isNode(value) && typeof value.name === "string"
    ? value.name
    : isNode(value) && isNode(value.id)
      ? nameOf(value.id)
      : undefined;
}

const aside = new Set([
  "loc",
  "extra",
  "leadingComments",
  "innerComments",
  "trailingComments",
  "typeAnnotation",
  "typeParameters",
  "typeArguments",
]);

export function children(node: Node): Node[] {
  return Object.keys(node).flatMap((field) => (aside.has(field) ? [] : nodes(node[field])));
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}
