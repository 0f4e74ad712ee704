/** `lineal lineage`: where a record came from and what came of it. */

import { writeFileSync } from "node:fs";
import { extname } from "node:path";
import { LinealError } from "../../ground/errors.ts";
import { log } from "../../instance/log.ts";
import { isShrunk } from "../../lineage/export/png.ts";
import type { Graph } from "../../lineage/graph/graph.ts";
import { defined } from "../../lineage/graph/options.ts";
import { RUN_STATUSES } from "../../lineage/graph/select.ts";
import { truncate } from "../../ground/width.ts";
import type { LineageOptions } from "../../registries/index.ts";
import { type Answer, command, Misuse } from "../command.ts";
import { columns, isColoured } from "../print.ts";
import { findRecord } from "../reference.ts";

/** Records that have a lineage. */
interface Linked {
  lineage(options: LineageOptions): Promise<Graph>;
}

type Format = "tree" | "svg" | "png" | "mermaid" | "dot" | "json";

/** What a file is written as when nothing else is said. */
const FORMATS: Readonly<Record<string, Format>> = {
  ".svg": "svg",
  ".png": "png",
  ".mmd": "mermaid",
  ".dot": "dot",
  ".json": "json",
  ".txt": "tree",
};

export const definition = command({
  summary: "show where a record came from and what came of it",
  arguments: { ref: { doc: "uid, beginning of a uid, key, name or URL" } },
  options: {
    up: { type: "string", value: "N|all", doc: "how many artifacts back (all)" },
    down: { type: "string", value: "N|all", doc: "how many artifacts onwards (all)" },
    format: {
      type: "string",
      choices: ["tree", "svg", "png", "mermaid", "dot", "json"],
      doc: "how to draw it (what the suffix of FILE says, else tree)",
    },
    output: { type: "string", short: "o", value: "FILE", doc: "write to this file" },
    limit: { type: "number", from: 1, value: "N", doc: "at most so many nodes (1000)" },
    level: { type: "string", choices: ["artifact", "transform"], doc: "runs and data, or transforms alone (artifact)" },
    kind: {
      type: "string",
      choices: ["artifact", "run", "transform", "collection", "record"],
      doc: "only such nodes, and what joins them",
    },
    status: { type: "string", choices: RUN_STATUSES, doc: "only runs that came so far" },
    since: { type: "time", value: "TIME", doc: "only what is as new as this" },
    until: { type: "time", value: "TIME", doc: "only what is as old as this" },
    fan: { type: "number", from: 1, value: "N", doc: "of what is alike side by side, so many (10, in pictures 24)" },
    direction: { type: "string", choices: ["down", "right"], doc: "where data flows in a picture (as fits it)" },
    theme: {
      type: "string",
      choices: ["light", "dark"],
      doc: "of a picture (SVG: as the reader's system, PNG: light)",
    },
    siblings: { type: "boolean", doc: "also the other outputs of the runs" },
    "as-of": { type: "time", value: "TIME", doc: "only what had been recorded by then" },
  },
  examples: [
    "lineal lineage figures/matrixplot.png",
    "lineal lineage figures/matrixplot.png --up 2 --down 0",
    "lineal lineage figures/matrixplot.png --level transform",
    "lineal lineage figures/matrixplot.png -o lineage.svg",
    "lineal lineage figures/matrixplot.png --format mermaid",
  ],
  async run({ args, options, json: asJson }) {
    // Who asks for JSON and a file wants JSON in the file, unless it is named as something else.
    const named = FORMATS[extname(options.output ?? "").toLowerCase()];
    const {
      up,
      down,
      limit,
      output,
      fan,
      format = named ?? (asJson && output !== undefined ? "json" : treeFor(output)),
    } = options;
    if (format === "png" && output === undefined)
      throw new Misuse("a PNG picture is written to a file", "add -o lineage.png");
    if (named !== undefined && options.format !== undefined && named !== format)
      throw new Misuse(
        `${output} is named as ${named}, but --format says ${format}`,
        "leave --format out, or end FILE in what it says",
      );
    if (fan !== undefined && !["tree", "svg", "png", "mermaid"].includes(format))
      throw new Misuse(`--fan is for trees and pictures: ${format} has it all`, "leave --fan out");
    const { direction, theme } = options;
    if ((direction ?? theme) !== undefined && format !== "svg" && format !== "png")
      throw new Misuse(
        `--direction and --theme are for pictures, not for ${format}`,
        "add --format svg, or -o lineage.png",
      );
    const { level, siblings, kind, status, since, until, "as-of": asOf } = options;
    const given = defined({ limit, level, siblings, kind, status, since, until, asOf });
    const walk = { ...given, upstream: hops("--up", up), downstream: hops("--down", down) };
    const { record } = await findRecord(args.ref, ["Artifact", "Run", "Transform", "Collection", "Record"], asOf);
    const graph = await (record as unknown as Linked).lineage(walk);
    const wide = fan === undefined ? {} : { fan };
    // Made when it is asked for: it is much longer than what else is shown of a large graph.
    const document: Answer = {
      get json() {
        return JSON.parse(graph.to("json")) as unknown;
      },
    };
    const looks = { ...wide, ...(direction && { direction }), ...(theme && { theme }) };
    const picture = Object.keys(looks).length === 0 ? [] : ([looks] as const);
    if (output === undefined) {
      const text =
        format === "tree"
          ? graph.tree({ ...wide, width: columns(), color: isColoured() })
          : String(await graph.to(format, ...picture));
      return Object.assign(document, { text });
    }
    const drawn =
      format === "tree"
        ? graph.tree(wide)
        : format === "png"
          ? await graph.to("png", { ...looks, onMissing })
          : await graph.to(format, ...picture);
    write(output, drawn);
    if (typeof drawn !== "string" && isShrunk(drawn))
      log(
        "warning",
        `the picture was scaled down to what a PNG can hold: --format svg -o ${output.replace(/\.png$/, "")}.svg stays sharp`,
      );
    return Object.assign(document, { note: `→ wrote ${output}` });
  },
});

/** A tree is written to a file whose ending says nothing (`lineage.2026-01-31`), not to one that is named as something else. */
function treeFor(file = ""): Format {
  const ending = extname(file).toLowerCase();
  if (!/^\.[a-z]/.test(ending)) return "tree";
  const endings = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(Object.keys(FORMATS));
  throw new Misuse(`lineage is not written as ${ending}`, `end FILE in ${endings}, or name the format: --format tree`);
}

function onMissing(letters: string): void {
  const some = truncate(letters, 20);
  log("warning", `${some} cannot be drawn in a PNG with the fonts at hand: use --format svg`);
}

function hops(option: string, value: string | undefined): number | "all" {
  if (value === undefined || value === "all") return "all";
  if (/^\d{1,6}$/.test(value)) return Number(value);
  throw new Misuse(`${option} takes a number or all, not '${value}'`, `for example ${option} 2`);
}

function write(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, typeof content !== "string" || content.endsWith("\n") ? content : `${content}\n`);
  } catch (cause) {
    throw new LinealError("unavailable", `cannot write ${path}`, {
      hint: "Check that the directory is there and can be written to.",
      cause,
    });
  }
}
