/** The transform-level view: which code follows on which. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collapse } from "../../../src/lineage/graph/transform-level.ts";
import { Graph } from "../../../src/lineage/graph/graph.ts";
import type { GraphData, Node } from "../../../src/lineage/graph/node.ts";
import { anyGraph } from "../arbitrary.ts";
import { artifact, chain, cohort, edges, graph, oddities, projectFlow, run, singleFile, transform } from "../sample.ts";

const arrows = (g: GraphData) =>
  g.edges.map((edge) => `${edge.from.split(":")[1]} ${edge.role} ${edge.to.split(":")[1]}`).sort();
const by = (uid: string, facts = {}) => run(uid, `${uid[0]}.py`, { transform: `T${uid[0]}`, ...facts });

describe("collapse", () => {
  test("project flow: five steps as transforms, in order, the one that made the figure is the focus", () => {
    const g = collapse(projectFlow(), "transform");
    expect(g.nodes.map((node) => node.kind)).toEqual(g.nodes.map(() => "transform"));
    expect(g.node(g.focus)?.label).toBe("integrated-analysis.ipynb");
    expect(
      g
        .upstream(g.focus)
        .map((node) => node.label)
        .sort(),
    ).toEqual([
      "Cell Ranger",
      "Upload GWS CRISPRa result",
      "chromium_10x_upload.py",
      "hit-identification.ipynb",
      "postprocess_cellranger.py",
    ]);
    expect(g.downstream(g.focus).map((node) => node.label)).toEqual(["project-flow.ipynb"]);
    expect(g.edges.every((edge) => edge.role === "predecessor")).toBe(true);
  });

  test("runs of one transform become one node without an edge to itself", () => {
    const g = collapse(
      graph(
        artifact("end"),
        [artifact("mid"), by("a1"), by("a2", { entrypoint: "main" }), by("b1")],
        edges("r:a1 > a:mid", "a:mid > r:a2", "a:mid > r:b1", "r:b1 > a:end"),
      ),
      "transform",
    );
    expect(g.nodes.map((node) => node.id)).toEqual(["transform:Ta", "transform:Tb"]);
    expect(g.nodes.map((node) => node.label)).toEqual(["a.py", "b.py"]);
    expect(arrows(g)).toEqual(["Ta predecessor Tb"]);
    expect(g.focus).toBe("transform:Tb");
  });

  test("the focus run becomes its transform, told by its node where there is one", () => {
    const told = { ...transform("Ta", "a.py"), description: "told", version: "3" };
    const g = collapse(graph(by("a1"), [told, transform("Tz", "z.py")], edges("t:Tz > t:Ta")), "transform");
    expect(g.focus).toBe("transform:Ta");
    expect(g.node("Ta")).toEqual(told);
    expect(arrows(g)).toEqual(["Tz predecessor Ta"]);
  });

  test("raw data stays as the focus, beside the code that used it", () => {
    const g = collapse(chain().merge({ ...chain(), focus: "x" }), "transform");
    expect(g.node(g.focus)?.label).toBe("clean.ts");
    const raw = collapse({ ...chain().toJSON(), focus: "artifact:rawAAAAAAAAAAAAA0000" }, "transform");
    expect(raw.focus).toBe("artifact:rawAAAAAAAAAAAAA0000");
    expect(arrows(raw)).toEqual([
      "cleanRunAAAAAAAA predecessor sumRunAAAAAAAAAA",
      "rawAAAAAAAAAAAAA0000 input cleanRunAAAAAAAA",
    ]);
    expect(collapse(singleFile(), "transform").nodes).toEqual(singleFile().nodes);
  });

  test("members of a collection lead on through it; it stays as the focus, after all that made it and its members", () => {
    expect(arrows(collapse(cohort("artifact:raw"), "transform"))).toEqual([
      "clean predecessor train",
      "collect predecessor train",
      "raw input clean",
    ]);
    expect(arrows(collapse(cohort(), "transform"))).toEqual([
      "clean member cohort",
      "cohort input train",
      "collect output cohort",
    ]);
  });

  test("flows keep their edge, re-creations go, and a cut is still told", () => {
    const g = collapse(oddities(), "transform");
    expect(arrows(g)).toEqual([
      "flowRunAAAAAAAAA initiated stepRunAAAAAAAAA",
      "stepRunAAAAAAAAA predecessor failedRunAAAAAAA",
    ]);
    expect(g.truncated).toEqual({ upstream: true, downstream: false, limit: 1000, more: [] });
  });

  test("another level is refused", () => {
    expect(() => collapse(chain(), "artifact" as "transform")).toThrow('cannot be collapsed to "artifact"');
  });

  test("there is an edge exactly where data of one went into another", () => {
    fc.assert(
      fc.property(anyGraph, (g) => {
        const small = collapse(g, "transform");
        const code = (id: string) => `transform:${id.slice(4)}`; // the runs of these graphs name no transform
        const wanted = new Set<string>();
        for (const out of g.edges) {
          if (out.role === "initiated" && out.from !== out.to)
            wanted.add(`${code(out.from)} initiated ${code(out.to)}`);
          const held = g.edges
            .filter((edge) => edge.role === "member" && edge.from === out.to && edge.to !== small.focus)
            .map((edge) => edge.to);
          for (const use of g.edges) {
            if (
              out.role !== "output" ||
              use.role !== "input" ||
              ![out.to, ...held].includes(use.from) ||
              out.from === use.to
            )
              continue;
            wanted.add(`${code(out.from)} predecessor ${code(use.to)}`);
          }
        }
        const between = small.edges.filter(
          (edge) => edge.from.startsWith("transform:") && edge.to.startsWith("transform:"),
        );
        expect(new Set(between.map((edge) => `${edge.from} ${edge.role} ${edge.to}`))).toEqual(wanted);
        expect(small.nodes.filter((node) => node.kind === "transform")).toHaveLength(
          g.nodes.filter((node) => node.kind === "run").length,
        );
        expect(small.nodes.filter((node) => node.kind !== "transform").every((node) => node.id === small.focus)).toBe(
          true,
        );
        expect(Graph.fromJSON(small.to("json")).toJSON()).toEqual(small.toJSON());
      }),
      { numRuns: 200 },
    );
  });

  test("a ladder of many ways is walked once", () => {
    const nodes: Node[] = [];
    const lines: string[] = [];
    for (let i = 0; i < 600; i++) {
      nodes.push(by(`a${i}`), artifact(`o${i}`));
      lines.push(`r:a${i} > a:o${i}`, ...[i + 1, i + 2].filter((n) => n < 600).map((n) => `a:o${i} > r:a${n}`));
    }
    expect(collapse(new Graph({ focus: "artifact:o599", nodes, edges: edges(...lines) }), "transform").edges).toEqual(
      [],
    );
  });
});
