/** Parts of a graph: what fits, and what lies between it and the focus. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Graph } from "../../../src/lineage/graph/graph.ts";
import type { Node, NodeKind } from "../../../src/lineage/graph/node.ts";
import { select } from "../../../src/lineage/graph/select.ts";
import { anyGraph } from "../arbitrary.ts";
import { artifact, chain, edges, fan, graph, oddities, projectFlow, run } from "../sample.ts";

const uids = (g: { nodes: readonly { uid: string }[] }) =>
  g.nodes.map((node) => node.uid.replace(/A*(0000)?$/, "")).sort();

describe("select", () => {
  test("failed runs and the way to them", () => {
    expect(uids(select(fan(3), { status: "errored" }))).toEqual(["focus", "use1", "use3"]);
    expect(uids(select(oddities(), { status: ["errored", "aborted"] }))).toEqual(["countsAAAAAAAAAA0001", "failedRun"]);
  });

  test("times include their ends; a run counts by its start, the rest by creation", () => {
    const only = (since: string, until?: string) =>
      uids(select(chain(), { kind: "run", since, ...(until ? { until } : {}) }));
    expect(only("2024-12-21T08:00:00Z")).toEqual(["clean", "sumRun"]);
    expect(only("2024-12-21T08:00:00.001Z")).toEqual(["clean"]);
    expect(only("2024-12-20", "2024-12-20T15:09:33Z")).toEqual(["clean", "cleanRun"]);
    expect(uids(select(chain(), { until: new Date("2024-12-20T15:09:00Z") }))).toEqual([
      "clean",
      "cleanRun",
      "raw",
      "sum",
      "sumRun",
    ]);
  });

  test("what lies beside the focus stays joined to it", () => {
    const g = select(projectFlow("artifact:figUmapAAAAAAAAA0000"), { kind: "run", since: "2024-12-20T15:15:00Z" });
    expect(uids(g)).toEqual(["figMatrix", "figUmap", "integrateRun", "reviewRun"]);
  });

  test("what there is not is refused", () => {
    expect(() => select(chain(), { kind: "file" as NodeKind })).toThrow('kind cannot be "file"');
    expect(() => select(chain(), { since: "yesterday" })).toThrow('since cannot be "yesterday"');
    expect(() => select(chain(), { until: new Date(Number.NaN) })).toThrow("until cannot be an invalid Date");
  });

  test.each<[Record<string, unknown> | null, string]>([
    [{ status: "foo" }, 'status cannot be "foo"'],
    [{ status: "Errored" }, 'status cannot be "Errored"'],
    [{ status: ["errored", null] }, "status cannot be null"],
    [{ since: null }, "since cannot be null"],
    [{ since: 20200101 }, "since cannot be 20200101"],
    [{ until: "Jan 5 2020" }, 'until cannot be "Jan 5 2020"'],
    [{ until: "2020-02-31" }, 'until cannot be "2020-02-31"'],
    [{ until: "2020-02-03T25:00" }, "until cannot be"],
    [{ until: "2020-01-05 (a Sunday)" }, "until cannot be"],
    [{ since: "2021-01-01", until: "2020-12-31" }, 'since "2021-01-01" is later than until "2020-12-31"'],
    [{ since: "2024-12-25" }, 'since "2024-12-25" is in the future'],
    [{ states: "errored" }, 'a selection has no option "states"'],
    [null, "a selection takes options, not null"],
  ])("%j is refused", (selection, message) => {
    const now = new Date("2024-12-24T12:00:00Z");
    expect(() => select(chain(), selection as never, now)).toThrow(
      expect.objectContaining({ code: "invalid", message: expect.stringContaining(message), hint: expect.any(String) }),
    );
  });

  test("a misspelt status is named", () => {
    expect(() => select(chain(), { status: "Errored" as never })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('Did you mean "errored"?') }),
    );
  });

  test("a time means all of what it names: a day to its end, a minute to its last second", () => {
    const late = (when: string) => graph(artifact("a"), [run("r", "r.ts", { startedAt: when })], edges("r:r > a:a"));
    const has = (when: string, until: string) => select(late(when), { kind: "run", until }).node("r") !== undefined;
    expect(has("2024-12-20T23:59:59.999Z", "2024-12-20")).toBe(true);
    expect(has("2024-12-21T00:00:00.000Z", "2024-12-20")).toBe(false);
    expect(has("2024-12-20T15:09:59.999Z", "2024-12-20T15:09")).toBe(true);
    expect(has("2024-12-20T15:09:33.500Z", "2024-12-20 15:09:33")).toBe(true);
    expect(has("2024-12-20T15:09:33.500Z", "2024-12-20T15:09:33.499Z")).toBe(false);
    expect(has("2024-12-20T15:09:33.500Z", "2024-12-20T17:09:33.500+02:00")).toBe(true);
    expect(
      select(late("2024-12-20T00:00:00.000Z"), { kind: "run", since: "2024-12-20", until: "2024-12-20" }).node("r"),
    ).toBeDefined();
  });

  test("a part says that it is one, and keeps saying so", () => {
    const part = select(chain(), { status: "errored" });
    expect(part.nodes).toHaveLength(1);
    expect(part.toJSON()).toMatchObject({ partial: true });
    expect(Graph.fromJSON(part.to("json")).merge(chain()).partial).toBe(true);
    expect(select(chain(), { kind: ["artifact", "run"] }).toJSON()).not.toHaveProperty("partial");
  });

  test("a cut is told of kept nodes only", () => {
    expect(select(oddities(), { status: "errored" }).truncated).toEqual({
      upstream: true,
      downstream: false,
      limit: 1000,
      more: [],
    });
    expect(select(oddities(), {}).toJSON()).toEqual(oddities().toJSON());
  });

  const kind = fc.constantFrom<NodeKind>("artifact", "run");

  test("all that fits is there, nothing else but what leads to it, and what was in one piece stays so", () => {
    fc.assert(
      fc.property(anyGraph, kind, fc.constantFrom(undefined, "errored"), (g, wanted, status) => {
        const part = select(g, { kind: wanted, ...(status ? { status } : {}) });
        const fits = g.nodes.filter(
          (node) => node.kind === wanted && (!status || (node.kind === "run" && node.status === status)),
        );
        for (const node of fits) expect(part.node(node.id)).toBe(node);
        const near = (start: string, edges: typeof g.edges) => {
          const found = new Set([start]);
          for (const id of found)
            for (const { from, to } of edges) if (from === id || to === id) found.add(from).add(to);
          return found;
        };
        const before = near(g.focus, g.edges);
        const after = near(part.focus, part.edges);
        for (const node of part.nodes) expect(after.has(node.id)).toBe(before.has(node.id));
        const ends = new Set([g.focus, ...fits.map((node) => node.id)]);
        for (const node of part.nodes) {
          if (ends.has(node.id)) continue;
          // Whoever is only passed by lies between two others.
          expect(
            part.edges.filter(({ from, to }) => from !== to && (from === node.id || to === node.id)).length,
          ).toBeGreaterThan(1);
        }
        expect(part.edges).toEqual(g.edges.filter((edge) => part.node(edge.from) && part.node(edge.to)));
      }),
      { numRuns: 300 },
    );
  });

  test("every way of data between the focus and what fits is kept whole", () => {
    fc.assert(
      fc.property(anyGraph, kind, (g, wanted) => {
        const part = select(g, { kind: wanted });
        for (const node of g.nodes.filter((n) => n.kind === wanted && n.id !== g.focus)) {
          const up = new Set(g.upstream(g.focus).map((n) => n.id));
          const on = g.downstream(node).filter((n) => up.has(n.id));
          if (up.has(node.id)) for (const passed of on) expect(part.node(passed.id)).toBeDefined();
        }
      }),
      { numRuns: 100 },
    );
  });

  test("where data joins all that fits, what stands beside the data joins nothing", () => {
    fc.assert(
      fc.property(anyGraph, kind, fc.constantFrom(undefined, "errored"), (g, wanted, status) => {
        const selection = { kind: wanted, ...(status ? { status } : {}) };
        const fits = (node: Node) =>
          node.kind === wanted && (!status || (node.kind === "run" && node.status === status));
        const near = new Set([...g.upstream(g.focus), ...g.downstream(g.focus)].map(({ id }) => id).concat(g.focus));
        const nodes = g.nodes.filter((node) => near.has(node.id) || !fits(node));
        const plain = g.edges.filter(({ role }) => role !== "recreated" && role !== "initiated");
        expect(uids(select(new Graph({ focus: g.focus, nodes, edges: g.edges }), selection))).toEqual(
          uids(select(new Graph({ focus: g.focus, nodes, edges: plain }), selection)),
        );
      }),
      { numRuns: 300 },
    );
  });

  describe("a file that was made again later", () => {
    const at = (startedAt: string) => ({ startedAt, createdAt: startedAt });
    const [early, late] = ["2026-11-25T17:03:00.000Z", "2026-11-25T17:04:56.000Z"];
    const remade = (...more: string[]) =>
      graph(
        artifact("in", at(early)),
        [
          artifact("clean", at(early)),
          run("first", "clean.ts", at(early)),
          run("again", "again.ts", at(late)),
          run("flow", "flow.ts", at(early)),
          artifact("note", at(late)),
        ],
        edges("a:in > r:first", "r:first > a:clean", "a:in > r:again", "r:again > a:clean recreated", ...more),
      );

    test("does not keep the run that made it again, unless that fits", () => {
      expect(uids(select(remade(), { until: "2026-11-25T17:03" }))).toEqual(["clean", "first", "flow", "in"]);
      expect(uids(select(remade(), { since: "2026-11-25T17:04:30" }))).toEqual(["again", "in", "note"]);
      expect(uids(select(remade(), { status: "errored" }))).toEqual(["in"]);
    });

    test("what only such a run joins is joined by it, and a flow by the run that is nearest to the data", () => {
      const only = (...more: string[]) => uids(select(remade(...more), { kind: "run", until: "2026-11-25T17:03:30" }));
      expect(only("r:flow > r:again initiated")).toEqual(["again", "first", "flow", "in"]);
      expect(only("r:flow > r:again initiated", "r:flow > r:first initiated")).toEqual(["first", "flow", "in"]);
    });
  });
});
