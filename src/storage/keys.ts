/** Keys: path-like names of artifacts, and the key that a path inside a storage root has. */

import { realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { errnoOf, fsError } from "./fs-error.ts";

const maxLength = 1024;

/** Refuses what cannot be a key on every system: `invalid`, with a hint. */
export function validateKey(key: string): void {
  const refuse = (what: string, hint: string): never => {
    throw new LinealError("invalid", `key ${JSON.stringify(key)} ${what}`, { hint });
  };
  const write = (better: string): string => `write ${JSON.stringify(better)}`;
  if (key === "") refuse("is empty", "give a name such as data/table.csv");
  if (key.length > maxLength) refuse(`is longer than ${maxLength} characters`, "shorten it");
  if (/\p{Cc}/u.test(key) || !key.isWellFormed())
    refuse("holds control characters or broken text", "use printable characters");
  if (key.includes("\\")) refuse("holds a backslash", write(key.replaceAll("\\", "/")));
  if (key.startsWith("/")) refuse("begins with a slash", `${write(key.replace(/^\/+/, ""))}: keys are relative`);
  if (key.endsWith("/")) refuse("ends with a slash", `${write(key.replace(/\/+$/, ""))}, for folders too`);
  for (const part of key.split("/")) {
    if (part === "") refuse("has an empty part", "write one slash between parts");
    if (part === "." || part === "..")
      refuse(`holds ${JSON.stringify(part)}`, "name the file itself, without . and ..");
    if (part.toLowerCase() === ".lineal")
      refuse("holds .lineal, the folder that Lineal keeps for itself", "choose another name");
  }
}

/**
 * The posix path of `path` relative to the storage root (`""` for the root itself), or undefined when it is outside;
 * symbolic links are followed on both sides. A path inside the root's `.lineal/` is `invalid`.
 */
export function relativeKey(root: string, path: string): string | undefined {
  const below = relative(realPath(root), realPath(path));
  const segments = below.split(sep);
  if (segments[0] === ".." || resolve(below) === below) return undefined;
  if (segments[0] === ".lineal") {
    throw new LinealError("invalid", `${path} is in the folder that Lineal keeps for itself`, {
      hint: "save the original file, or copy it elsewhere first",
    });
  }
  return segments.join("/");
}

/** The path with links followed, as far as it exists. */
function realPath(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync.native(full);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" || dirname(full) === full) throw fsError(error, path);
    return join(realPath(dirname(full)), basename(full));
  }
}
