/** `lineal init`: makes an instance and connects to it. */

import { command } from "../command.ts";
import { instanceFacts } from "../target.ts";

export const definition = command({
  acts: true,
  summary: "make an instance and connect to it; one that is there already is connected",
  arguments: {},
  options: {
    storage: { type: "string", value: "DIR", doc: "the folder where bytes are kept (.)" },
    name: { type: "string", doc: "the name of the instance (the folder's name)" },
    db: { type: "string", value: "URL", doc: "postgres://… ; without it a SQLite file in the storage" },
  },
  examples: [
    "lineal init --storage ./mydata",
    "lineal init --storage ./mydata --name lab --db postgres://ada@localhost/lab",
  ],
  async run({ options: { storage = ".", name, db } }) {
    const { initialise } = await import("../../instance/init.ts");
    const { settings } = await initialise({
      storage,
      ...(name === undefined ? {} : { name }),
      ...(db === undefined ? {} : { db }),
    });
    return { json: instanceFacts(settings) };
  },
});
