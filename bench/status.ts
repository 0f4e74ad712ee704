/** Staleness of every output, beside the same walk with one query per step. */
import { statusOfAll } from "../src/registries/answers/staleness.ts";
import { connectionOf } from "../src/registries/record/row.ts";
import { type Bench, inTurns, type Row } from "./measure.ts";
import { filled } from "./million.ts";
import { databases } from "./place.ts";
import { openPlain, type Plain } from "./plain.ts";

export const bench: Bench = {
  title: "Staleness",
  async run(options) {
    const { names } = await databases();
    const runs = options.quick ? 5_000 : 100_000;
    const rows: Row[] = [];
    for (const name of names) {
      const { instance, place, analyze } = await filled(name, { runs, island: runs / 2 });
      await analyze();
      const plain = await openPlain(name, place);
      const connection = connectionOf((await instance.Artifact.filter().first()) as object);
      const ask = async (): Promise<number> => (await statusOfAll(connection)).filter((one) => !one.stale).length;
      const fresh = await ask();
      if (fresh !== runs) throw new Error(`${name}: ${fresh} of ${runs} are fresh`);
      const some = Math.min(runs, 2_000);
      const walked = await inTurns(1, { steps: () => stepByStep(plain, some) });
      const t = await inTurns(options.quick ? 3 : 7, { ours: ask });
      rows.push({
        what: `status --all, ${runs.toLocaleString("en")} outputs, nothing changed, ${name}`,
        seconds: t.ours,
        floor: {
          what: `one query per step, scaled from ${some.toLocaleString("en")} outputs`,
          seconds: (walked.steps * runs) / some,
        },
        aim: { text: "< 2 s", met: t.ours < 2 },
      });
      await plain.close();
    }
    return rows;
  },
};

/** Looks each output up by itself: its run, that run's code, its inputs, and the newest version of each. */
async function stepByStep(plain: Plain, outputs: number): Promise<number> {
  let stale = 0;
  for (let id = 1; id <= outputs; id++) {
    const [output] = await plain.all("select run_id from artifact where id = ?", id);
    const [run] = await plain.all("select transform_id, params from run where id = ?", Number(output?.run_id));
    const [transform] = await plain.all(
      "select stem, code_hash from transform where id = ?",
      Number(run?.transform_id),
    );
    const [newest] = await plain.all(
      "select code_hash from transform where stem = ? order by revision desc limit 1",
      String(transform?.stem),
    );
    if (newest?.code_hash !== transform?.code_hash) stale++;
    for (const { from_id } of await plain.all(
      "select from_id from artifact_input_of where to_id = ?",
      Number(output?.run_id),
    )) {
      const [input] = await plain.all("select stem, hash from artifact where id = ?", Number(from_id));
      const [latest] = await plain.all(
        "select hash from artifact where stem = ? order by revision desc limit 1",
        String(input?.stem),
      );
      if (latest?.hash !== input?.hash) stale++;
    }
  }
  return stale;
}
