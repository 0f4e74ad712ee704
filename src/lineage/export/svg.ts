/** A lineage graph as a picture in SVG, for pages, notebooks and papers. */
import type { GraphData } from "../node.ts";
import { drawSvg } from "../svg.ts";
import type { SvgOptions } from "../svg.ts";

/**
 * SVG text. Up to 3,000 nodes and 6,000 edges Graphviz lays it out; above, nodes lie in plain layers with straight edges.
 */
export function svg(graph: GraphData, options?: SvgOptions): Promise<string> {
  return drawSvg(graph, options);
}
