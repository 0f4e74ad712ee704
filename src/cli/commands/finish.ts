/** `lineal finish`: the tracked shell session is complete. */

import { LinealError } from "../../ground/errors.ts";
import { defaultConnection } from "../../instance/connect.ts";
import { command } from "../command.ts";

export const definition = command({
  acts: true,
  summary: "end the tracked shell session: its run is completed",
  arguments: {},
  options: {},
  examples: ["lineal finish"],
  async run() {
    const { finishShell } = await import("../../track/hosts/shell.ts");
    const run = await finishShell(await defaultConnection());
    if (run === undefined)
      throw new LinealError("not-found", "no run is under way in this shell", { hint: "Start one: lineal track" });
    return { json: run.toJSON() };
  },
});
