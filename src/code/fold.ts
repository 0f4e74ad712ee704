/** Brings forms of a program that run alike to one: braces around one statement, and a constant that is only the beginning of the next. */

import { isWord, patternNames } from "./names.ts";
import { isNode, nodesIn, type SyntaxNode } from "./syntax-tree.ts";

/**
 * Folds in place, innermost first. A constant goes where it is used when that is its only use and the first thing that the
 * next statement evaluates, so nothing runs in another order: `const y = f(x); return y.z` is `return f(x).z`.
 *
 * Not after what a getter, an import or a variable gives, for that might change meanwhile: `return a.b(y)` stays. Functions
 * and classes stay, they take a name from where they are written, and so does everything beside `eval` and `with`.
 */
export function fold(program: SyntaxNode): void {
  visit(program, fixedFunctions(program));
}

function visit(node: SyntaxNode, fixed: ReadonlySet<string> | undefined): void {
  // Whether its body is an expression is seen from that.
  if (node.type === "ArrowFunctionExpression") delete node.expression;
  for (const field in node) {
    for (const child of nodesIn(node[field])) visit(child, fixed);
    const value = node[field];
    if (/^(body|consequent|alternate)$/.test(field) && isNode(value)) node[field] = withoutBraces(value, node.type);
  }
  if (fixed && Array.isArray(node.body) && /^(Program|BlockStatement)$/.test(node.type))
    foldConstants(node.body as SyntaxNode[], fixed);
}

/** `if (a) { b(); }` and `if (a) b();` are one statement, `x => { return y; }` and `x => y` one function. */
function withoutBraces(block: SyntaxNode, type: string): SyntaxNode {
  if (type === "ArrowFunctionExpression") {
    const [first, second] = block.type === "BlockStatement" ? nodesIn(block.body) : [];
    const value = first?.type === "ReturnStatement" && !second ? first.argument : undefined;
    return isNode(value) && nodesIn(block.directives).length === 0 ? value : block;
  }
  if (block.type !== "BlockStatement" || !/^(If|For\w*|While|DoWhile)Statement$/.test(type)) return block;
  const [only, more] = nodesIn(block.body);
  const declares = only?.type.endsWith("Declaration") === true && only.kind !== "var";
  return only && !more && !declares ? only : block;
}

function foldConstants(list: SyntaxNode[], fixed: ReadonlySet<string>): void {
  let counts: Map<string, number> | undefined;
  for (let i = 0; i + 1 < list.length; i++) {
    const constant = constantOf(list[i] as SyntaxNode);
    const place = constant && placeIn(list[i + 1] as SyntaxNode, constant.name, fixed);
    if (!place) continue;
    counts ??= namesIn(list);
    if (counts.get(constant.name) !== 2) continue;
    place(constant.init);
    list.splice(i, 1);
    // what stands before may have its place now
    i = Math.max(-1, i - 2);
  }
}

function constantOf({ type, kind, declarations }: SyntaxNode): { name: string; init: SyntaxNode } | undefined {
  const [only, more] = nodesIn(declarations);
  if (
    type !== "VariableDeclaration" ||
    !/^(const|let)$/.test(String(kind)) ||
    !only ||
    more ||
    !isNode(only.id) ||
    !isNode(only.init)
  )
    return undefined;
  if (only.id.type !== "Identifier" || /^(Function|Arrow|Class)/.test(only.init.type)) return undefined;
  return { name: only.id.name as string, init: only.init };
}

/** Puts a value in the place of a name, if that is the first thing that a statement evaluates. */
function placeIn(
  statement: SyntaxNode,
  name: string,
  fixed: ReadonlySet<string>,
): ((value: SyntaxNode) => void) | undefined {
  for (let at = statement; ; ) {
    const field = firstOf(at, fixed);
    const value = field === undefined ? undefined : at[field];
    const child = Array.isArray(value) ? value[0] : value;
    if (field === undefined || !isNode(child)) return undefined;
    if (child.type !== "Identifier") at = child;
    else if (child.name !== name) return undefined;
    else {
      const [holder, key] = Array.isArray(value) ? [value, 0] : [at, field];
      return (put) => Object.assign(holder, { [key]: put });
    }
  }
}

const firsts: Record<string, string> = {
  ReturnStatement: "argument",
  ThrowStatement: "argument",
  ExpressionStatement: "expression",
  IfStatement: "test",
  SwitchStatement: "discriminant",
  VariableDeclaration: "declarations",
  VariableDeclarator: "init",
  ExportDefaultDeclaration: "declaration",
  MemberExpression: "object",
  OptionalMemberExpression: "object",
  LogicalExpression: "left",
  ConditionalExpression: "test",
  AwaitExpression: "argument",
  YieldExpression: "argument",
  SpreadElement: "argument",
  TemplateLiteral: "expressions",
  SequenceExpression: "expressions",
  ArrayExpression: "elements",
  ObjectExpression: "properties",
};

/** The field of a node in which the first is that it evaluates, beside what is the same at any time. */
function firstOf(node: SyntaxNode, fixed: ReadonlySet<string>): string | undefined {
  switch (node.type) {
    case "UnaryExpression":
      return /^[-+!~]$/.test(node.operator as string) ? "argument" : undefined;
    case "BinaryExpression":
      return /Literal$/.test((node.left as SyntaxNode).type) && (node.left as SyntaxNode).type !== "TemplateLiteral"
        ? "right"
        : "left";
    case "ObjectProperty":
      return node.computed === true ? undefined : "value";
    case "CallExpression": {
      // `y()` is not `a.b()`, which has a `this`
      const callee = node.callee as SyntaxNode;
      return callee.type !== "Identifier" ? "callee" : fixed.has(callee.name as string) ? "arguments" : undefined;
    }
    default:
      return firsts[node.type];
  }
}

/** How often each name stands in some statements, properties aside. */
function namesIn(nodes: readonly SyntaxNode[], counts = new Map<string, number>()): Map<string, number> {
  for (const node of nodes) {
    for (const field in node) {
      for (const child of nodesIn(node[field])) {
        if (/^(JSX)?Identifier$/.test(child.type) && !isWord(node, field))
          counts.set(child.name as string, (counts.get(child.name as string) ?? 0) + 1);
        else namesIn([child], counts);
      }
    }
  }
  return counts;
}

/** Functions of the program that are nothing else anywhere; undefined where names are looked up in ways that cannot be followed. */
function fixedFunctions(program: SyntaxNode): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  for (const node of nodesIn(program.body))
    for (const it of [node, ...nodesIn(node.declaration)])
      if (it.type === "FunctionDeclaration") for (const name of patternNames(it.id)) found.add(name);
  let isOpen = false;
  const forget = (node: SyntaxNode, isBody: boolean): void => {
    isOpen ||= node.type === "WithStatement" || (node.type === "Identifier" && node.name === "eval");
    const others = [
      node.left,
      node.param,
      node.type === "ExportSpecifier" ? undefined : node.local,
      ...nodesIn(node.params),
      node.type === "UpdateExpression" ? node.argument : undefined,
    ];
    for (const other of [...others, isBody && node.type === "FunctionDeclaration" ? undefined : node.id])
      for (const name of patternNames(other)) found.delete(name);
    const opens = /^(Program|Export)/.test(node.type);
    for (const field in node) for (const child of nodesIn(node[field])) forget(child, opens);
  };
  forget(program, true);
  return isOpen ? undefined : found;
}
