/** An ordinary program over the public entry: what an editor shows of it and what it costs is asked in hover.test.ts, it is never run. */
import * as ln from "lineal";

await ln.init({ storage: "./mydata" });
await ln.track({ params: { threshold: 0.05 } });
const saved = await ln.Artifact.save([{ gene: "TP53", score: 0.9 }], { key: "hits.parquet" });

const artifact = await ln.Artifact.get("x");
const key = artifact.key;
const run = await artifact.run;
if (run === null) throw new Error(`nobody made ${key}`);
const inputs = await run.inputs;
const query = ln.Artifact.filter({
  run: { transform: { key: "ingest.ts", createdBy: { handle: "testuser1" } } },
  size: { gt: 1e6 },
}).orderBy("-createdAt");
for await (const one of query) console.log(one.suffix, one.createdAt.getFullYear(), (await one.createdBy).handle);

const table = await ln.Run.filter({ params: { threshold: 0.05 }, inputs: { ulabels: { name: "T cell" } } }).toTable();
const label = await ln.ULabel.save({ name: "T cell" });
await label.update({ description: "as the atlas says" });
const transform = await ln.Transform.filter({ latestRun: { status: "completed" } }).first();
const graph = await saved.lineage({ downstream: 2 });
console.log(inputs.length, String(table), transform?.version, graph.to("mermaid"));
