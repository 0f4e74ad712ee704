/** What things are called, looked up by uid; of what was deleted for good too. */
import sql, { join, raw } from "sql-template-tag";
import type { Dialect } from "./dialect.ts";
import { execute, type Operation } from "./operation.ts";

export interface Named {
  /** A record's name; null for what has none. */
  readonly key: string | null;
  readonly versioned: boolean;
}

/** The keys of data and transforms by uid; runs have none. */
export function* namesOf(dialect: Dialect, uids: readonly string[]): Operation<Map<string, Named>> {
  if (uids.length === 0) return new Map();
  const among = dialect.texts([...new Set(uids)]);
  const versioned = ["artifact", "collection", "transform"].map(
    (table) => sql`select uid, "key", 1 as versioned from ${raw(table)} where uid in ${among}`,
  );
  const rows = yield* execute(
    join([...versioned, sql`select uid, name, 0 from record where uid in ${among}`], " union all "),
  );
  return new Map(
    rows.map((row) => [row.uid as string, { key: row.key as string | null, versioned: row.versioned === 1 }]),
  );
}
