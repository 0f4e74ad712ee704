/** Turns errors of the file system into LinealErrors that say what to do. */

import { LinealError, type ErrorCode } from "../ground/errors.ts";

const permissions = "check the owner and the permissions (ls -ld) or choose another folder";
const nothingKept = "and save again; nothing half-written was kept";
const meanings: { readonly [errno: string]: readonly [code: ErrorCode, what: string, hint: string] } = {
  ENOENT: ["not-found", "there is no", "check the path: it is taken from the working directory"],
  ENOTDIR: ["not-found", "a folder on the way is a file:", "check the path"],
  EEXIST: ["conflict", "something else is already at", "move it away or choose another place"],
  EISDIR: ["invalid", "this is a folder, not a file:", "save a folder as a folder, or name a file in it"],
  EACCES: ["forbidden", "no permission for", permissions],
  EPERM: ["forbidden", "no permission for", permissions],
  EROFS: ["forbidden", "the file system is read-only:", "choose a storage location that can be written"],
  ENOSPC: ["unavailable", "the disk is full:", `free some space ${nothingKept}`],
  EDQUOT: ["unavailable", "the disk quota is used up:", `free some space ${nothingKept}`],
  EFBIG: ["unavailable", "the file grew over the allowed size:", `raise the limit (ulimit -f) ${nothingKept}`],
  EMFILE: ["unavailable", "too many open files at", "raise the limit (ulimit -n)"],
  EIO: ["unavailable", "the disk reported an error at", "check the disk or the network mount and try again"],
  ESTALE: ["unavailable", "the network mount went away at", "mount it again and try again"],
};

/** The code that the operating system gave ("ENOENT"), or undefined for other errors. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The LinealError that says what `error`, met at `path`, means; other errors come back as they are. */
export function fsError(error: unknown, path: string): unknown {
  const meaning = meanings[errnoOf(error) ?? ""];
  if (error instanceof LinealError || meaning === undefined) return error;
  const [code, what, hint] = meaning;
  return new LinealError(code, `${what} ${path}`, { hint, cause: error });
}

/** Runs `work`; what the file system refuses is thrown as a LinealError about `path`. */
export function atPath<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fsError(error, path);
  }
}
