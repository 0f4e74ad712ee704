/** `lineal migrate`: brings the database to the tables this version needs. */

import { command } from "../command.ts";

export const definition = command({
  summary: "bring the database up to date; nothing happens when it is",
  arguments: {},
  options: {
    check: { type: "boolean", doc: "change nothing; exit code 1 when something is pending" },
    show: { type: "boolean", doc: "change nothing; list what is pending" },
  },
  examples: ["lineal migrate --show", "lineal migrate"],
  async run({ options }) {
    const { migrateInstance } = await import("../../instance/connect.ts");
    const { slug, applied, pending } = await migrateInstance(undefined, !options.check && !options.show);
    const json = { instance: slug, applied, pending };
    const lines = [...applied.map((name) => `→ applied ${name}`), ...pending.map((name) => `→ pending ${name}`)];
    const text = lines.length > 0 ? lines.join("\n") : `→ ${slug} is up to date`;
    return { text, json, exitCode: options.check && pending.length > 0 ? 1 : 0 };
  },
});
