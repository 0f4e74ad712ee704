/** Collection: a versioned set of artifacts, with its lineage. */
import type { Table } from "../formats/index.ts";
import type { Graph } from "../lineage/graph/graph.ts";
import type { Staleness } from "../lineage/answers/staleness.ts";
import { type LineageOptions, lineageOf, viewLineageOf } from "./answers/lineage.ts";
import { impactOf, type ImpactOptions } from "./answers/impact.ts";
import { entity } from "./record/registry.ts";
import { stalenessOf } from "./answers/staleness.ts";

/**
 * A versioned set of artifacts.
 *
 * @example
 * const cohort = await ln.Collection.get({ key: "cohort" });
 * console.log(String(await cohort.lineage()));
 */
export class Collection extends entity("Collection") {
  /** Where it came from, and what came of it. */
  lineage(options: LineageOptions = {}): Promise<Graph> {
    return lineageOf(this, options);
  }

  /** Whether it is out of date, and why: a newer version of a member or of what it was made from, changed code, or something upstream. */
  staleness(): Promise<Staleness> {
    return stalenessOf(this);
  }

  /** Prints its lineage as a tree, and returns the graph. */
  viewLineage(options: LineageOptions = {}): Promise<Graph> {
    return viewLineageOf(this, options);
  }

  /** Everything that was made from it, as a table like that of an artifact. */
  impact(options: ImpactOptions = {}): Promise<Table> {
    return impactOf(this, options);
  }
}

declare module "./record/classes.ts" {
  interface Registries {
    Collection: Collection;
  }
}
