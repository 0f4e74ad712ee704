/** How long the library takes to load and to connect, beside Node loading an empty module. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Bench, inTurns, median, runProgram } from "./measure.ts";
import { dist, freshFolder, freshInstance } from "./place.ts";

export const bench: Bench = {
  title: "Import of the library",
  async run({ quick }) {
    const instance = await freshInstance();
    await instance.close();
    const folder = freshFolder();
    const library = JSON.stringify(pathToFileURL(join(dist, "index.js")).href);
    const processor = new Map<string, number[]>();
    const program = (name: string, text: string): (() => void) => {
      const file = join(folder, `${name}.mjs`);
      writeFileSync(
        file,
        `${text}const { userCPUTime, systemCPUTime } = process.resourceUsage();\nprocess.stdout.write(String((userCPUTime + systemCPUTime) / 1000));\n`,
      );
      return () => {
        processor.set(name, [...(processor.get(name) ?? []), Number(runProgram(process.execPath, [file]))]);
      };
    };
    const overInProcessor = (name: string): string =>
      `${Math.round(median(processor.get(name) ?? []) - median(processor.get("empty") ?? []))} ms of processor time over the floor`;
    const calls = {
      floor: program("empty", ""),
      imported: program(
        "import",
        `import * as ln from ${library};\nif (!ln.Artifact) throw new Error("not loaded");\n`,
      ),
      connected: program(
        "connect",
        `import * as ln from ${library};\nawait ln.connect(${JSON.stringify(instance.slug)});\n`,
      ),
    };
    await inTurns(1, calls);
    const t = await inTurns(quick ? 3 : 21, calls);
    const floor = { what: "an empty module", seconds: t.floor };
    const over = t.connected - t.floor;
    return [
      { what: "import", seconds: t.imported, floor, note: overInProcessor("import") },
      {
        what: "import and connect to SQLite",
        seconds: t.connected,
        floor,
        aim: { text: "< 150 ms over", met: over < 0.15 },
        note: `${Math.round(over * 1000)} ms over the floor; ${overInProcessor("connect")}`,
      },
    ];
  },
};
