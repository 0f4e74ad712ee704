/** JSON, and JSON lines. */
import { LinealError } from "../ground/errors.ts";
import type { Format } from "./format.ts";
import { plainValue } from "./plain.ts";
import { linesOf, textOf, utf8 } from "./utf8.ts";
import { openText } from "./text.ts";

/** `.json`: any JSON value; written with two spaces and a final line end. */
export const json: Format = {
  name: "json",
  kind: "value",
  suffixes: [".json"],
  mime: "application/json",
  read: async (source) => parse(await textOf(source)),
  write: async (value) => utf8(`${JSON.stringify(plainValue(value), null, 2)}\n`),
};

/** `.jsonl`, `.ndjson`: an array, one value a line. */
export const jsonl: Format = {
  name: "jsonl",
  kind: "value",
  suffixes: [".jsonl", ".ndjson"],
  mime: "application/x-ndjson",
  async read(source) {
    const values: unknown[] = [];
    let number = 0;
    for await (const line of linesOf(source)) {
      number++;
      if (line.trim() !== "") values.push(parse(line, number));
    }
    return values;
  },
  async write(value) {
    if (!Array.isArray(value)) {
      throw new LinealError("invalid", "JSON lines hold an array, one value a line", {
        hint: "wrap the value in [ ], or use a key ending in .json",
      });
    }
    const lines = Array.from(value, (item: unknown, i) => plainValue(item ?? null, { path: String(i + 1) }));
    return utf8(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  },
  open: openText,
  async summarise(source) {
    let nObservations = 0;
    for await (const line of linesOf(source)) if (line.trim() !== "") nObservations++;
    return { nObservations };
  },
};

function parse(text: string, line?: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const where = line === undefined ? "" : `line ${line}: `;
    throw new LinealError("invalid", `${where}not JSON: ${(cause as Error).message}`, {
      hint: "use cache() for the path and correct the file",
      cause,
    });
  }
}
