/** The syntax tree of Python. */
import { LinealError } from "../ground/errors.ts";

type Parser = typeof import("@lezer/python")["parser"];
export type PythonTree = ReturnType<Parser["parse"]>;
/** A node of the tree. */
export type PythonNode = PythonTree["topNode"];

export interface PythonProgram {
  readonly tree: PythonTree;
  /** What the tree's positions are in. */
  readonly text: string;
}

/** The program of a file. Throws a `SyntaxError` that names the line. */
export async function parsePython(source: string): Promise<PythonProgram> {
  const parser = await loadParser();
  // Python takes any end of a line for one.
  const text = source
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n")
    .trimEnd();
  // The parser takes `print` for the statement of Python 2, and knows no form feeds and no numbers like `2.`.
  const known = text.replaceAll("\f", " ").replaceAll(/\bprint\b/g, "Print");
  const tree = parser.parse(known.replaceAll(/(?<![\w.])(\d[\d_]*)\.(?=[eEjJ]|[^\w.]|$)/g, "$10"));
  let wrong: number | undefined;
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) wrong ??= from;
      return wrong === undefined;
    },
  });
  if (wrong !== undefined) throw new SyntaxError(`unexpected input (line ${lineAt(text, wrong)})`);
  return { tree, text };
}

/** The line of a position, counted from 1. */
const lineAt = (text: string, position: number): number => text.slice(0, position).split("\n").length;

/** The parts of a node, without comments. */
export function partsOf(node: PythonNode): PythonNode[] {
  const parts: PythonNode[] = [];
  for (let part = node.firstChild; part; part = part.nextSibling) if (part.name !== "Comment") parts.push(part);
  return parts;
}

async function loadParser(): Promise<Parser> {
  try {
    return (await import("@lezer/python")).parser;
  } catch (cause) {
    throw new LinealError("missing-dependency", "reading Python needs @lezer/python", {
      hint: "npm install @lezer/python",
      cause,
    });
  }
}
