/** A lineage graph as JSON text, which `Graph.fromJSON` reads back. */
import { LinealError } from "../../ground/errors.ts";
import type { GraphData } from "../graph/node.ts";

/** JSON with two-space indentation and a final newline: `{ focus, nodes, edges, truncated }`, and `partial` when true; `invalid` when it is longer than a text can be. */
export function json(graph: GraphData): string {
  try {
    return `${JSON.stringify(graph, null, 2)}\n`;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const hint = "Ask for a part of it: { limit: 100_000 }, or fewer hops.";
    throw new LinealError(
      "invalid",
      `a graph of ${graph.nodes.length.toLocaleString("en")} nodes is too large for one JSON text`,
      { hint, shell: "Ask for a part of it: --limit 100000, or fewer hops: --up 5", cause: error },
    );
  }
}
