/** Impact: everything that was made from an artifact, as a table. */
import { Table } from "../formats/table.ts";
import { FLOW, linkUp, reach, stepper } from "../lineage/walk.ts";
import { connectionOf } from "./entry.ts";
import { lineageOf } from "./lineage.ts";

/** Which of the outputs are listed. */
export interface ImpactOptions {
  /** Only artifacts of this kind. */
  kind?: string;
  /** At most this many runs away; default all. */
  hops?: number;
}

/** More than this is listed in part, and said. */
const LIMIT = 100_000;

/** Every artifact downstream: uid, kind, key, hops, via (the run that made it), createdBy, createdAt; nearest first. */
export async function impactOf(entry: object, { kind, hops }: ImpactOptions = {}): Promise<Table> {
  const graph = await lineageOf(entry, { upstream: 0, downstream: hops ?? "all", limit: LIMIT });
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const distance = reach(nodes, graph.focus, stepper(linkUp(graph.edges), "down", FLOW), Number.POSITIVE_INFINITY);
  const maker = new Map(graph.edges.filter((edge) => edge.role === "output").map((edge) => [edge.to, edge.from]));
  const found = graph.nodes.flatMap((node) => (node.kind === "artifact" && node.id !== graph.focus && distance.has(node.id) && (kind === undefined || node.artifactKind === kind) ? [node] : []));
  found.sort((a, b) => (distance.get(a.id) ?? 0) - (distance.get(b.id) ?? 0) || (a.key ?? "").localeCompare(b.key ?? "") || (a.uid < b.uid ? -1 : 1));
  if (graph.truncated) connectionOf(entry).log("warning", `more than ${LIMIT} records are downstream: the list is cut; ask with { hops } for less`);
  const column = (name: string, type: "text" | "int" | "time", cell: (node: (typeof found)[number]) => unknown) => ({ name, type, values: found.map(cell) });
  return Table.from({
    columns: [
      column("uid", "text", (node) => node.uid),
      column("kind", "text", (node) => node.artifactKind),
      column("key", "text", (node) => node.key),
      column("hops", "int", (node) => distance.get(node.id)),
      column("via", "text", (node) => nodes.get(maker.get(node.id) ?? "")?.uid ?? null),
      column("createdBy", "text", (node) => node.createdBy),
      column("createdAt", "time", (node) => (node.createdAt === null ? null : new Date(node.createdAt))),
    ],
  });
}
