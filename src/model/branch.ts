/** Branch: a line of work; `main`, `archive` and `trash` are built in. */
import { oneOf, ref, registry, text } from "./field.ts";

export const Branch = registry({
  uid: 12,
  doc: "A line of work; `main`, `archive` and `trash` are built in.",
  columns: {
    name: text({ unique: true, max: 100, needed: '{ name: "new-method" }' }),
    description: text({ optional: true }),
    status: oneOf("standalone", "draft", "review", "merged", "closed")({ default: "standalone" }),
    createdBy: ref("User", { optional: true, editable: false }),
  },
  natural: ["name"],
  title: "name",
  minor: true,
  show: ["uid", "name", "status", "description", "createdAt"],
});
