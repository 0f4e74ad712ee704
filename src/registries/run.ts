/** Run: one execution, with its inputs and outputs. */
import type { Table } from "../formats/index.ts";
import type { Graph } from "../lineage/graph/graph.ts";
import { impactOf, type ImpactOptions } from "./answers/impact.ts";
import { type LineageOptions, lineageOf, viewLineageOf } from "./answers/lineage.ts";
import { entity } from "./record/registry.ts";

/**
 * One execution of a transform.
 *
 * @example
 * const run = await ln.Run.filter({ transform: { key: "ingest.ts" } }).orderBy("-startedAt").first();
 * console.log(run?.status, await run?.inputs);
 */
export class Run extends entity("Run") {
  /** How long it took in milliseconds, or undefined while it is not finished. */
  get duration(): number | undefined {
    return this.finishedAt && this.startedAt ? this.finishedAt.getTime() - this.startedAt.getTime() : undefined;
  }

  /** What it read and made, and further. */
  lineage(options: LineageOptions = {}): Promise<Graph> {
    return lineageOf(this, options);
  }

  /** What it made, and everything that was made from that, as a table. */
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
    Run: Run;
  }
}
