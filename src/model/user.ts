/** User: a person, known by a handle. */
import { registry, text } from "./field.ts";

export const User = registry({
  uid: 8,
  doc: "A person, known by a handle.",
  columns: {
    handle: text({ unique: true, max: 30 }),
    name: text({ optional: true, max: 150 }),
  },
  natural: ["handle"],
  title: "handle",
  show: ["uid", "handle", "name", "createdAt"],
});
