/** `lineal lineage`: where a record came from and what came of it. */

import { writeFileSync } from "node:fs";
import { LinealError } from "../../errors.ts";
import type { Graph } from "../../lineage/graph.ts";
import { command, Misuse } from "../command.ts";
import { isColoured } from "../print.ts";
import { findRecord } from "../reference.ts";

/** Records that have a lineage. */
interface Linked {
  lineage(options: { upstream: number | "all"; downstream: number | "all"; limit?: number }): Promise<Graph>;
}

export const definition = command({
  summary: "show where a record came from and what came of it",
  arguments: { ref: { doc: "uid, beginning of a uid, key, name or URL" } },
  options: {
    up: { type: "string", value: "N|all", doc: "how many artifacts back (all)" },
    down: { type: "string", value: "N|all", doc: "how many artifacts onwards (all)" },
    format: { type: "string", choices: ["tree", "mermaid", "dot", "json"], doc: "how to draw it (tree)" },
    output: { type: "string", short: "o", value: "FILE", doc: "write to this file" },
    limit: { type: "number", value: "N", doc: "at most so many nodes (1000)" },
  },
  examples: [
    "lineal lineage figures/matrixplot.png",
    "lineal lineage figures/matrixplot.png --up 2 --down 0",
    "lineal lineage figures/matrixplot.png --format mermaid -o lineage.mmd",
  ],
  async run({ args, options }) {
    const { up, down, limit, format = "tree", output } = options;
    const walk = { upstream: hops("--up", up), downstream: hops("--down", down), ...(limit === undefined ? {} : { limit }) };
    const { record } = await findRecord(args.ref, ["Artifact", "Run", "Transform", "Collection"]);
    const graph = await (record as unknown as Linked).lineage(walk);
    const json: unknown = JSON.parse(graph.to("json"));
    const text =
      format !== "tree" ? graph.to(format) : output === undefined ? graph.tree({ width: process.stdout.columns ?? 80, color: isColoured() }) : String(graph);
    if (output === undefined) return { text, json };
    write(output, text);
    return { note: `→ wrote ${output}`, json };
  },
});

function hops(option: string, value: string | undefined): number | "all" {
  if (value === undefined || value === "all") return "all";
  if (/^\d{1,6}$/.test(value)) return Number(value);
  throw new Misuse(`${option} takes a number or all, not '${value}'`, `for example ${option} 2`);
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text.endsWith("\n") ? text : `${text}\n`);
  } catch (cause) {
    throw new LinealError("unavailable", `cannot write ${path}`, { hint: "Check that the directory is there and can be written to.", cause });
  }
}
