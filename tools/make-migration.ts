/** Writes the next migration: what the declarations in src/model say beyond the migrations that are there. `node --conditions=lineal-source tools/make-migration.ts NAME` */
import { writeFileSync } from "node:fs";
import { difference, tablesAfter } from "../src/db/migration.ts";
import { migrations } from "../src/db/migrations/index.ts";
import { allTables } from "../src/db/tables.ts";

const [name = "changes"] = process.argv.slice(2);
const changes = difference(tablesAfter(migrations), allTables());
if (changes.length === 0) {
  process.stdout.write("The migrations already lead to what the model declares.\n");
} else {
  const number = String(migrations.length + 1).padStart(4, "0");
  const lines = changes.map((change) => `    ${JSON.stringify(change)},`);
  const file = new URL(`../src/db/migrations/${number}-${name}.ts`, import.meta.url);
  writeFileSync(
    file,
    `/** Written by tools/make-migration.ts from the declarations in src/model; never edited once released. */\nimport type { Migration } from "../migration.ts";\n\nexport const migration${number}: Migration = {\n  name: "${number}-${name}",\n  changes: [\n${lines.join("\n")}\n  ],\n};\n`,
  );
  process.stdout.write(`Wrote ${file.pathname}. Add it to src/db/migrations/index.ts.\n`);
}
