/** The tree for a terminal, against trees that people have looked at, and against hostile labels. */
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Graph } from "../../src/lineage/graph.ts";
import { columns, harmless, shorten } from "../../src/lineage/terminal.ts";
import { anyGraph, label } from "./arbitrary.ts";
import { artifact, chain, edges, fan, graph, ladder, oddities, projectFlow, run, singleFile, transform } from "./sample.ts";

const around = (g: Graph, focus: string) => new Graph({ ...g.toJSON(), focus });

test.each<[string, () => string]>([
  ["single-file", () => String(singleFile())],
  ["chain", () => String(chain())],
  ["project-flow", () => String(projectFlow())],
  ["project-flow-60-columns", () => projectFlow().tree({ width: 60 })],
  ["project-flow-from-sequencer", () => String(projectFlow("run:seqRunAAAAAAAAAA"))],
  ["project-flow-color", () => projectFlow().tree({ color: true })],
  ["oddities", () => String(oddities())],
  ["flow-run", () => String(around(oddities(), "run:flowRunAAAAAAAAA"))],
  ["recreating-run", () => String(around(oddities(), "run:againRunAAAAAAAA"))],
  ["step-run", () => String(around(oddities(), "run:stepRunAAAAAAAAA"))],
  ["fan", () => String(fan(10_000))],
  ["ladder", () => ladder(12).tree()],
  ["deep", () => ladder(1000).tree({ rows: 40 })],
  ["transforms", () => String(graph(transform("cccc", "figure.ts"), ["a", "b", "d"].map(name => transform(name, `${name}.ts`)),
    edges("t:a > t:b", "t:b > t:cccc", "t:a > t:cccc", "t:cccc > t:d", "t:cccc > t:cccc")))],
])("%s", async (name, draw) => {
  await expect(`${draw()}\n`).toMatchFileSnapshot(`../golden/lineage/${name}.txt`);
});

describe("any graph", () => {
  test("no line is wider than asked, and nothing steers the terminal", () => {
    fc.assert(fc.property(anyGraph, fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 5 }), (g, width, few) => {
      const text = g.tree({ width, fan: few });
      for (const line of text.split("\n")) {
        expect(columns(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }
      expect(stripVTControlCharacters(g.tree({ width, fan: few, color: true }))).toBe(text);
    }), { numRuns: 150 });
  });

  test("every node up- or downstream is drawn, and each run opened once", () => {
    fc.assert(fc.property(anyGraph, g => {
      const named = new Graph({ ...g.toJSON(), nodes: g.nodes.map(node => ({ ...node, label: `<${node.uid}>` })) });
      const text = named.tree({ width: 200, fan: 100, rows: 10_000 });
      for (const node of [...named.upstream(g.focus), ...named.downstream(g.focus)]) expect(text).toContain(node.label);
      for (const half of text.split("\n\n").slice(0, 1)) {
        for (const r of named.nodes.filter(node => node.kind === "run")) {
          const opened = half.split("\n").filter(line => line.includes(`← ${r.label}`) && !line.includes("↑ above"));
          if (named.parents(r).length > 0) expect(opened.length).toBeLessThanOrEqual(1);
        }
      }
    }), { numRuns: 100 });
  });
});

test("a deep ladder is drawn whole when asked for", () => {
  const text = ladder(1000).tree({ rows: 100_000 });
  expect(text).toMatch(/^\s*[│├└─ ]*x0$/m);
  expect(text).not.toContain("stopped");
});

test("one hidden sibling is shown instead of folded", () => {
  const inputs = (n: number) => Array.from({ length: n }, (_, i) => artifact(`i${i}`, { key: `in${i}` }));
  const merged = (n: number) => graph(artifact("o"), [run("r", "r.ts"), ...inputs(n)], edges("r:r > a:o", ...inputs(n).map(a => `a:${a.uid} > r:r`)));
  expect(merged(4).tree({ fan: 3 })).not.toContain("more");
  expect(merged(5).tree({ fan: 3 })).toContain("└─ … 2 more");
});

test("labels are cut in the middle and keep their ends", () => {
  expect(shorten("figures/2024/matrixplot.png", 15)).toBe("figures…lot.png");
  fc.assert(fc.property(label, fc.nat({ max: 40 }), (text, width) => {
    const safe = harmless(text);
    const cut = shorten(safe, width);
    expect(columns(cut)).toBeLessThanOrEqual(width);
    if (columns(safe) <= width) expect(cut).toBe(safe);
  }));
  expect(columns("数据.csv")).toBe(8);
  expect(columns("e\u0301")).toBe(1);
});
