/** Questions to a graph: ends, neighbours, reach, ways, merging and reading back. */
import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import { LinealError } from "../../../src/ground/errors.ts";
import { Graph } from "../../../src/lineage/graph/graph.ts";
import type { NodeRef } from "../../../src/lineage/graph/graph.ts";
import type { Edge } from "../../../src/lineage/graph/node.ts";
import { anyGraph, dag, twoParts } from "../arbitrary.ts";
import {
  artifact,
  chain,
  cohort,
  edges,
  graph,
  ladder,
  oddities,
  projectFlow,
  run,
  singleFile,
  transform,
} from "../sample.ts";

const uids = (nodes: readonly { uid: string }[] | undefined) => nodes?.map((node) => node.uid.replace(/A+\d*$/, ""));
const sorted = (ids: Iterable<string>) => [...ids].sort();

function refusal(act: () => unknown): LinealError {
  try {
    act();
  } catch (error) {
    if (error instanceof LinealError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("ends", () => {
  test("without a kind, sources and sinks are the nodes nothing leads to or from", () => {
    expect(uids(chain().sources())).toEqual(["raw"]);
    expect(uids(chain().sinks())).toEqual(["sum"]);
  });

  test("with a kind, they are the raw data and final results", () => {
    expect(uids(projectFlow().sources("artifact"))).toEqual(["crispr", "fastq1", "fastq2"]);
    expect(uids(projectFlow().sinks("artifact"))).toEqual(["figMatrix", "figUmap"]);
    expect(uids(projectFlow().sources())).toEqual(["uploadRun", "seqRun"]);
  });

  test("a single file is both", () => {
    expect(singleFile().sources()).toEqual(singleFile().sinks());
    expect(singleFile().sources()).toHaveLength(1);
  });

  test("runs that only re-created something or only started others are neither", () => {
    expect(uids(oddities().sources())).toEqual(["gone", "ref"]);
    expect(uids(oddities().sinks())).toEqual(["failedRun", "log"]);
  });
});

describe("neighbours and reach", () => {
  test("parents and children follow the flow of data, side edges on request", () => {
    const g = oddities();
    expect(uids(g.parents(g.focus))).toEqual(["stepRun"]);
    expect(uids(g.parents(g.focus, { also: ["recreated"] }))).toEqual(["stepRun", "againRun", "againRunBBBBBBBB"]);
    expect(uids(g.children("flowRunAAAAAAAAA"))).toEqual([]);
    expect(uids(g.children("flowRunAAAAAAAAA", { also: ["initiated"] }))).toEqual(["stepRun"]);
    expect(uids(g.upstream(g.focus))).toEqual(["stepRun", "gone", "ref"]);
    expect(uids(g.upstream(g.focus, { also: ["initiated"] }))).toContain("flowRun");
  });

  test("a hop is artifact → run → artifact", () => {
    const g = projectFlow();
    expect(uids(g.upstream(g.focus, 0))).toEqual([]);
    expect(uids(g.upstream(g.focus, 1))).toEqual(["integrateRun", "counts", "hits"]);
    expect(g.upstream(g.focus, { hops: 2 })).toHaveLength(9);
    expect(g.upstream(g.focus)).toHaveLength(g.nodes.length - 3);
    expect(uids(g.downstream(g.focus, "all"))).toEqual(["reviewRun"]);
    expect(uids(g.downstream("run:cellrangerAAAAAA", 1))).toEqual(["m0", "m1", "m2"]);
  });

  test("a collection is one hop from its members, and leads on to what used it", () => {
    const g = cohort();
    expect(uids(g.upstream("cohort", 1))).toEqual(["s1", "s2", "collect"]);
    expect(uids(g.upstream("cohort"))).toEqual(["s1", "s2", "collect", "clean", "raw"]);
    expect(uids(g.downstream("raw"))).toEqual(["clean", "s1", "cohort", "train", "model", "zoo"]);
    expect(uids(g.downstream("raw", 2))).toEqual(["clean", "s1", "cohort"]);
    expect(uids(g.path("raw", "model"))).toEqual(["raw", "clean", "s1", "cohort", "train", "model"]);
    expect(uids(g.path("s2", "s1"))).toBeUndefined();
    expect(uids(g.sources("artifact"))).toEqual(["s2", "raw"]);
    expect(uids(g.sinks("artifact"))).toEqual(["model"]);
  });

  test("transforms are one hop apart", () => {
    const g = graph(
      transform("c", "c.ts"),
      [transform("b", "b.ts"), transform("a", "a.ts")],
      edges("t:a > t:b", "t:b > t:c", "t:c > t:c"),
    );
    expect(uids(g.upstream("c", 1))).toEqual(["b"]);
    expect(uids(g.upstream("c"))).toEqual(["b", "a"]);
    expect(uids(g.path("a", "c"))).toEqual(["a", "b", "c"]);
  });

  test("a ladder with 2^1000 ways is walked once", () => {
    const g = ladder(1000);
    expect(g.upstream(g.focus)).toHaveLength(g.nodes.length - 3);
    expect(g.upstream(g.focus, 10)).toHaveLength(39);
    expect(g.path(g.focus, "y0")).toHaveLength(2001);
  });

  test.each([-1, 1.5, Number.NaN, "3" as never])("hops %s are refused", (hops) => {
    expect(refusal(() => chain().upstream("rawAAAAAAAAAAAAA0000", hops)).code).toBe("invalid");
  });

  test("reach equals a reference search, with cycles of runs too", () => {
    fc.assert(
      fc.property(fc.oneof(dag, anyGraph), (g) => {
        for (const node of g.nodes) {
          const up = reference(g, node.id, "up", 2);
          const down = reference(g, node.id, "down");
          expect(sorted(g.upstream(node).map((n) => n.id))).toEqual(sorted(up.keys()));
          expect(sorted(g.downstream(node).map((n) => n.id))).toEqual(sorted(down.keys()));
          for (const hops of [0, 1, 2]) {
            const within = [...up].filter(([, distance]) => hopsOf(node.kind, distance) <= hops).map(([id]) => id);
            expect(sorted(g.upstream(node, hops).map((n) => n.id))).toEqual(sorted(within));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** Edges to everything that can be reached, by relaxing all edges until nothing changes; slow, short and different. A member counts for so many. */
function reference(g: Graph, start: string, direction: "up" | "down", member = 1): Map<string, number> {
  const far = new Map([[start, 0]]);
  const flow = g.edges.filter((edge) => edge.role === "input" || edge.role === "output" || edge.role === "member");
  for (let round = 0; round < g.nodes.length; round++) {
    for (const edge of flow) {
      const [a, b] = direction === "up" ? [edge.to, edge.from] : [edge.from, edge.to];
      const distance = (far.get(a) ?? Number.NaN) + (edge.role === "member" ? member : 1);
      if (distance < (far.get(b) ?? Number.POSITIVE_INFINITY)) far.set(b, distance);
    }
  }
  far.delete(start);
  return far;
}

const hopsOf = (kind: string, distance: number) =>
  kind === "run" ? Math.floor(distance / 2) + 1 : Math.ceil(distance / 2);

describe("path", () => {
  test("goes from the first to the second, whichever came first", () => {
    const way = ["crispr", "hitRun", "hits", "integrateRun", "figMatrix"];
    const g = projectFlow();
    expect(uids(g.path("crisprAAAAAAAAAA0000", g.focus))).toEqual(way);
    expect(uids(g.path(g.focus, "artifact:crisprAAAAAAAAAA0000"))).toEqual(way.toReversed());
    expect(uids(g.path(g.focus, g.focus))).toEqual(["figMatrix"]);
  });

  test("is undefined when neither came from the other", () => {
    expect(projectFlow().path("crisprAAAAAAAAAA0000", "fastq1AAAAAAAAAA0000")).toBeUndefined();
  });

  test("takes ids, uids, nodes and records whose kind means something else", () => {
    const g = chain();
    const refs: NodeRef[] = [
      "artifact:rawAAAAAAAAAAAAA0000",
      "rawAAAAAAAAAAAAA0000",
      g.sources()[0] as NodeRef,
      { uid: "rawAAAAAAAAAAAAA0000", kind: "dataset", id: 7 } as NodeRef,
    ];
    for (const ref of refs) expect(uids(g.path(ref, g.focus))).toEqual(["raw", "cleanRun", "clean"]);
  });

  test("an unknown node is not found, and the hint knows about a cut graph", () => {
    expect(refusal(() => chain().path("nope", chain().focus)).toJSON()).toEqual({
      code: "not-found",
      message: "nope is not in this lineage graph",
      hint: "Name a node by its id or uid: graph.nodes lists them.",
    });
    expect(refusal(() => oddities().upstream({ uid: "nope" })).hint).toContain("cut at 1000 nodes");
    expect(chain().node("nope")).toBeUndefined();
  });

  test("is as short as the reference says and made of edges", () => {
    fc.assert(
      fc.property(anyGraph, fc.nat(), fc.nat(), (g, i, j) => {
        const a = g.nodes[i % g.nodes.length]!;
        const b = g.nodes[j % g.nodes.length]!;
        const way = g.path(a, b);
        const length = a === b ? 0 : (reference(g, a.id, "down").get(b.id) ?? reference(g, a.id, "up").get(b.id));
        expect(way && way.length - 1).toBe(length);
        way?.slice(1).forEach((node, k) => {
          const before = way[k]!;
          expect(
            g.edges.some(
              (e) => (e.from === before.id && e.to === node.id) || (e.from === node.id && e.to === before.id),
            ),
          ).toBe(true);
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe("building and merging", () => {
  test("repeated nodes and edges are kept once, edges into nowhere dropped", () => {
    const a = artifact("a");
    const g = graph(a, [a, run("r", "r.ts")], edges("a:a > r:r", "a:a > r:r", "r:r > a:elsewhere"));
    expect([g.nodes.length, g.edges.length]).toEqual([2, 1]);
  });

  test("a focus that is not there is refused", () => {
    expect(refusal(() => new Graph({ focus: "artifact:x", nodes: [], edges: [] })).code).toBe("not-found");
  });

  test("sources and trees go by the order of a long run: what it made first did not come of what it took later", () => {
    const [x, y, z] = [artifact("x"), artifact("y"), artifact("z")];
    const at = (order: number, ...lines: string[]): Edge[] => edges(...lines).map((edge) => ({ ...edge, order }));
    const links = [...at(0, "r:1 > a:x"), ...edges("a:x > r:2", "r:2 > a:y"), ...at(1, "a:y > r:1", "r:1 > a:z")];
    const long = graph(x, [x, y, z, run("1", "s1.ts"), run("2", "s2.ts")], links);
    expect(long.sources("artifact")).toEqual([x]);
    expect(long.sinks("artifact")).toEqual([z]);
    const [before = "", after = ""] = String(long).split("used by");
    expect(before).not.toMatch(/\by\b/);
    expect(after).toMatch(/\by\b[^]*\bz\b/);
    expect(after).not.toContain("above");
  });

  test("merging is idempotent, and commutative up to order", () => {
    const content = (g: Graph) => ({ nodes: new Set(g.nodes), edges: new Set(g.edges), truncated: g.truncated });
    fc.assert(
      fc.property(twoParts, ([a, b]) => {
        expect(content(a.merge(a))).toEqual(content(a));
        expect(content(a.merge(b))).toEqual(content(b.merge(a)));
        expect(content(a.merge(b).merge(b))).toEqual(content(a.merge(b)));
        for (const node of [...a.nodes, ...b.nodes]) expect(a.merge(b).node(node)).toEqual(node);
      }),
      { numRuns: 60 },
    );
  });

  test("merging keeps this focus, believes the other's facts, and stays cut where either was", () => {
    const newer = graph(artifact("rawAAAAAAAAAAAAA0000", { key: "penguins/raw.csv", deleted: true }), [], [], {
      upstream: true,
      downstream: false,
      limit: 5,
      more: ["x"],
    });
    const g = chain().merge(newer);
    expect(g.focus).toBe(chain().focus);
    expect(g.node("rawAAAAAAAAAAAAA0000")?.deleted).toBe(true);
    expect(g.truncated).toEqual({ upstream: true, downstream: false, limit: 5, more: ["x"] });
    expect(g.merge(oddities()).truncated).toMatchObject({ limit: 1000, more: ["x", "artifact:refAAAAAAAAAAAAA0000"] });
  });
});

describe("to", () => {
  test("gives strings, and names the formats there are for one there is not", () => {
    expectTypeOf(chain().to("dot")).toEqualTypeOf<string>();
    // @ts-expect-error: there is no such format
    const error = refusal(() => chain().to("gif"));
    expect(error.code).toBe("invalid");
    expect(error.hint).toBe('Use graph.to(…) with one of "json", "mermaid", "dot", "svg", "png".');
    expect(refusal(() => chain().to("toString" as "json")).code).toBe("invalid");
  });
});
