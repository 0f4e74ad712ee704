/** `lineal connect`: chooses the instance to work on, everywhere or in this directory. */

import { resolveTarget, slugOf, writeInstance } from "../../instance/settings.ts";
import { command } from "../command.ts";
import { instanceFacts } from "../target.ts";

export const definition = command({
  acts: true,
  summary: "choose the instance to work on",
  arguments: { instance: { doc: "OWNER/NAME, the storage folder, or a postgres:// URL" } },
  options: {
    here: {
      type: "boolean",
      doc: "only for this directory and those below it; it becomes the dev-dir if there is none",
    },
  },
  examples: [
    "lineal connect testuser1/mydata",
    "lineal connect ./mydata --here",
    "lineal connect postgres://ada@db.lab.org/results",
  ],
  async run({ args, options }) {
    const { connectTo } = await import("../../instance/connect.ts");
    let { settings } = await connectTo(args.instance, { here: options.here });
    const notes: string[] = [];
    if (options.here && settings.devDir === undefined) {
      settings = { ...settings, devDir: process.cwd() };
      writeInstance(settings);
      notes.push(`→ set dev-dir: ${settings.devDir}`);
    }
    const chosen = resolveTarget();
    if (chosen && chosen.slug !== slugOf(settings))
      notes.push(`! ${chosen.marker ?? "LINEAL_INSTANCE"} still chooses ${chosen.slug} here`);
    return { note: notes.join("\n"), json: instanceFacts(settings) };
  },
});
