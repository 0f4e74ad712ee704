/** Pictures as SVG: golden text, hostile labels, what is marked how, and graphs of every size. */
import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import { figureOf, inside, measure } from "../../../src/lineage/draw/node-shape.ts";
import { folded } from "../../../src/lineage/draw/folding.ts";
import { Graph } from "../../../src/lineage/graph/graph.ts";
import type { Point } from "../../../src/lineage/draw/layered.ts";
import { arrange, plain } from "../../../src/lineage/draw/layout.ts";
import { toNode } from "../../../src/lineage/graph/node.ts";
import type { Node } from "../../../src/lineage/graph/node.ts";
import { figuresOf } from "../../../src/lineage/draw/spread.ts";
import { draw } from "../../../src/lineage/draw/svg.ts";
import { anyGraph, label } from "../arbitrary.ts";
import {
  artifact,
  chain,
  cohort,
  collection,
  edges,
  fan,
  graph,
  ladder,
  oddities,
  projectFlow,
  run,
  singleFile,
  transform,
} from "../sample.ts";

const figures = (g: Graph) => figuresOf(g, "down");
const layered = (g: Graph) => draw(g, figures(g), plain(g, figures(g)), "auto");
const everyKind = () =>
  graph(
    transform("tAAAAAAAAAAAAAAA0000", "clean.py"),
    [
      toNode({
        kind: "collection",
        uid: "cAAAAAAAAAAAAAAA0000",
        key: "plates",
        description: null,
        createdAt: null,
        createdBy: null,
        version: "2",
        isLatest: true,
      }),
      toNode({
        kind: "record",
        uid: "recAAAAAAAAA0000",
        name: "Sample 7",
        type: "Sample",
        createdAt: null,
        createdBy: null,
      }),
      artifact("aAAAAAAAAAAAAAAA0000", { key: "clean.csv" }),
      run("rAAAAAAAAAAAAAAA", "clean.py"),
    ],
    edges("r:rAAAAAAAAAAAAAAA > a:aAAAAAAAAAAAAAAA0000"),
  );

describe("golden, in the layout that is our own", () => {
  test.each([
    ["project-flow", projectFlow],
    ["oddities", oddities],
    ["every-kind", everyKind],
    ["cohort", cohort],
  ] as const)("%s", async (name, make) => {
    await expect(layered(make())).toMatchFileSnapshot(`../../golden/lineage/${name}.svg`);
  });
});

/** Reads SVG as strictly as we write it: balanced tags, quoted attributes, no stray markup. Gives tags and texts. */
function read(svg: string): { tags: string[]; texts: string[] } {
  const tags: string[] = [];
  const texts: string[] = [];
  const open: string[] = [];
  const piece = /<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<]*")*)(\/?)>|([^<]+)/y;
  for (piece.lastIndex = 0; piece.lastIndex < svg.length; ) {
    const at = piece.lastIndex;
    const found = piece.exec(svg);
    if (!found) throw new Error(`not well-formed at ${JSON.stringify(svg.slice(at, at + 60))}`);
    const [, close, name = "", attributes = "", empty, text] = found;
    if (text !== undefined) {
      if (open.at(-1) !== "style") expect(text).not.toMatch(/[>]|&(?!(amp|lt|gt|quot|#10);)/);
      if (text.trim()) texts.push(text);
    } else if (close) expect(open.pop()).toBe(name);
    else {
      tags.push(name);
      expect(attributes.replace(/"[^"]*"/g, '""')).not.toMatch(/ (on\w+|href|style|xlink:href|src)=/);
      if (!empty) open.push(name);
    }
  }
  expect(open).toEqual([]);
  return { tags, texts };
}

describe("whatever the labels", () => {
  test("well-formed, without scripts, links and anything from outside", async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, async (g) => {
        const svg = await g.to("svg");
        const { tags } = read(svg);
        expect(
          tags.filter((tag) => !["svg", "title", "style", "rect", "g", "path", "text", "tspan"].includes(tag)),
        ).toEqual([]);
        expect(tags.filter((tag) => tag === "style")).toHaveLength(1);
        expect(svg.match(/class="node /g)).toHaveLength(g.nodes.length);
        expect(svg.match(/class="edge"/g) ?? []).toHaveLength(g.edges.length);
        expect(svg.match(/<g class="node [^"]*focus"/g)).toHaveLength(1);
        expect(svg).not.toMatch(/url\(|@import|NaN|undefined|Infinity/);
        expect(
          svg
            .replace('xmlns="http://www.w3.org/2000/svg"', "")
            .replace(/<(title|text|tspan)[^>]*>[^<]*|aria-label="[^"]*"/g, ""),
        ).not.toMatch(/https?:/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are not allowed in XML
        expect(svg).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        expect(svg.isWellFormed()).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("long labels are cut in the middle, whole in the tooltip", async () => {
    const key = `plates/${"deep/".repeat(40)}plate-7.parquet`;
    const { texts } = read(await graph(artifact("a", { key }), [], []).to("svg"));
    expect(texts.some((text) => text.startsWith(`${key}&#10;`))).toBe(true);
    const shown = texts.find((text) => text.includes("…"));
    expect(shown).toMatch(/^plates\/.*….*plate-7\.parquet$/);
    expect(shown?.length).toBeLessThanOrEqual(36);
  });

  test("boxes are wider than their text, and it is drawn inside", () => {
    fc.assert(
      fc.property(label, (key) => {
        const figure = figureOf(artifact("a", { key }));
        expect(figure.width).toBeGreaterThan(measure(figure.label, 12) + 20);
        expect(figure.width).toBeLessThan(560);
      }),
    );
  });
});

describe("what is marked", () => {
  test("failed runs, deleted things, re-creations, flows, the cut", async () => {
    const svg = await oddities().to("svg");
    expect(svg).toMatch(/<g class="node run failed"[^\n]*<tspan class="state">errored<\/tspan>/);
    expect(svg).toMatch(/<g class="node artifact deleted"[^\n]*<tspan class="state">deleted<\/tspan>/);
    expect(svg.match(/<g class="recreated"><title>re-created<\/title>/g)).toHaveLength(2);
    expect(svg.match(/<g class="initiated"><title>started<\/title>/g)).toHaveLength(1);
    expect(svg).toContain(">cut at 1,000 nodes, more upstream</text>");
    expect(svg).toMatch(/\.focus path\{fill:#10b981/);
  });

  test("members of a collection: a hollow diamond instead of an arrow, in every theme", async () => {
    for (const theme of ["auto", "light", "dark"] as const) {
      const svg = await cohort().to("svg", { theme });
      expect(
        svg.match(
          /<g class="member"><title>member<\/title><path class="edge" d="[^"]*"\/><path class="tip" d="M[^"L]*(L[^"L]*){3}Z"\/><\/g>/g,
        ),
      ).toHaveLength(3);
      const paper = /\.paper\{(fill:#\w+)\}/.exec(svg)?.[1];
      expect(svg).toContain(`.lineal-${theme} .member .tip{${paper}}`);
    }
  });

  test("every kind has its own outline", () => {
    const outline = (node: Node) =>
      figureOf(node)
        .outline.join(" ")
        .replace(/-?[\d.]+/g, "0");
    expect(new Set(everyKind().nodes.map(outline)).size).toBe(5);
  });

  test("themes: auto follows the reader, the others do not; in one page they do not mix", async () => {
    const [auto, light, dark] = await Promise.all([
      chain().to("svg"),
      chain().to("svg", { theme: "light" }),
      chain().to("svg", { theme: "dark" }),
    ]);
    expect(auto).toContain("@media (prefers-color-scheme: dark)");
    expect(light + dark).not.toContain("@media");
    expect(light).toContain(".lineal-light .paper{fill:#ffffff}");
    expect(dark).toContain(".lineal-dark .paper{fill:#0d1117}");
    expect(dark).not.toContain(".lineal-light");
  });

  test("the same graph gives the same text; right is not down", async () => {
    const [a, b, right] = await Promise.all([
      projectFlow().to("svg"),
      projectFlow().to("svg"),
      projectFlow().to("svg", { direction: "right" }),
    ]);
    expect(a).toBe(b);
    const [width = 0, height = 0] = a.match(/\d+(?=")/g)?.map(Number) ?? [];
    expect(right).not.toBe(a);
    expect(width).toBeGreaterThan(0);
    expect(height).toBeGreaterThan(0);
  });
});

test("a notebook gets the picture, and the tree without colour", async () => {
  for (const g of [projectFlow(), oddities()]) {
    const display = (g as unknown as Record<symbol, () => Promise<Record<string, string>>>)[
      Symbol.for("Jupyter.display")
    ]?.call(g);
    expect(await display).toEqual({ "image/svg+xml": await g.to("svg"), "text/plain": String(g) });
  }
});

test("types: options follow the format", async () => {
  expectTypeOf(chain().to("svg", { theme: "auto", direction: "right" })).toEqualTypeOf<Promise<string>>();
  // @ts-expect-error: no such theme
  await expect(chain().to("svg", { theme: "blue" })).rejects.toThrow('theme cannot be "blue"');
  // @ts-expect-error: text takes no options
  expect(() => chain().to("dot", { theme: "dark" })).toThrow('graph.to("dot") has no option "theme"');
});

describe.each([
  ["graphviz", 0],
  ["layered", 1],
] as const)("layout by %s", (_, own) => {
  test.each([
    ["single", singleFile],
    ["chain", chain],
    ["flow", projectFlow],
    ["fan", () => fan(60)],
    ["ladder", () => ladder(30)],
  ] as const)("%s: no two boxes overlap, data flows down, lines meet outlines", async (_name, make) => {
    const g = make();
    const svg = own ? layered(g) : await g.to("svg", { fan: Number.POSITIVE_INFINITY });
    const places = [...svg.matchAll(/class="node [^"]*" transform="translate\(([\d.-]+) ([\d.-]+)\)/g)].map((m) => ({
      x: Number(m[1]),
      y: Number(m[2]),
    }));
    const sizes = figures(g);
    const boxes = g.nodes.map((node, i) => ({
      ...(sizes.get(node.id) ?? figureOf(node)),
      node,
      ...(places[i] ?? { x: Number.NaN, y: Number.NaN }),
    }));
    for (const a of boxes) {
      expect(Number.isFinite(a.x + a.y)).toBe(true);
      for (const b of boxes) {
        if (a === b) continue;
        expect(Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2).toBe(
          true,
        );
      }
    }
    const at = new Map(boxes.map((box) => [box.node.id, box]));
    const tips = [...svg.matchAll(/class="tip" d="M([\d.-]+) ([\d.-]+)L/g)].map((m) => ({
      x: Number(m[1]),
      y: Number(m[2]),
    }));
    g.edges.forEach((edge, i) => {
      const [from, to, tip] = [at.get(edge.from), at.get(edge.to), tips[i]];
      if (!from || !to || !tip) throw new Error("not drawn");
      expect(to.y).toBeGreaterThan(from.y);
      expect(inside(to.node.kind, { width: to.width + 2, height: to.height + 2 }, tip.x - to.x, tip.y - to.y)).toBe(
        true,
      );
    });
  });

  test("cycles of runs, and a run that started itself, are drawn", async () => {
    const g = graph(
      artifact("x"),
      [artifact("y"), run("p", "p"), run("q", "q")],
      edges(
        "a:x > r:p",
        "r:p > a:y",
        "a:y > r:q",
        "r:q > a:x",
        "r:p > r:p initiated",
        "r:q > a:y recreated",
        "r:p > a:y recreated",
      ),
    );
    const svg = own ? layered(g) : await g.to("svg");
    expect(svg.match(/class="edge"/g)).toHaveLength(7);
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});

/** Points along a line of Bézier curves. */
function pointsOf(line: readonly Point[]): Point[] {
  return Array.from({ length: Math.floor((line.length - 1) / 3) }, (_, n) => line.slice(3 * n, 3 * n + 4)).flatMap(
    (curve) =>
      Array.from({ length: 21 }, (_, i) => {
        const weights = [
          (1 - i / 20) ** 3,
          3 * (1 - i / 20) ** 2 * (i / 20),
          3 * (1 - i / 20) * (i / 20) ** 2,
          (i / 20) ** 3,
        ];
        const sum = (pick: (point: Point) => number) =>
          curve.reduce((all, point, at) => all + pick(point) * (weights[at] ?? 0), 0);
        return { x: sum((point) => point.x), y: sum((point) => point.y) };
      }),
  );
}

describe("many edges on one side", () => {
  const members = (n: number) =>
    graph(
      collection("all", "all"),
      [run("use", "use.ts"), ...Array.from({ length: n }, (_, i) => artifact(`p${i}`, { key: `plate_${i}.csv` }))],
      edges(...Array.from({ length: n }, (_, i) => `a:p${i} > c:all member`), "c:all > r:use"),
    );
  const tips = (svg: string) =>
    [...svg.matchAll(/<g class="member">.*?class="tip" d="M([\d.-]+) ([\d.-]+)L/g)].map(([, x, y]) => ({
      x: Number(x),
      y: Number(y),
    }));

  test.each(["down", "right"] as const)(
    "%s: each has its own place, on the side the data comes in at",
    async (direction) => {
      for (const count of [5, 14, 25]) {
        const svg = await members(count).to("svg", { direction });
        const along = tips(svg)
          .map(({ x, y }) => (direction === "down" ? x : y))
          .sort((a, b) => a - b);
        const across = tips(svg).map(({ x, y }) => (direction === "down" ? y : x));
        expect(along).toHaveLength(count);
        for (const [i, at] of along.slice(1).entries()) expect(at - (along[i] ?? 0)).toBeGreaterThan(8);
        expect(Math.max(...across) - Math.min(...across)).toBeLessThanOrEqual(6.5); // the steps of the stack
        expect(await members(count).to("svg", { direction })).toBe(svg);
      }
    },
  );

  test("no line is led through another node", async () => {
    // Every third run takes and makes many, from anywhere above.
    const nodes: Node[] = [artifact("a0")];
    const lines: string[] = [];
    for (let r = 0; r < 40; r++) {
      const [uses, makes, made] = [
        r % 3 ? 2 : 9,
        r % 3 ? 1 : 7,
        nodes.filter((node) => node.kind === "artifact").length,
      ];
      nodes.push(run(`r${r}`, `step${r}.ts`), ...Array.from({ length: makes }, (_, i) => artifact(`a${made + i}`)));
      lines.push(
        ...new Set(Array.from({ length: uses }, (_, i) => `a:a${(r * 7 + i * i * 5) % made} > r:r${r}`)),
        ...Array.from({ length: makes }, (_, i) => `r:r${r} > a:a${made + i}`),
      );
    }
    const g = graph(nodes[0] as Node, nodes.slice(1), edges(...lines));
    for (const direction of ["down", "right"] as const) {
      const sizes = figuresOf(g, direction);
      const layout = await arrange(g, sizes, direction);
      const through = g.edges.flatMap(({ from, to }, i) =>
        pointsOf(layout.edges[i] ?? []).flatMap(({ x, y }) =>
          g.nodes.filter(({ id }) => {
            const [at, size] = [layout.nodes.get(id), sizes.get(id)];
            return (
              at &&
              size &&
              id !== from &&
              id !== to &&
              Math.abs(x - at.x) < size.width / 2 - 1 &&
              Math.abs(y - at.y) < size.height / 2 - 1
            );
          }),
        ),
      );
      expect(through.map(({ id }) => id)).toEqual([]);
    }
  });

  test("in plain layers too, and as many as there are", () => {
    const svg = layered(members(300));
    expect(new Set(tips(svg).map(({ x }) => x)).size).toBe(300);
  });

  test("a node grows to a limit, and not for a few", () => {
    const size = (n: number, direction: "down" | "right") => figuresOf(members(n), direction).get("collection:all");
    expect(size(4, "right")).toEqual(figureOf(collection("all", "all")));
    expect(size(14, "down")).toMatchObject({ width: 196, height: 42 });
    expect(size(14, "right")).toMatchObject({ width: 80, height: 196 });
    expect([size(500, "down")?.width, size(500, "right")?.height]).toEqual([360, 240]);
  });

  test("a line ends at the sheets of a stack, not in the corners they leave free", async () => {
    const box = { width: 80, height: 42 };
    expect(
      [
        [-40, -21],
        [40, 21],
        [-37, -20],
      ].map(([x = 0, y = 0]) => inside("collection", box, x, y)),
    ).toEqual([false, false, false]);
    expect(
      [
        [-34, -21],
        [-37, -18],
        [-40, -15],
        [40, 15],
        [34, 21],
      ].map(([x = 0, y = 0]) => inside("collection", box, x, y)),
    ).toEqual([true, true, true, true, true]);
    const svg = await cohort().to("svg");
    const at =
      /class="node collection focus" transform="translate\(([\d.]+) ([\d.]+)\)/.exec(svg)?.slice(1).map(Number) ?? [];
    const ends = [...svg.matchAll(/class="tip" d="M([\d.-]+) ([\d.-]+)L/g)].map(
      ([, x, y]) => [Number(x) - (at[0] ?? 0), Number(y) - (at[1] ?? 0)] as const,
    );
    const near = ends.filter(([x, y]) => Math.abs(x) <= 42 && y > -23 && y < 23);
    expect(near).toHaveLength(3);
    const figure = figureOf(collection("cohort", "cohort"));
    for (const [x, y] of near) expect(inside("collection", figure, x, y)).toBe(true);
  });
});

describe("wide fans", () => {
  const outputs = (n: number) => Array.from({ length: n }, (_, i) => artifact(`o${i}`, { key: `plate_${i}.csv` }));
  const split = (n: number, facts: (i: number) => object = () => ({})) =>
    graph(
      run("split", "split.ts"),
      outputs(n).map((o, i) => ({ ...o, ...facts(i) })),
      edges(...outputs(n).map((o) => `r:split > a:${o.uid}`)),
    );
  const shown = async (g: Graph, fan?: number) =>
    read(await g.to("svg", fan ? { fan } : {})).texts.filter(
      (text) => /^(plate_|… )/.test(text) && !text.includes("&#10;"),
    );

  test("the first by label are drawn, and how many more there are; one more is drawn instead", async () => {
    expect(await shown(split(200))).toEqual([...outputs(24).map((o) => o.label), "… 176 more"]);
    expect(await shown(split(25))).toHaveLength(25);
    expect(await shown(split(200), 3)).toEqual(["plate_0.csv", "plate_1.csv", "plate_2.csv", "… 197 more"]);
    expect(await shown(split(200), Number.POSITIVE_INFINITY)).toHaveLength(200);
    const [, width] = /width="(\d+)"/.exec(await split(1000).to("svg"))?.map(Number) ?? [];
    expect(width).toBeLessThan(2000);
  });

  test("folding leaves what is narrow as it is, and every edge with both ends", async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.integer({ min: 1, max: 4 }), async (g, few) => {
        const svg = await g.to("svg", { fan: few });
        const left = folded(g, few);
        const hidden = [...svg.matchAll(/>… (\d+) more<\/text>/g)].length;
        if (hidden === 0) expect(left).toEqual({ ...left, nodes: g.nodes, edges: g.edges });
        expect(svg.match(/class="node /g)).toHaveLength(left.nodes.length);
        expect(svg.match(/class="edge"/g) ?? []).toHaveLength(left.edges.length);
        expect(svg).not.toMatch(/NaN|undefined/);
      }),
      { numRuns: 40 },
    );
  });

  test("what failed, was deleted or leads on is not hidden among the rest; the focus never", async () => {
    expect(
      await shown(
        split(60, (i) => (i % 2 ? { deleted: true } : {})),
        5,
      ),
    ).toHaveLength(12);
    const used = split(60).merge(graph(run("use", "use.ts"), [artifact("o59")], edges("a:o59 > r:use")));
    expect(read(await used.to("svg", { fan: 5 })).texts).toContain("use.ts");
    const svg = await fan(100).to("svg", { fan: 5 });
    expect(svg.match(/<g class="node run failed"/g)).toHaveLength(6);
    expect(svg).toMatch(/<g class="node run failed"[^\n]*>… 45 more<\/text>[^\n]*errored/);
    expect(
      read(await new Graph({ ...split(60).toJSON(), focus: "artifact:o59" }).to("svg", { fan: 5 })).texts,
    ).toContain("plate_59.csv");
  });
});

describe("the legend", () => {
  const legend = (svg: string) =>
    [...(/<g class="legend".*/.exec(svg)?.[0].matchAll(/>([^<>]+)<\/text>/g) ?? [])].map(([, word]) => word);

  test("names what occurs beyond files, runs and their lines, and nothing else", async () => {
    expect(legend(await projectFlow().to("svg"))).toEqual([]);
    expect(legend(await oddities().to("svg"))).toEqual(["re-created", "started", "failed", "deleted"]);
    expect(legend(await everyKind().to("svg"))).toEqual(["transform", "collection", "record"]);
    expect(legend(await cohort().to("svg"))).toEqual(["member of a collection", "collection"]);
    expect(await oddities().to("svg")).toBe(await oddities().to("svg"));
  });

  test("lies within the picture, however narrow that is", async () => {
    const svg = await graph(
      artifact("a"),
      [run("r", "r", { status: "aborted", deleted: true }), run("s", "s")],
      edges("r:r > a:a recreated", "r:s > r:r initiated"),
    ).to("svg");
    const [, width = 0] = /width="(\d+)"/.exec(svg)?.map(Number) ?? [];
    const at = Number(/class="legend" transform="translate\(([\d.]+)/.exec(svg)?.[1]);
    for (const [, x] of /<g class="legend".*/.exec(svg)?.[0].matchAll(/<g transform="translate\((-?[\d.]+) 0\)">/g) ??
      []) {
      expect(at + Number(x)).toBeGreaterThan(13);
      expect(at + Number(x) + 60).toBeLessThan(width + 13);
    }
  });
});
