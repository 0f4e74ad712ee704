/** A lineage graph as a picture in SVG, for pages, notebooks and papers. */
import type { GraphData } from "../graph/node.ts";
import { drawSvg } from "../draw/svg.ts";
import type { SvgOptions } from "../draw/svg.ts";

/**
 * SVG text. Up to 3,000 nodes and 6,000 edges Graphviz lays it out; above, nodes lie in plain layers with straight edges.
 */
export function svg(graph: GraphData, options?: SvgOptions): Promise<string> {
  return drawSvg(graph, options);
}
