/** `lineal search`: records that contain a text, the best first. */

import { command } from "../command.ts";
import { listing } from "../listing.ts";
import { openRegistry, registryName } from "../registries.ts";

export const definition = command({
  summary: "find records whose texts contain a text, the best first",
  arguments: { registry: { doc: "artifact, transform, run, user …" }, text: { doc: "what to look for" } },
  options: { limit: { type: "number", from: 1, value: "N", doc: "at most so many (20)" } },
  examples: ["lineal search artifact matrixplot", 'lineal search transform "GWS CRISPRa"'],
  async run({ args, options }) {
    const name = registryName(args.registry);
    return listing(name, (await openRegistry(name)).search(args.text), options);
  },
});
