/** One of many processes: tracked runs that each save a new artifact, a version of their own, and a version of one that all share. */
import * as ln from "lineal";

const [who = "", runs = "0"] = process.argv.slice(2);
for (let i = 0; i < Number(runs); i++) {
  await ln.track({ key: "bench-worker.ts" });
  const content = { who, i };
  await ln.Artifact.save({ ...content, what: "new" }, { key: `new/${who}/${i}.json` });
  await ln.Artifact.save({ ...content, what: "own" }, { key: `own/${who}.json` });
  await ln.Artifact.save({ ...content, what: "shared" }, { key: "shared.json" });
  await ln.finish();
}
