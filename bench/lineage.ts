/** Lineage on a million runs, beside the same walk with one query per step. */
import { type Bench, inTurns, type Row } from "./measure.ts";
import type { Artifact } from "../src/index.ts";
import { filled, million } from "./million.ts";
import { databases } from "./place.ts";
import { openPlain, type Plain } from "./plain.ts";

export const bench: Bench = {
  title: "Lineage",
  async run(options) {
    const { names } = await databases();
    const rows: Row[] = [];
    for (const name of names) {
      const { instance, place, size, analyze } = await million(name, options);
      await analyze();
      const plain = await openPlain(name, place);
      // The last of an island: everything in the island may lie upstream of it.
      const last = size.island;
      const artifact = await instance.Artifact.get({ key: `data/${last % 1000}/${last}.csv` });
      const limit = 4 * size.island;
      const compare = async (
        what: string,
        question: Question,
        aim: number | undefined,
        floorRounds: number,
      ): Promise<void> => {
        const { plain, artifact, last, hops, limit } = question;
        const ask = async (): Promise<number> =>
          (await artifact.lineage({ upstream: hops, downstream: 0, limit })).nodes.length;
        const nodes = await ask();
        const walked = await stepByStep(plain, last, hops);
        if (nodes !== walked) throw new Error(`${name}, ${what}: ${nodes} nodes, step by step ${walked}`);
        const floor = await inTurns(floorRounds, { steps: () => stepByStep(plain, last, hops) });
        const t = await inTurns(options.quick ? 3 : hops === "all" ? 9 : 25, { ours: ask });
        rows.push({
          what: `${what}, ${nodes.toLocaleString("en")} nodes, ${name}`,
          seconds: t.ours,
          floor: { what: "one query per step, edges only", seconds: floor.steps },
          ...(aim === undefined ? {} : { aim: { text: `< ${aim * 1000} ms`, met: t.ours < aim } }),
          ...(rows.length === 0
            ? {
                note: `in ${size.runs.toLocaleString("en")} runs, as many artifacts, ${(2 * size.runs).toLocaleString("en")} inputs`,
              }
            : {}),
        });
      };
      await compare("10 hops", { plain, artifact, last, hops: 10, limit }, 0.01, options.quick ? 2 : 9);
      await compare("closure", { plain, artifact, last, hops: "all", limit }, 0.5, 1);
      await plain.close();

      const rungs = options.quick ? 50 : 1000;
      const ladder = await filled(name, { runs: 2 * rungs, island: 2 * rungs, ladder: true });
      await ladder.analyze();
      const steps = await openPlain(name, ladder.place);
      const top = await ladder.instance.Artifact.get({ key: `data/${(2 * rungs) % 1000}/${2 * rungs}.csv` });
      await compare(
        "10 hops of a ladder",
        { plain: steps, artifact: top, last: 2 * rungs, hops: 10, limit },
        0.01,
        options.quick ? 2 : 9,
      );
      await compare(
        `ladder of ${rungs.toLocaleString("en")} rungs`,
        { plain: steps, artifact: top, last: 2 * rungs, hops: "all", limit },
        undefined,
        1,
      );
      await steps.close();
      await ladder.instance.close();
    }
    return rows;
  },
};

interface Question {
  readonly plain: Plain;
  readonly artifact: Artifact;
  /** The number of the artifact. */
  readonly last: number;
  readonly hops: number | "all";
  readonly limit: number;
}

/** How many nodes lie upstream of an artifact, the artifact itself included. */
async function stepByStep(plain: Plain, start: number, hops: number | "all"): Promise<number> {
  const [artifacts, runs] = [new Set([start]), new Set<number>()];
  let level = [start];
  for (let hop = 0; level.length > 0 && (hops === "all" || hop < hops); hop++) {
    const next: number[] = [];
    for (const id of level) {
      const [row] = await plain.all("select run_id from artifact where id = ?", id);
      const run = Number(row?.run_id);
      if (runs.has(run)) continue;
      runs.add(run);
      for (const { from_id } of await plain.all("select from_id from artifact_input_of where to_id = ?", run)) {
        if (!artifacts.has(Number(from_id))) next.push(Number(from_id));
        artifacts.add(Number(from_id));
      }
    }
    level = next;
  }
  return artifacts.size + runs.size;
}
