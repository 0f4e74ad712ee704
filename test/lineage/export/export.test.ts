/** Mermaid, DOT and JSON: golden files, and labels that try to break out. */
import fc from "fast-check";
import { instance } from "@viz-js/viz";
import { describe, expect, test } from "vitest";
import { Graph } from "../../../src/lineage/graph.ts";
import { NODE_KINDS, toNode } from "../../../src/lineage/node.ts";
import type { ArtifactNode, Node } from "../../../src/lineage/node.ts";
import { harmless, shorten } from "../../../src/lineage/terminal.ts";
import { LIGHT } from "../../../src/lineage/theme.ts";
import { anyGraph } from "../arbitrary.ts";
import { artifact, cohort, collection, edges, graph, oddities, projectFlow, run, transform } from "../sample.ts";

describe.each(["mermaid", "dot", "json"] as const)("%s", format => {
  const ending = { mermaid: "mmd", dot: "dot", json: "json" }[format];
  test.each([["project-flow", projectFlow], ["oddities", oddities], ["cohort", cohort]] as const)("%s", async (name, make) => {
    await expect(make().to(format)).toMatchFileSnapshot(`../../golden/lineage/${name}.${ending}`);
  });
});

const mermaidNode = /^ {2}n\d+(\["[^"]*"\]|\[\["[^"]*"\]\]|\(\["[^"]*"\]\)):::(artifact|run|collection|failed|deleted|focus)$/;
const mermaidEdge = /^ {2}n\d+ (-->|-- "member" --o|-\. "(re-created|started)" \.->) n\d+$/;
const dotText = /"(?:[^"\\]|\\["\\])*"/y;

test("mermaid: every line is one node, one edge or one class, whatever the labels", () => {
  fc.assert(fc.property(anyGraph, g => {
    const lines = g.to("mermaid").trimEnd().split("\n").slice(1);
    expect(lines.filter(line => mermaidNode.test(line))).toHaveLength(g.nodes.length);
    expect(lines.filter(line => mermaidEdge.test(line))).toHaveLength(g.edges.length);
    expect(lines.filter(line => line.startsWith("  classDef "))).toHaveLength(8);
    expect(lines).toHaveLength(g.nodes.length + g.edges.length + 8);
    expect(new Set(lines.slice(0, g.nodes.length).map(line => line.match(/n\d+/)?.[0])).size).toBe(g.nodes.length);
    for (const line of lines.slice(0, g.nodes.length)) expect(line.replaceAll("<br/>", "")).not.toMatch(/[<>`*;](?<!#\d+;)|javascript:a/);
    expect(lines.filter(line => line.endsWith(":::focus"))).toHaveLength(1);
  }), { numRuns: 100 });
});

test("mermaid: every kind has its class, in the light colours of pictures", () => {
  const g = new Graph({ focus: "artifact:a", nodes: NODE_KINDS.map(kind => ({ ...artifact("a"), kind, id: `${kind}:a` }) as Node).concat(artifact("b")), edges: [] });
  const text = g.to("mermaid");
  for (const kind of NODE_KINDS) {
    if (kind !== "artifact") expect(text).toContain(`:::${kind}\n`);
    expect(text).toContain(`  classDef ${kind} fill:${LIGHT[kind][0]},stroke:${LIGHT[kind][1]},color:`);
  }
  expect(new Set(text.match(/fill:.*/g)).size).toBe(8);
});

test("mermaid: the codes stand for the label's own characters", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1 }), key => {
    const line = graph(artifact("a", { key }), [], []).to("mermaid").split("\n")[1] ?? "";
    const shown = line.slice(line.indexOf('"') + 1, line.lastIndexOf('"'));
    expect(shown.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))).toBe(harmless(key));
  }));
});

describe.each(["mermaid", "dot"] as const)("%s: versions", format => {
  const model = (revision: number, facts: Partial<ArtifactNode> = {}) => artifact(`model000${revision}`, { key: "model.json", version: `000${revision}`, isLatest: revision === 3, ...facts });
  const labels = (g: Graph) => g.to(format).split("\n").flatMap(line => /[[{]"(.*)"[\]}]+:::|label=(".*?"|<.*>), shape/.exec(line)?.slice(1).filter(Boolean) ?? []);
  const shown = (g: Graph) => labels(g).map(text => text.replaceAll(/^[<"]|[>"]$|<\/?font[^>]*>/g, ""));

  test("of one key are told apart as in pictures", () => {
    expect(shown(graph(model(3), [model(1), model(2, { deleted: true, isLatest: false })], []))).toEqual(["model.json<br/>version 0003", "model.json<br/>version 0001, older version", "model.json<br/>version 0002, deleted"]);
    expect(shown(graph(toNode({ ...collection("c", "cohort"), version: "0001", isLatest: false }), [], []))).toEqual(["cohort<br/>version 0001, older version"]);
    expect(shown(graph(transform("t", "t.py"), [{ ...transform("u", "t.py"), version: "7.2.0" }], []))).toEqual(["t.py", "t.py<br/>version 7.2.0"]);
    expect(shown(graph(model(1, { version: "</font>\"]--" }), [], []))[0]).not.toContain("version <");
  });

  test("whatever the labels: what the picture tells apart, the text tells apart too", () => {
    const versions = fc.uniqueArray(fc.tuple(fc.constantFrom("a.csv", "b.csv"), fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 30 })), { selector: String, minLength: 2 });
    fc.assert(fc.property(versions, list => {
      const [first, ...rest] = list.map(([key, version], i) => artifact(`a${i}`, { key, version })) as [ArtifactNode, ...ArtifactNode[]];
      expect(new Set(labels(graph(first, rest, []))).size).toBe(list.length);
    }));
  });
});

describe("whoever reads it", () => {
  const long = `plates/${"deep/".repeat(100)}plate-7.parquet`;
  const hostile = () => graph(artifact("a", { key: long }), [artifact("b", { key: "x\u202egpj.exe" }), run("r", "\u2066evil\u2069.ts", { createdBy: "\u202eroot" })], edges("r:r > a:a", "a:b > r:r"));

  test.each(["mermaid", "dot"] as const)("%s: long labels are cut in the middle, what turns text round is written out, a cut is seen", format => {
    const text = hostile().to(format);
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    for (const line of text.split("\n")) expect(line.length).toBeLessThan(300);
    expect(text).toMatch(/plates\/deep.*(…|#8230;).*plate-7\.parquet/);
    expect(oddities().to(format)).toContain('"cut at 1,000 nodes, more upstream"');
    expect(hostile().to(format)).not.toContain("cut at");
  });

  test("dot: Graphviz shows every label as it is, escapes and all", async () => {
    const viz = await instance();
    await fc.assert(fc.asyncProperty(anyGraph, async g => {
      const svg = viz.renderString(g.to("dot"), { format: "svg" });
      const text = (code: string | undefined) =>
        code?.replace(/&#(\d+);/g, (_, n: string) => String.fromCodePoint(Number(n))).replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&").replaceAll("\u00a0", " ");
      const shown = new Map([...svg.matchAll(/class="node">\n<title>([^<]*)<\/title>[^]*?<text [^>]*>([^<]*)<\/text>/g)].map(([, id, label]) => [text(id), text(label)]));
      for (const node of g.nodes) if (node.label.trim()) expect(shown.get(node.id)).toBe(shorten(harmless(node.label), 60).replaceAll("\u00a0", " "));
    }), { numRuns: 50 });
  });

  test("dot: every kind has its own shape; only failure is red", () => {
    const g = graph(transform("t", "t.ts"), [
      toNode({ kind: "collection", uid: "c", key: "plates", description: null, createdAt: null, createdBy: null, version: null, isLatest: true }),
      toNode({ kind: "record", uid: "rec", name: "Sample 7", type: "Sample", createdAt: null, createdBy: null }),
      artifact("a"), run("r", "r.ts", { status: "started" }),
    ], []);
    expect(new Set(g.to("dot").match(/shape=\w+/g)).size).toBe(5);
    expect(g.to("dot")).toContain("started</font>");
    expect(g.to("dot")).not.toContain("#b91c1c");
    expect(oddities().to("dot").match(/.*#b91c1c.*/g)).toEqual([expect.stringContaining('"run:failedRunAAAAAAA"')]);
  });
});

test("dot: every node and edge is one line of well-formed text, whatever the labels", () => {
  fc.assert(fc.property(anyGraph, g => {
    const lines = g.to("dot").trimEnd().split("\n");
    expect(lines).toHaveLength(g.nodes.length + g.edges.length + 5);
    for (const node of g.nodes) expect(lines.filter(line => line.startsWith(`  "${node.id}" [`))).toHaveLength(1);
    expect(lines.filter(line => line.includes("#10b981"))).toHaveLength(1);
    for (const line of lines) expect(leftover(line)).toMatch(/^[\w\s=,;.{}[\]<>/#-]*$/);
  }), { numRuns: 100 });
});

/** A line of DOT without its quoted texts and without the text of an HTML label, which may hold no bare `<`, `>`, `&`. */
function leftover(line: string): string {
  const html = line.replace(/label=<(.*?)<br\/><font point-size="8" color="#[0-9a-f]{6}">([^<>]*)<\/font>>/, (_, big: string) => {
    expect(big).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
    return "label";
  });
  let rest = "";
  for (let i = 0; i < html.length; ) {
    dotText.lastIndex = i;
    const found = dotText.exec(html);
    rest += found ? "" : html[i];
    i += found?.[0].length ?? 1;
  }
  return rest;
}
