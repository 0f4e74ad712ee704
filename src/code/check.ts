/** Whether a script tracks everything that it does with files: a static check, nothing is run. */

import { readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { LinealError } from "../errors.ts";
import type { Language } from "./calls.ts";
import { evaluate } from "./evaluate.ts";
import { type Statement, SyntaxProblem } from "./ir.ts";
import { readJavaScript } from "./ir-javascript.ts";
import { readPython } from "./ir-python.ts";

/** What a check found; fully tracked when nothing is missing. */
export type LineageCheck = { isFullyTracked: boolean; missingLineage: string[] };

const languages: Record<string, Language> = {
  ...Object.fromEntries([".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"].map((suffix) => [suffix, "javascript"])),
  ".py": "python",
};

/** The language of a file that can be checked, by its suffix. */
export function checkedLanguage(path: string): Language | undefined {
  return languages[extname(path).toLowerCase()];
}

/** Whether there is a folder at this path. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (it) => it.isDirectory(),
    () => false,
  );
}

/**
 * Reads a script and says what of its work with files is not tracked.
 *
 * Files are the texts that look like paths in the arguments of calls; a file is tracked when any call of Lineal is given it.
 * What is not known of a path is written `{…}`; a path from where the script lies is seen from there.
 * A folder and a suffix other than .ts, .js, .mjs, .py (and their kin) are `invalid`.
 *
 * @example
 * const { isFullyTracked, missingLineage } = await checkLineage("clean.ts");
 */
export async function checkLineage(path: string): Promise<LineageCheck> {
  if (await isFolder(path)) throw new LinealError("invalid", `${path} is a folder`, { hint: `Give the scripts in it: ${join(path, "*.ts")}` });
  const language = checkedLanguage(path);
  if (language === undefined) throw new LinealError("invalid", `${path} cannot be checked`, { hint: "Give a script in TypeScript, JavaScript or Python." });
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return missing([`File not found: ${path}`]);
  try {
    const program = language === "python" ? await readPython(text) : await readJavaScript(text, path);
    return missing(missingIn(program, language, path));
  } catch (error) {
    if (error instanceof SyntaxProblem) return missing([`Syntax error while parsing ${path}: ${error.message}`]);
    if (error instanceof RangeError) return missing([`Syntax error while parsing ${path}: nested too deeply to be read`]);
    throw error;
  }
}

function missingIn(program: readonly Statement[], language: Language, path: string): string[] {
  const found = evaluate(program, language);
  return [
    ...(found.tracks ? [] : ["Missing ln.track() call in script."]),
    // a normal exit completes the run of a program for Node
    ...(found.finishes || language === "javascript" ? [] : ["Missing ln.finish() call in script."]),
    ...(found.isComplete ? [] : [`Too much to follow in ${path}: its functions call each other in too many ways.`]),
    ...found.untracked.map(({ file, lines }) => `File not tracked in lineal: ${file} (${lines.map((line) => `line ${line}`).join(", ")})`),
  ];
}

function missing(missingLineage: string[]): LineageCheck {
  return { isFullyTracked: missingLineage.length === 0, missingLineage };
}
