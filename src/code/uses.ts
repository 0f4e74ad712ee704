/** The files that calls were given: by Lineal's, or by others and in which lines. */

import type { Way } from "./calls.ts";
import { namesAFile, samePlace, type Use } from "./paths.ts";
import type { Value } from "./values.ts";

/** How the calls inside an expression count. */
export type Mode = "counted" | "tracked" | "skipped";

/** A file, and the lines in which it is used. */
export type FileUse = { file: string; lines: number[] };

/** What was found out about a program. */
export type Findings = {
  tracks: boolean;
  finishes: boolean;
  /** Files, as written, that only calls outside Lineal use, sorted, and in which lines. */
  untracked: FileUse[];
  /** Scripts that are run in processes of their own. */
  runs: FileUse[];
  /** Lines that import a module whose name is only known when they run. */
  computed: number[];
  /** Lines in which paths are read or written that are only known when they run, and that Lineal is not given. */
  late: Record<Way, number[]>;
  /** False when the functions of the program call each other in more ways than were followed. */
  isComplete: boolean;
};

type Lines = Map<string, Set<number>>;

export class Uses {
  readonly #untracked: Lines = new Map();
  readonly #passed: Lines = new Map();
  readonly #runs: Lines = new Map();
  readonly #tracked = new Set<string>();
  readonly #folders = new Set<string>();

  /** A call outside Lineal uses these files. */
  use(values: Iterable<Value>, line: number, use: Use): void {
    add(this.#untracked, values, line, use);
  }

  /** These scripts are run in a process of their own. */
  run(values: Iterable<Value>, line: number): void {
    add(this.#runs, values, line, "file");
  }

  /** A function of the program is given these files: its line is named beside those in which it uses them. */
  pass(values: Iterable<Value>, line: number, use: Use): void {
    add(this.#passed, values, line, use);
  }

  track(values: Iterable<Value>): void {
    for (const value of values)
      for (const text of [...value.all, ...(value.from ?? [])]) this.#tracked.add(samePlace(text));
  }

  /** What lies in these folders is tracked with them. */
  trackFolders(values: Iterable<Value>): void {
    for (const value of values)
      for (const text of [...value.own, ...(value.from ?? [])]) this.#folders.add(samePlace(text));
  }

  /** Files that only calls outside Lineal were given, by name, with their lines in order. */
  untracked(): FileUse[] {
    return this.#named(this.#untracked, this.#passed);
  }

  /** Scripts that only calls outside Lineal run. */
  runs(): FileUse[] {
    return this.#named(this.#runs);
  }

  #named(lines: Lines, more?: Lines): FileUse[] {
    return [...lines]
      .filter(([file]) => !this.#isTracked(file))
      .map(([file, some]) => ({
        file,
        lines: [...new Set([...some, ...(more?.get(file) ?? [])])].sort((a, b) => a - b),
      }))
      .sort((a, b) => (a.file < b.file ? -1 : 1));
  }

  #isTracked(file: string): boolean {
    const place = samePlace(file);
    if (this.#tracked.has(place)) return true;
    for (let at = place.lastIndexOf("/"); at > 0; at = place.lastIndexOf("/", at - 1))
      if (this.#folders.has(place.slice(0, at))) return true;
    return false;
  }
}

function add(lines: Lines, values: Iterable<Value>, line: number, use: Use): void {
  for (const value of values)
    for (const text of value.all) {
      if (!namesAFile(text, use)) continue;
      const file = text.trim();
      lines.set(file, (lines.get(file) ?? new Set()).add(line));
    }
}
