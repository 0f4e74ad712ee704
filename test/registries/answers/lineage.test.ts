import { afterAll, beforeAll, expect, test } from "vitest";
import type { Artifact } from "../../../src/index.ts";
import { Graph } from "../../../src/lineage/graph/graph.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { refused } from "../lab.ts";
import { Workshop } from "../workshop.ts";

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
    await shop.work("fail.ts", { reads: [made[0] as Artifact], end: "errored" });
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
    expect(labels(await left.lineage({ downstream: 0, siblings: true }))).toEqual([
      "left",
      "raw",
      "rest",
      "right",
      "split.ts",
    ]);
    expect(labels(await left.lineage({ upstream: 0, downstream: 0, siblings: true }))).toEqual(["left"]);
  });

  test("other outputs keep their places when they are deleted, for good as well", async () => {
    shop.script("three.ts");
    const [kept, binned, gone] = (
      await shop.work("three.ts", {
        reads: [await shop.raw("three.raw", "3")],
        makes: { "three.kept": "k", "three.binned": "b", "three.gone": "g" },
      })
    ).made as [Artifact, Artifact, Artifact];
    await binned.delete();
    await gone.delete({ permanent: true });
    for (const upstream of [1, "all"] as const) {
      const graph = await kept.lineage({ upstream, downstream: 0, siblings: true });
      expect(labels(graph)).toEqual(["three.binned †", "three.gone †", "three.kept", "three.raw", "three.ts"]);
      expect(
        graph
          .children(graph.nodes.find(({ kind }) => kind === "run") as never)
          .map(({ label }) => label)
          .sort(),
      ).toEqual(["three.binned", "three.gone", "three.kept"]);
      expect(labels(await kept.lineage({ upstream, downstream: 0 }))).toEqual(["three.kept", "three.raw", "three.ts"]);
      expect(labels(await kept.lineage({ upstream, downstream: 0, siblings: true, limit: 4 }))).toHaveLength(4);
    }
  });

  test("transforms alone; filters by kind, status and time, also of what is drawn as transforms", async () => {
    expect(labels(await raw.lineage({ level: "transform" }))).toEqual(["fail.ts", "join.ts", "raw", "split.ts"]);
    expect(labels(await raw.lineage({ kind: "artifact" }))).toEqual(
      expect.arrayContaining(["end", "left", "rest", "right"]),
    );
    expect(labels(await raw.lineage({ status: "errored" }))).toEqual(["fail.ts", "left", "raw", "split.ts"]);
    expect(labels(await raw.lineage({ status: "errored", level: "transform" }))).toEqual([
      "fail.ts",
      "raw",
      "split.ts",
    ]);
    expect(labels(await raw.lineage({ until: half, kind: "run" }))).toEqual(["raw", "split.ts"]);
    expect(labels(await raw.lineage({ since: half, kind: "run" }))).toEqual(
      expect.arrayContaining(["fail.ts", "join.ts"]),
    );
    await refused(raw.lineage({ level: "column" as never }), "invalid");
    await refused(raw.lineage({ kind: "file" as never }), "invalid");
    const split = await shop.ln.Transform.get({ key: "split.ts" });
    await refused(split.lineage({ status: "errored" }), "invalid");
    await refused(split.lineage({ kind: "artifact" }), "invalid");
    expect(labels(await split.lineage({ kind: "transform" }))).toEqual(labels(await split.lineage()));
    await refused(raw.lineage({ since: "yesterday" }), "invalid");
    await refused(raw.lineage({ since: null as never }), "invalid");
    await refused(raw.lineage({ until: "2026-02-31" }), "invalid");
    await refused(raw.lineage({ status: "Errored" as never }), "invalid");
    expect(labels(await raw.lineage({ kind: "run", until: "2026-01-01" }))).toEqual(
      expect.arrayContaining(["fail.ts", "join.ts", "split.ts"]),
    );
    expect(String(await raw.lineage({ status: "aborted" }))).toContain(
      "nothing before or after it fits what was asked for",
    );
    // It was used, only not asked for that.
    expect(String(await raw.lineage({ downstream: 0 }))).toContain(
      "nothing before or after it fits what was asked for",
    );
    expect((await raw.lineage({ upstream: 0 })).partial).toBe(false);
  });

  test("transforms tell the same of themselves whoever asks, also who started whom", async () => {
    const pipeline = await shop.ln.Transform.save({ key: "cell ranger", kind: "pipeline", version: "7.2.0" });
    const starter = await shop.ln.Run.save({ transform: pipeline });
    const cells = await shop.raw("cells", "cells");
    const { made: counts, transform } = await shop.work("join.ts", {
      reads: [cells],
      makes: { counts: "1" },
      by: starter,
    });
    const before = shop.time;
    await pipeline.update({ description: "counts" });
    for (const asOf of [undefined, before]) {
      const options = asOf ? { asOf } : {};
      const [graph, other] = [
        await (counts[0] as Artifact).lineage({ level: "transform", ...options }),
        await transform.lineage(options),
      ];
      expect(graph.focus).toBe(`transform:${transform.uid}`);
      expect(graph.node(pipeline)).toMatchObject({
        version: "7.2.0",
        createdBy: "testuser1",
        createdAt: pipeline.createdAt.toISOString(),
        description: asOf ? null : "counts",
      });
      for (const uid of [pipeline.uid, transform.uid]) expect(graph.node(uid)).toEqual(other.node(uid));
      for (const one of [graph, other])
        expect(one.edges).toContainEqual({
          from: `transform:${pipeline.uid}`,
          to: `transform:${transform.uid}`,
          role: "initiated",
        });
      expect(String(other)).toContain("started by cell ranger  pipeline, version 7.2.0");
    }
  });

  test("a limit counts the transforms that are drawn, not the runs beneath them", async () => {
    let [last] = [await shop.raw("step 0", "0")];
    for (let i = 1; i <= 12; i++)
      [last = last] = (
        await shop.work(i % 2 === 0 ? "split.ts" : "join.ts", { reads: [last], makes: { [`step ${i}`]: String(i) } })
      ).made;
    const graph = await last.lineage({ level: "transform", limit: 3 });
    expect(labels(graph)).toEqual(["join.ts", "split.ts"]);
    expect(graph.truncated).toBe(false);
    const cut = await last.lineage({ level: "transform", limit: 1 });
    expect(labels(cut)).toEqual(["split.ts"]);
    expect(cut.truncated).toMatchObject({ upstream: true, limit: 1, more: [cut.focus] });
  });

  test("what a run read only after it had saved is no source, whoever asks, and however far", async () => {
    const [early, late] = [await shop.raw("early", "early"), await shop.raw("late", "late")];
    const session = await shop.work("join.ts", { reads: [early], makes: { "first out": "1" }, readsLater: [late] });
    const first = session.made[0] as Artifact;
    const user = await shop.work("split.ts", { reads: [first], makes: { "used first": "2" } });
    // A long session: the same run saves once more.
    const second = await shop.ln.Artifact.save(Buffer.from("second out"), { key: "second out", run: session.run });
    for (const graph of [await session.run.lineage(), await early.lineage(), await first.lineage({ siblings: true })]) {
      if (graph.node(late)) expect(graph.path(late, first)).toBeUndefined();
      expect(graph.upstream(first).map((node) => node.label)).not.toContain("late");
      expect(graph.path(early, first)?.map((node) => node.label)).toEqual(["early", "join.ts", "first out"]);
    }
    const whole = await session.run.lineage();
    expect(
      whole
        .upstream(second)
        .filter(({ kind }) => kind === "artifact")
        .map(({ label }) => label),
    ).toEqual(["early", "late"]);
    expect(whole.downstream(late).map(({ label }) => label)).toEqual(["join.ts", "second out"]);
    expect((await late.impact()).column("key")).toEqual(["second out"]);
    expect((await early.impact()).rows().map(({ key, hops }) => [key, hops])).toEqual([
      ["first out", 1],
      ["second out", 1],
      ["used first", 2],
    ]);
    expect(user.made).toHaveLength(1);
    const again = Graph.fromJSON(whole.to("json"));
    expect(again.toJSON()).toEqual(JSON.parse(JSON.stringify(whole)));
    expect(again.downstream(late).map(({ label }) => label)).toEqual(["join.ts", "second out"]);
  });

  test("collections and records have a lineage as artifacts have", async () => {
    const { ln } = shop;
    const other = await shop.raw("other", "other");
    const { run } = await shop.work("join.ts", { reads: [other], makes: { member: "m" } });
    const cohort = await ln.Collection.save({ key: "cohort" });
    const sample = await ln.Record.save({ name: "sample 1" });
    await run.inputCollections.add(cohort);
    await run.inputRecords.add(sample);
    for (const entry of [cohort, sample]) {
      const graph = await entry.lineage();
      expect(labels(graph)).toEqual([entry === cohort ? "cohort" : "sample 1", "join.ts", "member"].sort());
      expect(graph.node(graph.focus)?.uid).toBe(entry.uid);
      expect(String(graph)).toContain("member");
    }
    expect(labels(await run.lineage({ upstream: 1, downstream: 0 }))).toEqual([
      "cohort",
      "join.ts",
      "other",
      "sample 1",
    ]);
    await run.inputRecords.remove(sample);
    expect(labels(await sample.lineage())).toEqual(["sample 1"]);
  });

  test("what a collection holds is where it came from; impact leads through it", async () => {
    const { ln } = shop;
    const source = await shop.raw("plates", "plates");
    const { made: plates } = await shop.work("split.ts", {
      reads: [source],
      makes: { "plate 1": "1", "plate 2": "2" },
    });
    const cohort = await ln.Collection.save({ key: "plates of May" });
    await cohort.artifacts.add(...plates);
    const { run, made: fitted } = await shop.work("join.ts", { makes: { fit: "fit" } });
    await run.inputCollections.add(cohort);
    const graph = await (fitted[0] as Artifact).lineage();
    expect(labels(graph)).toEqual(["fit", "join.ts", "plate 1", "plate 2", "plates", "plates of May", "split.ts"]);
    expect(graph.path(source, fitted[0] as Artifact)?.map(({ label }) => label)).toEqual([
      "plates",
      "split.ts",
      expect.stringMatching(/^plate \d$/),
      "plates of May",
      "join.ts",
      "fit",
    ]);
    expect(String(graph)).toContain("└─ plates of May  collection");
    expect(Graph.fromJSON(graph.to("json")).toJSON()).toEqual(graph.toJSON());
    expect((await source.impact()).rows().map(({ key, hops }) => [key, hops])).toEqual([
      ["plate 1", 1],
      ["plate 2", 1],
      ["plates of May", 2],
      ["fit", 3],
    ]);
    expect(labels(await source.lineage({ kind: "collection" }))).toEqual([
      "plate 1",
      "plate 2",
      "plates",
      "plates of May",
      "split.ts",
    ]);
    expect(labels(await (fitted[0] as Artifact).lineage({ level: "transform" }))).toEqual(["join.ts", "split.ts"]);
    await (plates[0] as Artifact).delete({ permanent: true });
    expect(labels(await (fitted[0] as Artifact).lineage())).toEqual([
      "fit",
      "join.ts",
      "plate 1 †",
      "plate 2",
      "plates",
      "plates of May",
      "split.ts",
    ]);
    const unlinked = await cohort.artifacts
      .remove(plates[1] as Artifact)
      .then(() => cohort.lineage({ upstream: 1, downstream: 0 }));
    expect(labels(unlinked)).toEqual(["plate 1 †", "plates of May"]);
  });

  test("options that there are not, and values that mean nothing, are refused with what was meant", async () => {
    for (const options of [
      { upstraem: 1 },
      { hops: 1 },
      "all",
      null,
      { siblings: "yes" },
      { level: "run" },
      { limit: "3" },
    ])
      await refused(raw.lineage(options as never), "invalid");
    expect((await refused(raw.lineage({ upstraem: 1 } as never), "invalid")).hint).toBe("Did you mean upstream?");
    for (const options of [{ kinds: "model" }, { kind: ["model"] }, { hops: -1 }, { hops: "all" }, null])
      await refused(raw.impact(options as never), "invalid");
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
