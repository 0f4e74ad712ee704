/** Plays a chapter of the demo in a temporary folder, without printing. */
import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ln from "lineal";
import { type Place, run } from "../../examples/run.ts";
import type { Chapter } from "../../examples/steps.ts";

/** Milliseconds for some twenty processes on a busy machine; a quiet one takes a tenth. */
export const PATIENCE = 240_000;

/** What the commands printed, by the last word of each program's path or the whole `lineal` command. */
export type Printed = Record<string, string>;

/** A new place for a chapter. */
export function place(chapter: Chapter): Place {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "lineal-example-")));
  return { folder, home: join(folder, "home"), instance: chapter.instance };
}

/** Runs every command of the chapter, one after the other; throws with the output of one that fails. */
export async function play(chapter: Chapter, where: Place): Promise<Printed> {
  const printed: Printed = {};
  for (const command of chapter.steps.flatMap((step) => step.commands)) {
    const { code, output } = await run(command, where, { quiet: true });
    if (code !== 0) throw new Error(`${command.join(" ")} ended with exit code ${code}\n${output}`);
    printed[command[0] === "node" ? (command[1]?.split("/").at(-1) ?? "") : command.join(" ")] = output;
  }
  return printed;
}

/** The instance that a chapter made. */
export async function open(chapter: Chapter, where: Place): Promise<ln.Instance> {
  ln.settings.verbosity = "error";
  return ln.connect(join(where.folder, chapter.storage), { default: false });
}
