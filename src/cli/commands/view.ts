/** `lineal view`: the newest records of every registry that has some. */

import { model, type Name, names } from "../../model/index.ts";
import { command } from "../command.ts";
import { recordsTable } from "../listing.ts";
import { paint } from "../print.ts";
import { type AnyRecord, openRegistry, registryName } from "../registries.ts";

export const definition = command({
  summary: "show the newest records of every registry",
  arguments: { registries: { doc: "only these", optional: true, rest: true } },
  options: { limit: { type: "number", from: 1, value: "N", doc: "so many of each (7)" } },
  examples: ["lineal view", "lineal view artifact run --limit 3"],
  async run({ args, options: { limit = 7 } }) {
    const chosen =
      args.registries.length > 0 ? args.registries.map(registryName) : names.filter((name) => !model[name].minor);
    const found: [Name, AnyRecord[]][] = [];
    for (const name of chosen)
      found.push([name, await (await openRegistry(name)).filter().orderBy("-createdAt").limit(limit)]);
    const json = Object.fromEntries(found.map(([name, records]) => [name, records.map((record) => record.toJSON())]));
    return { text: () => tables(found), json };
  },
});

async function tables(found: readonly [Name, AnyRecord[]][]): Promise<string> {
  const parts: string[] = [];
  for (const [name, records] of found)
    if (records.length > 0) parts.push(`${paint("bold", name)}\n${await recordsTable(name, records)}`);
  return parts.length === 0 ? "nothing yet" : parts.join("\n\n");
}
