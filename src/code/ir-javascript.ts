/** Reads JavaScript and TypeScript into the neutral form. */

import { extname } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { type Statement, SyntaxProblem } from "./ir.ts";
import { statements } from "./javascript-reader.ts";
import type { Node } from "./javascript-tree.ts";

/** The program of a JavaScript or TypeScript file; throws {@link SyntaxProblem} when it does not parse. */
export async function readJavaScript(text: string, path: string): Promise<Statement[]> {
  const parser = await loadParser();
  const suffix = extname(path).toLowerCase();
  const typed = [".ts", ".mts", ".cts", ".tsx"].includes(suffix);
  const jsx = !typed || suffix === ".tsx";
  let program: Node;
  try {
    program = parser.parse(text, {
      plugins: [
        "decorators",
        "decoratorAutoAccessors",
        ...(typed ? ["typescript" as const] : []),
        ...(jsx ? ["jsx" as const] : []),
      ],
      ...(suffix === ".cjs" || suffix === ".cts"
        ? { sourceType: "commonjs" }
        : {
            sourceType: suffix === ".mjs" || suffix === ".mts" ? "module" : "unambiguous",
            allowReturnOutsideFunction: true,
            allowAwaitOutsideFunction: true,
          }),
    }).program as unknown as Node;
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new SyntaxProblem((error as Error).message, true);
  }
  return statements(program.body);
}

async function loadParser(): Promise<typeof import("@babel/parser")> {
  try {
    return await import("@babel/parser");
  } catch (cause) {
    throw new LinealError("missing-dependency", "reading source code needs @babel/parser", {
      hint: "npm install @babel/parser",
      cause,
    });
  }
}
