/** All migrations, oldest first. `tools/make-migration.ts` writes the files; a released one is never edited. */
import type { Migration } from "../migration.ts";
import initial from "./0001-initial.json" with { type: "json" };
import severedLinks from "./0002-severed-links.json" with { type: "json" };
import linksRepeatMakers from "./0003-links-repeat-makers.json" with { type: "json" };
import removedRows from "./0004-removed-rows.json" with { type: "json" };
import indexesForLists from "./0005-indexes-for-lists.json" with { type: "json" };
import purgeMarks from "./0006-purge-marks.json" with { type: "json" };

export const migrations = [
  initial,
  severedLinks,
  linksRepeatMakers,
  removedRows,
  indexesForLists,
  purgeMarks,
] as readonly unknown[] as readonly Migration[];
