/** `lineal view`: the newest records of every registry that has some. */

import { names } from "../../model/index.ts";
import { command } from "../command.ts";
import { tableText } from "../listing.ts";
import { paint } from "../print.ts";
import { openRegistry, registryName } from "../registries.ts";

export const definition = command({
  summary: "show the newest records of every registry",
  arguments: { registries: { doc: "only these", optional: true, rest: true } },
  options: { limit: { type: "number", value: "N", doc: "so many of each (7)" } },
  examples: ["lineal view", "lineal view artifact run --limit 3"],
  async run({ args, options: { limit = 7 } }) {
    const chosen = args.registries.length > 0 ? args.registries.map(registryName) : names;
    const parts: (() => Promise<string>)[] = [];
    const json: Record<string, unknown> = {};
    for (const name of chosen) {
      const query = (await openRegistry(name)).filter().orderBy("-createdAt").limit(limit);
      const records = await query;
      json[name] = records.map((record) => record.toJSON());
      if (records.length > 0) parts.push(async () => `${paint("bold", name)}\n${await tableText(query, limit)}`);
    }
    const text = async (): Promise<string> => {
      const tables: string[] = [];
      for (const part of parts) tables.push(await part());
      return tables.length === 0 ? "nothing yet" : tables.join("\n\n");
    };
    return { text, json };
  },
});
