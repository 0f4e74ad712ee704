/** Turns errors of the file system into LinealErrors that say what to do. */

import { LinealError, type ErrorCode } from "../ground/errors.ts";

const meanings: { [errno: string]: { code: ErrorCode; what: string; hint: string } } = {
  ENOENT: { code: "not-found", what: "there is no", hint: "check the path: it is taken from the working directory" },
  ENOTDIR: { code: "not-found", what: "a folder on the way is a file:", hint: "check the path" },
  EEXIST: { code: "conflict", what: "something else is already at", hint: "move it away or choose another place" },
  EISDIR: {
    code: "invalid",
    what: "this is a folder, not a file:",
    hint: "save a folder as a folder, or name a file in it",
  },
  EACCES: {
    code: "forbidden",
    what: "no permission for",
    hint: "check the owner and the permissions (ls -ld) or choose another folder",
  },
  EPERM: {
    code: "forbidden",
    what: "no permission for",
    hint: "check the owner and the permissions (ls -ld) or choose another folder",
  },
  EROFS: {
    code: "forbidden",
    what: "the file system is read-only:",
    hint: "choose a storage location that can be written",
  },
  ENOSPC: {
    code: "unavailable",
    what: "the disk is full:",
    hint: "free some space and save again; nothing half-written was kept",
  },
  EDQUOT: {
    code: "unavailable",
    what: "the disk quota is used up:",
    hint: "free some space and save again; nothing half-written was kept",
  },
  EFBIG: {
    code: "unavailable",
    what: "the file grew over the allowed size:",
    hint: "raise the limit (ulimit -f) and save again; nothing half-written was kept",
  },
  EMFILE: { code: "unavailable", what: "too many open files at", hint: "raise the limit (ulimit -n)" },
  EIO: {
    code: "unavailable",
    what: "the disk reported an error at",
    hint: "check the disk or the network mount and try again",
  },
  ESTALE: { code: "unavailable", what: "the network mount went away at", hint: "mount it again and try again" },
};

/** The code that the operating system gave ("ENOENT"), or undefined for other errors. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The LinealError that says what `error`, met at `path`, means; other errors come back as they are. */
export function fsError(error: unknown, path: string): unknown {
  const meaning = meanings[errnoOf(error) ?? ""];
  if (error instanceof LinealError || meaning === undefined) return error;
  return new LinealError(meaning.code, `${meaning.what} ${path}`, { hint: meaning.hint, cause: error });
}

/** Runs `work`; what the file system refuses is thrown as a LinealError about `path`. */
export function atPath<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fsError(error, path);
  }
}
