/** Reading graphs back: the same graph, or a refusal that says where. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Graph } from "../../../src/lineage/graph/graph.ts";
import { anyGraph } from "../arbitrary.ts";
import { oddities, projectFlow } from "../sample.ts";

test("JSON and back is the same graph", () => {
  fc.assert(
    fc.property(anyGraph, (g) => {
      expect(Graph.fromJSON(g.to("json")).toJSON()).toEqual(g.toJSON());
      expect(Graph.fromJSON(g.to("json")).to("json")).toBe(g.to("json"));
      expect(Graph.fromJSON(JSON.parse(JSON.stringify(g))).toJSON()).toEqual(g.toJSON());
    }),
    { numRuns: 60 },
  );
  expect(Graph.fromJSON(oddities().to("json")).toJSON()).toEqual(oddities().toJSON());
  const shuffled = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(shuffled)
      : value && typeof value === "object"
        ? Object.fromEntries(
            Object.entries(value)
              .map(([name, own]) => [name, shuffled(own)] as const)
              .reverse(),
          )
        : value;
  const { focus, nodes, edges, truncated } = shuffled(JSON.parse(oddities().to("json"))) as Loose;
  const text = `${JSON.stringify({ focus, nodes, edges, truncated, partial: true }, null, 2)}\n`;
  expect(Graph.fromJSON(text).to("json")).toBe(text);
});

type Loose = {
  focus?: unknown;
  truncated?: unknown;
  nodes: Record<string, unknown>[];
  edges: Record<string, unknown>[];
};

test.each<[string, (g: Loose) => void]>([
  [
    "nodes[0].kind should be one of",
    (g) => {
      g.nodes[0]!.kind = "file";
    },
  ],
  [
    'nodes[0].id is not "artifact:<uid>"',
    (g) => {
      g.nodes[0]!.id = "x";
    },
  ],
  [
    "nodes[0].uid is empty or has blanks",
    (g) => {
      g.nodes[0]!.uid = "a b";
    },
  ],
  [
    "nodes[0].label should be text",
    (g) => {
      delete g.nodes[0]!.label;
    },
  ],
  [
    "nodes[0].size should be a number",
    (g) => {
      g.nodes[0]!.size = "12";
    },
  ],
  [
    "nodes[0].isLatest is missing",
    (g) => {
      delete g.nodes[0]!.isLatest;
    },
  ],
  [
    "two of them have the same id",
    (g) => {
      g.nodes.push(g.nodes[0]!);
    },
  ],
  [
    "edges[0].role should be one of",
    (g) => {
      g.edges[0]!.role = "made";
    },
  ],
  [
    "edges[0].to is not the id",
    (g) => {
      g.edges[0]!.to = "artifact:nope";
    },
  ],
  [
    "edges should be an array",
    (g) => {
      (g as unknown as { edges: unknown }).edges = {};
    },
  ],
  [
    "focus is not the id",
    (g) => {
      g.focus = "artifact:nope";
    },
  ],
  [
    "truncated.limit should be a number",
    (g) => {
      g.truncated = { upstream: true, downstream: true, limit: null };
    },
  ],
  [
    "truncated.more names nodes",
    (g) => {
      g.truncated = { upstream: true, downstream: true, limit: 1, more: ["x"] };
    },
  ],
])("refused: %s", (message, spoil) => {
  const data = JSON.parse(projectFlow().to("json")) as Loose;
  spoil(data);
  expect(() => Graph.fromJSON(data)).toThrow(message);
});

test("missing optional facts are null, unknown ones are left out", () => {
  const data = JSON.parse(projectFlow().to("json")) as Loose;
  delete data.nodes[0]!.hash;
  data.nodes[0]!.__proto__ = { polluted: true };
  data.nodes[0]!.colour = "red";
  const node = Graph.fromJSON(data).nodes[0]!;
  expect(node).toEqual(projectFlow().nodes[0]);
  expect("colour" in node || "polluted" in node).toBe(false);
});

test.each(["{", "null", "[]", "7"])("refused: %s", (text) => {
  expect(() => Graph.fromJSON(text)).toThrow("a lineage graph cannot be read");
});
