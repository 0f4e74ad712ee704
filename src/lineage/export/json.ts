/** A lineage graph as JSON text, which `Graph.fromJSON` reads back. */
import type { GraphData } from "../node.ts";

/** JSON with two-space indentation and a final newline: `{ focus, nodes, edges, truncated }`. */
export function json({ focus, nodes, edges, truncated }: GraphData): string {
  return `${JSON.stringify({ focus, nodes, edges, truncated }, null, 2)}\n`;
}
