/** How answers look: colour where it is welcome, blocks of facts, JSON. */

import { styleText } from "node:util";
import { type ErrorCode, LinealError } from "../ground/errors.ts";
import { printValue } from "../model/index.ts";
import { type Output, terminal } from "./terminal.ts";

/** What went wrong, and what to type next; `unexpected` is a fault of Lineal's own. */
export interface Failure {
  readonly code: ErrorCode | "unexpected";
  readonly message: string;
  readonly hint?: string;
}

/** A failure as a command line shows it. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof LinealError))
    return { code: "unexpected", message: error instanceof Error ? error.message : String(error) };
  const { code, message, shell } = error;
  return { code, message, ...(shell === undefined ? {} : { hint: shell }) };
}

/** Text in a style when the stream is a terminal; NO_COLOR and FORCE_COLOR are honoured. */
export function paint(
  style: Parameters<typeof styleText>[0],
  text: string,
  stream: Output = terminal().stdout,
): string {
  return styleText(style, text, { stream });
}

/** Whether the output takes colour. */
export function isColoured(): boolean {
  return paint("bold", "x") !== "x";
}

/** How many columns the output has; 80 where it is no terminal. */
export function columns(): number {
  return terminal().stdout.columns || 80;
}

/** One line per fact, the values aligned; facts without a value are left out, lists take a line per item. */
export function factsText(facts: readonly (readonly [string, unknown])[]): string {
  const shown = facts.filter(([, value]) => value !== undefined && value !== null && value !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length)) + 2;
  return shown
    .map(([name, value]) => {
      const [first = "", ...more] = printValue(value).split("\n");
      return [paint("dim", name.padEnd(width)) + first, ...more.map((line) => " ".repeat(width) + line)].join("\n");
    })
    .join("\n");
}

/** A JSON document, indented for people when it goes to a terminal. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value ?? null, undefined, terminal().stdout.isTTY ? 2 : undefined);
}
