/** Wide fans: what is alike is folded, whatever else there is stays, and the picture keeps its shape. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { folded } from "../../../src/lineage/draw/folding.ts";
import { Graph } from "../../../src/lineage/graph/graph.ts";
import { stateOf } from "../../../src/lineage/graph/node.ts";
import type { GraphData } from "../../../src/lineage/graph/node.ts";
import { anyGraph } from "../arbitrary.ts";
import { artifact, collection, edges, graph, run } from "../sample.ts";

const each = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));
const plates = (n: number) => each(n, (i) => artifact(`p${i}`, { key: `plate_${i}.csv` }));
const labels = ({ nodes }: GraphData) => nodes.map((node) => node.label);
const sizeOf = async (g: Graph, fan = 24) =>
  /width="(\d+)" height="(\d+)"/
    .exec(await g.to("svg", { fan }))
    ?.slice(1)
    .map(Number) as [number, number];

/** One run makes `n` files, all of which another takes; a third takes what `also` says. */
const merged = (n: number, ...also: string[]) =>
  graph(
    artifact("end", { key: "end.csv" }),
    [run("split", "split.ts"), run("merge", "merge.ts"), run("use", "use.ts"), ...plates(n)],
    edges(...each(n, (i) => [`r:split > a:p${i}`, `a:p${i} > r:merge`]).flat(), "r:merge > a:end", ...also),
  );

/** One run makes `n` files, each of which a run of its own takes, with a reference, to make another for the last run. */
const chains = (n: number, failed = -1) =>
  graph(
    artifact("end", { key: "end.csv" }),
    [
      run("split", "split.ts"),
      run("merge", "merge.ts"),
      artifact("ref", { key: "ref.fa" }),
      ...plates(n),
      ...each(n, (i) => [
        run(`r${i}`, "fit.ts", { status: i === failed ? "errored" : "completed" }),
        artifact(`f${i}`, { key: `fit_${i}.csv` }),
      ]).flat(),
    ],
    edges(
      ...each(n, (i) => [
        `r:split > a:p${i}`,
        `a:p${i} > r:r${i}`,
        `a:ref > r:r${i}`,
        `r:r${i} > a:f${i}`,
        `a:f${i} > r:merge`,
      ]).flat(),
      "r:merge > a:end",
    ),
  );

describe("what is alike", () => {
  test("files of one run that all go into another fold as loose ends do, with one edge in and one out", async () => {
    const few = folded(merged(53), 24);
    expect(labels(few).slice(4)).toEqual([...plates(24).map((p) => p.label), "… 29 more"]);
    const fold = few.nodes.at(-1)?.id;
    expect(few.edges.filter(({ from, to }) => from === fold || to === fold)).toEqual(
      edges("r:split > a:p24", "a:p24 > r:merge"),
    );
    expect(folded(merged(25), 24)).toEqual(merged(25));
    expect(labels(folded(merged(53), 2)).slice(4)).toEqual(["plate_0.csv", "plate_1.csv", "… 51 more"]);
    expect(folded(merged(53), Number.POSITIVE_INFINITY)).toEqual(merged(53));
  });

  test("so do members of a collection; the picture is no ribbon, however many there are", async () => {
    const members = (n: number) =>
      graph(
        collection("all", "all"),
        [run("split", "split.ts"), ...plates(n)],
        edges(...each(n, (i) => [`r:split > a:p${i}`, `a:p${i} > c:all member`]).flat(), "r:split > c:all"),
      );
    expect(labels(folded(members(500), 24)).at(-1)).toBe("… 476 more");
    for (const g of [members(500), merged(53)]) {
      const [width, height] = await sizeOf(g);
      expect(width).toBeLessThan(2000);
      expect(height).toBeGreaterThan(width / 5);
      expect((await sizeOf(g, 5))[0]).toBeLessThan(1100);
    }
  });

  test("many on both sides of each other", () => {
    const all = graph(
      run("look", "look.ts"),
      [artifact("x", { key: "x" }), ...plates(40), ...each(40, (i) => run(`r${i}`, "fit.ts"))],
      edges("a:x > r:look", ...each(40, (i) => [`a:x > r:r${i}`, ...each(40, (j) => `a:p${j} > r:r${i}`)]).flat()),
    );
    const few = folded(all, 5);
    expect(labels(few).filter((label) => label === "… 35 more")).toHaveLength(2);
    expect(few.edges).toHaveLength(1 + 6 + 36);
  });

  test("chains fold as a whole, however long, with what they share beside", async () => {
    const few = folded(chains(53), 3);
    expect(labels(few).filter((label) => label === "… 50 more")).toHaveLength(3);
    expect(few.nodes).toHaveLength(5 - 1 + 3 * 4);
    expect(few.edges).toHaveLength(1 + 5 * 4);
    expect((await sizeOf(chains(53)))[0]).toBeLessThan(3600);
  });

  test("what folds inside of branches that fold is counted", () => {
    const g = graph(
      artifact("raw", { key: "raw" }),
      each(9, (i) => [run(`r${i}`, "make.ts"), ...each(7, (j) => artifact(`o${i}_${j}`))]).flat(),
      edges(...each(9, (i) => [`a:raw > r:r${i}`, ...each(7, (j) => `r:r${i} > a:o${i}_${j}`)]).flat()),
    );
    expect(labels(folded(g, 4)).filter((label) => label.startsWith("…"))).toEqual([
      ...each(4, () => "… 3 more"),
      "… 5 more",
      ...each(4, () => "… 5 more"),
      "… 15 more",
    ]);
  });
});

describe("what is not", () => {
  test("other neighbours, other roles, other states", () => {
    expect(labels(folded(merged(53, "a:p50 > r:use"), 2))).toContain("plate_50.csv");
    expect(labels(folded(merged(53, "r:use > a:p50 recreated"), 2))).toContain("plate_50.csv");
    const gone = merged(53).toJSON();
    const nodes = gone.nodes.map((node) => (node.id === "artifact:p50" ? { ...node, deleted: true } : node));
    expect(labels(folded({ ...gone, nodes }, 2))).toContain("plate_50.csv");
    expect(labels(folded({ ...gone, focus: "artifact:p50" }, 2))).toContain("plate_50.csv");
  });

  test("a chain whose run failed stands by itself, and so does the one with the focus", () => {
    expect(labels(folded(chains(53, 40), 3))).toEqual(
      expect.arrayContaining(["plate_40.csv", "fit_40.csv", "… 49 more"]),
    );
    expect(labels(folded({ ...chains(53).toJSON(), focus: "run:r40" }, 3))).toEqual(
      expect.arrayContaining(["plate_40.csv", "fit_40.csv", "… 49 more"]),
    );
  });
});

test("of any graph all are drawn or counted, by kind and state; edges are those there were, and what hung together still does", () => {
  const tally = (g: GraphData) => {
    const sums: Record<string, number> = {};
    for (const node of g.nodes) {
      const key = `${node.kind} ${stateOf(node)}`;
      sums[key] =
        (sums[key] ?? 0) +
        Number((node.uid === "" && /^… ([\d,]+) more$/.exec(node.label)?.[1]?.replaceAll(",", "")) || 1);
    }
    return sums;
  };
  fc.assert(
    fc.property(anyGraph, fc.integer({ min: 1, max: 4 }), (g, fan) => {
      const few = folded(g, fan);
      const ids = new Set(few.nodes.map((node) => node.id));
      expect(tally(few)).toEqual(tally(g));
      expect(few.nodes.find((node) => node.id === g.focus)).toEqual(g.node(g.focus));
      expect(few.edges).toEqual(g.edges.filter(({ from, to }) => ids.has(from) && ids.has(to)));
      const near = new Set(g.edges.flatMap(({ from, to }) => (from === to ? [] : [from, to])));
      const still = new Set(few.edges.flatMap(({ from, to }) => (from === to ? [] : [from, to])));
      for (const id of ids) if (near.has(id)) expect(still.has(id)).toBe(true);
      expect(folded(g, fan)).toEqual(few);
    }),
    { numRuns: 200 },
  );
});
