/** A hash of Python that only changes with the code. */

import { createHash } from "node:crypto";
import { SyntaxProblem } from "./ir.ts";
import { parsePython } from "./ir-python.ts";
import type { Node, Tree } from "./python-tree.ts";

/**
 * SHA-256 (hex) of the code alone: comments, blank lines, white space, how deep a block is indented, quotes and trailing
 * commas do not change it; names, annotations and docstrings do, a program can read them. Undefined when it does not parse.
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
      if (ref.name === "String" || ref.name === "FormatString") pieces.push(JSON.stringify(text.slice(ref.from, ref.to).replace(/^(\w*)'([^'"\\]*)'$/, '$1"$2"')));
      else if (ref.name !== "Comment" && !(ref.name === "," && isTrailing(ref.node))) return void pieces.push("(", ref.name);
      at = ref.to;
      return false;
    },
    leave(ref) {
      writeTo(ref.to);
      pieces.push(")");
    },
  });
  return pieces.join(" ");
}

/** A comma before the closing bracket means something in a tuple or an index only. */
function isTrailing(comma: Node): boolean {
  if (!/^(ArgList|ParamList|ArrayExpression|DictionaryExpression|SetExpression)$/.test(comma.parent?.name ?? "")) return false;
  let next = comma.nextSibling;
  while (next?.name === "Comment") next = next.nextSibling;
  return next !== null && /^[)\]}]$/.test(next.name);
}
