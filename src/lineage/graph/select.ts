/** A part of a lineage graph: the nodes that fit a question, and what lies between them and the focus. */
import { LinealError, inWords } from "../../ground/errors.ts";
import { Run } from "../../model/run.ts";
import type { Scalars } from "../../model/types.ts";
import { Graph } from "./graph.ts";
import { EDGE_ROLES, NODE_KINDS } from "./node.ts";
import type { GraphData, Node, NodeKind, Truncation } from "./node.ts";
import { ANY, check, checked } from "./options.ts";
import { beyond, FLOW, linkUp, stepper, walker } from "./walk.ts";
import type { Step } from "./walk.ts";
import { span } from "./time.ts";

/** The roles that stand beside the flow of data. */
const SIDE = EDGE_ROLES.filter((role) => !FLOW.includes(role));

/** How far a run came. */
type RunStatus = Scalars<"Run">["status"];

/**
 * What to look for; a node has to fit all that is given. `status` fits runs only. `since` and `until`, both included,
 * are compared with when a run started and when anything else was created: a Date or ISO text, UTC unless it has a
 * zone; `until: "2026-01-31"` means to the end of that day, and so on.
 */
export interface Selection {
  readonly kind?: NodeKind | readonly NodeKind[];
  readonly status?: RunStatus | readonly RunStatus[];
  readonly since?: Date | string;
  readonly until?: Date | string;
}

/**
 * The graph with only the focus, the nodes that fit, and those on a way of data between the two; what fits but neither
 * led to the focus nor came from it stays joined by a shortest way, of whatever edges there are. Throws `invalid` for a
 * kind, status or time there is not, and for a `since` that lies after `until` or after `now`.
 *
 * @example
 * select(await artifact.lineage(), { status: "errored" });               // where something failed, and how it got here
 * select(graph, { kind: "artifact", since: "2026-01-01" });
 */
export function select(graph: GraphData, selection: Selection, now: Date = new Date()): Graph {
  const fits = fitting(selection, now);
  const chosen = graph.nodes.filter((node) => node.id !== graph.focus && fits(node)).map((node) => node.id);
  const links = linkUp(graph.edges);
  const keep = new Set([graph.focus, ...chosen]);
  const aside = new Set(chosen);
  const [back, on] = [walker(links, "up"), walker(links, "down")];
  for (const [towards, away] of [
    [back, on],
    [on, back],
  ] as const) {
    const reached = beyond([graph.focus], towards);
    const there = chosen.filter((id) => reached.has(id));
    const between = beyond(there, away);
    for (const id of reached) if (between.has(id)) keep.add(id);
    for (const id of there) aside.delete(id);
  }
  if (aside.size > 0) {
    const steps = [FLOW, SIDE].flatMap((roles) => [stepper(links, "up", roles), stepper(links, "down", roles)]);
    const joined = [...keep].filter((id) => !aside.has(id));
    const before = tree(joined, (id) => steps.flatMap((step) => step(id)));
    for (const id of aside)
      for (let at = before.get(id); at !== undefined && !keep.has(at); at = before.get(at)) keep.add(at);
  }
  const nodes = graph.nodes.filter((node) => keep.has(node.id));
  const partial = graph.partial || nodes.length < graph.nodes.length;
  return new Graph({ focus: graph.focus, nodes, edges: graph.edges, truncated: kept(graph.truncated, keep), partial });
}

/** The graph with only the `limit` nodes nearest to the focus, and where there are more. */
export function nearest(graph: Graph, limit: number): Graph {
  if (graph.nodes.length <= limit) return graph;
  const links = linkUp(graph.edges);
  const roles = [...new Set(graph.edges.map((edge) => edge.role))];
  const [up, down] = [stepper(links, "up", roles), stepper(links, "down", roles)];
  const keep = new Set([...tree([graph.focus], (id) => [...up(id), ...down(id)]).keys()].slice(0, limit));
  const missing = (step: (id: string) => readonly string[]): string[] =>
    [...keep].filter((id) => step(id).some((other) => !keep.has(other)));
  const [before, after] = [missing(up), missing(down)];
  const known = graph.truncated || undefined;
  const truncated = {
    upstream: before.length > 0 || !!known?.upstream,
    downstream: after.length > 0 || !!known?.downstream,
    limit,
    more: [...new Set([...before, ...after])],
  };
  return new Graph({
    focus: graph.focus,
    nodes: graph.nodes.filter((node) => keep.has(node.id)),
    edges: graph.edges,
    truncated,
    partial: graph.partial,
  });
}

/** For every node that can be reached, the one before it on a shortest way from the nearest of `starts`. */
function tree(starts: readonly string[], step: Step): Map<string, string | undefined> {
  const before = new Map<string, string | undefined>(starts.map((id) => [id, undefined]));
  const queue = [...starts];
  for (const id of queue) {
    for (const to of step(id)) {
      if (before.has(to)) continue;
      before.set(to, id);
      queue.push(to);
    }
  }
  return before;
}

/** How far runs come. */
export const RUN_STATUSES = Run.columns.status.values as readonly RunStatus[];
const TIME = {
  fits: (value: unknown) => span(value) !== undefined,
  says: 'a Date or ISO text such as "2026-01-31" or "2026-01-31T12:00:00Z"',
};
// One or several kinds and statuses are checked one by one.
const RULES = { kind: ANY, status: ANY, since: TIME, until: TIME };

/** Whether a node fits all that is given. */
export function fitting(selection: Selection, now: Date): (node: Node) => boolean {
  const { kind, status, since, until } = checked<Selection>("a selection", selection, RULES);
  const kinds = several("kind", kind, NODE_KINDS);
  const statuses: readonly string[] | undefined = several("status", status, RUN_STATUSES);
  const [first, last] = [span(since)?.[0] ?? Number.NEGATIVE_INFINITY, span(until)?.[1] ?? Number.POSITIVE_INFINITY];
  if (first > last)
    throw new LinealError("invalid", `since ${inWords(since)} is later than until ${inWords(until)}`, {
      hint: "Nothing lies between the two: swap them.",
    });
  if (first > now.getTime())
    throw new LinealError("invalid", `since ${inWords(since)} is in the future`, {
      hint: "Give a time in the past; without a zone it is UTC.",
    });
  return (node) => {
    if (kinds && !kinds.includes(node.kind)) return false;
    if (statuses && !(node.kind === "run" && node.status !== null && statuses.includes(node.status))) return false;
    if (since === undefined && until === undefined) return true;
    const when = Date.parse((node.kind === "run" ? node.startedAt : node.createdAt) ?? "");
    return when >= first && when <= last;
  };
}

function several<T extends string>(
  name: string,
  given: T | readonly T[] | undefined,
  words: readonly string[],
): readonly T[] | undefined {
  if (given === undefined) return undefined;
  const list = [given].flat() as T[];
  for (const word of list) check(name, word, words);
  return list;
}

function kept(truncated: false | Truncation, keep: ReadonlySet<string>): false | Truncation {
  const cut = truncated || undefined;
  return cut?.more ? { ...cut, more: cut.more.filter((id) => keep.has(id)) } : truncated;
}
