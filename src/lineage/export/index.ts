/** The formats a lineage graph can be written in: one file and one line each. */
import type { GraphData } from "../graph/node.ts";
import { checked } from "../graph/options.ts";
import { dot } from "./dot.ts";
import { json } from "./json.ts";
import { mermaid } from "./mermaid.ts";
import { png } from "./png.ts";
import { svg } from "../draw/svg.ts";

/** Every exporter by the name that `graph.to(…)` takes; each is a pure function of the graph's data and its options. */
export const formats = { json: plain(json), mermaid, dot: plain(dot), svg, png };

/** An exporter that takes no options, and says so. */
function plain(write: (graph: GraphData) => string): (graph: GraphData, options?: Record<string, never>) => string {
  return (graph, options) => {
    checked(`graph.to("${write.name}")`, options, {});
    return write(graph);
  };
}

/** The name of an export format. */
export type Format = keyof typeof formats;

/** What `graph.to(format)` gives. */
export type Exported<F extends Format> = ReturnType<(typeof formats)[F]>;

type AfterFirst<List> = List extends readonly [unknown, ...infer Rest] ? Rest : [];

/** What `graph.to(format, …)` takes besides the format's name. */
export type FormatOptions<F extends Format> =
  AfterFirst<Required<Parameters<(typeof formats)[F]>>> extends [infer Options] ? [options?: Options] : [];
