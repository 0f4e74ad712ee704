/**
 * Tour, before anything is tracked: the field station delivers its table as a file. The measurements are real, from
 * the Palmer penguins in the npm package vega-datasets. `--corrected` delivers it again with one line changed.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const file = "raw/penguins.csv";
const datasets = createRequire(import.meta.url).resolve("vega-datasets");
const birds: Record<string, string | number | null>[] = JSON.parse(
  readFileSync(join(dirname(datasets), "../data/penguins.json"), "utf8"),
);
const columns = Object.keys(birds[0] ?? {});
const lines = [columns, ...birds.map((bird) => columns.map((column) => bird[column] ?? ""))].map((cells) =>
  cells.join(","),
);

// A bird whose sex was not noted ("."). That it is a female is made up for this tour.
const doubtful = lines.findIndex((line) => line.endsWith(",."));
const corrected = lines.with(doubtful, `${lines[doubtful]?.slice(0, -1)}FEMALE`);
const [before, after] = [lines, corrected].map((delivered) => `${delivered.join("\n")}\n`) as [string, string];

const there = existsSync(file) ? readFileSync(file, "utf8") : undefined;
if (there === after) console.log(`${file} is here already, corrected by an earlier tour`);
else {
  const wanted = process.argv.includes("--corrected") ? after : before;
  mkdirSync("raw", { recursive: true });
  writeFileSync(file, wanted);
  if (wanted === before) console.log(`wrote ${file}: ${birds.length} birds, ${columns.length} columns`);
  else console.log(`changed line ${doubtful + 1} of ${file}:\n- ${lines[doubtful]}\n+ ${corrected[doubtful]}`);
}
