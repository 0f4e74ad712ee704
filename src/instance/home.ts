/** The settings home: where it is, and JSON files in it that are private and never half-written. */

import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { LinealError } from "../ground/errors.ts";

/** The environment variables a function looks at; tests pass their own. */
export type Environment = Record<string, string | undefined>;

/** The directory of settings, absolute: `LINEAL_HOME`, else `~/.lineal`. */
export function settingsHome(env: Environment = process.env): string {
  return env.LINEAL_HOME ? resolve(env.LINEAL_HOME) : join(homedir(), ".lineal");
}

/** Choices that hold for every instance of this settings home. */
export interface Preferences {
  cacheDir?: string;
  verbosity?: string;
}

/** The stored choices, empty when none were made. */
export function readPreferences(env: Environment = process.env): Preferences {
  return readJson<Preferences>(join(settingsHome(env), "settings.json")) ?? {};
}

/** Stores the choices, replacing those stored before. */
export function writePreferences(preferences: Preferences, env: Environment = process.env): void {
  writeJson(join(settingsHome(env), "settings.json"), preferences);
}

/** The directory of cached copies, absolute: `LINEAL_CACHE_DIR`, else the stored choice, else `<XDG_CACHE_HOME or ~/.cache>/lineal`. */
export function cacheHome(env: Environment = process.env): string {
  const chosen = env.LINEAL_CACHE_DIR || readPreferences(env).cacheDir;
  return chosen ? resolve(chosen) : resolve(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "lineal");
}

/** The object in a JSON file, or undefined when there is no such file; anything else in the file is `unavailable`. */
export function readJson<T extends object>(path: string): T | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as T;
  } catch (error) {
    throw brokenFile(path, "is not valid JSON", error);
  }
  throw brokenFile(path, "does not hold a JSON object");
}

/** The text of a file, or undefined when it does not exist; `unavailable` when it cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return fs.readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw brokenFile(path, `cannot be read (${errorCode(error)})`, error);
  }
}

/** The refusal for a settings file that cannot be used, naming the file. */
export function brokenFile(path: string, problem: string, cause?: unknown): LinealError {
  return new LinealError("unavailable", `the settings file ${path} ${problem}`, {
    hint: `Mend the file, or delete it: rm '${path}'`,
    cause,
  });
}

/** Writes a JSON file in one step: readers see the old content or the new, and only the owner can read it. */
export function writeJson(path: string, value: object): void {
  writeWhole(path, serialize(value), fs.renameSync);
}

/** Like {@link writeJson}, but a file that is there already stays; says whether it was written. */
export function writeJsonOnce(path: string, value: object): boolean {
  try {
    writeWhole(path, serialize(value), fs.linkSync);
    return true;
  } catch (error) {
    if (error instanceof LinealError && errorCode(error.cause) === "EEXIST") return false;
    throw error;
  }
}

/** Writes a text file in one step, readable as the process's umask says (markers are shared with a team). */
export function writeShared(path: string, text: string): void {
  writeWhole(path, text, fs.renameSync, { directory: 0o777, file: 0o666 });
}

/** Removes a file; says whether it was there. */
export function removeFile(path: string): boolean {
  try {
    fs.unlinkSync(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw unwritable(path, error);
  }
}

function serialize(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function writeWhole(
  path: string,
  text: string,
  place: (from: string, to: string) => void,
  modes = { directory: 0o700, file: 0o600 },
): void {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    fs.mkdirSync(dirname(path), { recursive: true, mode: modes.directory });
    const file = fs.openSync(temporary, "wx", modes.file);
    try {
      fs.writeFileSync(file, text);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    place(temporary, path);
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    // A link leaves the temporary name, a failure may: the error above counts, not that nothing was there.
    if (fs.existsSync(temporary)) fs.rmSync(temporary, { force: true });
  }
}

function unwritable(path: string, cause: unknown): LinealError {
  return new LinealError("unavailable", `cannot write ${path} (${errorCode(cause)})`, {
    hint: "Check the permissions and the free space of that directory, or set LINEAL_HOME to a directory you can write to.",
    cause,
  });
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
