import fc from "fast-check";
import { expect, test } from "vitest";
import { lineage, type LineageQuestion } from "../../src/db/lineage.ts";
import { graphOf } from "../../src/lineage/graph/found.ts";
import { byId } from "../../src/db/select.ts";
import { remove } from "../../src/db/removed.ts";
import { everything } from "../../src/db/viewer.ts";
import type { Graph } from "../../src/lineage/graph/graph.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { counted, Fixture, NOW, WRITER } from "./fixture.ts";
import { Flow } from "./flow.ts";

type Ask = Partial<Omit<LineageQuestion, "focus">>;

async function ask(
  flow: Flow,
  name: LineageQuestion["focus"]["name"],
  focus: string,
  more: Ask = {},
): Promise<{ graph: Graph; statements: number }> {
  const { id, uid } = flow.at(focus);
  const { db } = flow.fixture;
  let statements = 0;
  const graph = graphOf(
    await db.read(() =>
      counted(
        lineage(db.dialect, everything, {
          focus: { name, id, uid },
          upstream: "all",
          downstream: "all",
          limit: 1000,
          ...more,
        }),
        (n) => (statements = n),
      ),
    ),
  );
  return { graph, statements };
}

/** Removes rows for good, as a permanent delete does. */
async function removeAll(
  flow: Flow,
  name: "Artifact" | "Run" | "Collection" | "Record" | "Transform",
  ...called: string[]
): Promise<void> {
  const { db } = flow.fixture;
  for (const one of called) {
    await db.write(function* () {
      const row = yield* byId(db.dialect, everything, name, flow.at(one).id);
      if (row) yield* remove(db.dialect, WRITER, name, row);
    });
  }
}

const label = (flow: Flow, uid: string | undefined): string => flow.called(uid ?? "") ?? "?";
const nodes = (flow: Flow, graph: Graph): string[] =>
  graph.nodes.map((node) => `${label(flow, node.uid)}${node.deleted ? " †" : ""}`).sort();
const edges = (flow: Flow, graph: Graph): string[] =>
  graph.edges
    .map(({ from, to, role }) => `${label(flow, graph.node(from)?.uid)} -${role}-> ${label(flow, graph.node(to)?.uid)}`)
    .sort();

forEachDatabase((database) => {
  const start = async (): Promise<Flow> => new Flow(await Fixture.open(database));

  /** raw → first → middle → second → end */
  const chain = async (): Promise<Flow> => {
    const flow = await start();
    await flow.data("raw");
    await flow.run("first", "first.ts", { status: "completed", startedAt: NOW, finishedAt: NOW });
    await flow.input("first", "raw");
    await flow.data("middle", "first", { description: "in between", suffix: ".csv", size: 7, kind: "dataset" });
    await flow.run("second");
    await flow.input("second", "middle");
    await flow.data("end", "second");
    return flow;
  };

  test("a deleted artifact in the middle leaves a node and no hole", async () => {
    const flow = await chain();
    const before = await ask(flow, "Artifact", "end");
    expect(before.statements).toBe(2);
    await removeAll(flow, "Artifact", "middle");
    const { graph, statements } = await ask(flow, "Artifact", "end");
    expect(nodes(flow, graph)).toEqual(["end", "first", "middle †", "raw", "second"]);
    expect(edges(flow, graph)).toEqual(edges(flow, before.graph));
    expect(graph.node(flow.at("middle").uid)).toEqual({
      ...before.graph.node(flow.at("middle").uid),
      description: null,
      suffix: "",
      isLatest: false,
      deleted: true,
    });
    expect(statements).toBe(2);
    expect(nodes(flow, (await ask(flow, "Artifact", "raw")).graph)).toEqual([
      "end",
      "first",
      "middle †",
      "raw",
      "second",
    ]);
    expect(nodes(flow, (await ask(flow, "Run", "second")).graph)).toEqual([
      "end",
      "first",
      "middle †",
      "raw",
      "second",
    ]);
    // Hops count as before.
    expect(nodes(flow, (await ask(flow, "Artifact", "end", { upstream: 1 })).graph)).toEqual([
      "end",
      "middle †",
      "second",
    ]);
    expect(nodes(flow, (await ask(flow, "Artifact", "raw", { downstream: 1 })).graph)).toEqual([
      "first",
      "middle †",
      "raw",
    ]);
    const cut = (await ask(flow, "Artifact", "end", { limit: 3 })).graph;
    expect(nodes(flow, cut)).toEqual(["end", "middle †", "second"]);
    expect(cut.truncated).toMatchObject({ upstream: true, downstream: false });
  });

  test("so do a run, all that it had made, and several layers of both", async () => {
    const flow = await chain();
    const before = (await ask(flow, "Artifact", "end")).graph;
    await removeAll(flow, "Artifact", "middle");
    await removeAll(flow, "Run", "first");
    let { graph } = await ask(flow, "Artifact", "end");
    expect(nodes(flow, graph)).toEqual(["end", "first †", "middle †", "raw", "second"]);
    expect(edges(flow, graph)).toEqual(edges(flow, before));
    expect(graph.node(flow.at("first").uid)).toEqual({
      ...before.node(flow.at("first").uid),
      name: null,
      deleted: true,
    });
    await removeAll(flow, "Artifact", "raw");
    ({ graph } = await ask(flow, "Artifact", "end"));
    expect(nodes(flow, graph)).toEqual(["end", "first †", "middle †", "raw †", "second"]);
    expect(edges(flow, graph)).toEqual(edges(flow, before));
    await removeAll(flow, "Artifact", "end");
    expect(nodes(flow, (await ask(flow, "Run", "second")).graph)).toEqual([
      "end †",
      "first †",
      "middle †",
      "raw †",
      "second",
    ]);
  });

  test("an artifact that was made again, collections, and what was never linked", async () => {
    const flow = await chain();
    await flow.run("again");
    await flow.fixture.link("Artifact", "recreatingRuns", flow.at("middle"), flow.at("again"));
    await flow.collection("set", "second");
    await flow.run("third");
    await flow.fixture.link("Collection", "inputOf", flow.at("set"), flow.at("third"));
    await flow.data("last", "third");
    await flow.data("alone");
    const before = (await ask(flow, "Artifact", "last")).graph;
    await removeAll(flow, "Artifact", "middle", "alone");
    await removeAll(flow, "Collection", "set");
    const { graph } = await ask(flow, "Artifact", "last");
    expect(nodes(flow, graph)).toEqual(["again", "first", "last", "middle †", "raw", "second", "set †", "third"]);
    expect(edges(flow, graph)).toEqual(edges(flow, before));
    await removeAll(flow, "Run", "again");
    expect(edges(flow, (await ask(flow, "Artifact", "last")).graph)).toEqual(edges(flow, before));
  });

  test("what was deleted and made again stands only where what is there would", async () => {
    const flow = await start();
    await flow.data("raw");
    await flow.data("other");
    await flow.run("starter");
    await flow.run("maker", "step.ts", { initiatedByRun: flow.at("starter") });
    await flow.input("maker", "other", "raw");
    await flow.data("end", "maker");
    // The maker of the end made something again that came of nothing here.
    await flow.run("elsewhere");
    await flow.data("same", "elsewhere");
    await flow.fixture.link("Artifact", "recreatingRuns", flow.at("same"), flow.at("maker"));
    await flow.run("remaker", "step.ts", { initiatedByRun: flow.at("starter") });
    await flow.fixture.link("Artifact", "recreatingRuns", flow.at("end"), flow.at("remaker"));
    const questions = [
      ["Artifact", "raw"],
      ["Artifact", "end"],
      ["Run", "maker"],
      ["Run", "elsewhere"],
    ] as const;
    const drawn = async (): Promise<string[][]> =>
      Promise.all(questions.map(async ([name, focus]) => edges(flow, (await ask(flow, name, focus)).graph)));
    const before = await drawn();
    expect(before[1]).not.toContain("maker -recreated-> same");
    expect(before[0]).toEqual(
      expect.arrayContaining(["maker -recreated-> same", "remaker -recreated-> end", "starter -initiated-> remaker"]),
    );
    await removeAll(flow, "Artifact", "same", "other");
    await removeAll(flow, "Run", "remaker");
    expect(await drawn()).toEqual(before);
    const limited = (await ask(flow, "Artifact", "end", { limit: 3 })).graph;
    expect(limited.nodes).toHaveLength(3);
    expect(limited.truncated).toMatchObject({ upstream: true });
  });

  test("records are kept as artifacts are", async () => {
    const flow = await start();
    await flow.run("note");
    await flow.record("sample", "note");
    await flow.run("use");
    await flow.fixture.link("Record", "inputOf", flow.at("sample"), flow.at("use"));
    await flow.data("end", "use");
    const before = (await ask(flow, "Artifact", "end")).graph;
    await removeAll(flow, "Record", "sample");
    const { graph } = await ask(flow, "Artifact", "end");
    expect(nodes(flow, graph)).toEqual(["end", "note", "sample †", "use"]);
    expect(edges(flow, graph)).toEqual(edges(flow, before));
  });

  test("transforms follow on each other through data that were removed", async () => {
    const flow = await start();
    await flow.run("first", "a.ts");
    await flow.data("raw", "first");
    await flow.data("other", "first");
    await flow.run("second", "b.ts");
    await flow.input("second", "raw");
    await flow.data("clean", "second");
    await flow.run("third", "c.ts");
    await flow.input("third", "clean");
    const [before, after] = [
      (await ask(flow, "Transform", "c.ts")).graph,
      (await ask(flow, "Transform", "a.ts")).graph,
    ];
    await removeAll(flow, "Artifact", "raw", "clean", "other");
    for (const [focus, was] of [
      ["c.ts", before],
      ["a.ts", after],
    ] as const) {
      const { graph } = await ask(flow, "Transform", focus);
      expect(nodes(flow, graph)).toEqual(["a.ts", "b.ts", "c.ts"]);
      expect(edges(flow, graph)).toEqual(edges(flow, was));
    }
    expect(nodes(flow, (await ask(flow, "Transform", "c.ts", { upstream: 1 })).graph)).toEqual(["b.ts", "c.ts"]);
  });

  test("a removed transform keeps its place between those before and after it", async () => {
    const flow = await start();
    for (const name of ["a.ts", "b.ts", "c.ts", "d.ts"]) await flow.transform(name);
    for (const [later, earlier] of [
      ["b.ts", "a.ts"],
      ["c.ts", "b.ts"],
      ["d.ts", "c.ts"],
    ] as const)
      await flow.fixture.link("Transform", "predecessors", flow.at(later), flow.at(earlier));
    const before = (await ask(flow, "Transform", "d.ts")).graph;
    await removeAll(flow, "Transform", "b.ts", "c.ts");
    for (const focus of ["a.ts", "d.ts"]) {
      const { graph } = await ask(flow, "Transform", focus);
      expect(nodes(flow, graph)).toEqual(["a.ts", "b.ts †", "c.ts †", "d.ts"]);
      expect(edges(flow, graph)).toEqual(edges(flow, before));
      expect(graph.node(flow.at("b.ts").uid)).toMatchObject({
        kind: "transform",
        key: "b.ts",
        transformKind: "script",
        deleted: true,
        createdBy: "testuser1",
      });
    }
    expect(nodes(flow, (await ask(flow, "Transform", "d.ts", { upstream: 2 })).graph)).toEqual([
      "b.ts †",
      "c.ts †",
      "d.ts",
    ]);
    expect(nodes(flow, (await ask(flow, "Transform", "a.ts", { asOf: NOW })).graph).length).toBe(4);
  });

  const maybe = fc.option(fc.nat({ max: 11 }), { nil: undefined });
  const step = fc.record({
    inputs: fc.uniqueArray(fc.nat({ max: 11 }), { maxLength: 3 }),
    outputs: fc.integer({ min: 0, max: 2 }),
    later: maybe,
    again: fc.uniqueArray(fc.nat({ max: 11 }), { maxLength: 2 }),
    by: maybe,
  });
  const hops = fc.constantFrom<number | "all">("all", "all", 0, 1, 2);
  const history = fc.record({
    steps: fc.array(step, { minLength: 2, maxLength: 6 }),
    deleted: fc.array(fc.nat({ max: 11 }), { maxLength: 5 }),
    runs: fc.boolean(),
    focus: fc.nat({ max: 11 }),
    around: fc.constantFrom("Artifact", "Run", "Collection"),
    members: fc.array(fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: 11 })), { maxLength: 4 }),
    takes: fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 1 })), { maxLength: 2 }),
    upstream: hops,
    downstream: hops,
  });

  test("any history: whatever is deleted, the graph of what is left has the same nodes and edges", {
    timeout: 240_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        async ({ steps, deleted, runs, focus, around, members, takes, upstream, downstream }) => {
          const flow = await start();
          const data = ["d0"];
          await flow.data("d0");
          const made: string[][] = [];
          const starters = new Set<string>();
          for (const [i, { inputs, outputs, later, again, by }] of steps.entries()) {
            const starter = by === undefined || i === 0 ? undefined : `r${by % i}`;
            if (starter) starters.add(starter);
            await flow.run(`r${i}`, "step.ts", starter ? { initiatedByRun: flow.at(starter) } : {});
            await flow.input(`r${i}`, ...new Set(inputs.flatMap((n) => data[n % data.length] ?? [])));
            made.push([]);
            for (let o = 0; o < outputs; o++) {
              const name = `d${data.length}`;
              await flow.data(name, `r${i}`);
              data.push(name);
              made[i]?.push(name);
              const extra = later === undefined ? undefined : data[later % data.length];
              // What a run reads of its own is linked by nobody.
              if (
                o === 0 &&
                extra !== undefined &&
                !made[i]?.includes(extra) &&
                !inputs.some((n) => data[n % (data.length - 1)] === extra)
              )
                await flow.input(`r${i}`, extra).catch(() => undefined);
            }
            // What a run made or read is not made again by it.
            for (const name of new Set(again.flatMap((n) => data[n % data.length] ?? []))) {
              if (!made[i]?.includes(name))
                await flow.fixture.link("Artifact", "recreatingRuns", flow.at(name), flow.at(`r${i}`));
            }
          }
          const collections = ["c0", "c1"];
          for (const name of collections) await flow.collection(name);
          for (const link of new Set(members.map(([c, n]) => `c${c} ${data[n % data.length]}`)))
            await flow.hold(...(link.split(" ") as [string, string]));
          for (const link of new Set(takes.map(([r, c]) => `r${r % steps.length} c${c}`)))
            await flow.take(...(link.split(" ") as [string, string]));
          const at = {
            Artifact: data[focus % data.length] as string,
            Run: `r${focus % steps.length}`,
            Collection: collections[focus % 2] as string,
          }[around];
          const question = { upstream, downstream };
          const before = (await ask(flow, around, at, question)).graph;
          const lost = collections.filter((name, i) => name !== at && deleted.includes(i));
          const gone = new Set(deleted.flatMap((n) => data[n % data.length] ?? []).filter((name) => name !== at));
          // Some members go before their collections, some after.
          await removeAll(flow, "Collection", ...lost.slice(1));
          await removeAll(flow, "Artifact", ...gone);
          await removeAll(flow, "Collection", ...lost);
          const emptied = runs
            ? made.flatMap((outputs, i) =>
                outputs.every((name) => gone.has(name)) && `r${i}` !== at && !starters.has(`r${i}`) ? [`r${i}`] : [],
              )
            : [];
          await removeAll(flow, "Run", ...emptied);
          const { graph } = await ask(flow, around, at, question);
          const removed = new Set([...gone, ...lost, ...emptied]);
          expect(nodes(flow, graph)).toEqual(
            nodes(flow, before)
              .map((name) => (removed.has(name) ? `${name} †` : name))
              .sort(),
          );
          expect(edges(flow, graph)).toEqual(edges(flow, before));
          expect(graph.truncated).toBe(false);
        },
      ),
      { numRuns: database.name === "sqlite" ? 150 : 20 },
    );
  });
});
