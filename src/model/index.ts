/** What exists: the registries, their vocabulary and the types derived from them. */
import type { Registry } from "./field.ts";
import * as registries from "./registries.ts";
import type { ClashingInverses, DanglingTargets, Name } from "./types.ts";

export * from "./field.ts";
export { base62, isUidLike, randomUid, REVISION_LENGTH, versionUid } from "./uid.ts";
export type { Changes, Draft, HasUid, Lazy, Manys, MaybeOnes, Name, Ones, Order, Scalars, Where } from "./types.ts";

/** Registry name → declaration. The guards are never: they only must be asked for. */
export const model: { readonly [N in Name | DanglingTargets | ClashingInverses]: Registry } = registries;
/** The names of all registries, sorted. */
export const names = Object.keys(registries).sort() as readonly Name[];
export { checkValue, coerce, jsonSchema, parseText, printTime, printValue } from "./value.ts";
