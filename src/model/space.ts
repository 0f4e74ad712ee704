/** Space: who may see what; `all` is built in. */
import { registry, text } from "./field.ts";

export const Space = registry({
  uid: 12,
  doc: "Who may see what; `all` is built in.",
  columns: {
    name: text({ unique: true, max: 100, needed: '{ name: "Our team" }' }),
    description: text({ optional: true }),
  },
  natural: ["name"],
  title: "name",
  minor: true,
  show: ["uid", "name", "description", "createdAt"],
});
