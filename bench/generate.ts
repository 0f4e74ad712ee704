/** Fills a migrated, empty database with made-up provenance in bulk: runs, one artifact each, two inputs a run, in separate islands. */
import sql, { raw, type Sql } from "sql-template-tag";
import { type Database, execute } from "../src/db/operation.ts";

/** How much to make: `runs` in all, of which each `island` in a row is connected. */
export interface Size {
  readonly runs: number;
  readonly island: number;
  /** Two runs a rung, both of which took both artifacts of the rung before: as many ways as 2 to the height. */
  readonly ladder?: true;
}

/** Runs 1 … n and artifacts 1 … n, where run i made artifact i from two of the thousand artifacts before it in its island, or from the rung below. */
export async function generate(database: Database, { runs, island, ladder }: Size): Promise<void> {
  const { dialect } = database;
  const now = new Date("2026-01-01T00:00:00Z");
  const type = (kind: "bool" | "time"): Sql => raw(dialect.columnType({ name: "", kind }));
  const at = sql`cast(${dialect.encode("time", now)} as ${type("time")})`;
  const bool = (value: boolean): Sql => sql`cast(${dialect.encode("bool", value)} as ${type("bool")})`;
  // 16 digits: as long as a uid, and the same text on every database.
  const uid = sql`substr(cast(10000000000000000 + i as text), 2)`;
  const series = (n: number): Sql =>
    sql`(with recursive n(i) as (select 1 union all select i + 1 from n where i < cast(${n} as integer)) select i from n) n`;
  const statements: Sql[] = [
    sql`insert into "user" (id, uid, created_at, handle) values (1, 'testuser', ${at}, 'testuser1')`,
    sql`insert into storage (id, uid, created_at, root, type, created_by_id) values (1, 'benchstorage', ${at}, '/bench', 'local', 1)`,
    sql`insert into transform (id, uid, created_at, stem, revision, is_latest, "key", kind, created_by_id, space_id, branch_id)
      select i, ${uid}, ${at}, ${uid}, 0, ${bool(true)}, 'step-' || i || '.ts', 'script', 1, 1, 1 from ${series(1000)}`,
    sql`insert into run (id, uid, created_at, transform_id, status, started_at, finished_at, created_by_id, space_id, branch_id)
      select i, ${uid}, ${at}, 1 + i % 1000, 'completed', ${at}, ${at}, 1, 1, 1 from ${series(runs)}`,
    sql`insert into artifact (id, uid, created_at, stem, revision, is_latest, "key", suffix, size, hash, hash_type, overwritten, storage_id, run_id, created_by_id, space_id, branch_id, internal, input_mark)
      select i, ${uid} || '0000', ${at}, ${uid}, 0, ${bool(true)}, 'data/' || (i % 1000) || '/' || i || '.csv', '.csv', i, ${uid}, 'sha256', ${bool(false)}, 1, i, 1, 1, 1, ${bool(false)}, 2 * i from ${series(runs)}`,
    ...[
      [50, 7919, 1],
      [1000, 104729, 0],
    ].map(([span, factor, back]) => {
      const other = ladder
        ? sql`i - (i + 1) % 2 - ${raw(back ? "2" : "1")}`
        : sql`i - 1 - (cast(i as bigint) % 1000003 * ${raw(String(factor))} / 31 % ${raw(String(span))}) - ${raw(back ? "0" : "50")}`;
      return sql`insert into artifact_input_of (id, from_id, to_id, created_at, run_id, input_mark)
        select 2 * i - ${raw(String(back))}, o, i, ${at}, o, 2 * o from (select i, ${other} as o from ${series(runs)}) s
        where o >= i - (i - 1) % cast(${island} as integer) and o > 0`;
    }),
  ];
  for (const table of ["user", "storage", "transform", "run", "artifact", "artifact_input_of"]) {
    const after = dialect.afterFixedIds(table);
    if (after) statements.push(after);
  }
  statements.push(raw("analyze"));
  await database.write(function* () {
    for (const statement of statements) yield* execute(statement);
  });
}
