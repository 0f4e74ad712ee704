/** A lineage graph as a picture in SVG, for pages, notebooks and papers. */
import type { GraphData } from "../graph/node.ts";
import { drawSvg } from "../draw/svg.ts";
import type { SvgOptions } from "../draw/svg.ts";

/**
 * SVG text, laid out by Graphviz. Throws `invalid` for more than 3,000 boxes or 6,000 lines.
 */
export function svg(graph: GraphData, options?: SvgOptions): Promise<string> {
  return drawSvg(graph, options);
}
