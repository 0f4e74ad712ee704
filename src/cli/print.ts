/** How answers look: colour where it is welcome, blocks of facts, JSON. */

import { styleText } from "node:util";
import { printValue } from "../model/value.ts";

/** Text in a style when the stream is a terminal; NO_COLOR and FORCE_COLOR are honoured. */
export function paint(style: Parameters<typeof styleText>[0], text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream });
}

/** Whether a stream takes colour. */
export function isColoured(stream: NodeJS.WriteStream = process.stdout): boolean {
  return paint("bold", "x", stream) !== "x";
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
  return JSON.stringify(value ?? null, undefined, process.stdout.isTTY ? 2 : undefined);
}
