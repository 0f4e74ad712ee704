/** Remembers the hashes of files that have not changed since, in one text file that processes share. */

import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LinealError } from "../ground/errors.ts";
import type { FileStat } from "./backend.ts";
import { atPath } from "./fs-error.ts";

const racyNs = 2_000_000_000n;
const line = /^([0-9a-f]{64}) (\d+:\d+:\d+:\d+) (.+)$/;

/** Hashes by device, inode, size and time of last change, checked against the path; a hint that saves time, never a promise. */
export class StatCache {
  readonly #file: string;
  readonly #now: () => number;
  readonly #maxBytes: number;
  #known: Map<string, { hash: string; path: string }> | undefined;
  #unsaved: string[] = [];

  private constructor(dir: string, now: () => number, maxBytes: number) {
    this.#file = join(dir, "stat-cache.txt");
    this.#now = now;
    this.#maxBytes = maxBytes;
  }

  /** The cache kept in `dir`; its file is read at the first `get` and made smaller when it is over `maxBytes`. */
  static open(dir: string, options: { now?: () => number; maxBytes?: number } = {}): StatCache {
    return new StatCache(dir, options.now ?? Date.now, options.maxBytes ?? 16 << 20);
  }

  /** The hash of the file as it was when `stat` was taken, or undefined when it is not known. */
  get(path: string, stat: FileStat): string | undefined {
    const entry = (this.#known ??= this.#load()).get(stateOf(stat));
    return entry?.path === resolve(path) ? entry.hash : undefined;
  }

  /** Remembers a hash, unless the file changed within the last 2 s: a further change could leave the same time. */
  set(path: string, stat: FileStat, hash: string): void {
    const full = resolve(path);
    if (stat.mtimeNs > BigInt(this.#now()) * 1_000_000n - racyNs || full.includes("\n")) return;
    if (this.get(full, stat) === hash) return;
    this.#known?.set(stateOf(stat), { hash, path: full });
    this.#unsaved.push(`${hash} ${stateOf(stat)} ${full}`);
  }

  /** Writes what is new; a cache that cannot be written is no reason to fail. */
  flush(): void {
    if (this.#unsaved.length === 0) return;
    // Starts with a newline, so that the torn last line of a killed process costs only itself.
    const text = `\n${this.#unsaved.join("\n")}\n`;
    this.#unsaved = [];
    this.#quietly(() => appendFileSync(this.#file, text));
  }

  #load(): Map<string, { hash: string; path: string }> {
    const known = new Map<string, { hash: string; path: string }>();
    let text = "";
    try {
      text = readFileSync(this.#file, "utf8");
    } catch {
      return known;
    }
    for (const row of text.split("\n")) {
      const [, hash, state, path] = line.exec(row) ?? [];
      if (hash === undefined || state === undefined || path === undefined) continue;
      known.delete(state); // so that the newest stands last
      known.set(state, { hash, path });
    }
    if (text.length > this.#maxBytes) this.#compact(known);
    return known;
  }

  /** Keeps the newest entries, up to half of the allowed size; what others append meanwhile may be lost, which costs a hash. */
  #compact(known: Map<string, { hash: string; path: string }>): void {
    const rows: string[] = [];
    let size = 0;
    for (const [state, { hash, path }] of [...known].reverse()) {
      const row = `${hash} ${state} ${path}\n`;
      size += row.length;
      if (size > this.#maxBytes / 2) break;
      rows.push(row);
    }
    const draft = `${this.#file}.${process.pid}`;
    this.#quietly(() => {
      writeFileSync(draft, rows.reverse().join(""));
      renameSync(draft, this.#file);
    });
    rmSync(draft, { force: true });
  }

  #quietly(write: () => void): void {
    try {
      mkdirSync(join(this.#file, ".."), { recursive: true });
      write();
    } catch {
      // A full or read-only disk only means that files are hashed again.
    }
  }
}

/** The state of a file, links followed; a missing one is `not-found`, a folder or device `invalid`. */
export function statFile(path: string): FileStat {
  const stat = atPath(path, () => statSync(path, { bigint: true }));
  if (!stat.isFile()) {
    throw new LinealError("invalid", `${path} is ${stat.isDirectory() ? "a folder" : "not a regular file"}`, {
      hint: stat.isDirectory()
        ? "save it as a folder, or name a file in it"
        : "pipes, sockets and devices cannot be kept: write the bytes to a file first",
    });
  }
  return { size: Number(stat.size), mtimeNs: stat.mtimeNs, ino: stat.ino, dev: stat.dev };
}

/** True when a file is still as it was: same device, inode, size and time of last change. */
function sameStat(a: FileStat, b: FileStat): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ino === b.ino && a.dev === b.dev;
}

/** Throws `conflict` unless the file is still as it was and `bytesRead` were all of it. */
export function checkUnchanged(path: string, before: FileStat, bytesRead: number): void {
  let same = bytesRead === before.size;
  try {
    same &&= sameStat(before, statFile(path));
  } catch {
    same = false;
  }
  if (!same)
    throw new LinealError("conflict", `${path} changed while it was being read`, {
      hint: "wait until it is written completely, then save it again",
    });
}

function stateOf(stat: FileStat): string {
  return `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}`;
}
