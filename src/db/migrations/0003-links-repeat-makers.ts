/** Written by tools/make-migration.ts from the declarations in src/model; never edited once released. */
import type { Migration } from "../migration.ts";

export const migration0003: Migration = {
  name: "0003-links-repeat-makers",
  changes: [
    {"do":"add-column","table":"artifact_input_of","column":{"name":"run_id","kind":"int","optional":true}},
    {"do":"add-column","table":"artifact_input_of","column":{"name":"input_mark","kind":"int","optional":true}},
    {"do":"repeat","table":"artifact_input_of","repeats":{"of":"artifact","columns":["run_id","input_mark"]}},
    {"do":"create-index","table":"artifact_input_of","index":{"columns":["to_id","id","run_id","input_mark","from_id"]}},
    {"do":"create-index","table":"artifact_input_of","index":{"columns":["run_id","id","to_id","from_id"]}},
    {"do":"drop-index","table":"artifact_input_of","index":{"columns":["to_id","from_id"]}},
    {"do":"add-column","table":"collection_input_of","column":{"name":"run_id","kind":"int","optional":true}},
    {"do":"repeat","table":"collection_input_of","repeats":{"of":"collection","columns":["run_id"]}},
    {"do":"create-index","table":"collection_input_of","index":{"columns":["to_id","id","run_id","from_id"]}},
    {"do":"create-index","table":"collection_input_of","index":{"columns":["run_id","id","to_id","from_id"]}},
    {"do":"drop-index","table":"collection_input_of","index":{"columns":["to_id","from_id"]}},
    {"do":"add-column","table":"record_input_of","column":{"name":"run_id","kind":"int","optional":true}},
    {"do":"repeat","table":"record_input_of","repeats":{"of":"record","columns":["run_id"]}},
    {"do":"create-index","table":"record_input_of","index":{"columns":["to_id","id","run_id","from_id"]}},
    {"do":"create-index","table":"record_input_of","index":{"columns":["run_id","id","to_id","from_id"]}},
    {"do":"drop-index","table":"record_input_of","index":{"columns":["to_id","from_id"]}},
  ],
};
