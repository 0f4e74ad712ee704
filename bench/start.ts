/** How long the command takes to start, beside Node doing nothing. */
import { join } from "node:path";
import { type Bench, inTurns, runProgram } from "./measure.ts";
import { dist, freshInstance } from "./place.ts";

export const bench: Bench = {
  title: "Start of the command",
  async run({ quick }) {
    const instance = await freshInstance();
    await instance.close();
    const env = { ...process.env, LINEAL_INSTANCE: instance.slug };
    const node =
      (...args: string[]): (() => void) =>
      () =>
        void runProgram(process.execPath, args, { env });
    const bin = join(dist, "bin.js");
    const calls = {
      floor: node("-e", "0"),
      version: node(bin, "--version"),
      help: node(bin, "--help"),
      list: node(bin, "list", "artifact"),
    };
    await inTurns(1, calls); // the first start fills Node's compile cache
    const t = await inTurns(quick ? 3 : 21, calls);
    const floor = { what: "node -e 0", seconds: t.floor };
    return [
      {
        what: "lineal --version",
        seconds: t.version,
        floor,
        aim: { text: "≤ 1.5 ×", met: t.version <= 1.5 * t.floor },
      },
      { what: "lineal --help", seconds: t.help, floor },
      { what: "lineal list artifact (empty)", seconds: t.list, floor },
    ];
  },
};
