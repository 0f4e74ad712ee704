/** Wide fans in pictures: of many that are alike the first are drawn, and one that says how many more. */
import { alike, branchesOf } from "./alike.ts";
import type { Branch } from "./alike.ts";
import { inOrder } from "./tree-neighbours.ts";
import { stateOf } from "../graph/node.ts";
import type { GraphData, Node } from "../graph/node.ts";

/**
 * The graph with at most `fan` of the nodes that have the same kind, state and neighbours, and then of the branches
 * that are alike in all their nodes: the first by time or label, as in trees, and `… 176 more` instead of the rest. The focus stays.
 */
export function folded(graph: GraphData, fan: number): GraphData {
  const counts = new Map<string, number>(); // of what stands for several nodes
  const nodes = graph.nodes.flatMap((node) => (node.id === graph.focus ? [] : [[node]]));
  const few = without(graph, nodes, fan, counts);
  return without(few, branchesOf(few, fan + 1), fan, counts); // what is folded already makes no hub
}

function without(graph: GraphData, branches: readonly Branch[], fan: number, counts: Map<string, number>): GraphData {
  const changed = new Map<string, readonly Node[]>();
  for (const group of alike(graph, branches, (node) => `${node.kind} ${stateOf(node)}`)) {
    if (group.length <= fan + 1) continue; // one hidden branch takes as much room as what stands for it
    const rest = group.sort(([a], [b]) => inOrder(a as Node, b as Node)).slice(fan);
    for (const node of rest.flat()) changed.set(node.id, []);
    rest[0]?.forEach((node, place) => {
      counts.set(
        node.id,
        rest.reduce((sum, branch) => sum + (counts.get(branch[place]?.id ?? "") ?? 1), 0),
      );
      changed.set(node.id, [standIn(node, counts.get(node.id) ?? 1)]);
    });
  }
  if (changed.size === 0) return graph;
  const isThere = (id: string): boolean => changed.get(id)?.length !== 0;
  return {
    ...graph,
    nodes: graph.nodes.flatMap((node) => changed.get(node.id) ?? node),
    edges: graph.edges.filter(({ from, to }) => isThere(from) && isThere(to)),
  };
}

/** A node of the same kind and state without facts of its own. */
function standIn(node: Node, count: number): Node {
  const none = Object.fromEntries(Object.keys(node).map((name) => [name, null]));
  const { id, kind, deleted = false } = node;
  const state = node.kind === "run" ? { status: node.status } : { isLatest: true };
  return {
    ...none,
    id,
    kind,
    uid: "",
    label: `… ${count.toLocaleString("en")} more`,
    deleted,
    ...state,
  } as unknown as Node;
}
