/** Collection: a versioned set of artifacts, with its lineage. */
import type { Staleness } from "../lineage/answers/staleness.ts";
import { traceable } from "./traceable.ts";
import { stalenessOf } from "./answers/staleness.ts";

/**
 * A versioned set of artifacts.
 *
 * @example
 * const cohort = await ln.Collection.get({ key: "cohort" });
 * console.log(String(await cohort.lineage()));
 */
export class Collection extends traceable("Collection") {
  /** Whether it is out of date, and why: a newer version of a member or of what it was made from, changed code, or something upstream. */
  staleness(): Promise<Staleness> {
    return stalenessOf(this);
  }
}

declare module "./record/classes.ts" {
  interface Registries {
    Collection: Collection;
  }
}
