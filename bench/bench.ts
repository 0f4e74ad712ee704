/** `npm run bench`: every bench beside its floor, as a table. Options: --quick, --only NAME[,NAME], --size BYTES, --json. */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Bench, Options } from "./measure.ts";
import { runProgram } from "./measure.ts";
import { leave, useOwnHome } from "./place.ts";
import { machine, markdown, type Section } from "./table.ts";

const benches: Record<string, () => Promise<{ bench: Bench }>> = {
  start: () => import("./start.ts"),
  import: () => import("./import.ts"),
  "save-one": () => import("./save-one.ts"),
  "save-many": () => import("./save-many.ts"),
  hash: () => import("./hash.ts"),
  filter: () => import("./filter.ts"),
  versions: () => import("./versions.ts"),
  lineage: () => import("./lineage.ts"),
  status: () => import("./status.ts"),
  processes: () => import("./processes.ts"),
};

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    size: { type: "string" },
    json: { type: "boolean", default: false },
    "no-build": { type: "boolean", default: false },
  },
});
const only = values.only.flatMap((names) => names.split(","));
const unknown = only.find((name) => !Object.hasOwn(benches, name));
const size = Number(values.size ?? (values.quick ? 64 << 20 : 2 * 1024 ** 3));
if (unknown !== undefined || !(size > 0)) {
  process.stderr.write(
    `${unknown === undefined ? "--size takes a number of bytes" : `there is no bench ${unknown}; there are ${Object.keys(benches).join(", ")}`}\n`,
  );
  process.exitCode = 2;
} else await all({ quick: values.quick, size });

async function all(options: Options): Promise<void> {
  useOwnHome();
  const root = fileURLToPath(new URL("..", import.meta.url));
  if (!values["no-build"]) runProgram(process.execPath, ["tools/build.js"], { cwd: root });
  const sections: Section[] = [];
  try {
    for (const [name, load] of Object.entries(benches)) {
      if (only.length > 0 && !only.includes(name)) continue;
      process.stderr.write(`${name} …\n`);
      const { bench } = await load();
      sections.push({ name, title: bench.title, rows: await bench.run(options) });
    }
  } finally {
    await leave();
  }
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ machine: machine(), quick: options.quick, sections }, undefined, 2)}\n`
      : `${markdown(sections)}\n`,
  );
}
