/** Impact: everything that was made from a record, or by it, as a table. */
import { select as rowsOf } from "../../db/select.ts";
import { closest, LinealError, refuseUnknown } from "../../ground/errors.ts";
import { Table } from "../../formats/table.ts";
import type { Node } from "../../lineage/graph/node.ts";
import { check } from "../../lineage/graph/options.ts";
import { fitting } from "../../lineage/graph/select.ts";
import { FLOW, linkUp, reach, walker } from "../../lineage/graph/walk.ts";
import type { Connection } from "../../instance/connection.ts";
import { make } from "../record/classes.ts";
import { connectionOf, nameOf, rowOf } from "../record/row.ts";
import { lineageOf } from "./lineage.ts";

/** What can lie downstream. */
type Datum = Extract<Node, { kind: "artifact" | "collection" | "record" }>;

/** Which of what lies downstream is listed: all that is given has to fit. */
export interface ImpactOptions {
  /** Only artifacts of this kind, or records of this type; `artifact`, `collection` and `record` are what has none. */
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

/** Runs and data; beyond it the list is cut, and that is said. */
const LIMIT = 300_000;

/**
 * All artifacts, collections and records downstream: uid, kind, key (a record's name), hops, via (the run that made it,
 * if one lies between), createdBy, createdAt, type, version; nearest first. What lies in the trash is left out, but not
 * what was made from it.
 */
export async function impactOf(entry: object, options: ImpactOptions = {}): Promise<Table> {
  const { table, cut } = await impactList(entry, options);
  if (cut)
    connectionOf(entry).log(
      "warning",
      `more than ${LIMIT.toLocaleString("en")} runs and data are downstream: the list is cut; ask with { hops } for less`,
    );
  return table;
}

/** The same, with whether there is more than was listed, and how much lies downstream whatever fits. */
export async function impactList(
  entry: object,
  options: ImpactOptions,
): Promise<{ table: Table; cut: boolean; all: number }> {
  const connection = connectionOf(entry);
  refuseUnknown(options, OPTIONS, "impact");
  const { kind, hops, createdBy, since, until } = options;
  const text = (example: string) => ({
    fits: (value: unknown) => typeof value === "string",
    says: `text such as "${example}"`,
  });
  if (kind !== undefined) check("kind", kind, text("dataset"));
  if (createdBy !== undefined) check("createdBy", createdBy, text("testuser1"));
  if (hops !== undefined)
    check("hops", hops, {
      fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
      says: "a whole number from 0 on, or leave it out for all",
    });
  const inTime = fitting(
    { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) },
    connection.now(),
  );
  if (createdBy !== undefined) await requireUser(connection, createdBy);
  const found = new Map<string, { node: Datum; hop: number; via: string | null }>();
  const all = new Set<string>();
  let cut = false;
  for (const start of await startsOf(entry)) {
    const graph = await lineageOf(start, { upstream: 0, downstream: hops ?? "all", limit: LIMIT });
    cut ||= graph.truncated !== false;
    const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
    const distance = reach(nodes, graph.focus, walker(linkUp(graph.edges), "down", FLOW), Number.POSITIVE_INFINITY);
    const makers = new Map(
      graph.edges.flatMap((edge) =>
        edge.role === "output" && distance.has(edge.from) ? [[edge.to, edge.from] as const] : [],
      ),
    );
    for (const [id, hop] of distance) {
      const node = nodes.get(id);
      if (
        !node ||
        id === graph.focus ||
        node.kind === "run" ||
        node.kind === "transform" ||
        node.deleted ||
        hop >= (found.get(id)?.hop ?? Number.POSITIVE_INFINITY)
      )
        continue;
      all.add(id);
      if (
        (kind === undefined || (kindOf(node) ?? node.kind) === kind) &&
        (createdBy === undefined || node.createdBy === createdBy) &&
        inTime(node)
      )
        found.set(id, { node, hop, via: nodes.get(makers.get(id) ?? "")?.uid ?? null });
    }
  }
  return { table: tableOf([...found.values()]), cut, all: all.size };
}

/** Where the walks begin: the runs of a transform do what it does. */
async function startsOf(entry: object): Promise<object[]> {
  if (nameOf(entry) !== "Transform") return [entry];
  const connection = connectionOf(entry);
  const runs = await connection.read(() =>
    rowsOf(connection.database.dialect, connection.viewerOfOne(), {
      name: "Run",
      from: { name: "Transform", key: "runs", uid: rowOf(entry).uid },
    }),
  );
  return runs.map((row) => make(connection, "Run", row));
}

async function requireUser(connection: Connection, handle: string): Promise<void> {
  const users = await connection.read(() => rowsOf(connection.database.dialect, connection.viewer(), { name: "User" }));
  const handles = users.map((user) => String(user.handle));
  if (handles.includes(handle)) return;
  const near = closest(handle, handles);
  throw new LinealError("not-found", `there is no user "${handle}" in ${connection.slug}`, {
    hint: near === undefined ? `Users here: ${handles.slice(0, 20).join(", ")}.` : `Did you mean ${near}?`,
  });
}

const kindOf = (node: Datum): string | null =>
  node.kind === "artifact" ? node.artifactKind : node.kind === "record" ? node.type : null;
const nameOfDatum = (node: Datum): string | null => (node.kind === "record" ? node.name : node.key);

function tableOf(found: { node: Datum; hop: number; via: string | null }[]): Table {
  found.sort(
    (a, b) =>
      a.hop - b.hop || compare(nameOfDatum(a.node) ?? "", nameOfDatum(b.node) ?? "") || compare(a.node.uid, b.node.uid),
  );
  const column = (name: string, type: "text" | "int" | "time", cell: (one: (typeof found)[number]) => unknown) => ({
    name,
    type,
    values: found.map(cell),
  });
  return Table.from({
    columns: [
      column("uid", "text", ({ node }) => node.uid),
      column("kind", "text", ({ node }) => kindOf(node)),
      column("key", "text", ({ node }) => nameOfDatum(node)),
      column("hops", "int", ({ hop }) => hop),
      column("via", "text", ({ via }) => via),
      column("createdBy", "text", ({ node }) => node.createdBy),
      column("createdAt", "time", ({ node }) => (node.createdAt === null ? null : new Date(node.createdAt))),
      column("type", "text", ({ node }) => node.kind),
      column("version", "text", ({ node }) => (node.kind === "record" ? null : node.version)),
    ],
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
