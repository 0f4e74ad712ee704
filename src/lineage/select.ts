/** A part of a lineage graph: the nodes that fit a question, and what lies between them and the focus. */
import { LinealError } from "../errors.ts";
import { Graph } from "./graph.ts";
import { NODE_KINDS } from "./node.ts";
import type { GraphData, Node, NodeKind, Truncation } from "./node.ts";
import { beyond, linkUp, stepper, walker } from "./walk.ts";

/**
 * What to look for; a node has to fit all that is given. `status` fits runs only. `since` and `until`, both included,
 * are compared with when a run started and when anything else was created: a Date or ISO text.
 */
export interface Selection {
  readonly kind?: NodeKind | readonly NodeKind[];
  readonly status?: string | readonly string[];
  readonly since?: Date | string;
  readonly until?: Date | string;
}

/**
 * The graph with only the focus, the nodes that fit, and those on a way between the two; what fits but neither led to
 * the focus nor came from it stays joined to it by a shortest way. Throws `invalid` for a kind or time there is not.
 *
 * @example
 * select(await artifact.lineage(), { status: "errored" });               // where something failed, and how it got here
 * select(graph, { kind: "artifact", since: "2026-01-01" });
 */
export function select(graph: GraphData, selection: Selection): Graph {
  const fits = fitter(selection);
  const chosen = graph.nodes.filter(node => node.id !== graph.focus && fits(node)).map(node => node.id);
  const links = linkUp(graph.edges);
  const roles = [...new Set(graph.edges.map(edge => edge.role))];
  const [up, down] = [stepper(links, "up", roles), stepper(links, "down", roles)];

  const keep = new Set([graph.focus, ...chosen]);
  const aside = new Set(chosen);
  const [back, on] = [walker(links, "up", roles), walker(links, "down", roles)];
  for (const [towards, away] of [[back, on], [on, back]] as const) {
    const reached = beyond([graph.focus], towards);
    const there = chosen.filter(id => reached.has(id));
    const between = beyond(there, away);
    for (const id of reached) if (between.has(id)) keep.add(id);
    for (const id of there) aside.delete(id);
  }
  if (aside.size > 0) {
    const before = tree(graph.focus, id => [...up(id), ...down(id)]);
    for (const id of aside) for (let at = before.get(id); at !== undefined && !keep.has(at); at = before.get(at)) keep.add(at);
  }
  const nodes = graph.nodes.filter(node => keep.has(node.id));
  return new Graph({ focus: graph.focus, nodes, edges: graph.edges, truncated: kept(graph.truncated, keep) });
}

/** The graph with only the `limit` nodes nearest to the focus, and where there are more. */
export function nearest(graph: Graph, limit: number): Graph {
  if (graph.nodes.length <= limit) return graph;
  const links = linkUp(graph.edges);
  const roles = [...new Set(graph.edges.map(edge => edge.role))];
  const [up, down] = [stepper(links, "up", roles), stepper(links, "down", roles)];
  const keep = new Set([...tree(graph.focus, id => [...up(id), ...down(id)]).keys()].slice(0, limit));
  const missing = (step: (id: string) => readonly string[]): string[] => [...keep].filter(id => step(id).some(other => !keep.has(other)));
  const [before, after] = [missing(up), missing(down)];
  const known = graph.truncated || undefined;
  const truncated = { upstream: before.length > 0 || !!known?.upstream, downstream: after.length > 0 || !!known?.downstream, limit, more: [...new Set([...before, ...after])] };
  return new Graph({ focus: graph.focus, nodes: graph.nodes.filter(node => keep.has(node.id)), edges: graph.edges, truncated });
}

/** For every node that can be reached, the one before it on a shortest way from `start`. */
function tree(start: string, step: (id: string) => readonly string[]): Map<string, string | undefined> {
  const before = new Map<string, string | undefined>([[start, undefined]]);
  const queue = [start];
  for (const id of queue) {
    for (const to of step(id)) {
      if (before.has(to)) continue;
      before.set(to, id);
      queue.push(to);
    }
  }
  return before;
}

function fitter({ kind, status, since, until }: Selection): (node: Node) => boolean {
  const kinds = kind === undefined ? undefined : [kind].flat();
  const wrong = kinds?.find(name => !NODE_KINDS.includes(name));
  if (wrong !== undefined) {
    throw new LinealError("invalid", `${JSON.stringify(wrong)} is not a kind of node`, { hint: `Kinds are ${NODE_KINDS.join(", ")}.` });
  }
  const statuses = status === undefined ? undefined : [status].flat();
  const [first, last] = [time(since, "since"), time(until, "until")];
  return node => {
    if (kinds && !kinds.includes(node.kind)) return false;
    if (statuses && !(node.kind === "run" && node.status !== null && statuses.includes(node.status))) return false;
    if (first === undefined && last === undefined) return true;
    const when = Date.parse((node.kind === "run" ? node.startedAt : node.createdAt) ?? "");
    return when >= (first ?? Number.NEGATIVE_INFINITY) && when <= (last ?? Number.POSITIVE_INFINITY);
  };
}

function time(value: Date | string | undefined, name: string): number | undefined {
  if (value === undefined) return undefined;
  const found = typeof value === "string" ? Date.parse(value) : value.getTime();
  if (!Number.isNaN(found)) return found;
  throw new LinealError("invalid", `${name} cannot be ${JSON.stringify(value)}`, { hint: 'Give a Date or ISO text such as "2026-01-31" or "2026-01-31T12:00:00Z".' });
}

function kept(truncated: false | Truncation, keep: ReadonlySet<string>): false | Truncation {
  const cut = truncated || undefined;
  return cut?.more ? { ...cut, more: cut.more.filter(id => keep.has(id)) } : truncated;
}
