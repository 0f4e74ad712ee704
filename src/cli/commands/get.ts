/** `lineal get`: the fields of one record. */

import { command } from "../command.ts";
import { factsText } from "../print.ts";
import { findRecord } from "../reference.ts";
import { registryName } from "../registries.ts";

export const definition = command({
  summary: "show the fields of a record",
  arguments: { ref: { doc: "uid, beginning of a uid, key, name or URL" } },
  options: {
    registry: { type: "string", value: "NAME", doc: "where to look: artifact, transform, run …" },
    "as-of": { type: "time", value: "TIME", doc: "as it was then" },
  },
  examples: [
    "lineal get figures/matrixplot.png",
    "lineal get figures/matrixplot.png --as-of 2026-01-31",
    "lineal get X1GYNq9t --registry run --json",
  ],
  async run({ args, options }) {
    const { name, record } = await findRecord(
      args.ref,
      options.registry === undefined ? undefined : [registryName(options.registry)],
      options["as-of"],
    );
    const fields = record.toJSON();
    return {
      text: factsText([
        ["registry", name],
        ...Object.entries(fields).map(([key, value]) => [key, asTime(key, value)] as const),
      ]),
      json: fields,
    };
  },
});

/** toJSON has times as ISO text; people read them like everywhere else. */
function asTime(key: string, value: unknown): unknown {
  return key.endsWith("At") && typeof value === "string" ? new Date(value) : value;
}
