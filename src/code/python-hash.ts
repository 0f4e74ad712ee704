/** A hash of Python that only changes with the code. */

import { createHash } from "node:crypto";
import { SyntaxProblem } from "./ir.ts";
import { parsePython } from "./ir-python.ts";
import { children, type Node, type Tree } from "./python-tree.ts";

/**
 * SHA-256 (hex) of the code alone: comments, blank lines, white space, how deep a block is indented, quotes, trailing commas,
 * how numbers are spelt, type hints of local variables and parentheses that hold nothing together do not change it; names,
 * other hints and docstrings do, a program can read them. Undefined when it does not parse.
 */
export async function pythonHash(text: string): Promise<string | undefined> {
  try {
    // Python reads any end of a line as one.
    const { tree, plain } = await parsePython(text.replace(/\r\n?/g, "\n"));
    return createHash("sha256")
      .update(encoding(text) + canonical(tree, plain))
      .digest("hex");
  } catch (error) {
    if (error instanceof SyntaxProblem) return undefined;
    throw error;
  }
}

/** A comment in the first two lines may say how the bytes of the file are read; empty for UTF-8. */
function encoding(text: string): string {
  const [, name = ""] =
    /^(?:[ \t\f]*(?:#.*)?(?:\r\n?|\n))?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(text.replace(/^\uFEFF/, "")) ?? [];
  const plain = name.toLowerCase().replaceAll("_", "-");
  return /^(|utf-?8(-.*)?)$/.test(plain) ? "" : `${plain} `;
}

/** All text outside of comments, in the brackets of its tree: blocks are told by those. */
function canonical(tree: Tree, text: string): string {
  const pieces: string[] = [];
  let at = 0;
  const writeTo = (position: number) => {
    const piece = text.slice(at, position).replace(/^(?:\s|\\\n)+|(?:\s|\\\n)+$/g, "");
    if (piece !== "") pieces.push(JSON.stringify(piece));
    at = position;
  };
  tree.iterate({
    enter(ref) {
      writeTo(ref.from);
      if (isAround(ref.node)) return;
      const whole = () => text.slice(ref.from, ref.to);
      if (ref.name === "String" || ref.name === "FormatString") pieces.push(stringOf(whole(), ref.name));
      else if (ref.name === "Number") pieces.push(JSON.stringify(whole().replaceAll("_", "").toLowerCase()));
      else if (ref.name !== "Comment" && !isForm(ref.node)) return void pieces.push("(", ref.name);
      at = ref.to;
      return false;
    },
    leave(ref) {
      writeTo(ref.to);
      if (!isAround(ref.node)) pieces.push(")");
    },
  });
  return pieces.join(" ");
}

/** A string by what it says: however it is quoted, if its parts are not looked into. */
function stringOf(whole: string, kind: string): string {
  const [start = "", prefix = "", quote = ""] = /^([a-z]*)("""|'''|"|')/i.exec(whole) ?? [];
  const body = whole.slice(start.length, whole.length - quote.length);
  const letters = [...prefix.toLowerCase()].sort().join("").replace("u", "");
  const isPlain = !body.includes("\\");
  if (kind === "FormatString" || letters.includes("t"))
    return JSON.stringify(isPlain && !/['"]/.test(body) ? [letters, body] : letters + whole.slice(prefix.length));
  if (isPlain) return JSON.stringify([letters.replace("r", ""), body]);
  return JSON.stringify([
    letters,
    letters.includes("r") ? body : body.replace(/\\([^])/g, (both, one: string) => (/['"]/.test(one) ? one : both)),
  ]);
}

/** Whether a piece changes nothing where it stands. */
function isForm(node: Node): boolean {
  const parent = node.parent;
  if (node.name === ",") return isTrailing(node);
  if (node.name === "TypeDef") return isLocalHint(node);
  if (node.name === ";") return parent?.name === "StatementGroup";
  // `class A():`
  if (node.name === "ArgList") return parent?.name === "ClassDefinition" && children(node).length === 2;
  return /^[()]$/.test(node.name) && parent !== null && (parent.name === "ImportStatement" || isAround(parent));
}

/** Statements on one line, and parentheses that hold nothing together; others can mean something. */
function isAround(node: Node): boolean {
  if (node.name === "StatementGroup") return true;
  const parts = children(node);
  const parent = node.parent?.name ?? "";
  const isLast = following(node) === null;
  const isValue =
    isLast && (parent === "ReturnStatement" || (parent === "AssignStatement" && node.prevSibling?.name === "AssignOp"));
  if (node.name === "TupleExpression") return isValue && parts.length > 2;
  if (node.name !== "ParenthesizedExpression" || parts.length !== 3) return false;
  if (isValue || /^(If|While|For)Statement$/.test(parent)) return true;
  // `(x): int` keeps no hint
  return single.test(parts[1]?.name ?? "") && !(parent === "AssignStatement" && node.nextSibling?.name === "TypeDef");
}

/** What holds together by itself. */
const single =
  /^(VariableName|Number|String|FormatString|Boolean|None|Ellipsis|CallExpression|MemberExpression|ArrayExpression|DictionaryExpression|SetExpression|ParenthesizedExpression)$/;

/** Of `x: int = 1` in a function the hint is neither evaluated nor kept. */
function isLocalHint(hint: Node): boolean {
  if (hint.parent?.name !== "AssignStatement" || hint.nextSibling?.name !== "AssignOp") return false;
  let around: Node | null = hint.parent;
  while (around && !/^(FunctionDefinition|ClassDefinition)$/.test(around.name)) around = around.parent;
  return around?.name === "FunctionDefinition";
}

/** A comma before the closing bracket means something in a tuple or an index only. */
function isTrailing(comma: Node): boolean {
  if (
    !/^(ArgList|ParamList|ArrayExpression|DictionaryExpression|SetExpression|ImportStatement)$/.test(
      comma.parent?.name ?? "",
    )
  )
    return false;
  const next = following(comma);
  return next !== null && /^[)\]}]$/.test(next.name);
}

function following(node: Node): Node | null {
  let next = node.nextSibling;
  while (next?.name === "Comment") next = next.nextSibling;
  return next;
}
