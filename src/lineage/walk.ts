/** Walking a graph: who is next to whom, who can be reached, and the shortest way. Linear, iterative, safe on cycles. */
import type { Edge, EdgeRole, Node } from "./node.ts";

/** The edges that leave and enter each node. */
export interface Links {
  readonly leaving: ReadonlyMap<string, readonly Edge[]>;
  readonly entering: ReadonlyMap<string, readonly Edge[]>;
}

/** Neighbours of a node in one direction. */
export type Step = (id: string) => readonly string[];

/** The roles along which data flows; the others are walked only when asked for. */
export const FLOW: readonly EdgeRole[] = ["input", "output", "predecessor"];

/** Both adjacency lists, in the order of the edges. */
export function linkUp(edges: readonly Edge[]): Links {
  const leaving = new Map<string, Edge[]>();
  const entering = new Map<string, Edge[]>();
  for (const edge of edges) {
    push(leaving, edge.from, edge);
    push(entering, edge.to, edge);
  }
  return { leaving, entering };
}

function push(lists: Map<string, Edge[]>, id: string, edge: Edge): void {
  const list = lists.get(id);
  if (list) list.push(edge);
  else lists.set(id, [edge]);
}

/** Steps to what a node came from (`"up"`) or led to (`"down"`) along edges of the given roles. */
export function stepper(links: Links, direction: "up" | "down", roles: readonly EdgeRole[] = FLOW): Step {
  const [edges, end] = direction === "up" ? [links.entering, "from" as const] : [links.leaving, "to" as const];
  return id => {
    const found: string[] = [];
    for (const edge of edges.get(id) ?? []) if (roles.includes(edge.role)) found.push(edge[end]);
    return found;
  };
}

/**
 * The hops from `start` to every node within `hops`, nearest first, `start` itself being 0. A hop is a run (or
 * transform) crossed: the run that made an artifact and that run's inputs are both one hop up.
 */
export function reach(nodes: ReadonlyMap<string, Node>, start: string, step: Step, hops: number): Map<string, number> {
  const found = new Map<string, number>();
  const fromRun = isAct(nodes.get(start));
  let level = [start];
  for (let hop = 0; level.length > 0 && hop <= hops; hop++) {
    const next: string[] = [];
    for (const id of level) { // grows while it is walked: data beyond a run lie on the run's own level
      if (found.has(id)) continue;
      found.set(id, hop);
      for (const to of step(id)) {
        if (found.has(to)) continue;
        const free = isAct(nodes.get(id)) && !isAct(nodes.get(to)) && !(fromRun && id === start);
        (free ? level : next).push(to);
      }
    }
    level = next;
  }
  return found;
}

/** The ids on a shortest way from `start` to `end`, both included, or undefined when there is none. */
export function shortest(start: string, end: string, step: Step): string[] | undefined {
  const before = new Map<string, string | undefined>([[start, undefined]]);
  const queue = [start];
  for (const id of queue) {
    if (id === end) {
      const way: string[] = [];
      for (let at: string | undefined = id; at !== undefined; at = before.get(at)) way.push(at);
      return way.reverse();
    }
    for (const to of step(id)) {
      if (before.has(to)) continue;
      before.set(to, id);
      queue.push(to);
    }
  }
  return undefined;
}

/** Everything that lies one step or more beyond any of `starts`. */
export function beyond(starts: Iterable<string>, step: Step): Set<string> {
  const found = new Set<string>();
  const queue: string[] = [];
  const visit = (id: string) => {
    for (const to of step(id)) {
      if (found.has(to)) continue;
      found.add(to);
      queue.push(to);
    }
  };
  for (const id of starts) visit(id);
  for (const id of queue) visit(id);
  return found;
}

/** True for what does something (runs, transforms), false for data. */
export function isAct(node: Node | undefined): boolean {
  return node?.kind === "run" || node?.kind === "transform";
}
