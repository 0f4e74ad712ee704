/** The steps of migrations that only code can do. Like migrations, a released one is never edited. */
import type { Dialect } from "../dialect.ts";
import type { Operation } from "../operation.ts";
import { keepRemovedRows } from "./removed-rows.ts";

/** A step by name. */
export type Step = "keep-removed-rows";

export const steps: { readonly [S in Step]: (dialect: Dialect) => Operation<void> } = {
  "keep-removed-rows": keepRemovedRows,
};
