/** `lineal impact`: everything that was made from an artifact. */

import { impactList } from "../../registries/impact.ts";
import { command } from "../command.ts";
import { findRecord } from "../reference.ts";

export const definition = command({
  summary: "list everything that was made from an artifact",
  arguments: { ref: { doc: "uid, beginning of a uid, key or URL" } },
  options: {
    kind: { type: "string", value: "KIND", doc: "only artifacts of this kind: dataset, model …" },
    hops: { type: "number", value: "N", doc: "at most so many runs away" },
    by: { type: "string", value: "USER", doc: "only what this user made" },
    since: { type: "string", value: "TIME", doc: "only what was made then or later" },
    until: { type: "string", value: "TIME", doc: "only what was made then or before" },
    csv: { type: "boolean", doc: "as CSV" },
  },
  examples: ["lineal impact raw/penguins.csv", "lineal impact raw/penguins.csv --csv"],
  async run({ args, options: { kind, hops, by, since, until, csv } }) {
    const { record } = await findRecord(args.ref, ["Artifact"]);
    const filter = Object.fromEntries(Object.entries({ kind, hops, createdBy: by, since, until }).filter(([, value]) => value !== undefined));
    const { table, cut } = await impactList(record, filter);
    const json = { items: table.rows(), total: table.length, ...(cut ? { truncated: true } : {}) };
    if (csv) {
      const { encode } = await import("../../formats/index.ts");
      return { text: Buffer.from((await encode(table, ".csv")).bytes).toString("utf8").trimEnd(), json };
    }
    if (table.length === 0) return { text: Object.keys(filter).length === 0 ? "nothing was made from it" : "nothing that fits was made from it", json };
    const short = table.rows().map(({ key, uid, hops: far, kind: what, via, createdBy, createdAt }) => ({ what: key ?? uid, kind: what, hops: far, via: String(via ?? "").slice(0, 8), by: createdBy, at: createdAt instanceof Date ? createdAt.toISOString().slice(0, 16).replace("T", " ") : null }));
    const { Table } = await import("../../formats/table.ts");
    const note = cut ? "\n… and more: --hops lists what is near" : "";
    return { text: `${Table.from(short).toString({ rows: short.length })}${note}`, json };
  },
});
