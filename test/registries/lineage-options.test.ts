import { afterAll, beforeAll, expect, test } from "vitest";
import type { Artifact } from "../../src/index.ts";
import type { Graph } from "../../src/lineage/graph.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { refused } from "./lab.ts";
import { Workshop } from "./workshop.ts";

const labels = (graph: Graph): string[] => graph.nodes.map((node) => `${node.label}${node.deleted ? " †" : ""}`).sort();

forEachDatabase((database) => {
  let shop: Workshop;
  let raw: Artifact;
  let made: readonly Artifact[];
  let half: Date;
  beforeAll(async () => {
    shop = await Workshop.open(database);
    for (const name of ["split.ts", "join.ts", "fail.ts"]) shop.script(name);
    raw = await shop.raw("raw", "raw");
    ({ made } = await shop.work("split.ts", { reads: [raw], makes: { left: "l", right: "r", rest: "x" } }));
    half = shop.time;
    await shop.work("join.ts", { reads: made.slice(0, 2), makes: { end: "e" } });
    await shop.work("fail.ts", { reads: [made[0] as Artifact], end: "fail" });
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  test("other outputs of the runs on request, as far as the limit goes", async () => {
    const end = await shop.ln.Artifact.get({ key: "end" });
    expect(labels(await end.lineage())).toEqual(["end", "join.ts", "left", "raw", "right", "split.ts"]);
    const graph = await end.lineage({ siblings: true });
    expect(labels(graph)).toEqual(["end", "join.ts", "left", "raw", "rest", "right", "split.ts"]);
    expect(graph.parents(made[2] as Artifact).map((node) => node.label)).toEqual(["split.ts"]);
    expect(graph.truncated).toBe(false);
    const cut = await end.lineage({ siblings: true, limit: 6 });
    expect(labels(cut)).toEqual(labels(await end.lineage()));
    expect(cut.truncated).toMatchObject({ downstream: true, limit: 6, more: [expect.stringMatching(/^run:/)] });
    const left = made[0] as Artifact;
    expect(labels(await left.lineage({ downstream: 0, siblings: true }))).toEqual(["left", "raw", "rest", "right", "split.ts"]);
    expect(labels(await left.lineage({ upstream: 0, downstream: 0, siblings: true }))).toEqual(["left"]);
  });

  test("transforms alone; filters by kind, status and time, also of what is drawn as transforms", async () => {
    expect(labels(await raw.lineage({ level: "transform" }))).toEqual(["fail.ts", "join.ts", "raw", "split.ts"]);
    expect(labels(await raw.lineage({ kind: "artifact" }))).toEqual(expect.arrayContaining(["end", "left", "rest", "right"]));
    expect(labels(await raw.lineage({ status: "errored" }))).toEqual(["fail.ts", "left", "raw", "split.ts"]);
    expect(labels(await raw.lineage({ status: "errored", level: "transform" }))).toEqual(["fail.ts", "raw", "split.ts"]);
    expect(labels(await raw.lineage({ until: half, kind: "run" }))).toEqual(["raw", "split.ts"]);
    expect(labels(await raw.lineage({ since: half, kind: "run" }))).toEqual(expect.arrayContaining(["fail.ts", "join.ts"]));
    await refused(raw.lineage({ level: "column" as never }), "invalid");
    await refused(raw.lineage({ kind: "file" as never }), "invalid");
    await refused(raw.lineage({ since: "yesterday" }), "invalid");
  });

  test("what was deleted for good in the middle is a node, in graphs, trees and transforms alike; impact leads through it", async () => {
    const end = await shop.ln.Artifact.get({ key: "end" });
    const before = await end.lineage();
    await (made[1] as Artifact).delete();
    expect(labels(await end.lineage())).toEqual(["end", "join.ts", "left", "raw", "right †", "split.ts"]);
    await (made[1] as Artifact).restore();
    expect((await end.lineage()).toJSON()).toEqual(before.toJSON());
    for (const artifact of made) await artifact.delete({ permanent: true });
    const graph = await end.lineage();
    expect(labels(graph)).toEqual(["end", "join.ts", "left †", "raw", "right †", "split.ts"]);
    expect(graph.edges.length).toBe(before.edges.length);
    expect(String(graph)).toContain("left");
    expect(labels(await end.lineage({ level: "transform" }))).toEqual(["join.ts", "split.ts"]);
    expect((await raw.impact()).rows().map(({ key, hops }) => [key, hops])).toEqual([["end", 2]]);
  });
});
