/** Walking a graph: who is next to whom, who can be reached, and the shortest way. Linear, iterative, safe on cycles. */
import type { Edge, EdgeRole, Node } from "./node.ts";

/** The edges that leave and enter each node. */
export interface Links {
  readonly leaving: ReadonlyMap<string, readonly Edge[]>;
  readonly entering: ReadonlyMap<string, readonly Edge[]>;
}

/** Neighbours of a place in one direction. A place is a node's id, or a run's with the order of the edge it was entered by. */
export type Step = (place: string) => readonly string[];

/** Between a run's id and an order. */
const AT = "\0";

/** The id of the node at a place. */
export const idOf = (place: string): string => {
  const end = place.indexOf(AT);
  return end === -1 ? place : place.slice(0, end);
};

/** The roles along which data flows; the others are walked only when asked for. */
export const FLOW: readonly EdgeRole[] = ["input", "output", "member", "predecessor"];

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

/** Steps from a node's id to the ids of what it came from (`"up"`) or led to (`"down"`) along edges of the given roles. */
export function stepper(links: Links, direction: "up" | "down", roles: readonly EdgeRole[] = FLOW): Step {
  const [edges, end] = direction === "up" ? [links.entering, "from" as const] : [links.leaving, "to" as const];
  return (id) => {
    const found: string[] = [];
    for (const edge of edges.get(id) ?? []) if (roles.includes(edge.role)) found.push(edge[end]);
    return found;
  };
}

/** Like `stepper`, from place to place: through a run only from inputs to the outputs that depend on them. */
export function walker(links: Links, direction: "up" | "down", roles: readonly EdgeRole[] = FLOW): Step {
  const [edges, end, enters] =
    direction === "up" ? ([links.entering, "from", "output"] as const) : ([links.leaving, "to", "input"] as const);
  return (place) => {
    const found: string[] = [];
    const id = idOf(place);
    const at = id === place ? undefined : Number(place.slice(id.length + 1));
    for (const edge of edges.get(id) ?? []) {
      if (
        !roles.includes(edge.role) ||
        (at !== undefined && edge.order !== undefined && (direction === "up" ? edge.order > at : edge.order < at))
      )
        continue;
      found.push(edge.order !== undefined && edge.role === enters ? edge[end] + AT + edge.order : edge[end]);
    }
    return found;
  };
}

/**
 * The hops from `start` to every node within `hops`, nearest first, `start` itself being 0. A hop is a run (or
 * transform) crossed: the run that made an artifact and that run's inputs are both one hop up. So are a collection's members.
 */
export function reach(nodes: ReadonlyMap<string, Node>, start: string, step: Step, hops: number): Map<string, number> {
  const found = new Map<string, number>();
  const been = new Set<string>();
  const fromRun = isAct(nodes.get(start));
  let level = [start];
  for (let hop = 0; level.length > 0 && hop <= hops; hop++) {
    const next: string[] = [];
    for (const place of level) {
      // grows while it is walked: data beyond a run lie on the run's own level
      if (been.has(place)) continue;
      been.add(place);
      const id = idOf(place);
      if (!found.has(id)) found.set(id, hop);
      for (const to of step(place)) {
        if (been.has(to)) continue;
        const free = isAct(nodes.get(id)) && !isAct(nodes.get(idOf(to))) && !(fromRun && id === start);
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
  for (const place of queue) {
    if (idOf(place) === end) {
      const way: string[] = [];
      for (let at: string | undefined = place; at !== undefined; at = before.get(at)) way.push(idOf(at));
      return way.reverse();
    }
    for (const to of step(place)) {
      if (before.has(to)) continue;
      before.set(to, place);
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
  for (const place of queue) visit(place);
  return new Set(Array.from(found, idOf));
}

/** True for what does something (runs, transforms), false for data. */
export function isAct(node: Node | undefined): boolean {
  return node?.kind === "run" || node?.kind === "transform";
}
