/** Mermaid, DOT and JSON: golden files, and labels that try to break out. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyGraph } from "../arbitrary.ts";
import { artifact, graph, oddities, projectFlow } from "../sample.ts";

describe.each(["mermaid", "dot", "json"] as const)("%s", format => {
  const ending = { mermaid: "mmd", dot: "dot", json: "json" }[format];
  test.each([["project-flow", projectFlow], ["oddities", oddities]] as const)("%s", async (name, make) => {
    await expect(make().to(format)).toMatchFileSnapshot(`../../golden/lineage/${name}.${ending}`);
  });
});

const mermaidNode = /^ {2}n\d+(\["[^"]*"\]|\(\["[^"]*"\]\)):::(data|act|failed|deleted|focus)$/;
const mermaidEdge = /^ {2}n\d+ (-->|-\. "(re-created|started)" \.->) n\d+$/;
const dotText = /"(?:[^"\\]|\\["\\])*"/y;

test("mermaid: every line is one node, one edge or one class, whatever the labels", () => {
  fc.assert(fc.property(anyGraph, g => {
    const lines = g.to("mermaid").trimEnd().split("\n").slice(1);
    expect(lines.filter(line => mermaidNode.test(line))).toHaveLength(g.nodes.length);
    expect(lines.filter(line => mermaidEdge.test(line))).toHaveLength(g.edges.length);
    expect(lines.filter(line => line.startsWith("  classDef "))).toHaveLength(5);
    expect(lines).toHaveLength(g.nodes.length + g.edges.length + 5);
    expect(new Set(lines.slice(0, g.nodes.length).map(line => line.match(/n\d+/)?.[0])).size).toBe(g.nodes.length);
    for (const line of lines.slice(0, g.nodes.length)) expect(line.replaceAll("<br/>", "")).not.toMatch(/[<>`*;](?<!#\d+;)|javascript:a/);
    expect(lines.filter(line => line.endsWith(":::focus"))).toHaveLength(1);
  }), { numRuns: 100 });
});

test("mermaid: the codes stand for the label's own characters", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1 }), key => {
    const line = graph(artifact("a", { key }), [], []).to("mermaid").split("\n")[1] ?? "";
    const shown = line.slice(line.indexOf('"') + 1, line.lastIndexOf('"'));
    expect(shown.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))).toBe(key.replace(/\p{Cc}|[\u2028\u2029]/gu, " "));
  }));
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
