/** The transform-level view of a lineage graph: which code follows on which, without the files in between. */
import { LinealError } from "../../ground/errors.ts";
import { Graph } from "./graph.ts";
import { nodeId, toNode } from "./node.ts";
import type { Edge, GraphData, Node, RunNode } from "./node.ts";
import { isAct, linkUp } from "./walk.ts";

/**
 * The graph with all runs of one transform version as that transform, and a `predecessor` edge wherever data made by
 * one went into another. The focus becomes the focus run's transform, or the transform that made the focus artifact;
 * data that nothing made, and a collection with members, stays as the focus, with `input` edges to its users and
 * `member` edges from what made its members. Re-creations, which carry no data, go.
 *
 * @example
 * const graph = collapse(await artifact.lineage(), "transform");
 * graph.upstream(graph.focus);                // every script and notebook that had a part in it
 */
export function collapse(graph: GraphData, level: "transform"): Graph {
  if (level !== "transform") {
    throw new LinealError("invalid", `a lineage graph cannot be collapsed to ${JSON.stringify(level)}`, {
      hint: 'The level is "transform".',
    });
  }
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const code = new Map<string, Node>();
  const into = new Map<string, string>(); // run or transform → the transform it is drawn as
  for (const node of graph.nodes) {
    if (node.kind !== "transform") continue;
    code.set(node.id, node);
    into.set(node.id, node.id);
  }
  for (const node of graph.nodes) {
    if (node.kind !== "run") continue;
    const id = nodeId("transform", node.transform ?? node.uid);
    if (!code.has(id)) code.set(id, transformOf(node));
    into.set(node.id, id);
  }

  const focus = focusOf(graph, byId, into);
  const kept = byId.get(focus);
  if (kept && !isAct(kept)) {
    code.set(focus, kept);
    into.set(focus, focus);
  }
  const cut = graph.truncated || undefined;
  const more = cut?.more && { more: [...new Set(cut.more.flatMap((id) => into.get(id) ?? []))] };
  return new Graph({
    focus,
    nodes: [...code.values()],
    edges: edgesBetween(graph, byId, into, focus),
    truncated: cut ? { ...cut, ...more } : false,
    partial: graph.partial ?? false,
  });
}

/** What a run tells of its transform; a run that names none stands for itself. */
function transformOf(run: RunNode): Node {
  const facts = {
    kind: "transform",
    uid: run.transform ?? run.uid,
    key: run.transformKey,
    description: null,
    transformKind: run.transformKind,
    version: null,
    createdAt: null,
    createdBy: null,
  } as const;
  const suffix = run.entrypoint ? `: ${run.entrypoint}` : "";
  return toNode(facts, suffix && run.label.endsWith(suffix) ? run.label.slice(0, -suffix.length) : run.label);
}

function focusOf(
  { focus, edges }: GraphData,
  byId: ReadonlyMap<string, Node>,
  into: ReadonlyMap<string, string>,
): string {
  if (isAct(byId.get(focus))) return into.get(focus) ?? focus;
  if (edges.some((edge) => edge.to === focus && edge.role === "member")) return focus; // it came from more than who put it together
  const made = edges.find((edge) => edge.to === focus && edge.role === "output" && isAct(byId.get(edge.from)));
  return (made && into.get(made.from)) ?? focus;
}

/** Edges from code to code: the ones there were, and one for every way that leads through nothing but data. */
function edgesBetween(
  graph: GraphData,
  byId: ReadonlyMap<string, Node>,
  into: ReadonlyMap<string, string>,
  focus: string,
): Edge[] {
  const { leaving } = linkUp(graph.edges.filter((edge) => edge.role !== "recreated"));
  const data = isAct(byId.get(focus)) || !byId.has(focus) ? undefined : focus; // a focus that stays as it is
  const edges: Edge[] = [];
  const seen = new Map<string, Set<string>>(); // data that each transform is known to lead through
  for (const node of graph.nodes) {
    const from = into.get(node.id);
    if (from === undefined) continue;
    const known = seen.get(from) ?? new Set();
    seen.set(from, known);
    const queue = [node.id];
    for (const id of queue) {
      for (const edge of leaving.get(id) ?? []) {
        const to = into.get(edge.to);
        if (to !== undefined) {
          const started = edge.role === "initiated" && id === node.id;
          const role = from === data ? "input" : to === data ? edge.role : started ? "initiated" : "predecessor";
          if (from !== to) edges.push({ from, to, role });
        } else if (byId.has(edge.to) && !known.has(edge.to)) {
          known.add(edge.to);
          queue.push(edge.to);
        }
      }
    }
  }
  return edges;
}
