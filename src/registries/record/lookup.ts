/** Lookup objects: one attribute per name, for completion in editors and notebooks. */
import { model, type Name } from "../../model/index.ts";
import type { Of } from "./classes.ts";
import type { Query } from "./query.ts";

/** Attribute → record. */
export type Lookup<N extends Name> = Readonly<Record<string, Of<N>>>;

/** The name as an attribute: lower case, runs of other characters as one `_`, `ln_` before what is no letter. */
function attributeOf(name: string): string {
  const attribute = name.toLowerCase().replace(/[^\p{L}\p{N}_]+/gu, "_");
  return /^\p{L}/u.test(attribute) || attribute === "" ? attribute : `ln_${attribute}`;
}

/** All rows by attribute; of rows with the same attribute the first. */
export async function lookup<N extends Name>(query: Query<N>, name: N): Promise<Lookup<N>> {
  const found: Record<string, Of<N>> = Object.create(null);
  for await (const record of query) {
    const title = (record as unknown as Record<string, unknown>)[model[name].title];
    const attribute =
      title === null || title === undefined
        ? ""
        : attributeOf(title instanceof Date ? title.toISOString() : String(title));
    if (attribute !== "" && !(attribute in found)) found[attribute] = record;
  }
  return found;
}
