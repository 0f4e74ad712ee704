/** `lineal describe`: everything about one record, as a tree. */

import { command } from "../command.ts";
import { findRecord } from "../reference.ts";
import { registryName } from "../registries.ts";

export const definition = command({
  summary: "tell all about a record: its fields, features, labels and where it came from",
  arguments: { ref: { doc: "uid, beginning of a uid, key, name or URL" } },
  options: { registry: { type: "string", value: "NAME", doc: "where to look: artifact, transform, run …" } },
  examples: ["lineal describe figures/matrixplot.png"],
  async run({ args, options }) {
    const { record } = await findRecord(
      args.ref,
      options.registry === undefined ? undefined : [registryName(options.registry)],
    );
    return { text: () => record.describe(), json: record.toJSON() };
  },
});
