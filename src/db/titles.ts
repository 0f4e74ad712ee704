/** What things are called, looked up by uid; of what was deleted for good too. */
import sql, { join, raw } from "sql-template-tag";
import type { Dialect } from "./dialect.ts";
import { execute, type Operation } from "./operation.ts";
import { tableOf } from "./tables.ts";
import { onBranchInSight, type Viewer } from "./viewer.ts";

export interface Named {
  /** A record's name; null for what has none. */
  readonly key: string | null;
  readonly versioned: boolean;
}

/** The keys of data and transforms by uid; runs have none. */
export function* namesOf(dialect: Dialect, viewer: Viewer, uids: readonly string[]): Operation<Map<string, Named>> {
  if (uids.length === 0) return new Map();
  const among = dialect.texts([...new Set(uids)]);
  const parts = (["Artifact", "Collection", "Transform", "Record"] as const).map((name) => {
    const [key, versioned] = name === "Record" ? ["name", 0] : ["key", 1];
    return sql`select uid, ${raw(`t."${key}"`)} as "key", ${raw(String(versioned))} as versioned from ${raw(tableOf(name))} t where uid in ${among} and ${onBranchInSight(name, "t", viewer)}`;
  });
  const rows = yield* execute(join(parts, " union all "));
  return new Map(
    rows.map((row) => [row.uid as string, { key: row.key as string | null, versioned: row.versioned === 1 }]),
  );
}
