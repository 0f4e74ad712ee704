/** Record: a thing that is written down, with its lineage. */
import type { Staleness } from "../lineage/answers/staleness.ts";
import { traceable } from "./traceable.ts";
import { stalenessOf } from "./answers/staleness.ts";

/**
 * A thing that is written down: an experiment, a sample, a sheet's row.
 *
 * @example
 * const sample = await ln.Record.get({ name: "sample 1" });
 * console.log(String(await sample.lineage()));
 */
export class RecordEntry extends traceable("Record") {
  /** Whether it is out of date, and why: a newer version of what it was made from, changed code, or something upstream. */
  staleness(): Promise<Staleness> {
    return stalenessOf(this);
  }
}

declare module "./record/classes.ts" {
  interface Registries {
    Record: RecordEntry;
  }
}
