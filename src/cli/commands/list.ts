/** `lineal list`: the records of a registry, filtered and ordered. */

import { command } from "../command.ts";
import { parseFilters } from "../filters.ts";
import { listing } from "../listing.ts";
import { openRegistry, registryName } from "../registries.ts";

export const definition = command({
  summary: "list the records of a registry, newest first",
  arguments: { registry: { doc: "artifact, transform, run, user, branch …" } },
  options: {
    filter: {
      type: "string",
      multiple: true,
      value: "TEST",
      doc: "FIELD=VALUE; also != > >= < <= ~ (contains), FIELD.startsWith=VALUE, and RELATION.FIELD",
    },
    order: { type: "string", multiple: true, value: "FIELD", doc: "sort by this field; -FIELD downwards" },
    limit: { type: "number", from: 1, value: "N", doc: "at most so many (20)" },
    offset: { type: "number", value: "N", doc: "leave out the first ones" },
  },
  examples: [
    "lineal list artifact",
    "lineal list artifact --filter run.transform.key=ingest.ts --order -size",
    "lineal list branch --json",
  ],
  async run({ args, options }) {
    const name = registryName(args.registry);
    const query = (await openRegistry(name)).filter(parseFilters(name, options.filter));
    const ordered = query.orderBy(...(options.order.length > 0 ? options.order : ["-createdAt"]));
    return listing(name, ordered, options);
  },
});
