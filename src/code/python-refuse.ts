/** What the parser lets through and Python does not: indentation, strings without an end, and what cannot be assigned to. */

import { children, isValue, type Node } from "./python-tree.ts";

/** What is wrong, and where (a position). */
export type Refusal = { what: string; at: number };

/** Forms of Python 2, and half ones. */
const forms: Record<string, { what: string; isOne: (node: Node, whole: string) => boolean }> = {
  RaiseStatement: { what: "unexpected comma", isOne: (node) => children(node).some((it) => it.name === ",") },
  CompareOp: { what: "unexpected <>", isOne: (_, whole) => whole === "<>" },
  Number: { what: "leading zeros in a number", isOne: (_, whole) => /^0[\d_]*[1-9][\d_]*$/.test(whole) },
  TryStatement: {
    what: "expected except or finally",
    isOne: (node) => !children(node).some((it) => /^(except|finally)$/.test(it.name)),
  },
};

/** What Python would refuse in this node itself, without its children. */
export function refusal(node: Node, text: string): Refusal | undefined {
  const form = forms[node.name];
  if (form?.isOne(node, text.slice(node.from, node.to))) return { what: form.what, at: node.from };
  switch (node.name) {
    case "Script":
      return misplaced(children(node), 0, text);
    case "Body":
    case "MatchBody": {
      const statements = children(node).filter((it) => it.name !== ":");
      const first = statements.map((it) => columnOf(it, text)).find((it) => it !== undefined);
      return first === undefined ? undefined : misplaced(statements, first, text);
    }
    case "IfStatement":
    case "ForStatement":
    case "WhileStatement":
    case "TryStatement": {
      const column = columnOf(node, text);
      const clauses = children(node).filter((it) => /^(elif|else|except|finally)$/.test(it.name));
      return column === undefined ? undefined : misplaced(clauses, column, text);
    }
    case "String":
    case "FormatString": {
      const whole = text.slice(node.from, node.to);
      const [start = "", quote = ""] = /^[a-z]*("""|'''|"|')/i.exec(whole) ?? [];
      return whole.length < start.length + quote.length || !whole.endsWith(quote)
        ? { what: "unterminated string", at: node.from }
        : undefined;
    }
    case "DecoratedStatement":
      return misplaced(children(node), columnOf(node, text) ?? 0, text);
    case "ArgList":
      return misordered(node, text);
    case "AssignStatement":
      return unassignable(node);
  }
  return undefined;
}

function misplaced(nodes: readonly Node[], column: number, text: string): Refusal | undefined {
  const wrong = nodes.find((it) => (columnOf(it, text) ?? column) !== column);
  return wrong && { what: "unexpected indent", at: wrong.from };
}

/** The column of what begins a line; undefined for what does not. */
function columnOf({ from }: Node, text: string): number | undefined {
  let start = from;
  while (start > 0 && /[ \t\f]/.test(text[start - 1] ?? "")) start--;
  if (
    start > 0 &&
    (!/[\r\n]/.test(text[start - 1] ?? "") || /\\\r?\n$/.test(text.slice(Math.max(0, start - 3), start)))
  )
    return undefined;
  let column = 0;
  for (const one of text.slice(start, from))
    column = one === "\f" ? 0 : one === "\t" ? column + 8 - (column % 8) : column + 1;
  return column;
}

function unassignable(node: Node): Refusal | undefined {
  const parts = children(node);
  const last = parts.map((it) => it.name).lastIndexOf("AssignOp");
  const wrong = parts.slice(0, Math.max(0, last)).find((it) => isValue(it) && !isAssignable(it));
  return wrong && { what: "cannot assign to this", at: wrong.from };
}

function isAssignable(node: Node): boolean {
  if (!/^(Tuple|Array|Parenthesized|Star)Expression$/.test(node.name))
    return node.name === "VariableName" || node.name === "MemberExpression";
  return children(node).every((it) => !isValue(it) || isAssignable(it));
}

/** `f(a=1, b)`. */
function misordered(list: Node, text: string): Refusal | undefined {
  const parts = children(list);
  const named = parts.findIndex((it) => it.name === "AssignOp" && text.slice(it.from, it.to) === "=");
  const wrong = parts.find(
    (it, i) => i > named + 1 && isValue(it) && parts[i - 1]?.name === "," && parts[i + 1]?.name !== "AssignOp",
  );
  return named < 0 || wrong === undefined
    ? undefined
    : { what: "positional argument follows keyword argument", at: wrong.from };
}
