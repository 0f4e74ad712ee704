/** ULabel: a universal label. */
import { described, owned, placed, typed } from "./common.ts";
import { link, ref, registry, text } from "./field.ts";

export const ULabel = registry({
  uid: 8,
  doc: "A universal label.",
  columns: {
    name: text({ index: true, max: 150 }),
    type: ref("ULabel", { optional: true, inverse: "members" }),
    ...typed,
    ...described,
    run: ref("Run", { optional: true, editable: false }),
    ...owned,
    ...placed,
  },
  links: { parents: link("ULabel", { inverse: "children" }) },
  natural: ["name", "type"],
  title: "name",
  show: ["uid", "name", "type", "isType", "description", "createdAt", "createdBy"],
});
