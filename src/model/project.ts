/** Project: what work belongs together. */
import { owned, placed, typed } from "./common.ts";
import { link, ref, registry, text, time } from "./field.ts";

export const Project = registry({
  uid: 12,
  doc: "What work belongs together.",
  columns: {
    name: text({ index: true, max: 255 }),
    type: ref("Project", { optional: true, inverse: "members" }),
    ...typed,
    abbr: text({ optional: true, max: 32 }),
    url: text({ optional: true, max: 255 }),
    description: text({ optional: true }),
    startDate: time({ optional: true }),
    endDate: time({ optional: true }),
    run: ref("Run", { optional: true, editable: false }),
    ...owned,
    ...placed,
  },
  links: {
    parents: link("Project", { inverse: "children" }),
    ulabels: link("ULabel", { inverse: "projects" }),
    references: link("Reference", { inverse: "projects" }),
  },
  natural: ["name"],
  title: "name",
  show: ["uid", "name", "abbr", "url", "description", "createdAt", "createdBy"],
});
