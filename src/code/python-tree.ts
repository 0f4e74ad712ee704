/** The syntax tree of Python: its parser, nodes, lines and texts. */

/** The parser, seen through its package's types. */
export type Parser = typeof import("@lezer/python")["parser"];
/** The syntax tree. */
export type Tree = ReturnType<Parser["parse"]>;
/** A node of it. */
export type Node = Tree["topNode"];

/** Where each line of a text begins. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The line of a position, counted from 1. */
export function lineAt(starts: readonly number[], position: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= position) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** The parts of a node, without comments. */
export function children(node: Node): Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== "Comment") found.push(child);
  return found;
}

/** Nodes that are values, not punctuation, keywords or types. */
export const isValue = (node: Node): boolean =>
  /^[A-Z]/.test(node.name) &&
  !/^(TypeDef|AssignOp|UpdateOp|ArithOp|CompareOp|BitOp|At|Body|ParamList|MatchBody)$/.test(node.name);

/** Through what changes no value: parentheses and `await`. */
export function bare(node: Node): Node {
  for (let inner = node; ; ) {
    if (inner.name !== "ParenthesizedExpression" && inner.name !== "AwaitExpression" && inner.name !== "StarExpression")
      return inner;
    const next = children(inner).find(isValue);
    if (!next) return inner;
    inner = next;
  }
}

/** What a string means whose backslashes have not been read. */
export function unescape(text: string): string {
  const named: Record<string, string> = { n: "\n", t: "\t", r: "\r", "\\": "\\", "'": "'", '"': '"', "\n": "" };
  return text.replace(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|([\s\S]))/gi,
    (all, short?: string, long?: string, one?: string) =>
      one === undefined ? String.fromCharCode(Number.parseInt(short ?? long ?? "", 16)) : (named[one] ?? all),
  );
}
