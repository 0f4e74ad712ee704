/** Lineage of a record: the question to the database, and the picture in words. */
import { lineage as lineageQuery } from "../db/lineage.ts";
import type { Graph } from "../lineage/graph.ts";
import type { Connection } from "../instance/connection.ts";
import { connectionOf, nameOf, rowOf } from "./entry.ts";

/** How far lineage goes. */
export interface LineageOptions {
  /** Hops back, or "all" (the default). A hop is artifact → run → artifact. */
  upstream?: number | "all";
  /** Hops forward, or "all" (the default). */
  downstream?: number | "all";
  /** At most this many nodes; default 1000. */
  limit?: number;
}

/** Where a record came from and what came of it. */
export function lineageOf(entry: object, options: LineageOptions = {}): Promise<Graph> {
  const connection: Connection = connectionOf(entry);
  const row = rowOf(entry);
  const focus = { name: nameOf(entry) as "Artifact" | "Run" | "Transform" | "Collection", id: row.id, uid: row.uid };
  const { upstream = "all", downstream = "all", limit = 1000 } = options;
  return connection.read(() => lineageQuery(connection.database.dialect, { focus, upstream, downstream, limit }));
}

/** Prints the lineage as a tree; returns the graph, which draws itself in a notebook. */
export async function viewLineageOf(entry: object, options: LineageOptions = {}): Promise<Graph> {
  const graph = await lineageOf(entry, options);
  const width = process.stdout.columns ?? 80;
  process.stdout.write(`${graph.tree({ width })}\n`);
  return graph;
}
