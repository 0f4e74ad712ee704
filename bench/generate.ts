/** Fills a migrated, empty database with made-up provenance in bulk, without statistics: runs, one artifact each, two inputs a run, in separate islands. */
import sql, { join, raw, type Sql } from "sql-template-tag";
import { type Database, execute } from "../src/db/operation.ts";

/** How much to make: `runs` in all, of which each `island` in a row is connected. */
export interface Size {
  readonly runs: number;
  readonly island: number;
  /** Two runs a rung, both of which took both artifacts of the rung before: as many ways as 2 to the height. */
  readonly ladder?: true;
}

/** Values that questions of the benches ask for: how much of all rows each stands for. */
export const ASKED = {
  /** A sixth of all runs. */
  commonTransform: "step-1.ts",
  /** 1 in 100,000 runs. */
  rareTransform: "step-1001.ts",
  /** 1 in 100 runs, all among the first 4 of 100. */
  retiredTransform: "step-1002.ts",
  /** Two of five rows. */
  commonUser: "testuser1",
  /** 1 in 50,000 rows. */
  rareUser: "testuser40",
} as const;

/**
 * Runs 1 … n and artifacts 1 … n, where run i made artifact i from two of the thousand artifacts before it in its
 * island, or from the rung below. A run starts every 50 seconds; few users and transforms do most of the work.
 */
export async function generate(database: Database, { runs, island, ladder }: Size): Promise<void> {
  const { dialect } = database;
  const start = new Date("2025-01-01T00:00:00Z");
  const type = (kind: "bool" | "time"): Sql => raw(dialect.columnType({ name: "", kind }));
  const at = sql`cast(${dialect.encode("time", start)} as ${type("time")})`;
  /** So many seconds after the start. */
  const after = (seconds: Sql): Sql =>
    dialect.name === "sqlite"
      ? sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${start.getTime() / 1000} + ${seconds}, 'unixepoch')`
      : sql`${at} + (${seconds}) * interval '1 second'`;
  const bool = (value: boolean): Sql => sql`cast(${dialect.encode("bool", value)} as ${type("bool")})`;
  // 16 digits: as long as a uid, and the same text on every database.
  const uid = sql`substr(cast(10000000000000000 + i as text), 2)`;
  const series = (n: number): Sql =>
    sql`(with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < cast(${n} as bigint)) select i from n) n`;
  /** A number below 10,007 for each row, in no order. */
  const random = (factor: number): Sql => sql`(i * ${raw(String(factor))} % 10007)`;
  /** 1 … `most`, small ones often: the number to the fourth power. */
  const skewed = (x: Sql, most: number): Sql =>
    sql`1 + ${x} * ${x} / 10007 * ${x} / 10007 * ${x} / 10007 * ${raw(String(most))} / 10007`;
  const transform = sql`case when i % 100000 = 99999 then 1001
    when i * 100 / cast(${runs} as bigint) in (2, 3) and i % 2 = 0 then 1002 else ${skewed(random(7919), 1000)} end`;
  const user = sql`case when i % 50000 = 1 then 40 else ${skewed(random(5003), 39)} end`;
  const oneOf = (x: Sql, ...words: readonly string[]): Sql =>
    sql`case ${x} % ${raw(String(words.length))} ${join(
      words.map((word, i) => sql`when ${raw(String(i))} then ${raw(`'${word}'`)}`),
      " ",
    )} end`;
  const suffix = oneOf(random(3001), ".csv", ".csv", ".csv", ".parquet", ".parquet", ".png", ".h5ad", ".json");
  const started = sql`i * 50 + ${random(1009)} % 20`;
  const finished = sql`i * 50 + 30 + ${random(2003)} % 7200`;
  const statements: Sql[] = [
    sql`insert into "user" (id, uid, created_at, handle) select i, 'user' || (1000 + i), ${at}, 'testuser' || i from ${series(40)}`,
    sql`insert into storage (id, uid, created_at, root, type, created_by_id) values (1, 'benchstorage', ${at}, '/bench', 'local', 1)`,
    sql`insert into transform (id, uid, created_at, stem, revision, is_latest, "key", kind, created_by_id, space_id, branch_id)
      select i, ${uid}, ${at}, ${uid}, 0, ${bool(true)}, 'step-' || i || '.ts', 'script', 1 + i % 40, 1, 1 from ${series(1002)}`,
    sql`insert into run (id, uid, created_at, transform_id, status, started_at, finished_at, created_by_id, space_id, branch_id)
      select i, ${uid}, ${after(started)}, ${transform}, 'completed', ${after(started)}, ${after(finished)}, ${user}, 1, 1 from ${series(runs)}`,
    sql`insert into artifact (id, uid, created_at, stem, revision, is_latest, "key", kind, suffix, size, hash, hash_type, overwritten, storage_id, run_id, created_by_id, space_id, branch_id, internal, input_mark)
      select i, ${uid} || '0000', ${after(finished)}, ${uid}, 0, ${bool(true)}, 'data/' || (i % 1000) || '/' || i || '.csv', 'dataset', ${suffix}, ${random(6007)} * ${random(911)}, ${uid}, 'sha256', ${bool(false)}, 1, i, ${user}, 1, 1, ${bool(false)}, 2 * i from ${series(runs)}`,
    ...[
      [50, 7919, 1],
      [1000, 104729, 0],
    ].map(([span, factor, back]) => {
      const other = ladder
        ? sql`i - (i + 1) % 2 - ${raw(back ? "2" : "1")}`
        : sql`i - 1 - (i % 1000003 * ${raw(String(factor))} / 31 % ${raw(String(span))}) - ${raw(back ? "0" : "50")}`;
      return sql`insert into artifact_input_of (id, from_id, to_id, created_at, run_id, input_mark)
        select 2 * i - ${raw(String(back))}, o, i, ${at}, o, 2 * o from (select i, ${other} as o from ${series(runs)}) s
        where o >= i - (i - 1) % cast(${island} as bigint) and o > 0`;
    }),
  ];
  for (const table of ["user", "storage", "transform", "run", "artifact", "artifact_input_of"]) {
    const fixed = dialect.afterFixedIds(table);
    if (fixed) statements.push(fixed);
  }
  await database.write(function* () {
    for (const statement of statements) yield* execute(statement);
  });
}
