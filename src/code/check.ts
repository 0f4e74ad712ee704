/** Whether a script tracks everything that it does with files: a static check, nothing is run. */

import { readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { isJavaScript } from "./javascript.ts";
import { type Findings, lint } from "./lint.ts";
import { readJavaScript } from "./lint-javascript.ts";
import { readPython } from "./lint-python.ts";

/** What a check found; fully tracked when nothing is missing. */
export type LineageCheck = {
  /** `error`: the file could not be read, so nothing is known of it. */
  status: "tracked" | "untracked" | "error";
  isFullyTracked: boolean;
  missingLineage: string[];
  error?: LinealError;
};

/**
 * Reads a script and says what of its work with files is not tracked.
 *
 * Files are the texts that look like paths in the arguments of calls: literal, joined, in variables, or handed to a
 * function of the same file, one level deep. A file is tracked when any call of Lineal is given it. Paths that are put
 * together when the script runs, other modules, and programs that it starts are not looked at.
 * A file that is not there, cannot be read or does not parse has an `error`; a folder and a suffix other than .ts, .js, .mjs,
 * .py (and their kin) are `invalid`.
 *
 * @example
 * const { isFullyTracked, missingLineage } = await checkLineage("clean.ts");
 */
export async function checkLineage(path: string): Promise<LineageCheck> {
  if (await isFolder(path))
    throw new LinealError("invalid", `${path} is a folder`, { hint: `Give the scripts in it: ${join(path, "*.ts")}` });
  const isPython = extname(path).toLowerCase() === ".py";
  if (!isPython && !isJavaScript(path))
    throw new LinealError("invalid", `${path} is no TypeScript, JavaScript or Python`, {
      hint: "Give .ts, .js, .mjs or .py files.",
    });
  try {
    const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
      throw unreadable(path, cause);
    });
    const found = lint(isPython ? await readPython(text) : await readJavaScript(text, path));
    const missingLineage = missingIn(found, isPython);
    const isFullyTracked = missingLineage.length === 0;
    return { status: isFullyTracked ? "tracked" : "untracked", isFullyTracked, missingLineage };
  } catch (cause) {
    const error =
      cause instanceof SyntaxError || cause instanceof RangeError ? unparsable(path, isPython, cause) : cause;
    if (!(error instanceof LinealError) || error.code === "missing-dependency") throw error;
    return { status: "error", isFullyTracked: false, missingLineage: [error.message], error };
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

function unparsable(path: string, isPython: boolean, cause: Error): LinealError {
  if (cause instanceof RangeError)
    return new LinealError("invalid", `${path} is nested too deeply to be read`, {
      hint: "Break its longest expression into several.",
      cause,
    });
  const command = `${isPython ? "python -m py_compile" : "node --check"} ${path}`;
  return new LinealError("invalid", `Syntax error while parsing ${path}: ${cause.message}`, {
    hint: `See what is wrong: ${command}`,
    cause,
  });
}

function missingIn({ tracks, finishes, untracked }: Findings, isPython: boolean): string[] {
  return [
    ...(tracks ? [] : ["Missing ln.track() call in script."]),
    // A normal exit completes the run of a program for Node.
    ...(finishes || !isPython ? [] : ["Missing ln.finish() call in script."]),
    ...untracked.map(
      ({ file, lines }) => `File not tracked in lineal: ${file} (${lines.map((line) => `line ${line}`).join(", ")})`,
    ),
  ];
}
