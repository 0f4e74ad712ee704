/** A hash of Python that only changes with the code. */

import { createHash } from "node:crypto";
import { SyntaxProblem } from "./ir.ts";
import { parsePython } from "./ir-python.ts";
import { children, type Node, type Tree } from "./python-tree.ts";

/**
 * SHA-256 (hex) of the code alone: comments, blank lines, white space, how deep a block is indented, quotes, trailing commas,
 * type hints of local variables and parentheses around a whole condition or value do not change it; names, other hints and
 * docstrings do, a program can read them. Undefined when it does not parse.
 */
export async function pythonHash(text: string): Promise<string | undefined> {
  try {
    const { tree, plain } = await parsePython(text);
    return createHash("sha256").update(canonical(tree, plain)).digest("hex");
  } catch (error) {
    if (error instanceof SyntaxProblem) return undefined;
    throw error;
  }
}

/** All text outside of comments, in the brackets of its tree: blocks are told by those. */
function canonical(tree: Tree, text: string): string {
  const pieces: string[] = [];
  let at = 0;
  const writeTo = (position: number) => {
    const piece = text.slice(at, position).replace(/^(?:\s|\\\r?\n)+|(?:\s|\\\r?\n)+$/g, "");
    if (piece !== "") pieces.push(JSON.stringify(piece));
    at = position;
  };
  tree.iterate({
    enter(ref) {
      writeTo(ref.from);
      if (isAround(ref.node)) return;
      if (ref.name === "String" || ref.name === "FormatString") pieces.push(JSON.stringify(text.slice(ref.from, ref.to).replace(/^(\w*)'([^'"\\]*)'$/, '$1"$2"')));
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

/** Whether a piece changes nothing where it stands. */
function isForm(node: Node): boolean {
  if (node.name === ",") return isTrailing(node);
  if (node.name === "TypeDef") return isLocalHint(node);
  return /^[()]$/.test(node.name) && node.parent !== null && isAround(node.parent);
}

/** Parentheses around all that is returned, assigned, or a condition; those within an expression can mean something. */
function isAround(node: Node): boolean {
  if (node.name !== "ParenthesizedExpression" || children(node).length !== 3) return false;
  const parent = node.parent?.name ?? "";
  if (/^(If|While)Statement$/.test(parent)) return true;
  return (parent === "ReturnStatement" || (parent === "AssignStatement" && node.prevSibling?.name === "AssignOp")) && following(node) === null;
}

/** Of `x: int = 1` in a function the hint is neither evaluated nor kept. */
function isLocalHint(hint: Node): boolean {
  if (hint.parent?.name !== "AssignStatement" || hint.nextSibling?.name !== "AssignOp") return false;
  let around: Node | null = hint.parent;
  while (around && !/^(FunctionDefinition|ClassDefinition)$/.test(around.name)) around = around.parent;
  return around?.name === "FunctionDefinition";
}

/** A comma before the closing bracket means something in a tuple or an index only. */
function isTrailing(comma: Node): boolean {
  if (!/^(ArgList|ParamList|ArrayExpression|DictionaryExpression|SetExpression)$/.test(comma.parent?.name ?? "")) return false;
  const next = following(comma);
  return next !== null && /^[)\]}]$/.test(next.name);
}

function following(node: Node): Node | null {
  let next = node.nextSibling;
  while (next?.name === "Comment") next = next.nextSibling;
  return next;
}
