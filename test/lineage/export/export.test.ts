/** Mermaid, DOT and JSON: golden files, and labels that try to break out. */
import fc from "fast-check";
import { instance } from "@viz-js/viz";
import { describe, expect, test } from "vitest";
import { folded } from "../../../src/lineage/draw/folding.ts";
import { Graph } from "../../../src/lineage/graph/graph.ts";
import { NODE_KINDS, toNode } from "../../../src/lineage/graph/node.ts";
import type { ArtifactNode, Node } from "../../../src/lineage/graph/node.ts";
import { escapeControls, truncate } from "../../../src/ground/width.ts";
import { PALETTES } from "../../../src/lineage/draw/theme.ts";
import { anyGraph } from "../arbitrary.ts";
import { artifact, cohort, collection, edges, graph, oddities, projectFlow, run, transform } from "../sample.ts";

describe.each(["mermaid", "dot", "json"] as const)("%s", (format) => {
  const ending = { mermaid: "mmd", dot: "dot", json: "json" }[format];
  test.each([
    ["project-flow", projectFlow],
    ["oddities", oddities],
    ["cohort", cohort],
  ] as const)("%s", async (name, make) => {
    await expect(make().to(format)).toMatchFileSnapshot(`../../golden/lineage/${name}.${ending}`);
  });
});

const mermaidNode = /^ {2}n\d+(\["([^"]*)"\]|\[\["([^"]*)"\]\]|\(\["([^"]*)"\]\)):::(artifact|run|collection)$/gm;
const mermaidEdge = /^ {2}n\d+ (-->|-- "member" --o|-\. "(re-created|started)" \.->) n\d+$/;
const dotText = /"(?:[^"\\]|\\["\\])*"/y;

test("mermaid: the text is nodes, edges and classes, whatever the labels", () => {
  fc.assert(
    fc.property(anyGraph, (g) => {
      const text = g.to("mermaid");
      const nodes = [...text.matchAll(mermaidNode)];
      const lines = text.replace(mermaidNode, "node").trimEnd().split("\n").slice(1);
      expect(lines.filter((line) => line === "node")).toHaveLength(g.nodes.length);
      expect(lines.filter((line) => mermaidEdge.test(line))).toHaveLength(g.edges.length);
      expect(lines.filter((line) => line.startsWith("  classDef "))).toHaveLength(10);
      const marks = lines.filter((line) => /^ {2}class n\d+(,n\d+)* (failed|running|older|deleted|focus)$/.test(line));
      expect(lines).toHaveLength(g.nodes.length + g.edges.length + 10 + marks.length);
      expect(new Set(nodes.map(([node]) => node.match(/n\d+/)?.[0])).size).toBe(g.nodes.length);
      for (const [node] of nodes) expect(safe(node), node).toBe("");
      expect(marks.filter((line) => line.endsWith(" focus"))).toHaveLength(1);
    }),
    { numRuns: 100 },
  );
});

/** What Mermaid would read as more than text in a node, or "". */
function safe(node: string): string {
  const inner = /"([^"]*)"/.exec(node)?.[1] ?? "";
  const rows = inner.split("\n");
  const left = inner.replace(/#\d+;/g, "");
  // What is no run has a second row only to say which version it is, or that it was deleted.
  const says = /^ {2}n\d+\(\[/.test(node) || /^(older version|version.*|.*deleted)$/.test(rows[1] ?? "");
  if (rows.length > (says ? 2 : 1)) return "lines";
  const marks = /[<>`*~$\\;#&"'|{}[\]@%!?+^]/.exec(left)?.[0] ?? /(?:fa[bklrs]?:fa|www\.)/i.exec(inner)?.[0] ?? "";
  const broken = /(?:style|classDef).*:[^\s:]*#.*;/.exec(inner)?.[0] ?? /ﬂ°|¶ß/.exec(inner)?.[0] ?? "";
  return marks || broken || (rows.find((row) => /^(?:\s|[-=+] ?|\d+[.)])| {2}/.test(row)) ?? "");
}

describe("mermaid: labels it would read as something else", () => {
  const labels = [
    "C:\\Users\\nadia\\new.csv",
    "a\nb",
    "fa:fa-car x",
    "fab:fa-github",
    "$$x^2$$",
    "$$\\text{<img src=x onerror=alert(1)>}$$",
    "a<br/>b",
    "&lt;b&gt;",
    "#60;b#62;",
    "ﬂ°°60¶ßimg src=xﬂ°°62¶ß",
    "*em* __strong__ `code` ~~del~~",
    "[x](javascript:alert(1))",
    "www.example.org",
    "WWW.x",
    "1. list",
    "- item",
    "===",
    "a\n===",
    "style:1#2",
    "style:  x",
    "classDef x:#f00;",
    'click n0 "javascript:alert(1)"',
    "%%{init: {}}%%",
    "  two  spaces  ",
    "\\",
    "a:",
  ];

  test.each(labels)("%j", (label) => {
    const g = graph(
      artifact("a", { key: label }),
      [run("r", label), artifact("d", { key: label, deleted: true }), run("u", "u.ts", { createdBy: label })],
      [],
    );
    const nodes = [...g.to("mermaid").matchAll(mermaidNode)].map(([node]) => node);
    expect(nodes.map(safe)).toEqual(["", "", "", ""]);
    const shown = nodes.map((node) =>
      (/"([^"]*)"/.exec(node)?.[1] ?? "")
        .replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
        .replaceAll("\u2060", ""),
    );
    const text = escapeControls(label);
    expect(shown).toEqual([
      text,
      `${text}\ntestuser1, 2024-12-20 15:09 UTC`,
      `${text}\ndeleted`,
      `u.ts\n${text}, 2024-12-20 15:09 UTC`,
    ]);
  });
});

describe("mermaid: what is larger than it draws by itself", () => {
  const wide = (n: number) =>
    graph(
      run("split", "split.ts"),
      Array.from({ length: n }, (_, i) => artifact(`o${i}`, { key: `plate_${i}.csv` })),
      edges(...Array.from({ length: n }, (_, i) => `r:split > a:o${i}`)),
    );
  const chainOf = (n: number) =>
    graph(
      artifact("a0"),
      Array.from({ length: n }, (_, i) => [run(`r${i}`, `step${i}.ts`), artifact(`a${i + 1}`)]).flat(),
      edges(...Array.from({ length: n }, (_, i) => [`a:a${i} > r:r${i}`, `r:r${i} > a:a${i + 1}`]).flat()),
    );
  const edgesIn = (text: string) => text.split("\n").filter((line) => mermaidEdge.test(line)).length;

  test("folds as pictures do, only then, and as far as it is told", () => {
    expect(edgesIn(wide(500).to("mermaid"))).toBe(500);
    expect(wide(501).to("mermaid")).toBe(new Graph(folded(wide(501), 24)).to("mermaid"));
    expect(wide(501).to("mermaid")).toContain('["#8230; 477 more"]:::artifact');
    expect(edgesIn(wide(501).to("mermaid", { fan: Number.POSITIVE_INFINITY }))).toBe(501);
    expect(edgesIn(wide(30).to("mermaid", { fan: 3 }))).toBe(4);
    expect(() => wide(3).to("mermaid", { fan: 0 })).toThrow("fan cannot be 0");
    const long = graph(
      run("split", "split.ts"),
      Array.from({ length: 480 }, (_, i) => artifact(`o${i}`, { key: `${"deep/".repeat(20)}${i}${"\\\\".repeat(6)}` })),
      [],
    );
    expect(long.to("mermaid").length).toBeLessThan(50_000);
    expect(long.to("mermaid")).toContain("456 more");
  });

  test("what does not fold begins with what to set, so that it is drawn then", () => {
    expect(wide(501).to("mermaid")).toMatch(/^flowchart TD\n/);
    expect(chainOf(251).to("mermaid")).toMatch(
      /^%% larger than Mermaid draws by itself: raise maxEdges to 502, for example in mermaid\.initialize\nflowchart TD\n/,
    );
    const text = chainOf(600).to("mermaid");
    const [, most = 0, size = 0] = /^%% .*maxEdges to (\d+) and maxTextSize to (\d+),/.exec(text)?.map(Number) ?? [];
    expect(most).toBe(1200);
    expect(size).toBeGreaterThanOrEqual(text.length);
  });
});

test("mermaid: every kind has its class, in the light colours of pictures", () => {
  const g = new Graph({
    focus: "artifact:a",
    nodes: NODE_KINDS.map((kind) => ({ ...artifact("a"), kind, id: `${kind}:a` }) as Node).concat(artifact("b")),
    edges: [],
  });
  const text = g.to("mermaid");
  for (const kind of NODE_KINDS) {
    if (kind !== "artifact") expect(text).toContain(`:::${kind}\n`);
    expect(text).toContain(
      `  classDef ${kind} fill:${PALETTES.light[kind][0]},stroke:${PALETTES.light[kind][1]},color:`,
    );
  }
  expect(new Set(text.match(/fill:.*/g)).size).toBe(9);
});

test("mermaid: the codes stand for the label's own characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (key) => {
      const line = graph(artifact("a", { key }), [], []).to("mermaid").split("\n")[1] ?? "";
      const shown = line.slice(line.indexOf('"') + 1, line.lastIndexOf('"'));
      expect(shown.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))).toBe(
        escapeControls(key),
      );
    }),
  );
});

describe.each(["mermaid", "dot"] as const)("%s: versions", (format) => {
  const model = (revision: number, facts: Partial<ArtifactNode> = {}) =>
    artifact(`model000${revision}`, {
      key: "model.json",
      version: `000${revision}`,
      isLatest: revision === 3,
      ...facts,
    });
  const labels = (g: Graph) =>
    [...g.to(format).matchAll(/[[{]"([^"]*)"[\]}]+:::|label=(".*?"|<.*>), shape/g)].map(
      ([, inMermaid, inDot = ""]) => inMermaid ?? inDot,
    );
  const shown = (g: Graph) =>
    labels(g).map((text) => text.replaceAll(/^[<"]|[>"]$|<\/?font[^>]*>/g, "").replace("\n", "<br/>"));

  test("of one key are told apart as in pictures", () => {
    expect(shown(graph(model(3), [model(1), model(2, { deleted: true, isLatest: false })], []))).toEqual([
      "model.json<br/>version 0003",
      "model.json<br/>version 0001, older version",
      "model.json<br/>version 0002, deleted",
    ]);
    expect(shown(graph(toNode({ ...collection("c", "cohort"), version: "0001", isLatest: false }), [], []))).toEqual([
      "cohort<br/>version 0001, older version",
    ]);
    expect(shown(graph(transform("t", "t.py"), [{ ...transform("u", "t.py"), version: "7.2.0" }], []))).toEqual([
      "t.py",
      "t.py<br/>version 7.2.0",
    ]);
    expect(shown(graph(model(1, { version: '</font>"]--' }), [], []))[0]).not.toContain("version <");
  });

  test("whatever the labels: what the picture tells apart, the text tells apart too", () => {
    const versions = fc.uniqueArray(
      fc.tuple(fc.constantFrom("a.csv", "b.csv"), fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 30 })),
      { selector: String, minLength: 2 },
    );
    fc.assert(
      fc.property(versions, (list) => {
        const [first, ...rest] = list.map(([key, version], i) => artifact(`a${i}`, { key, version })) as [
          ArtifactNode,
          ...ArtifactNode[],
        ];
        expect(new Set(labels(graph(first, rest, []))).size).toBe(list.length);
      }),
    );
  });
});

describe("whoever reads it", () => {
  const long = `plates/${"deep/".repeat(100)}plate-7.parquet`;
  const hostile = () =>
    graph(
      artifact("a", { key: long }),
      [artifact("b", { key: "x\u202egpj.exe" }), run("r", "\u2066evil\u2069.ts", { createdBy: "\u202eroot" })],
      edges("r:r > a:a", "a:b > r:r"),
    );

  test.each(["mermaid", "dot"] as const)(
    "%s: long labels are cut in the middle, what turns text round is written out, a cut is seen",
    (format) => {
      const text = hostile().to(format);
      expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      for (const line of text.split("\n")) expect(line.length).toBeLessThan(300);
      expect(text).toMatch(/plates\/deep.*(…|#8230;).*plate-7\.parquet/);
      expect(oddities().to(format)).toContain('"cut at 1,000 nodes, more upstream"');
      expect(hostile().to(format)).not.toContain("cut at");
    },
  );

  test("dot: Graphviz shows every label as it is, escapes and all", async () => {
    const viz = await instance();
    await fc.assert(
      fc.asyncProperty(anyGraph, async (g) => {
        const svg = viz.renderString(g.to("dot"), { format: "svg" });
        const text = (code: string | undefined) =>
          code
            ?.replace(/&#(\d+);/g, (_, n: string) => String.fromCodePoint(Number(n)))
            .replaceAll("&lt;", "<")
            .replaceAll("&gt;", ">")
            .replaceAll("&quot;", '"')
            .replaceAll("&amp;", "&")
            .replaceAll("\u00a0", " ");
        const shown = new Map(
          [...svg.matchAll(/class="node">\n<title>([^<]*)<\/title>[^]*?<text [^>]*>([^<]*)<\/text>/g)].map(
            ([, id, label]) => [text(id), text(label)],
          ),
        );
        for (const node of g.nodes)
          if (node.label.trim())
            expect(shown.get(node.id)).toBe(
              truncate(escapeControls(node.label), 60, "middle").replaceAll("\u00a0", " "),
            );
      }),
      { numRuns: 50 },
    );
  });

  test("dot: every kind has its own shape; only failure is red", () => {
    const g = graph(
      transform("t", "t.ts"),
      [
        toNode({
          kind: "collection",
          uid: "c",
          key: "plates",
          description: null,
          createdAt: null,
          createdBy: null,
          version: null,
          isLatest: true,
        }),
        toNode({ kind: "record", uid: "rec", name: "Sample 7", type: "Sample", createdAt: null, createdBy: null }),
        artifact("a"),
        run("r", "r.ts", { status: "started" }),
      ],
      [],
    );
    expect(new Set(g.to("dot").match(/shape=\w+/g)).size).toBe(5);
    expect(g.to("dot")).toContain("started</font>");
    expect(g.to("dot")).not.toContain("#a3180f");
    expect(
      oddities()
        .to("dot")
        .match(/.*#a3180f.*/g),
    ).toEqual([expect.stringContaining('"run:failedRunAAAAAAA"')]);
  });
});

test("dot: every node and edge is one line of well-formed text, whatever the labels", () => {
  fc.assert(
    fc.property(anyGraph, (g) => {
      const lines = g.to("dot").trimEnd().split("\n");
      expect(lines).toHaveLength(g.nodes.length + g.edges.length + 5);
      for (const node of g.nodes) expect(lines.filter((line) => line.startsWith(`  "${node.id}" [`))).toHaveLength(1);
      expect(lines.filter((line) => line.includes("#0b5fd0"))).toHaveLength(1);
      for (const line of lines) expect(leftover(line)).toMatch(/^[\w\s=,;.{}[\]<>/#-]*$/);
    }),
    { numRuns: 100 },
  );
});

/** A line of DOT without its quoted texts and without the text of an HTML label, which may hold no bare `<`, `>`, `&`. */
function leftover(line: string): string {
  const html = line.replace(
    /label=<(.*?)<br\/><font point-size="8" color="#[0-9a-f]{6}">([^<>]*)<\/font>>/,
    (_, big: string) => {
      expect(big).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
      return "label";
    },
  );
  let rest = "";
  for (let i = 0; i < html.length; ) {
    dotText.lastIndex = i;
    const found = dotText.exec(html);
    rest += found ? "" : html[i];
    i += found?.[0].length ?? 1;
  }
  return rest;
}
