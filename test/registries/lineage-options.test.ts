/** Lineage by level, kind, status and time, and as it was, on both databases. */
import { expect, test } from "vitest";
import { forEachDatabase } from "../support/dialects.ts";
import { Lab, refused } from "./lab.ts";

/** raw → clean (completed) → summary (errored) → figure */
async function chain(lab: Lab) {
  const { Artifact, Run, Transform } = lab.ln;
  const raw = await Artifact.save({ n: 0 }, { key: "raw.json" });
  let input = raw;
  const made = [raw];
  for (const [key, status] of [["clean", "completed"], ["summary", "errored"], ["figure", "completed"]] as const) {
    const run = await Run.save({ transform: await Transform.save({ key, kind: "pipeline" }), status });
    await input.load({ isRunInput: run });
    input = await Artifact.save({ key }, { key: `${key}.json`, run });
    made.push(input);
  }
  return { raw, made, figure: input };
}

forEachDatabase((database) => {
  test("level, kind, status and times choose what is shown; the way to it stays", async () => {
    await using lab = await Lab.open(database);
    const { raw, figure } = await chain(lab);
    const labels = async (options: Parameters<typeof figure.lineage>[0]) => (await figure.lineage(options)).nodes.map((node) => node.label).sort();
    expect(await labels({})).toEqual(["clean", "clean.json", "figure", "figure.json", "raw.json", "summary", "summary.json"]);
    const transforms = await figure.lineage({ level: "transform" });
    expect(transforms.nodes.map((node) => `${node.kind} ${node.label}`).sort()).toEqual(["transform clean", "transform figure", "transform summary"]);
    expect(transforms.upstream(transforms.focus).map((node) => node.label)).toEqual(["summary", "clean"]);
    // What lies between the focus and what fits is kept: the chain down to the failed run, and no further.
    expect(await labels({ status: "errored" })).toEqual(["figure", "figure.json", "summary", "summary.json"]);
    expect(await labels({ status: "aborted" })).toEqual(["figure.json"]);
    expect(await labels({ since: "2100-01-01" })).toEqual(["figure.json"]);
    expect((await raw.lineage({ kind: "artifact", until: new Date(Date.now() + 60_000) })).nodes).toHaveLength(7);
    await refused(figure.lineage({ level: "file" as "artifact" }), "invalid");
    await refused(figure.lineage({ upstream: -1 }), "invalid");
  });

  test("as of a time: later links, runs and records are not there yet", async () => {
    await using lab = await Lab.open(database);
    const { made } = await chain(lab);
    const [raw, clean, summary, figure] = made as [typeof made[0], typeof made[0], typeof made[0], typeof made[0]];
    const then = summary.createdAt;
    await new Promise((done) => setTimeout(done, 5));
    const graph = await raw.lineage({ asOf: then });
    expect(graph.nodes.map((node) => node.label)).toContain("clean.json");
    if (figure.createdAt > then) {
      expect(graph.nodes.map((node) => node.label)).not.toContain("figure.json");
      await refused(figure.lineage({ asOf: then }), "not-found");
    }
    await refused(clean.lineage({ asOf: new Date(Date.now() + 3_600_000) }), "invalid");
    await refused(clean.lineage({ asOf: "yesterday" }), "invalid");
  });
});
