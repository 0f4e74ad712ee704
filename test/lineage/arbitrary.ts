/** Random lineage graphs: bipartite, with or without cycles of runs, with re-creations, flows and hostile labels. */
import fc from "fast-check";
import { Graph } from "../../src/lineage/graph/graph.ts";
import type { Edge, Node } from "../../src/lineage/graph/node.ts";
import { artifact, collection, run } from "./sample.ts";

/** Labels as people, accidents and attackers write them. */
export const label: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 90 }),
  fc.constantFrom(
    'a"]; click n0 "javascript:alert(1)"',
    'a]\n  click n0 href "https://example.org"',
    "<img src=x onerror=alert(1)>",
    "#quot;#35;",
    "end",
    "1. list",
    "- x",
    "`**md**`",
    "fa:fa-car",
    "\u001b[2J\u001b]0;x\u0007",
    "\u202egpj.exe",
    "数据/表格.csv".repeat(20),
    "👩‍🔬.csv",
    "\\N\\G",
    '"',
    "a&amp;b <b>",
    "__init__.py",
    "x".repeat(1024),
    "  ",
    "%%{init: {}}%%",
    "n1",
    "--> n3",
  ),
);

interface Choice {
  readonly names: readonly string[];
  readonly sets: readonly { holds: readonly number[]; takenBy: readonly number[] }[];
  readonly runs: readonly {
    makes: readonly number[];
    uses: readonly number[];
    again: readonly number[];
    by: number | null;
  }[];
}

const size = 9;
const index = fc.nat({ max: size - 1 });
const choice: fc.Arbitrary<Choice> = fc.record({
  names: fc.array(label, { minLength: size, maxLength: size }),
  sets: fc.array(
    fc.record({ holds: fc.uniqueArray(index, { maxLength: 3 }), takenBy: fc.array(index, { maxLength: 2 }) }),
    { maxLength: 2 },
  ),
  runs: fc.array(
    fc.record({
      makes: fc.array(index, { maxLength: 3 }),
      uses: fc.array(index, { maxLength: 4 }),
      again: fc.array(index, { maxLength: 1 }),
      by: fc.option(index, { freq: 3 }),
    }),
    { maxLength: 8 },
  ),
});

function build({ names, runs, sets }: Choice, acyclic: boolean, focus: number): Graph {
  const nodes: Node[] = names.map((key, i) =>
    artifact(`a${i}`, {
      key,
      suffix: ".csv",
      size: i * 999,
      version: i % 3 ? null : (names[(i + 4) % size] ?? "").slice(0, 30),
      isLatest: i % 2 === 0,
    }),
  );
  const edges: Edge[] = [];
  const made = new Set<number>();
  runs.forEach(({ makes, uses, again, by }, r) => {
    nodes.push(
      run(`r${r}`, names[r] ?? null, { status: r % 3 ? "completed" : "errored", entrypoint: r % 2 ? null : "main" }),
    );
    const outputs = makes.filter((i) => !made.has(i));
    for (const i of outputs) made.add(i);
    for (const i of outputs) edges.push({ from: `run:r${r}`, to: `artifact:a${i}`, role: "output" });
    for (const i of uses) {
      if (!acyclic || outputs.every((output) => i < output))
        edges.push({ from: `artifact:a${i}`, to: `run:r${r}`, role: "input" });
    }
    for (const i of again) edges.push({ from: `run:r${r}`, to: `artifact:a${i}`, role: "recreated" });
    if (by !== null && by < runs.length) edges.push({ from: `run:r${by}`, to: `run:r${r}`, role: "initiated" });
  });
  sets.forEach(({ holds, takenBy }, c) => {
    nodes.push(collection(`c${c}`, names[c] as string));
    for (const i of holds) edges.push({ from: `artifact:a${i}`, to: `collection:c${c}`, role: "member" });
    for (const r of takenBy) {
      const outputs = edges
        .filter(({ from, role }) => role === "output" && from === `run:r${r}`)
        .map(({ to }) => Number(to.slice("artifact:a".length)));
      if (r < runs.length && (!acyclic || outputs.every((output) => holds.every((i) => i < output))))
        edges.push({ from: `collection:c${c}`, to: `run:r${r}`, role: "input" });
    }
  });
  const at = nodes[focus % nodes.length] as Node;
  return new Graph({ focus: at.id, nodes, edges });
}

/** Graphs in which an output depends only on earlier artifacts. */
export const dag: fc.Arbitrary<Graph> = fc
  .tuple(choice, fc.nat({ max: 99 }))
  .map(([c, focus]) => build(c, true, focus));

/** Graphs whose runs may form cycles, start one another or themselves, and use what they made. */
export const anyGraph: fc.Arbitrary<Graph> = fc
  .tuple(choice, fc.nat({ max: 99 }))
  .map(([c, focus]) => build(c, false, focus));

/** Like `anyGraph`, with runs that took something after they had made something. */
export const sessions: fc.Arbitrary<Graph> = fc
  .tuple(
    anyGraph,
    fc.array(fc.option(fc.nat({ max: 4 }), { nil: undefined, freq: 5 }), { minLength: 60, maxLength: 60 }),
  )
  .map(([graph, orders]) => {
    const edges = graph.edges.map((edge, i): Edge => {
      const order = orders[i % orders.length];
      return order === undefined || (edge.role !== "input" && edge.role !== "output") ? edge : { ...edge, order };
    });
    return new Graph({ ...graph.toJSON(), edges });
  });

/** Two overlapping parts of one graph. */
export const twoParts: fc.Arbitrary<[Graph, Graph]> = fc
  .tuple(
    anyGraph,
    fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  )
  .map(([graph, left, right]) => [part(graph, left), part(graph, right)]);

function part(graph: Graph, keep: readonly boolean[]): Graph {
  const nodes = graph.nodes.filter((node, i) => node.id === graph.focus || keep[i]);
  return new Graph({ focus: graph.focus, nodes, edges: graph.edges });
}
