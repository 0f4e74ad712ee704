/** Lineage of a record: the question to the database, and the picture in words. */
import { lineage as lineageQuery, transformsOf } from "../../db/lineage.ts";
import { collapse } from "../../lineage/graph/transform-level.ts";
import { Graph } from "../../lineage/graph/graph.ts";
import { graphOf } from "../../lineage/graph/found.ts";
import { labelled } from "../../lineage/graph/node.ts";
import { ANY, checked, defined, YES_OR_NO } from "../../lineage/graph/options.ts";
import { nearest, select, type Selection } from "../../lineage/graph/select.ts";
import type { Connection } from "../../instance/connection.ts";
import { LinealError } from "../../ground/errors.ts";
import { printTime } from "../../model/index.ts";
import { pastTime } from "../record/as-of.ts";
import { connectionOf, nameOf, rowOf } from "../record/row.ts";

/** How far lineage goes, and which part of it is shown. */
export interface LineageOptions extends Selection {
  /** Hops back, or "all" (the default). A hop is artifact → run → artifact. */
  upstream?: number | "all";
  /** Hops forward, or "all" (the default). */
  downstream?: number | "all";
  /** At most this many nodes; default 1000. */
  limit?: number;
  /** Only what had been recorded by then. */
  asOf?: Date | string;
  /** "transform": all runs of a transform as one node, without the data between them. */
  level?: "artifact" | "transform";
  /** Also the other outputs of the runs in the graph; default false. */
  siblings?: boolean;
}

const RULES = {
  upstream: ANY,
  downstream: ANY,
  limit: ANY,
  asOf: ANY,
  level: ["artifact", "transform"],
  siblings: YES_OR_NO,
  kind: ANY,
  status: ANY,
  since: ANY,
  until: ANY,
};
/** Runs and data that are walked for a graph of transforms, each of which stands for many. */
const BENEATH = 100_000;

/** Where a record came from and what came of it. */
export async function lineageOf(entry: object, options: LineageOptions = {}): Promise<Graph> {
  const connection: Connection = connectionOf(entry);
  const row = rowOf(entry);
  const focus = {
    name: nameOf(entry) as "Artifact" | "Run" | "Transform" | "Collection" | "Record",
    id: row.id,
    uid: row.uid,
  };
  const {
    upstream = "all",
    downstream = "all",
    limit = 1000,
    level = "artifact",
    siblings = false,
    kind,
    status,
    since,
    until,
  } = checked<LineageOptions>("lineage", options, RULES);
  const asOf = options.asOf === undefined ? {} : { asOf: pastTime(connection, options.asOf) };
  if (asOf.asOf && row.createdAt > asOf.asOf)
    throw new LinealError("not-found", `${focus.name} ${row.uid} was not there yet at ${printTime(asOf.asOf)}`, {
      hint: `It was added at ${printTime(row.createdAt)}.`,
    });
  if (focus.name === "Transform" && (status !== undefined || (kind !== undefined && kind !== "transform"))) {
    throw new LinealError(
      "invalid",
      "the lineage of a transform is of transforms alone: they have no status and are of one kind",
      {
        hint: 'Ask one of its runs or outputs, with { level: "transform" }.',
        shell: "ask one of its runs or outputs, with --level transform",
      },
    );
  }
  const collapsed = level === "transform" && focus.name !== "Transform";
  const walked = collapsed && limit > 0 ? Math.max(limit, BENEATH) : limit;
  const found = graphOf(
    await connection.read(() =>
      lineageQuery(connection.database.dialect, connection.viewer(), {
        focus,
        upstream,
        downstream,
        limit: walked,
        siblings,
        ...asOf,
      }),
    ),
  );
  // Who does not ask for what is around it is not told that there is nothing.
  const whole =
    found.nodes.length === 1 && (upstream === 0 || downstream === 0)
      ? new Graph({ ...found.toJSON(), partial: true })
      : found;
  // Runs have a status and a time, the transforms that they become have not; kinds are those that are drawn.
  const part = chosen(whole, { status, since, until, ...(collapsed ? {} : { kind }) }, connection.now());
  if (!collapsed) return part;
  const drawn = nearest(chosen(collapse(part, level), { kind }, connection.now()), limit);
  // Runs do not tell all of their transforms.
  const uids = drawn.nodes.flatMap((node) => (node.kind === "transform" ? [node.uid] : []));
  const nodes = await connection.read(() =>
    transformsOf(connection.database.dialect, connection.viewer(), uids, asOf.asOf),
  );
  return drawn.merge({ focus: drawn.focus, nodes: nodes.map((node) => labelled(node)), edges: [], truncated: false });
}

function chosen(
  graph: Graph,
  selection: { readonly [K in keyof Selection]: Selection[K] | undefined },
  now: Date,
): Graph {
  const given = defined(selection);
  return Object.keys(given).length > 0 ? select(graph, given, now) : graph;
}

/** Prints the lineage as a tree; returns the graph, which draws itself where it is the last value of a notebook's cell. */
export async function viewLineageOf(entry: object, options: LineageOptions = {}): Promise<Graph> {
  const graph = await lineageOf(entry, options);
  const width = process.stdout.columns || 80;
  process.stdout.write(
    `${graph.tree({ width, color: process.stdout.isTTY === true && process.stdout.hasColors() })}\n`,
  );
  return graph;
}
