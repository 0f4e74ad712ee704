/** Reference: a paper, a preprint, a document to cite. */
import { owned, placed, typed } from "./common.ts";
import { ref, registry, text, time } from "./field.ts";

export const Reference = registry({
  uid: 12,
  doc: "A paper, a preprint, a document to cite.",
  columns: {
    name: text({ index: true, max: 255 }),
    type: ref("Reference", { optional: true, inverse: "members" }),
    ...typed,
    abbr: text({ optional: true, max: 32 }),
    url: text({ optional: true, max: 255 }),
    doi: text({
      optional: true,
      index: true,
      max: 255,
      looks: { pattern: /^10\.\d{4,9}\/\S+$/, called: "DOI", example: "10.1038/s41586-020-2649-2" },
    }),
    description: text({ optional: true }),
    date: time({ optional: true }),
    run: ref("Run", { optional: true, editable: false }),
    ...owned,
    ...placed,
  },
  natural: ["name"],
  title: "name",
  show: ["uid", "name", "abbr", "url", "doi", "createdAt", "createdBy"],
});
