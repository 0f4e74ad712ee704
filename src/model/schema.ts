/** Schema: a set of features that a dataset must hold. */
import { owned, placed, typed } from "./common.ts";
import { bool, json, link, ref, registry, text } from "./field.ts";

export const Schema = registry({
  uid: 16,
  doc: "A set of features that a dataset must hold.",
  columns: {
    name: text({ optional: true, index: true, max: 150 }),
    type: ref("Schema", { optional: true, inverse: "members" }),
    ...typed,
    description: text({ optional: true }),
    hash: text({ optional: true, editable: false, index: true }),
    definition: json<object>()({ optional: true, doc: "The features' declaration." }),
    flexible: bool({ default: true }),
    run: ref("Run", { optional: true, editable: false }),
    ...owned,
    ...placed,
  },
  links: { features: link("Feature", { inverse: "schemas" }) },
  natural: ["name"],
  title: "name",
  show: ["uid", "name", "description", "createdAt", "createdBy"],
});
