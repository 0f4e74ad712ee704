/** Record: a thing that is written down: an experiment, a sample, a sheet's row. */
import { described, owned, placed, typed } from "./common.ts";
import { link, ref, registry, text } from "./field.ts";

export const Record = registry({
  uid: 16,
  doc: "A thing that is written down: an experiment, a sample, a sheet's row.",
  columns: {
    name: text({ optional: true, index: true, max: 150, needed: '{ name: "Experiment1" }' }),
    type: ref("Record", { optional: true, inverse: "members" }),
    ...typed,
    ...described,
    schema: ref("Schema", { optional: true, inverse: "sheets" }),
    run: ref("Run", { optional: true, editable: false, inverse: "outputRecords" }),
    ...owned,
    ...placed,
  },
  links: {
    parents: link("Record", { inverse: "children" }),
    inputOf: link("Run", { inverse: "inputRecords", repeats: ["run"], lineage: true }),
    ulabels: link("ULabel", { inverse: "records", byFeature: true }),
    projects: link("Project", { inverse: "records", byFeature: true }),
    references: link("Reference", { inverse: "records", byFeature: true }),
  },
  natural: ["name", "type"],
  title: "name",
  show: ["uid", "name", "type", "isType", "description", "createdAt", "createdBy"],
});
