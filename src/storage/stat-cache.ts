/** Remembers the hashes of files that have not changed since, in one text file that processes share. */

import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { FileStat } from "./file.ts";

const recentNs = 2_000_000_000n;
const line = /^([0-9a-f]{64}) (\d+:\d+:\d+:\d+) (.+)$/;
type Known = Map<string, { hash: string; path: string }>;

/** Hashes by device, inode, size and time of last change, checked against the path; a hint that saves time, never a promise. */
export class StatCache {
  readonly #file: string;
  readonly #now: () => number;
  readonly #maxBytes: number;
  #known: Known | undefined;
  #unsaved: string[] = [];

  /** The cache kept in `dir`; its file is read at the first `get` and made smaller when it is over `maxBytes`. */
  constructor(dir: string, { now = Date.now, maxBytes = 16 << 20 }: { now?: () => number; maxBytes?: number } = {}) {
    this.#file = join(dir, "stat-cache.txt");
    this.#now = now;
    this.#maxBytes = maxBytes;
  }

  /** The hash of the file as it was when `stat` was taken, or undefined when it is not known. */
  get(path: string, stat: FileStat): string | undefined {
    const entry = (this.#known ??= this.#load()).get(stateOf(stat));
    return entry?.path === resolve(path) ? entry.hash : undefined;
  }

  /** Remembers a hash, unless the file changed within the last 2 s: a further change could leave the same time. */
  set(path: string, stat: FileStat, hash: string): void {
    const full = resolve(path);
    if (stat.mtimeNs > BigInt(this.#now()) * 1_000_000n - recentNs || full.includes("\n")) return;
    if (this.get(full, stat) === hash) return;
    this.#known?.set(stateOf(stat), { hash, path: full });
    this.#unsaved.push(`${hash} ${stateOf(stat)} ${full}`);
  }

  /** Writes what is new; a full or read-only disk only means that files are hashed again. */
  flush(): void {
    if (this.#unsaved.length === 0) return;
    // Starts with a newline, so that the torn last line of a killed process costs only itself.
    const text = `\n${this.#unsaved.join("\n")}\n`;
    this.#unsaved = [];
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      appendFileSync(this.#file, text);
    } catch {}
  }

  #load(): Known {
    const known: Known = new Map();
    for (const row of this.#read().split("\n")) {
      const [, hash, state, path] = line.exec(row) ?? [];
      if (hash !== undefined && state !== undefined && path !== undefined) known.set(state, { hash, path });
    }
    return known;
  }

  /** The text of the file; the newest part of it when it is too long, which costs others that append meanwhile a hash. */
  #read(): string {
    try {
      const text = readFileSync(this.#file, "utf8");
      if (text.length <= this.#maxBytes) return text;
      const kept = text.slice(text.indexOf("\n", text.length - this.#maxBytes / 2));
      const draft = `${this.#file}.${process.pid}`;
      writeFileSync(draft, kept);
      renameSync(draft, this.#file);
      return kept;
    } catch {
      return "";
    }
  }
}

const stateOf = ({ dev, ino, size, mtimeNs }: FileStat): string => `${dev}:${ino}:${size}:${mtimeNs}`;
