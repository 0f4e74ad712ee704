/** Runs the examples of a program, one after the other, each as a process of its own would: `node run-examples.ts PROGRAM`. */
import { writeFileSync } from "node:fs";
import { context, finish } from "lineal";
import { asOwnProcess } from "../../src/instance/per-process.ts";
import { type Given, prepare } from "./prelude.ts";

interface Program {
  examples: { where: string; run(given: Given): Promise<void> }[];
}
const { examples } = (await import(process.argv[2] ?? "")) as Program;
const given = await prepare();
const failures: Record<string, string> = {};
for (const { where, run } of examples) {
  await asOwnProcess(async () => {
    await run(given).catch((error: unknown) => (failures[where] = String((error as Error)?.stack ?? error)));
    if (context.run) await finish();
  });
}
writeFileSync("failures.json", JSON.stringify(failures));
