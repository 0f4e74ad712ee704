/** Wide fans in pictures: of many nodes or branches that look the same, the first are drawn, and one says how many more. */
import { EDGE_ROLES, stateOf } from "../graph/node.ts";
import type { GraphData, Node } from "../graph/node.ts";
import { beyond, linkUp, stepper } from "../graph/walk.ts";
import { inOrder } from "./tree-neighbours.ts";

/** Connected nodes between hubs. */
type Branch = readonly Node[];

/**
 * The graph with at most `fan` of the nodes that have the same kind, state and neighbours, and then of the branches
 * that are the same in all their nodes: the first by time or label, as in trees, and `… 176 more` instead of the rest.
 * The focus stays.
 */
export function folded(graph: GraphData, fan: number): GraphData {
  const counts = new Map<string, number>(); // of the nodes that each `… more` replaces
  const nodes = graph.nodes.flatMap((node) => (node.id === graph.focus ? [] : [[node]]));
  const few = withoutRest(graph, nodes, fan, counts);
  return withoutRest(few, branchesOf(few, fan + 1), fan, counts); // + 1: a folded fan makes no hub
}

function withoutRest(
  graph: GraphData,
  branches: readonly Branch[],
  fan: number,
  counts: Map<string, number>,
): GraphData {
  const changed = new Map<string, readonly Node[]>();
  for (const group of groupsOf(graph, branches)) {
    if (group.length <= fan + 1) continue; // one more branch takes as much room as `… 1 more`
    const rest = group.sort(([a], [b]) => inOrder(a as Node, b as Node)).slice(fan);
    for (const node of rest.flat()) changed.set(node.id, []);
    rest[0]?.forEach((node, i) => {
      const count = rest.reduce((sum, branch) => sum + (counts.get(branch[i]?.id ?? "") ?? 1), 0);
      counts.set(node.id, count);
      changed.set(node.id, [moreNode(node, count)]);
    });
  }
  if (changed.size === 0) return graph;
  const isKept = (id: string): boolean => changed.get(id)?.length !== 0;
  return {
    ...graph,
    nodes: graph.nodes.flatMap((node) => changed.get(node.id) ?? node),
    edges: graph.edges.filter(({ from, to }) => isKept(from) && isKept(to)),
  };
}

/** A node of the same kind and state without facts of its own. */
function moreNode(node: Node, count: number): Node {
  const none = Object.fromEntries(Object.keys(node).map((name) => [name, null]));
  const { id, kind, deleted = false } = node;
  const state = node.kind === "run" ? { status: node.status } : { isLatest: true };
  const label = `… ${count.toLocaleString("en")} more`;
  return { ...none, id, kind, uid: "", label, deleted, ...state } as unknown as Node;
}

/** The pieces that remain of a graph without its hubs: the focus, and nodes with more than `most` edges of one role on one side. */
function branchesOf({ focus, nodes, edges }: GraphData, most: number): Branch[] {
  const hubs = new Set([focus]);
  const counts = new Map<string, number>();
  for (const edge of edges) {
    for (const end of ["from", "to"] as const) {
      const side = JSON.stringify([edge[end], end, edge.role]);
      const count = (counts.get(side) ?? 0) + 1;
      counts.set(side, count);
      if (count > most) hubs.add(edge[end]);
    }
  }
  const links = linkUp(edges.filter(({ from, to }) => !hubs.has(from) && !hubs.has(to)));
  const [up, down] = [stepper(links, "up", EDGE_ROLES), stepper(links, "down", EDGE_ROLES)];
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const seen = new Set(hubs);
  return nodes.flatMap(({ id }) => {
    if (seen.has(id)) return [];
    const ids = beyond([id], (at) => [...up(at), ...down(at)]).add(id);
    for (const one of ids) seen.add(one);
    return [Array.from(ids, (one) => byId.get(one) as Node)];
  });
}

/**
 * Groups branches whose nodes have, one by one, the same kind, state, and edges to each other and to the same nodes
 * outside. The branches of a group list their nodes in the same order.
 */
function groupsOf({ edges }: GraphData, branches: readonly Branch[]): Branch[][] {
  const { leaving, entering } = linkUp(edges);
  const signature = (node: Node, name: (id: string) => string | number) => {
    const out = (leaving.get(node.id) ?? []).map((edge) => JSON.stringify([edge.role, "to", name(edge.to)]));
    const into = (entering.get(node.id) ?? []).map((edge) => JSON.stringify([edge.role, "from", name(edge.from)]));
    return JSON.stringify([node.kind, stateOf(node), ...[...out, ...into].sort()]);
  };
  const sorted = branches.map((branch) => {
    const own = new Set(branch.map((node) => node.id));
    const signatures = new Map(branch.map((node) => [node, signature(node, (id) => (own.has(id) ? 0 : id))]));
    return branch.toSorted((a, b) => byText(signatures.get(a) ?? "", signatures.get(b) ?? "") || inOrder(a, b));
  });
  const groups = Map.groupBy(sorted, (branch) => {
    const index = new Map(branch.map((node, i) => [node.id, i]));
    return branch.map((node) => signature(node, (id) => index.get(id) ?? id)).join();
  });
  return [...groups.values()];
}

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
