/** Transform: what runs, with its source and its runs. */
import type { Table } from "../formats/index.ts";
import type { Graph } from "../lineage/graph/graph.ts";
import { impactOf, type ImpactOptions } from "./answers/impact.ts";
import { type LineageOptions, lineageOf, viewLineageOf } from "./answers/lineage.ts";
import { entity } from "./record/registry.ts";

/**
 * A script, notebook, pipeline, function, upload or app, in versions.
 *
 * @example
 * const cellRanger = await ln.Transform.save({ key: "Cell Ranger", version: "7.2.0", kind: "pipeline" });
 * await ln.track(cellRanger);
 */
export class Transform extends entity("Transform") {
  /** The transforms before and after it. */
  lineage(options: LineageOptions = {}): Promise<Graph> {
    return lineageOf(this, options);
  }

  /** What its runs made, and everything that was made from that, as a table; asks once for each run. */
  impact(options: ImpactOptions = {}): Promise<Table> {
    return impactOf(this, options);
  }

  /** Prints its lineage as a tree, and returns the graph. */
  viewLineage(options: LineageOptions = {}): Promise<Graph> {
    return viewLineageOf(this, options);
  }
}

declare module "./record/classes.ts" {
  interface Registries {
    Transform: Transform;
  }
}
