/** Wide fans in pictures: of many that are alike the first are drawn, and one that says how many more. */
import { inOrder } from "./tree-neighbours.ts";
import { EDGE_ROLES, stateOf } from "../graph/node.ts";
import type { GraphData, Node } from "../graph/node.ts";
import { beyond, linkUp, stepper } from "../graph/walk.ts";

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

/** Nodes that hang together, and on hubs. */
type Branch = readonly Node[];

/** The pieces into which a graph falls without its hubs: the focus, and nodes with more than `most` edges of one role on one side. */
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
    const ids = beyond([id], (place) => [...up(place), ...down(place)]).add(id);
    for (const one of ids) seen.add(one);
    return [Array.from(ids, (one) => byId.get(one) as Node)];
  });
}

/**
 * Branches put together whose nodes look the same, one by one, and have edges of the same roles with each other and
 * with the same nodes around. In alike branches, nodes at the same place stand for each other.
 */
function alike({ edges }: GraphData, branches: readonly Branch[], look: (node: Node) => string): Branch[][] {
  const { leaving, entering } = linkUp(edges);
  const told = (node: Node, name: (id: string) => string | number) => {
    const out = (leaving.get(node.id) ?? []).map((edge) => JSON.stringify([edge.role, "to", name(edge.to)]));
    const into = (entering.get(node.id) ?? []).map((edge) => JSON.stringify([edge.role, "from", name(edge.from)]));
    return JSON.stringify([look(node), ...[...out, ...into].sort()]);
  };
  const sorted = branches.map((branch) => {
    const own = new Set(branch.map((node) => node.id));
    const place = new Map(branch.map((node) => [node, told(node, (id) => (own.has(id) ? 0 : id))]));
    return branch.toSorted((a, b) => compare(place.get(a) ?? "", place.get(b) ?? "") || inOrder(a, b));
  });
  const groups = Map.groupBy(sorted, (branch) => {
    const place = new Map(branch.map((node, i) => [node.id, i]));
    return branch.map((node) => told(node, (id) => place.get(id) ?? id)).join();
  });
  return [...groups.values()];
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
