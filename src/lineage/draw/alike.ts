/** Parts of a graph that nothing but names tells apart: nodes, or whole branches of them, between the same neighbours. */
import { inOrder } from "./tree-neighbours.ts";
import { EDGE_ROLES } from "../graph/node.ts";
import type { GraphData, Node } from "../graph/node.ts";
import { beyond, linkUp, stepper } from "../graph/walk.ts";

/** Nodes that hang together, and on hubs. */
export type Branch = readonly Node[];

/** The pieces into which a graph falls without its hubs: the focus, and nodes with more than `most` edges of one role on one side. */
export function branchesOf({ focus, nodes, edges }: GraphData, most: number): Branch[] {
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
export function alike({ edges }: GraphData, branches: readonly Branch[], look: (node: Node) => string): Branch[][] {
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
