/** The streams that a command line reads and writes: its process's own, or what it was given. */
import type { Readable, Writable } from "node:stream";
import { perProcess } from "../instance/per-process.ts";

/** A stream for people or pipes; `isTTY` and `columns` are those of a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What a command line talks to; `process` is one. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
}

const state = perProcess((): { terminal: Terminal } => ({ terminal: process }));

/** The terminal of this command line. */
export function terminal(): Terminal {
  return state().terminal;
}

/** Says what the command line talks to from now on. */
export function useTerminal(given: Terminal): void {
  state().terminal = given;
}
