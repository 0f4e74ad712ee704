/** Reads Python into the neutral form. */

import { LinealError } from "../ground/errors.ts";
import { type Statement, SyntaxProblem } from "./ir.ts";
import { PythonReader } from "./python-reader.ts";
import { type Refusal, refusal } from "./python-refuse.ts";
import { repaired } from "./python-repair.ts";
import { lineAt, lineStarts, type Parser, type Tree } from "./python-tree.ts";

const manyErrors = 1000;

/** The program of a Python file; throws {@link SyntaxProblem} when it does not parse. */
export async function readPython(text: string): Promise<Statement[]> {
  const { tree, plain, readable } = await parsePython(text);
  return new PythonReader(readable, lineStarts(plain)).statements(tree.topNode);
}

/** The syntax tree of the `plain` text, without what may stand before and after it, which is `readable` to the parser. Throws {@link SyntaxProblem}. */
export async function parsePython(text: string): Promise<{ tree: Tree; plain: string; readable: string }> {
  const { parser } = await loadParser();
  const plain = text.replace(/^\uFEFF/, "").trimEnd();
  const lines = lineStarts(plain);
  // a form feed is white space
  let readable = plain.replaceAll("\f", " ");
  for (let attempt = 0; ; attempt++) {
    // the parser knows the statement of Python 2
    const tree = parser.parse(readable.replaceAll(/\bprint\b/g, "Print"));
    const errors: number[] = [];
    let refused: Refusal | undefined;
    tree.iterate({
      enter: (node) => {
        if (node.type.isError && errors.length < manyErrors) errors.push(node.from);
        refused ??= refusal(node.node, plain);
      },
    });
    if (errors.length === 0 && refused === undefined) return { tree, plain, readable };
    const next = attempt < 4 && errors.length < manyErrors ? repaired(readable, errors) : undefined;
    if (next === undefined) {
      const [first = 0] = errors;
      if (refused && (errors[0] ?? refused.at) >= refused.at)
        throw new SyntaxProblem(`${refused.what} (line ${lineAt(lines, refused.at)})`, true);
      throw new SyntaxProblem(`unexpected input (line ${lineAt(lines, first)})`, false);
    }
    readable = next;
  }
}

async function loadParser(): Promise<{ parser: Parser }> {
  try {
    return await import("@lezer/python");
  } catch (cause) {
    throw new LinealError("missing-dependency", "reading Python needs @lezer/python", {
      hint: "npm install @lezer/python",
      cause,
    });
  }
}
