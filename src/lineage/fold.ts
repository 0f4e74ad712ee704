/** Wide fans in pictures: of many alike loose ends of one node the first are drawn, and one that says how many more. */
import { inOrder } from "./kin.ts";
import { stateOf } from "./node.ts";
import type { Edge, GraphData, Node } from "./node.ts";

/**
 * The graph with at most `fan` of the nodes that hang on the same node alone, with the same role, kind and state: the
 * first by time or label, as in trees, and `… 176 more` instead of the rest. The focus stays.
 */
export function folded(graph: GraphData, fan: number): GraphData {
  const only = new Map<string, Edge | undefined>(); // undefined: more than one
  for (const edge of graph.edges) for (const id of [edge.from, edge.to]) only.set(id, only.has(id) ? undefined : edge);
  const ends = graph.nodes.filter(node => node.id !== graph.focus && only.get(node.id));
  const fans = Map.groupBy(ends, node => JSON.stringify([node.kind, stateOf(node), { ...only.get(node.id), [only.get(node.id)?.from === node.id ? "from" : "to"]: null }]));
  const changed = new Map<string, Node | undefined>(); // undefined: gone
  for (const nodes of fans.values()) {
    if (nodes.length <= fan + 1) continue; // one hidden node takes as much room as what stands for it
    const [first, ...rest] = nodes.sort(inOrder).slice(fan) as [Node, ...Node[]];
    changed.set(first.id, standIn(first, rest.length + 1));
    for (const { id } of rest) changed.set(id, undefined);
  }
  if (changed.size === 0) return graph;
  const isThere = (id: string): boolean => !changed.has(id) || changed.get(id) !== undefined;
  return {
    ...graph,
    nodes: graph.nodes.flatMap(node => (changed.has(node.id) ? (changed.get(node.id) ?? []) : node)),
    edges: graph.edges.filter(({ from, to }) => isThere(from) && isThere(to)),
  };
}

/** A node of the same kind and state without facts of its own. */
function standIn(node: Node, count: number): Node {
  const none = Object.fromEntries(Object.keys(node).map(name => [name, null]));
  const { id, kind, deleted = false } = node;
  const state = node.kind === "run" ? { status: node.status } : { isLatest: true };
  return { ...none, id, kind, uid: "", label: `… ${count.toLocaleString("en")} more`, deleted, ...state } as unknown as Node;
}
