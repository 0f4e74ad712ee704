/** Written by tools/make-migration.ts from the declarations in src/model; never edited once released. */
import type { Migration } from "../migration.ts";

export const migration0002: Migration = {
  name: "0002-severed-links",
  changes: [
    {"do":"create-table","table":{"name":"severed_link","columns":[{"name":"id","kind":"id"},{"name":"role","kind":"text"},{"name":"from_uid","kind":"text"},{"name":"to_uid","kind":"text"},{"name":"mark","kind":"int"},{"name":"created_at","kind":"time"}],"indexes":[{"columns":["from_uid"]},{"columns":["to_uid"]}]}},
  ],
};
