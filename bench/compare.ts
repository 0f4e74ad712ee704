/**
 * Two checkouts, side by side: `node --conditions=lineal-source bench/compare.ts OTHER [--rounds 5] [--size 1] [--json]`.
 * Each round runs both, in turns, in processes of their own; a row is the median of the rounds.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, runProgram } from "./measure.ts";
import { databases, freshDatabase, leave } from "./place.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    size: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const here = fileURLToPath(new URL("..", import.meta.url));
const checkouts = { other: resolve(positionals[0] ?? "."), this: here };
const worker = fileURLToPath(new URL("compare-worker.ts", import.meta.url));
type Times = Record<keyof typeof checkouts, number[]>;

const rows = new Map<string, Times>();
try {
  const { names } = await databases();
  for (let round = 0; round < Number(values.rounds); round++) {
    process.stderr.write(`round ${round + 1} …\n`);
    for (const name of names) {
      const pair = Object.entries(checkouts);
      for (const [which, CHECKOUT] of round % 2 === 0 ? pair : pair.reverse()) {
        const db = await freshDatabase(name);
        const env = { ...process.env, CHECKOUT, SIZE: values.size, ...(db && { DATABASE: db }) };
        const text = runProgram(process.execPath, ["--conditions=lineal-source", worker], { env });
        for (const [what, seconds] of Object.entries(JSON.parse(text) as Record<string, number>)) {
          const key = `${name} | ${what}`;
          const times = rows.get(key) ?? { other: [], this: [] };
          times[which as keyof Times].push(seconds);
          rows.set(key, times);
        }
      }
    }
  }
} finally {
  await leave();
}
const table = [...rows].map(([what, times]) => ({ what, other: median(times.other), this: median(times.this) }));
const ms = (seconds: number): string => (seconds * 1000).toFixed(0);
process.stdout.write(
  values.json
    ? `${JSON.stringify(table, undefined, 2)}\n`
    : [
        "| database | what | other, ms | this, ms | this ÷ other |",
        "|---|---|---|---|---|",
        ...table.map(
          (row) => `| ${row.what} | ${ms(row.other)} | ${ms(row.this)} | ${(row.this / row.other).toFixed(2)} |`,
        ),
        "",
      ].join("\n"),
);
