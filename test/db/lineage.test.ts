import { expect, test } from "vitest";
import { everything } from "../../src/db/viewer.ts";
import { lineage } from "../../src/db/lineage.ts";
import { collapse } from "../../src/lineage/graph/transform-level.ts";
import { link, update } from "../../src/db/write.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { Fixture, NOW, TRASH, WRITER } from "./fixture.ts";
import { ask, called, edges, Flow } from "./flow.ts";

forEachDatabase((database) => {
  const start = async (): Promise<Flow> => new Flow(await Fixture.open(database));

  test("both ways through runs, with the facts of every node", async () => {
    const flow = await start();
    await flow.data("raw.csv");
    await flow.run("clean", "clean.ts", { entrypoint: "main", status: "completed", startedAt: NOW, finishedAt: NOW });
    await flow.input("clean", "raw.csv");
    await flow.data("clean.csv", "clean", { description: "tidy", suffix: ".csv", kind: "dataset", size: 42 });
    await flow.run("plot", "plot.ts");
    await flow.input("plot", "clean.csv");
    await flow.data("figure.png", "plot");
    const graph = await ask(flow, "Artifact", "clean.csv");
    expect(called(graph)).toEqual(["clean", "clean.csv", "figure.png", "plot", "raw.csv"]);
    expect(edges(graph)).toEqual([
      "clean -output-> clean.csv",
      "clean.csv -input-> plot",
      "plot -output-> figure.png",
      "raw.csv -input-> clean",
    ]);
    expect(graph.focus).toBe(`artifact:${flow.at("clean.csv").uid}`);
    expect(graph.truncated).toBe(false);
    expect(graph.node(flow.at("clean.csv"))).toEqual({
      ...{
        id: `artifact:${flow.at("clean.csv").uid}`,
        kind: "artifact",
        uid: flow.at("clean.csv").uid,
        label: "clean.csv",
        key: "clean.csv",
        description: "tidy",
      },
      ...{
        suffix: ".csv",
        size: 42,
        hash: flow.at("clean.csv").hash,
        artifactKind: "dataset",
        createdAt: NOW.toISOString(),
        createdBy: "testuser1",
        version: null,
        isLatest: true,
      },
    });
    expect(graph.node(flow.at("clean"))).toEqual({
      ...{
        id: `run:${flow.at("clean").uid}`,
        kind: "run",
        uid: flow.at("clean").uid,
        label: "clean.ts: main",
        name: "clean",
        transform: flow.at("clean.ts").uid,
      },
      ...{
        transformKey: "clean.ts",
        transformKind: "script",
        entrypoint: "main",
        status: "completed",
        startedAt: NOW.toISOString(),
        finishedAt: NOW.toISOString(),
        createdBy: "testuser1",
      },
    });
  });

  test("siblings of an output are left out unless they are reached", async () => {
    const flow = await start();
    await flow.run("r");
    for (const name of ["a", "b", "c"]) await flow.data(name, "r");
    await flow.run("both");
    await flow.input("both", "a", "b");
    await flow.data("end", "both");
    expect(called(await ask(flow, "Artifact", "a"))).toEqual(["a", "both", "end", "r"]);
    expect(called(await ask(flow, "Artifact", "end"))).toEqual(["a", "b", "both", "end", "r"]);
  });

  test("an output depends only on what its run had taken before", async () => {
    const flow = await start();
    await flow.data("early");
    await flow.data("late");
    await flow.run("r");
    await flow.input("r", "early");
    await flow.data("first", "r");
    await flow.input("r", "late", "first"); // a run may read its own output again
    await flow.data("second", "r");
    expect(called(await ask(flow, "Artifact", "first"))).toEqual(["early", "first", "r", "second"]);
    expect(called(await ask(flow, "Artifact", "first", { downstream: 0 }))).toEqual(["early", "first", "r"]);
    expect(called(await ask(flow, "Artifact", "late"))).toEqual(["late", "r", "second"]);
    expect(called(await ask(flow, "Artifact", "second"))).toEqual(["early", "first", "late", "r", "second"]);
  });

  test("what a run made first depends on nothing that it took later, in whichever order the walk meets the two", async () => {
    const flow = await start();
    await flow.run("parent");
    await flow.data("a", "parent");
    await flow.run("child");
    await flow.input("child", "a");
    await flow.data("b", "child");
    await flow.input("parent", "b");
    await flow.data("c", "parent");
    for (const [name, focus] of [
      ["Artifact", "a"],
      ["Artifact", "b"],
      ["Artifact", "c"],
      ["Run", "parent"],
      ["Run", "child"],
    ] as const) {
      for (const more of [{}, { downstream: 0 }, { upstream: 0 }, { siblings: true }]) {
        const graph = await ask(flow, name, focus, more);
        const before = graph.node(flow.at("a")) ? graph.upstream(flow.at("a")).map(({ label }) => label) : [];
        expect(before, `${focus} ${JSON.stringify(more)}`).not.toContain("b");
      }
    }
  });

  test("hops are counted exactly, as many as are asked for", async () => {
    const flow = await start();
    await flow.data("d0");
    for (let i = 1; i <= 20; i++) {
      await flow.run(`r${i}`);
      await flow.input(`r${i}`, `d${i - 1}`);
      await flow.data(`d${i}`, `r${i}`);
    }
    expect(called(await ask(flow, "Artifact", "d10", { upstream: 2, downstream: 1 }))).toEqual([
      "d10",
      "d11",
      "d8",
      "d9",
      "r10",
      "r11",
      "r9",
    ]);
    expect((await ask(flow, "Artifact", "d20", { upstream: 18 })).nodes).toHaveLength(37);
    expect((await ask(flow, "Artifact", "d20")).nodes).toHaveLength(41);
    expect(called(await ask(flow, "Artifact", "d10", { upstream: 0, downstream: 0 }))).toEqual(["d10"]);
    expect(called(await ask(flow, "Run", "r10", { upstream: 1, downstream: 1 }))).toEqual(["d10", "d9", "r10"]);
    expect(called(await ask(flow, "Run", "r10", { upstream: 2, downstream: 0 }))).toEqual(["d8", "d9", "r10", "r9"]);
  });

  test("a limit keeps the nearest of both sides and says where there is more", async () => {
    const flow = await start();
    await flow.run("make");
    for (let i = 0; i < 30; i++) await flow.data(`in${i}`);
    await flow.input("make", ...Array.from({ length: 30 }, (_, i) => `in${i}`));
    await flow.data("focus", "make");
    await flow.run("use");
    await flow.input("use", "focus");
    await flow.data("out", "use");
    const graph = await ask(flow, "Artifact", "focus", { limit: 9 });
    expect(graph.nodes).toHaveLength(9);
    expect(called(graph)).toEqual(expect.arrayContaining(["focus", "make", "out", "use"]));
    expect(graph.truncated).toEqual({
      upstream: true,
      downstream: false,
      limit: 9,
      more: [`run:${flow.at("make").uid}`],
    });
    expect((await ask(flow, "Artifact", "focus", { limit: 1 })).truncated).toMatchObject({
      upstream: true,
      downstream: true,
    });
    expect((await ask(flow, "Artifact", "focus", { limit: 34 })).truncated).toBe(false);
    expect((await ask(flow, "Artifact", "focus", { limit: 33 })).truncated).not.toBe(false);
  });

  test("the nearest are kept of a wide graph, however many hops are counted", async () => {
    const flow = await start();
    await flow.run("far");
    await flow.data("wide", "far");
    for (let i = 0; i < 60; i++) {
      await flow.run(`made ${i}`);
      await flow.data(`in ${i}`, `made ${i}`);
      await flow.input(`made ${i}`, "wide");
    }
    await flow.run("near");
    await flow.input("near", ...Array.from({ length: 60 }, (_, i) => `in ${i}`));
    await flow.data("focus", "near");
    for (const upstream of ["all", 2, 3, 16] as const) {
      const graph = await ask(flow, "Artifact", "focus", { upstream, limit: 12 });
      expect(graph.nodes).toHaveLength(12);
      expect(graph.upstream(flow.at("focus"), 1)).toHaveLength(11);
      expect(graph.truncated).toMatchObject({ upstream: true });
    }
  });

  test("a chain of runs longer than the limit is cut and says so", async () => {
    const flow = await start();
    await flow.data("d0");
    for (let i = 1; i <= 12; i++) {
      await flow.run(`r${i}`);
      await flow.input(`r${i}`, `d${i - 1}`);
      await flow.data(`d${i}`, `r${i}`);
    }
    const graph = await ask(flow, "Artifact", "d12", { limit: 5 });
    expect(called(graph)).toEqual(["d10", "d11", "d12", "r11", "r12"]);
    expect(graph.truncated).toMatchObject({
      upstream: true,
      downstream: false,
      more: [`artifact:${flow.at("d10").uid}`],
    });
  });

  test("runs that made it again and runs that started others stand beside the flow", async () => {
    const flow = await start();
    await flow.data("source");
    await flow.run("flow");
    await flow.run("r", "step.ts", { initiatedByRun: flow.at("flow") });
    await flow.input("r", "source");
    await flow.data("d", "r");
    await flow.data("other");
    await flow.run("again", "step.ts", { initiatedByRun: flow.at("r") });
    await flow.input("again", "other");
    await flow.fixture.link("Artifact", "recreatingRuns", flow.at("d"), flow.at("again"));
    const graph = await ask(flow, "Artifact", "d");
    expect(called(graph)).toEqual(["again", "d", "flow", "r", "source"]);
    expect(edges(graph)).toEqual([
      "again -recreated-> d",
      "flow -initiated-> r",
      "r -initiated-> again",
      "r -output-> d",
      "source -input-> r",
    ]);
    expect((await ask(flow, "Artifact", "d", { limit: 3 })).truncated).toMatchObject({ upstream: true });
    // What made it again belongs to where it came from, as its maker does.
    expect(called(await ask(flow, "Artifact", "d", { upstream: 0 }))).toEqual(["d"]);
    await flow.run("use");
    await flow.input("use", "d");
    await flow.data("end", "use");
    expect(called(await ask(flow, "Artifact", "end", { upstream: 1 }))).toEqual(["d", "end", "use"]);
    expect(called(await ask(flow, "Artifact", "end", { upstream: 2 }))).toEqual([
      "again",
      "d",
      "end",
      "flow",
      "r",
      "source",
      "use",
    ]);
    expect(called(await ask(flow, "Artifact", "source", { downstream: 1 }))).toEqual([
      "again",
      "d",
      "flow",
      "r",
      "source",
    ]);
  });

  test("who started a run is told of one that only made again what no run had made", async () => {
    const flow = await start();
    await flow.data("d");
    await flow.run("flow");
    await flow.run("again", "step.ts", { initiatedByRun: flow.at("flow") });
    await flow.fixture.link("Artifact", "recreatingRuns", flow.at("d"), flow.at("again"));
    expect(edges(await ask(flow, "Artifact", "d"))).toEqual(["again -recreated-> d", "flow -initiated-> again"]);
  });

  test("runs that started others are drawn up to the first, and from a run those that it started", async () => {
    const flow = await start();
    await flow.run("top");
    await flow.run("middle", "middle.ts", { initiatedByRun: flow.at("top") });
    await flow.run("step", "step.ts", { initiatedByRun: flow.at("middle") });
    await flow.run("other", "step.ts", { initiatedByRun: flow.at("middle") });
    await flow.data("d", "step");
    expect(edges(await ask(flow, "Artifact", "d"))).toEqual([
      "middle -initiated-> step",
      "step -output-> d",
      "top -initiated-> middle",
    ]);
    expect(edges(await ask(flow, "Run", "middle"))).toEqual([
      "middle -initiated-> other",
      "middle -initiated-> step",
      "top -initiated-> middle",
    ]);
    expect(edges(await ask(flow, "Run", "middle", { downstream: 0 }))).toEqual(["top -initiated-> middle"]);
    const cut = await ask(flow, "Artifact", "d", { limit: 3 });
    expect(called(cut)).toEqual(["d", "middle", "step"]);
    expect(cut.truncated).toMatchObject({ upstream: true, downstream: false });
  });

  test("what a run made again is drawn as its output, and nothing beyond it", async () => {
    const flow = await start();
    await flow.data("new");
    await flow.run("first");
    await flow.data("same", "first");
    await flow.run("second");
    await flow.input("second", "new");
    await flow.fixture.link("Artifact", "recreatingRuns", flow.at("same"), flow.at("second"));
    await flow.run("use");
    await flow.input("use", "same");
    await flow.data("end", "use");
    expect(edges(await ask(flow, "Artifact", "new"))).toEqual(["new -input-> second", "second -recreated-> same"]);
    expect(edges(await ask(flow, "Run", "second"))).toEqual(["new -input-> second", "second -recreated-> same"]);
    expect(called(await ask(flow, "Run", "second", { downstream: 0 }))).toEqual(["new", "second"]);
    // Its remaker's inputs are not walked.
    expect(called(await ask(flow, "Artifact", "end"))).toEqual(["end", "first", "same", "second", "use"]);
  });

  test("records are inputs and outputs like artifacts", async () => {
    const flow = await start();
    const type = await flow.fixture.add("Record", { name: "Sample", isType: true });
    await flow.run("note");
    await flow.record("sample 1", "note", { type });
    await flow.run("use");
    await flow.fixture.link("Record", "inputOf", flow.at("sample 1"), flow.at("use"));
    await flow.data("end", "use");
    const graph = await ask(flow, "Artifact", "end");
    expect(edges(graph)).toEqual(["note -output-> sample 1", "sample 1 -input-> use", "use -output-> end"]);
    expect(graph.node(flow.at("sample 1"))).toMatchObject({
      kind: "record",
      label: "sample 1",
      name: "sample 1",
      type: "Sample",
      createdBy: "testuser1",
    });
    expect(called(await ask(flow, "Record", "sample 1"))).toEqual(["end", "note", "sample 1", "use"]);
    expect(edges(await ask(flow, "Transform", "step.ts"))).toEqual([]);
  });

  test("the outputs beside an output, each edge once", async () => {
    const flow = await start();
    await flow.run("r");
    for (const name of ["a", "b", "c"]) await flow.data(name, "r");
    const graph = await ask(flow, "Artifact", "a", { siblings: true });
    expect(edges(graph)).toEqual(["r -output-> a", "r -output-> b", "r -output-> c"]);
  });

  test("links of an adopted output lead to its maker", async () => {
    const flow = await start();
    const { db } = flow.fixture;
    await flow.data("orphan");
    await flow.run("use");
    await flow.input("use", "orphan");
    await flow.data("end", "use");
    await flow.run("maker");
    await flow.data("source");
    await flow.input("maker", "source");
    expect(called(await ask(flow, "Artifact", "end"))).toEqual(["end", "orphan", "use"]);
    await db.write(() =>
      update(db.dialect, WRITER, "Artifact", flow.at("orphan").id, { run: flow.at("maker"), inputMark: 99 }),
    );
    expect(called(await ask(flow, "Artifact", "end"))).toEqual(["end", "maker", "orphan", "source", "use"]);
    expect(called(await ask(flow, "Artifact", "source"))).toEqual(["end", "maker", "orphan", "source", "use"]);
  });

  test("internal rows are hidden, trashed ones are marked", async () => {
    const flow = await start();
    await flow.data("raw");
    await flow.data("report", undefined, { internal: true });
    await flow.run("r");
    await flow.input("r", "raw", "report");
    await flow.data("d", "r");
    await flow.data("log", "r", { internal: true });
    const { db } = flow.fixture;
    await db.write(() => update(db.dialect, WRITER, "Artifact", flow.at("raw").id, { branch: TRASH, isLatest: false }));
    const graph = await ask(flow, "Artifact", "d");
    expect(called(graph)).toEqual(["d", "r", "raw"]);
    expect(graph.node(flow.at("raw"))).toMatchObject({ deleted: true, isLatest: false });
    expect(graph.node(flow.at("d"))).not.toHaveProperty("deleted");
    expect(called(await ask(flow, "Run", "r"))).toEqual(["d", "r", "raw"]);
  });

  test("collections are inputs and outputs like artifacts", async () => {
    const flow = await start();
    await flow.data("raw");
    await flow.run("collect");
    await flow.input("collect", "raw");
    await flow.collection("set", "collect");
    await flow.run("use");
    await flow.fixture.link("Collection", "inputOf", flow.at("set"), flow.at("use"));
    await flow.data("end", "use");
    for (const [name, focus] of [
      ["Collection", "set"],
      ["Artifact", "end"],
      ["Artifact", "raw"],
    ] as const) {
      const graph = await ask(flow, name, focus);
      expect(called(graph)).toEqual(["collect", "end", "raw", "set", "use"]);
      expect(graph.node(flow.at("set"))).toMatchObject({ kind: "collection", key: "set" });
    }
  });

  test("transforms: linked ones and those whose data were taken", async () => {
    const flow = await start();
    for (const [run, transform] of [
      ["a1", "a.ts"],
      ["b1", "b.ts"],
      ["b2", "b.ts"],
      ["c1", "c.ts"],
    ] as const)
      await flow.run(run, transform);
    await flow.data("x", "a1");
    await flow.input("b1", "x");
    await flow.data("y", "b1");
    await flow.input("b2", "y"); // a transform that follows itself is no predecessor
    await flow.input("c1", "y");
    await flow.transform("plan.ts");
    await flow.fixture.link("Transform", "predecessors", flow.at("a.ts"), flow.at("plan.ts"));
    const graph = await ask(flow, "Transform", "b.ts");
    expect(edges(graph)).toEqual([
      "a.ts -predecessor-> b.ts",
      "b.ts -predecessor-> c.ts",
      "plan.ts -predecessor-> a.ts",
    ]);
    expect(graph.focus).toBe(`transform:${flow.at("b.ts").uid}`);
    expect(called(await ask(flow, "Transform", "b.ts", { upstream: 1, downstream: 0 }))).toEqual(["a.ts", "b.ts"]);
    const cut = await ask(flow, "Transform", "b.ts", { limit: 3 });
    expect(cut.nodes).toHaveLength(3);
    expect(cut.truncated).toMatchObject({ upstream: true, downstream: false });
  });

  test("transforms whose runs started others stand beside the flow, up to the first; those that it started itself beside one", async () => {
    const flow = await start();
    await flow.run("top", "top.ts");
    await flow.run("flow", "flow.ts", { initiatedByRun: flow.at("top") });
    await flow.run("a", "a.ts", { initiatedByRun: flow.at("flow") });
    await flow.run("a2", "a.ts", { initiatedByRun: flow.at("a") }); // one that starts itself is told of nothing
    await flow.data("x", "a");
    await flow.run("b", "b.ts", { initiatedByRun: flow.at("flow") });
    await flow.input("b", "x");
    await flow.data("y", "b");
    const steps = [
      "a.ts -predecessor-> b.ts",
      "flow.ts -initiated-> a.ts",
      "flow.ts -initiated-> b.ts",
      "top.ts -initiated-> flow.ts",
    ];
    for (const focus of ["a.ts", "b.ts"]) expect(edges(await ask(flow, "Transform", focus))).toEqual(steps);
    expect(edges(await ask(flow, "Transform", "flow.ts"))).toEqual(steps.slice(1));
    expect(edges(await ask(flow, "Transform", "flow.ts", { downstream: 0 }))).toEqual(steps.slice(3));
    const cut = await ask(flow, "Transform", "b.ts", { limit: 3 });
    expect(called(cut)).toEqual(["a.ts", "b.ts", "flow.ts"]);
    expect(cut.truncated).toMatchObject({ upstream: true, downstream: false });
    // As it was before the flow ran.
    const later = new Date(NOW.getTime() + 1000);
    const soon = await flow.transform("soon.ts");
    const initiatedByRun = await flow.fixture.add("Run", { transform: soon, createdAt: later });
    await flow.fixture.add("Run", { transform: flow.at("a.ts"), initiatedByRun, createdAt: later });
    expect(called(await ask(flow, "Transform", "a.ts"))).toEqual(["a.ts", "b.ts", "flow.ts", "soon.ts", "top.ts"]);
    expect(called(await ask(flow, "Transform", "a.ts", { asOf: NOW }))).toEqual(["a.ts", "b.ts", "flow.ts", "top.ts"]);
    expect(called(await ask(flow, "Transform", "soon.ts", { asOf: NOW }))).toEqual(["soon.ts"]);
    // The same from what was made.
    const beneath = (await ask(flow, "Artifact", "y")).toJSON();
    expect(edges(collapse(beneath, "transform"))).toEqual(steps);
  });

  test("as of an earlier time", async () => {
    const flow = await start();
    const { db } = flow.fixture;
    const later = new Date(NOW.getTime() + 1000);
    await flow.data("raw");
    await flow.run("r");
    await flow.input("r", "raw");
    await flow.data("d", "r");
    await flow.run("use");
    await db.write(() =>
      link(db.dialect, { ...WRITER, now: later }, "Artifact", "inputOf", flow.at("d").id, [flow.at("use").id]),
    );
    expect(called(await ask(flow, "Artifact", "d"))).toEqual(["d", "r", "raw", "use"]);
    expect(called(await ask(flow, "Artifact", "d", { asOf: NOW }))).toEqual(["d", "r", "raw"]);
  });

  test("wrong questions", async () => {
    const flow = await start();
    await flow.data("d");
    for (const wrong of [
      { upstream: -1 },
      { downstream: 1.5 },
      { upstream: Number.NaN },
      { limit: 0 },
      { limit: 2.5 },
    ]) {
      await expect(ask(flow, "Artifact", "d", wrong)).rejects.toMatchObject({ code: "invalid" });
    }
    const { db } = flow.fixture;
    const gone = lineage(db.dialect, everything, {
      focus: { name: "Artifact", id: 999, uid: "gone" },
      upstream: 1,
      downstream: 1,
      limit: 9,
    });
    await expect(db.read(() => gone)).rejects.toMatchObject({ code: "not-found" });
  });
});
