/** Feature: a measured or annotated dimension, with a type and a unit. */
import { owned, placed, typed } from "./common.ts";
import { bool, ref, registry, text } from "./field.ts";

export const Feature = registry({
  uid: 12,
  doc: "A measured or annotated dimension, with a type and a unit.",
  columns: {
    name: text({ index: true, max: 150 }),
    dtype: text({ optional: true, doc: "str, int, float, bool, date, datetime, dict, cat[…], list[…]" }),
    type: ref("Feature", { optional: true, inverse: "members" }),
    ...typed,
    unit: text({ optional: true, max: 30 }),
    description: text({ optional: true }),
    nullable: bool({ default: true }),
    coerce: bool({ default: false }),
    run: ref("Run", { optional: true, editable: false }),
    ...owned,
    ...placed,
  },
  natural: ["name", "type"],
  title: "name",
  show: ["uid", "name", "dtype", "unit", "description", "createdAt", "createdBy"],
});
