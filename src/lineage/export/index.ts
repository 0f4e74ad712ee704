/** The formats a lineage graph can be written in: one file and one line each. */
import { dot } from "./dot.ts";
import { json } from "./json.ts";
import { mermaid } from "./mermaid.ts";

/** Every exporter by the name that `graph.to(…)` takes; each is a pure function of the graph's data. */
export const formats = { json, mermaid, dot };

/** The name of an export format. */
export type Format = keyof typeof formats;

/** What `graph.to(format)` gives. */
export type Exported<F extends Format> = ReturnType<(typeof formats)[F]>;
