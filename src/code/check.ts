/** Whether a script tracks everything that it does with files: a static check, nothing is run. */

import { readFile, stat } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { LinealError } from "../ground/errors.ts";
import type { Language } from "./calls.ts";
import { evaluate } from "./evaluate.ts";
import { SyntaxProblem } from "./ir.ts";
import { readJavaScript } from "./ir-javascript.ts";
import { readPython } from "./ir-python.ts";
import { computedLines } from "./modules.ts";
import type { Findings } from "./uses.ts";

/** What a check found; fully tracked when nothing is missing. */
export type LineageCheck = {
  /** `error`: the file could not be read, so nothing is known of it. */
  status: "tracked" | "untracked" | "error";
  isFullyTracked: boolean;
  missingLineage: string[];
  /** What else to know: code that the check, or staleness, does not see. */
  notes: string[];
  error?: LinealError;
};

const languages: Record<string, Language> = {
  ...Object.fromEntries(
    [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"].map((suffix) => [suffix, "javascript"]),
  ),
  ".py": "python",
};

/**
 * Reads a script and says what of its work with files is not tracked.
 *
 * Files are the texts that look like paths in the arguments of calls; a file is tracked when any call of Lineal is given it.
 * What is not known of a path is written `{…}`; a path from where the script lies is seen from there.
 * A file that is not there, cannot be read or does not parse has an `error`; a folder and a suffix other than .ts, .js, .mjs,
 * .py (and their kin) are `invalid`.
 *
 * @example
 * const { isFullyTracked, missingLineage } = await checkLineage("clean.ts");
 */
export async function checkLineage(path: string): Promise<LineageCheck> {
  if (await isFolder(path))
    throw new LinealError("invalid", `${path} is a folder`, { hint: `Give the scripts in it: ${join(path, "*.ts")}` });
  const language = languages[extname(path).toLowerCase()];
  if (language === undefined)
    throw new LinealError("invalid", `${path} is no TypeScript, JavaScript or Python`, {
      hint: "Give .ts, .js, .mjs or .py files.",
    });
  try {
    const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
      throw unreadable(path, cause);
    });
    const program = language === "python" ? await readPython(text) : await readJavaScript(text, path);
    const found = evaluate(program, language);
    const missingLineage = missingIn(found, language, path);
    const isFullyTracked = missingLineage.length === 0;
    const computed = language === "python" ? found.computed : await computedLines(text, resolve(path));
    return {
      status: isFullyTracked ? "tracked" : "untracked",
      isFullyTracked,
      missingLineage,
      notes: notesOn(found, computed),
    };
  } catch (cause) {
    const error =
      cause instanceof SyntaxProblem || cause instanceof RangeError ? unparsable(path, language, cause) : cause;
    if (!(error instanceof LinealError) || error.code === "missing-dependency") throw error;
    return { status: "error", isFullyTracked: false, missingLineage: [error.message], notes: [], error };
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (it) => it.isDirectory(),
    () => false,
  );
}

function unreadable(path: string, cause: NodeJS.ErrnoException): LinealError {
  if (cause.code === "ENOENT" || cause.code === "ENOTDIR")
    return new LinealError("not-found", `File not found: ${path}`, {
      hint: "Give the path of a script that exists.",
      cause,
    });
  return new LinealError("unavailable", `File cannot be read: ${path} (${cause.code})`, {
    hint: `Look at it: ls -l ${path}`,
    cause,
  });
}

function unparsable(path: string, language: Language, cause: Error): LinealError {
  if (!(cause instanceof SyntaxProblem))
    return new LinealError("invalid", `${path} is nested too deeply to be read`, {
      hint: "Break its longest expression into several.",
      cause,
    });
  const command = `${language === "python" ? "python -m py_compile" : "node --check"} ${path}`;
  if (!cause.isCertain)
    return new LinealError("invalid", `${path} cannot be read: ${cause.message}`, {
      hint: `See whether it is a syntax error: ${command}`,
      cause,
    });
  return new LinealError("invalid", `Syntax error while parsing ${path}: ${cause.message}`, {
    hint: `Mend it first: ${command}`,
    cause,
  });
}

function missingIn(found: Findings, language: Language, path: string): string[] {
  return [
    ...(found.tracks ? [] : ["Missing ln.track() call in script."]),
    // a normal exit completes the run of a program for Node
    ...(found.finishes || language === "javascript" ? [] : ["Missing ln.finish() call in script."]),
    ...(found.isComplete ? [] : [`Too much to follow in ${path}: its functions call each other in too many ways.`]),
    ...found.untracked.map(({ file, lines }) => `File not tracked in lineal: ${file} (${places(lines)})`),
  ];
}

function notesOn({ runs, late }: Findings, computed: readonly number[]): string[] {
  return [
    ...runs.map(({ file, lines }) => `Runs ${file} (${places(lines)}): check it by itself.`),
    ...(late.reads.length > 0
      ? [`Reads a path that is only known when it runs (${some(late.reads)}): make sure that it is tracked.`]
      : []),
    ...(late.writes.length > 0
      ? [`Writes to a path that is only known when it runs (${some(late.writes)}): make sure that it is saved.`]
      : []),
    ...(computed.length > 0
      ? [`Imports a module by a computed path (${places(computed)}): changes in it are not seen by status.`]
      : []),
  ];
}

/** The first of many. */
const some = (lines: readonly number[]): string =>
  lines.length > 8 ? `${places(lines.slice(0, 6))}, … ${lines.length - 6} more` : places(lines);
const places = (lines: readonly number[]): string => lines.map((line) => `line ${line}`).join(", ");
