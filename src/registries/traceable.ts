/** Records with lineage: what artifacts, collections, records, runs and transforms have in common. */
import type { Table } from "../formats/index.ts";
import type { Graph } from "../lineage/graph/graph.ts";
import type { Name } from "../model/index.ts";
import { type ImpactOptions, impactOf } from "./answers/impact.ts";
import { type LineageOptions, lineageOf, viewLineageOf } from "./answers/lineage.ts";
import { entity, type Finder, registry, type Saver } from "./record/registry.ts";
import type { Entry } from "./record/row.ts";
import type { Complete } from "./record/save.ts";

/** What every record with lineage can do. */
export interface Traceable {
  /** Where it came from and what came of it, as a graph. */
  lineage(options?: LineageOptions): Promise<Graph>;
  /** Prints its lineage as a tree, and returns the graph. */
  viewLineage(options?: LineageOptions): Promise<Graph>;
  /** All artifacts, collections and records that were made from it, as a table: uid, kind, key, hops, via, createdBy, createdAt, type, version. */
  impact(options?: ImpactOptions): Promise<Table>;
}

/** The class of a registry whose rows have lineage. */
export const traceable = <const N extends Name>(name: N, complete?: Complete): Saver<N, Traceable> =>
  withLineage(entity(name, complete)) as Saver<N, Traceable>;

/** The same for one whose `save` is its own. */
export const traceableFinder = <const N extends Name>(name: N): Finder<N, Traceable> =>
  withLineage(registry(name)) as Finder<N, Traceable>;

function withLineage(base: unknown): unknown {
  return class extends (base as typeof Entry) implements Traceable {
    lineage(options: LineageOptions = {}): Promise<Graph> {
      return lineageOf(this, options);
    }

    viewLineage(options: LineageOptions = {}): Promise<Graph> {
      return viewLineageOf(this, options);
    }

    impact(options: ImpactOptions = {}): Promise<Table> {
      return impactOf(this, options);
    }
  };
}
