/** Impact: everything that was made from an artifact, as a table. */
import { LinealError, refuseUnknown } from "../errors.ts";
import { Table } from "../formats/table.ts";
import { fitting } from "../lineage/select.ts";
import { FLOW, linkUp, reach, walker } from "../lineage/walk.ts";
import { connectionOf } from "./entry.ts";
import { lineageOf } from "./lineage.ts";

/** Which of the outputs are listed: all that is given has to fit. */
export interface ImpactOptions {
  /** Only artifacts of this kind. */
  kind?: string;
  /** At most this many runs away; default all. */
  hops?: number;
  /** Only what the user with this handle made. */
  createdBy?: string;
  /** Only what was made then or later. */
  since?: Date | string;
  /** Only what was made then or before; a day without a time is meant whole. */
  until?: Date | string;
}

const OPTIONS = ["kind", "hops", "createdBy", "since", "until"];

/** Runs and artifacts; beyond it the list is cut, and that is said. */
const LIMIT = 300_000;

/** Every artifact downstream: uid, kind, key, hops, via (the run that made it), createdBy, createdAt; nearest first. What lies in the trash is left out, but not what was made from it. */
export async function impactOf(entry: object, options: ImpactOptions = {}): Promise<Table> {
  const { table, cut } = await impactList(entry, options);
  if (cut) connectionOf(entry).log("warning", `more than ${LIMIT.toLocaleString("en")} runs and artifacts are downstream: the list is cut; ask with { hops } for less`);
  return table;
}

/** The same, with whether there is more than was listed. */
export async function impactList(entry: object, options: ImpactOptions): Promise<{ table: Table; cut: boolean }> {
  refuseUnknown(options, OPTIONS, "impact");
  const { kind, hops, createdBy } = options;
  for (const [name, value] of Object.entries({ kind, createdBy })) {
    if (value !== undefined && typeof value !== "string") throw new LinealError("invalid", `${name} must be text, not ${JSON.stringify(value)}`, { hint: `Write { ${name}: "${name === "kind" ? "dataset" : "testuser1"}" }.` });
  }
  if (hops !== undefined && !(Number.isSafeInteger(hops) && hops >= 0)) throw new LinealError("invalid", `hops must be a whole number, 0 or more, not ${JSON.stringify(hops)}`, { hint: "Write { hops: 3 }, or leave hops out for all." });
  const { since, until } = options;
  const inTime = fitting({ ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }, connectionOf(entry).now());
  const graph = await lineageOf(entry, { upstream: 0, downstream: hops ?? "all", limit: LIMIT });
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const distance = reach(nodes, graph.focus, walker(linkUp(graph.edges), "down", FLOW), Number.POSITIVE_INFINITY);
  const maker = new Map(graph.edges.flatMap((edge) => (edge.role === "output" ? [[edge.to, edge.from] as const] : [])));
  const found = graph.nodes.flatMap((node) => {
    const hop = node.id === graph.focus ? undefined : distance.get(node.id);
    return hop !== undefined && node.kind === "artifact" && !node.deleted && (kind === undefined || node.artifactKind === kind) && (createdBy === undefined || node.createdBy === createdBy) && inTime(node) ? [{ node, hop }] : [];
  });
  found.sort((a, b) => a.hop - b.hop || compare(a.node.key ?? "", b.node.key ?? "") || compare(a.node.uid, b.node.uid));
  const column = (name: string, type: "text" | "int" | "time", cell: (one: (typeof found)[number]) => unknown) => ({ name, type, values: found.map(cell) });
  const table = Table.from({
    columns: [
      column("uid", "text", ({ node }) => node.uid),
      column("kind", "text", ({ node }) => node.artifactKind),
      column("key", "text", ({ node }) => node.key),
      column("hops", "int", ({ hop }) => hop),
      column("via", "text", ({ node }) => nodes.get(maker.get(node.id) ?? "")?.uid ?? null),
      column("createdBy", "text", ({ node }) => node.createdBy),
      column("createdAt", "time", ({ node }) => (node.createdAt === null ? null : new Date(node.createdAt))),
    ],
  });
  return { table, cut: graph.truncated !== false };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
