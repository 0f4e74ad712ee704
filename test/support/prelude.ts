/** What the examples of docstrings find: two instances, some files in the working directory, and a small history. */
import { mkdirSync, writeFileSync } from "node:fs";
import * as ln from "lineal";
import { main } from "../../src/cli/main.ts";
import type { given } from "./examples.ts";

/** What an example may use without saying where it comes from. */
export type Given = Awaited<ReturnType<typeof prepare>>;

/** Fills the working directory and the settings home, both empty, and leaves testuser1/mydata as the current instance. */
export async function prepare() {
  mkdirSync("results");
  for (const path of ["counts.csv", "results/a.csv", "results/b.csv"]) writeFileSync(path, "gene,count\nTP53,3\n");
  writeFileSync("clean.ts", 'import * as ln from "lineal";\nawait ln.track();\n');
  for (const line of ["login testuser2", "init --storage ./team", "login testuser1", "init --storage ./mydata"])
    await main(line.split(" "), process);

  const raw = await ln.Artifact.save([{ gene: "TP53", score: 0.9 }], { key: "raw/scores.csv" });
  const makeFigure = async (content: string) => {
    const run = await ln.track({ key: "ingest.ts" });
    await raw.load();
    const made = await ln.Artifact.save(Buffer.from(content), { key: "figure.svg" });
    await ln.finish();
    return { run, made };
  };
  const [before, after] = [await makeFigure("<svg/>"), await makeFigure("<svg></svg>")];
  await ln.Record.save({ name: "sample 1" });
  await ln.Collection.save({ key: "cohort" });
  const figure = after.made;
  return {
    artifact: figure,
    figure,
    raw,
    graph: await figure.lineage(),
    oldFigure: before.made,
    newFigure: after.made,
    lastWeek: before.run,
    today: after.run,
  } satisfies Record<(typeof given)[number], unknown>;
}
