/** Reads Python into the neutral form. */

import { LinealError } from "../errors.ts";
import { type Statement, SyntaxProblem } from "./ir.ts";
import { PythonReader } from "./python-reader.ts";
import { repaired } from "./python-repair.ts";
import { lineAt, lineStarts, type Parser, type Tree } from "./python-tree.ts";

const manyErrors = 1000;

/** The program of a Python file; throws {@link SyntaxProblem} when it does not parse. */
export async function readPython(text: string): Promise<Statement[]> {
  const { tree, readable } = await parsePython(text);
  return new PythonReader(readable, lineStarts(text)).statements(tree.topNode);
}

/** The syntax tree, and the text as the parser can read it: each position is that of the original. Throws {@link SyntaxProblem}. */
export async function parsePython(text: string): Promise<{ tree: Tree; readable: string }> {
  const { parser } = await loadParser();
  // a form feed is white space
  let readable = text.replaceAll("\f", " ");
  for (let attempt = 0; ; attempt++) {
    const tree = parser.parse(readable);
    const errors: number[] = [];
    tree.iterate({ enter: (node) => void (node.type.isError && errors.length < manyErrors && errors.push(node.from)) });
    if (errors.length === 0) return { tree, readable };
    const next = attempt < 4 && errors.length < manyErrors ? repaired(readable, errors) : undefined;
    if (next === undefined) throw new SyntaxProblem(`unexpected input (line ${lineAt(lineStarts(text), errors[0] ?? 0)})`);
    readable = next;
  }
}

async function loadParser(): Promise<{ parser: Parser }> {
  try {
    return await import("@lezer/python");
  } catch (cause) {
    throw new LinealError("missing-dependency", "reading Python needs @lezer/python", { hint: "npm install @lezer/python", cause });
  }
}
