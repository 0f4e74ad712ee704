/** A lineage graph as JSON text, which `Graph.fromJSON` reads back. */
import type { GraphData } from "../node.ts";

/** JSON with two-space indentation and a final newline: `{ focus, nodes, edges, truncated }`, and `partial` when true. */
export function json(graph: GraphData): string {
  return `${JSON.stringify(graph, null, 2)}\n`;
}
