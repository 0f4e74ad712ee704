/** Writes the next migration: what the declarations in src/model say beyond the migrations that are there. `node --conditions=lineal-source tools/make-migration.ts NAME` */
import { writeFileSync } from "node:fs";
import { difference, tablesAfter } from "../src/db/migration.ts";
import { migrations } from "../src/db/migrations/index.ts";
import { allTables } from "../src/db/tables.ts";

const [title = "changes"] = process.argv.slice(2);
const changes = difference(tablesAfter(migrations), allTables());
if (changes.length === 0) {
  process.stdout.write("The migrations already lead to what the model declares.\n");
} else {
  const name = `${String(migrations.length + 1).padStart(4, "0")}-${title}`;
  const file = new URL(`../src/db/migrations/${name}.json`, import.meta.url);
  const lines = changes.map((change) => `    ${JSON.stringify(change)}`).join(",\n");
  writeFileSync(file, `{\n  "name": ${JSON.stringify(name)},\n  "changes": [\n${lines}\n  ]\n}\n`);
  process.stdout.write(`Wrote ${file.pathname}. Add it to src/db/migrations/index.ts.\n`);
}
