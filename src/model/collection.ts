/** Collection: a versioned set of artifacts. */
import { described, family, owned, placed } from "./common.ts";
import { link, ref, registry, text, via } from "./field.ts";

export const Collection = registry({
  uid: 20,
  versioned: true,
  doc: "A versioned set of artifacts.",
  columns: {
    ...family,
    key: text({ index: true, max: 1024, doc: "A path-like name; versions share it." }),
    ...described,
    hash: text({ optional: true, editable: false, index: true, doc: "Of the members' hashes." }),
    run: ref("Run", { optional: true, editable: false, inverse: "outputCollections" }),
    schema: ref("Schema", { optional: true, inverse: "validatedCollections" }),
    ...owned,
    ...placed,
  },
  links: {
    artifacts: link("Artifact", { inverse: "collections", lineage: true }),
    inputOf: link("Run", { inverse: "inputCollections", repeats: ["run"], lineage: true }),
    recreatingRuns: link("Run", { inverse: "recreatedCollections", lineage: true }),
    ulabels: link("ULabel", { inverse: "collections", byFeature: true }),
    projects: link("Project", { inverse: "collections", byFeature: true }),
    records: link("Record", { inverse: "collections", byFeature: true }),
    references: link("Reference", { inverse: "collections", byFeature: true }),
  },
  derived: { transform: via("Transform", "run", "transform") },
  title: "key",
  show: ["uid", "key", "description", "isLatest", "run", "createdAt", "createdBy"],
});
