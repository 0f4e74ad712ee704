/** All declarations by name. */
import type { Registry } from "./field.ts";
import * as registries from "./registries.ts";
import type { ClashingInverses, DanglingTargets, Name } from "./types.ts";

/** Registry name → declaration. The guards are never: they only must be asked for, and once, for they cost the compiler much. */
export const model: { readonly [N in Name]: Registry } = registries satisfies Record<
  DanglingTargets | ClashingInverses,
  never
>;
/** The names of all registries, sorted. */
export const names = Object.keys(registries).sort() as readonly Name[];
