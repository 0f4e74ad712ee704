/** Pictures as SVG: golden text, hostile labels, what is marked how, and graphs of every size. */
import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import { figureOf, inside, measure } from "../../../src/lineage/draw/node-shape.ts";
import { folded } from "../../../src/lineage/draw/folding.ts";
import { Graph } from "../../../src/lineage/graph/graph.ts";
import { toNode } from "../../../src/lineage/graph/node.ts";
import type { Node } from "../../../src/lineage/graph/node.ts";
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

describe("golden", () => {
  test.each([
    ["project-flow", projectFlow],
    ["oddities", oddities],
    ["every-kind", everyKind],
    ["cohort", cohort],
  ] as const)("%s", async (name, make) => {
    await expect(await make().to("svg")).toMatchFileSnapshot(`../../golden/lineage/${name}.svg`);
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
        expect(svg.match(/<g class="ring"/g)).toHaveLength(1);
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
    expect(svg.match(/<g class="ring"/g)).toHaveLength(1);
  });

  test("the name of a run, in its box and in its line of the tree", async () => {
    const g = graph(
      artifact("a"),
      [run("r", "train.ts", { name: "lr sweep 7" }), run("q", "prepare.ts")],
      edges("r:r > a:a", "r:q > a:a recreated"),
    );
    expect(await g.to("svg")).toContain(">lr sweep 7, testuser1, 2024-12-20 15:09 UTC</text>");
    expect(g.tree({ width: 80 })).toMatch(/train\.ts {2}run r {2}lr sweep 7 {2}testuser1/);
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

  test("the status of runs and files, by a word and a colour; of the focus too", async () => {
    const svg = await graph(
      artifact("a", { isLatest: false }),
      [run("r", "r", { status: "started" }), run("s", "s", { status: "aborted" })],
      [],
    ).to("svg");
    expect(svg).toMatch(/<g class="node artifact older focus"[^\n]*older version/);
    expect(svg).toMatch(/<g class="node run running"[^\n]*<tspan class="state">started<\/tspan>/);
    expect(svg).toMatch(/<g class="node run failed"[^\n]*<tspan class="state">aborted<\/tspan>/);
  });

  test("a long name of a run is cut, who and when are not", async () => {
    const svg = await graph(artifact("a"), [run("r", "r", { name: "long ".repeat(20) })], []).to("svg");
    expect(svg).toMatch(/>long long long long l…, testuser1, 2024-12-20 15:09 UTC<\/text>/);
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
    expect(dark).toContain(".lineal-dark .paper{fill:#0f1419}");
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

describe("layout", () => {
  test.each([
    ["single", singleFile],
    ["chain", chain],
    ["flow", projectFlow],
    ["fan", () => fan(60)],
    ["ladder", () => ladder(30)],
  ] as const)("%s: no two boxes overlap, data flows down, lines meet outlines", async (_name, make) => {
    const g = make();
    const svg = await g.to("svg", { fan: Number.POSITIVE_INFINITY, direction: "down" });
    const places = [...svg.matchAll(/class="node [^"]*" transform="translate\(([\d.-]+) ([\d.-]+)\)/g)].map((m) => ({
      x: Number(m[1]),
      y: Number(m[2]),
    }));
    const boxes = g.nodes.map((node, i) => ({
      ...figureOf(node),
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
    const svg = await g.to("svg");
    expect(svg.match(/class="edge"/g)).toHaveLength(7);
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});

describe("sizes", () => {
  const members = (n: number) =>
    graph(
      collection("all", "all"),
      Array.from({ length: n }, (_, i) => artifact(`p${i}`, { key: `plate_${i}.csv` })),
      edges(...Array.from({ length: n }, (_, i) => `a:p${i} > c:all member`)),
    );
  const sizeOf = (svg: string) => /width="(\d+)" height="(\d+)"/.exec(svg)?.slice(1).map(Number) ?? [];

  test("data flows to the right where more than 12 boxes would be side by side, unless told", async () => {
    for (const [count, direction] of [
      [12, "down"],
      [13, "right"],
    ] as const) {
      const g = members(count);
      expect(await g.to("svg"), String(count)).toBe(await g.to("svg", { direction }));
    }
    const [wide = 0, flat = 0] = sizeOf(await members(20).to("svg", { direction: "down" }));
    const [narrow = 0, tall = 0] = sizeOf(await members(20).to("svg"));
    expect([wide > 4 * narrow, tall > 4 * flat]).toEqual([true, true]);
  });

  test("a chain of steps with an input each goes down, however long", async () => {
    const steps = Array.from({ length: 20 }, (_, i) => i);
    const g = graph(
      artifact("a0"),
      steps.flatMap((i) => [run(`r${i}`, "step.ts"), artifact(`in${i}`), artifact(`a${i + 1}`)]),
      edges(...steps.flatMap((i) => [`a:a${i} > r:r${i}`, `a:in${i} > r:r${i}`, `r:r${i} > a:a${i + 1}`])),
    );
    expect(await g.to("svg")).toBe(await g.to("svg", { direction: "down" }));
  });

  test("80 outputs of 8 runs make a picture that is high, not wide", async () => {
    const outputs = Array.from({ length: 80 }, (_, i) => i);
    const runs = outputs.slice(0, 8);
    const g = graph(
      artifact("raw"),
      [...runs.map((i) => run(`r${i}`, "fit.ts")), ...outputs.map((i) => artifact(`o${i}`))],
      edges(...runs.map((i) => `a:raw > r:r${i}`), ...outputs.map((i) => `r:r${i % 8} > a:o${i}`)),
    );
    const [width = 0, height = 0] = sizeOf(await g.to("svg"));
    expect([width < 1000, height < 6000]).toEqual([true, true]);
  });

  test("what is too large is refused with a hint", async () => {
    const all = { fan: Number.POSITIVE_INFINITY };
    await expect(members(3000).to("svg", all)).rejects.toMatchObject({
      code: "invalid",
      message: "3,001 boxes are too many for a picture: at most 3,000",
      hint: expect.stringMatching(/level: "transform".*limit.*json/),
      shell: expect.stringMatching(/--level transform.*--limit.*--format json/),
    });
    expect(await members(3000).to("svg")).toContain("… 2,976 more");
    const many = Array.from({ length: 78 }, (_, i) => i);
    const lines = edges(...many.flatMap((r) => many.map((a) => `a:p${a} > r:r${r}`)));
    const others = [...many.slice(1).map((i) => artifact(`p${i}`)), ...many.map((i) => run(`r${i}`, `r${i}.ts`))];
    await expect(graph(artifact("p0"), others, lines).to("svg", all)).rejects.toThrow("6,084 lines are too many");
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
