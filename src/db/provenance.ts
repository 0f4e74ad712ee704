/** Reads the making of data in bulk: all that there is, or all that some data came from. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { TRUE } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { ProvenanceFacts, type Provenance } from "./provenance-facts.ts";
import { ARTIFACT, COLLECTION, DATA, type DataTable, idOf, rowNumber, kindOf, MEMBER } from "./lineage-kinds.ts";
import { linksOf, walkRuns } from "./lineage-sql.ts";
import { canonicalJson, execute, type Operation, type Raw } from "./operation.ts";
import { notRemoved, onBranchInSight, type Viewer } from "./viewer.ts";

export { hasFailed } from "./provenance-facts.ts";
export type { DataFacts, LastMade, OnDemand, Provenance, RunFacts, TransformFacts } from "./provenance-facts.ts";

/** Under which a run worked. */
export interface Conditions {
  readonly uid: string;
  /** Canonical JSON text. */
  readonly params: string;
  readonly cliArgs: string | null;
  /** Hash of its description; null when none was kept. */
  readonly environment: string | null;
}

/** The rows of a table of data, under `alias`, as facts. */
function factsOf({ kind }: DataTable, alias: string): Sql {
  const of = (column: string): Sql => raw(`${alias}."${column}"`);
  const own: Record<"key" | "revision" | "hash" | "latest" | "mark", Sql> =
    kind === ARTIFACT
      ? { key: of("key"), revision: of("revision"), hash: of("hash"), latest: of("is_latest"), mark: of("input_mark") }
      : kind === COLLECTION
        ? {
            key: of("key"),
            revision: of("revision"),
            hash: sql`coalesce(${of("hash")}, ${of("uid")})`,
            latest: of("is_latest"),
            mark: sql`null`,
          }
        : { key: of("name"), revision: sql`0`, hash: of("uid"), latest: sql`${of("id")} is not null`, mark: sql`null` };
  return sql`${of("id")}, ${of("uid")}, ${own.key} as "key", ${own.revision} as revision, ${own.hash} as hash, ${own.latest} as is_latest, ${of("run_id")}, ${own.mark} as mark, case when ${of("removed_at")} is null then ${of("branch_id")} end as branch_id`;
}

const RUN_FACTS = sql`r.id, r.transform_id, r.entrypoint, r.status, r.branch_id`;
const TRANSFORM = sql`t.id, t.uid, t.key, t.stem, t.revision, t.hash, coalesce(t.code_hash, t.hash) as code, case when t.modules is null then t.hash end as file, t.source_path, t.branch_id,
  (select r.id from run r where r.transform_id = t.id and ${notRemoved("r")} and r.status not in ('errored', 'aborted') order by r.id desc limit 1) as good_run,
  (select r.id from run r where r.transform_id = t.id and ${notRemoved("r")} limit 1) as any_run`;

/** Everything in the instance: one scan of each table. The newest versions on branches that lists show count. */
export function* provenanceOfAll(dialect: Dialect, viewer: Viewer): Operation<Provenance> {
  const found = new ProvenanceFacts(dialect, viewer);
  for (const data of DATA) {
    const { kind, table, remade } = data;
    const shown = kind === ARTIFACT ? sql` where d.internal = ${dialect.encode("bool", false)}` : empty;
    for (const row of yield* execute(sql`select ${factsOf(data, "d")} from ${raw(table)} d${shown}`))
      found.add(kind, row);
    for (const row of yield* execute(sql`select id, from_id, to_id from ${raw(`${table}_input_of`)} order by id`))
      found.input(row.to_id as number, rowNumber(kind, row.from_id as number), row.id as number);
    if (remade)
      for (const row of yield* execute(sql`select from_id, to_id, created_at from ${raw(`${table}_recreating_runs`)}`))
        found.remaker(kind, row);
  }
  for (const row of yield* execute(
    sql`${LINK_TIMES} where to_id in (select to_id from artifact_recreating_runs) order by id`,
  ))
    found.linkTime(row);
  for (const row of yield* execute(sql`${MEMBERS} order by m.id`))
    found.member(row.from_id as number, row.to_id as number);
  for (const row of yield* execute(sql`select ${RUN_FACTS} from run r where ${notRemoved("r")}`)) found.run(row);
  for (const row of yield* execute(sql`select ${TRANSFORM} from transform t`)) found.transform(row);
  for (const row of yield* execute(sql`select id, uid, dynamic_modules from run where dynamic_modules is not null`))
    found.imported(row);
  found.noteMakers();
  return found;
}

/** What collections hold; of those that were deleted for good only that they were read is known. */
const MEMBERS = sql`select m.from_id, m.to_id from collection_artifacts m join collection c on c.id = m.from_id where ${notRemoved("c")}`;

/** What a run read before it made something again is told by the times of both links. */
const LINK_TIMES = sql`select to_id, id, created_at from artifact_input_of`;

/** Everything upstream of these data (by their keys among all, see `linked.ts`), with what stands now for all that it meets; as many statements whatever its depth. */
export function* provenanceUpstream(dialect: Dialect, start: readonly number[], viewer: Viewer): Operation<Provenance> {
  const found = new ProvenanceFacts(dialect, viewer);
  const known = new Set<number>();
  yield* readUpstream(found, dialect, start, known);
  const standing = new Set<number>();
  for (const data of DATA) {
    const { kind, table, remade } = data;
    if (!remade) continue;
    const some = [...found.data.values()].filter(({ id }) => kindOf(id) === kind);
    if (some.length === 0) continue;
    const stems = dialect.texts(distinct(some.map((one) => one.stem)));
    for (const row of yield* execute(
      sql`select ${factsOf(data, "d")} from ${stems} s join ${dialect.seek(table, "d", sql`d.stem = s.value and d.is_latest`)}`,
    ))
      found.add(kind, row);
    for (const one of found.data.values()) if (one.isLatest && kindOf(one.id) === kind) standing.add(one.id);
    const keys = dialect.texts(distinct(some.flatMap((one) => one.key ?? [])));
    const makers = (
      by: Sql,
    ): Sql => sql`select t.stem, r.entrypoint, d.key, d.id, d.branch_id, max(r.id) as run from ${raw(table)} d ${by} join transform t on t.id = r.transform_id
      where r.status = 'completed' and ${notRemoved("r")} and ${notRemoved("d")} and d.key in ${keys} group by t.stem, r.entrypoint, d.key, d.id, d.branch_id`;
    const both = join(
      [
        makers(sql`join run r on r.id = d.run_id`),
        makers(sql`join ${raw(`${table}_recreating_runs`)} x on x.from_id = d.id join run r on r.id = x.to_id`),
      ],
      " union all ",
    );
    for (const row of yield* execute(both)) {
      if (!isListed(viewer, row)) continue;
      const id = rowNumber(kind, row.id as number);
      found.made(
        { id, key: row.key as string },
        row.stem as string,
        row.entrypoint as string | null,
        row.run as number,
      );
      standing.add(id);
    }
  }
  // What is newer may have been made from what is asked for.
  yield* readUpstream(
    found,
    dialect,
    [...standing].filter((id) => !known.has(id)),
    known,
  );
  yield* readUpstream(found, dialect, yield* beforeFailures(found, dialect, viewer), known);
  const used = dialect.integers(distinct([...found.runs.values()].map((r) => r.transform)));
  for (const row of yield* execute(
    sql`select ${TRANSFORM} from transform t where t.stem in (select stem from transform where id in ${used})`,
  ))
    found.transform(row);
  const runs = dialect.integers([...found.runs.keys(), ...[...found.current.values()].flatMap((t) => t.goodRun ?? [])]);
  for (const row of yield* execute(
    sql`select id, uid, dynamic_modules from run where id in ${runs} and dynamic_modules is not null`,
  ))
    found.imported(row);
  return found;
}

/** Of families whose latest version a failed run left: the newest version that one did not. */
function* beforeFailures(found: ProvenanceFacts, dialect: Dialect, viewer: Viewer): Operation<number[]> {
  const newest = new Map<string, { id: number; revision: number }>();
  for (const { kind, table, remade } of DATA) {
    const left = [...found.data.values()].filter(
      (one) => kindOf(one.id) === kind && one.isLatest && found.isLeftByFailure(one),
    );
    if (!remade || left.length === 0) continue;
    const families = dialect.texts(distinct(left.map((one) => one.stem)));
    const again = sql`select 1 from ${raw(`${table}_recreating_runs`)} x join run y on y.id = x.to_id where x.from_id = d.id and y.status = 'completed' and ${notRemoved("y")}`;
    const rows = sql`select d.id, d.stem, d.revision from ${families} s join ${dialect.seek(table, "d", sql`d.stem = s.value`)} left join run r on r.id = d.run_id
      where ${viewer.lists ? sql`d.branch_id in (${join([...viewer.lists, -1])})` : TRUE} and ${notRemoved("d")} and (r.id is null or r.status not in ('errored', 'aborted') or exists (${again}))`;
    for (const row of yield* execute(rows)) {
      const [stem, revision] = [row.stem as string, row.revision as number];
      if (revision >= (newest.get(stem)?.revision ?? 0))
        newest.set(stem, { id: rowNumber(kind, row.id as number), revision });
    }
  }
  return [...newest.values()].map(({ id }) => id);
}

/** What these data were made from: all runs upstream, what they read, and the facts of that. */
function* readUpstream(
  found: ProvenanceFacts,
  dialect: Dialect,
  start: readonly number[],
  known: Set<number>,
): Operation<void> {
  if (start.length === 0) return;
  const ofKind = (kind: number, some: Iterable<number>): number[] =>
    [...some].flatMap((id) => (kindOf(id) === kind ? idOf(id) : []));
  const starts = DATA.map(({ kind, table }) => ({ table, ids: ofKind(kind, start) })).filter(
    ({ ids }) => ids.length > 0,
  );
  const upstream = { upstream: "all", downstream: 0, limit: ALL, asOf: undefined } as const;
  const walk = walkRuns(dialect, { starts, ...upstream, siblings: false, members: true, again: true });
  const ids = new Set(start);
  const runs = new Set<number>();
  for (const { part, columns } of yield* linksOf(walk)) {
    if ("rare" in part || !part.takes) continue;
    const [owners = [], data = [], links = []] = columns;
    const rows = owners.map((owner, i) => ({ owner, data: data[i] ?? null, link: links[i] ?? 0 }));
    for (const { owner, data, link } of rows.sort((a, b) => a.link - b.link)) {
      if (owner === null) continue;
      if (part.kind === MEMBER) {
        if (data === null || known.has(rowNumber(COLLECTION, owner))) continue;
        found.member(owner, data);
        ids.add(rowNumber(ARTIFACT, data));
        continue;
      }
      if (found.runs.has(owner)) continue;
      runs.add(owner);
      if (data === null) continue;
      found.input(owner, rowNumber(part.kind, data), link);
      ids.add(rowNumber(part.kind, data));
    }
  }
  for (const row of yield* execute(
    sql`select ${RUN_FACTS} from run r where r.id in ${dialect.integers([...runs])} and ${notRemoved("r")}`,
  ))
    found.run(row);
  for (const data of DATA) {
    const { kind, table, remade } = data;
    const unknown = ofKind(kind, ids).filter((id) => !known.has(rowNumber(kind, id)));
    if (unknown.length === 0) continue;
    const own = dialect.integers(unknown);
    for (const row of yield* execute(sql`select ${factsOf(data, "d")} from ${raw(table)} d where d.id in ${own}`)) {
      found.add(kind, row);
      // Of a collection that was deleted for good only that it was read is known.
      if (kind === COLLECTION && row.branch_id === null) found.members.delete(rowNumber(kind, row.id as number));
    }
    const again = remade
      ? yield* execute(
          sql`select from_id, to_id, created_at from ${raw(`${table}_recreating_runs`)} where from_id in ${own}`,
        )
      : [];
    const fresh =
      kind === ARTIFACT
        ? distinct(again.map((row) => row.to_id as number)).filter((run) => !found.hasLinkTimes(run))
        : [];
    for (const row of again) found.remaker(kind, row);
    if (fresh.length > 0)
      for (const row of yield* execute(sql`${LINK_TIMES} where to_id in ${dialect.integers(fresh)} order by id`))
        found.linkTime(row);
  }
  for (const id of ids) known.add(id);
}

/** No limit: staleness is judged from all that lies upstream. */
const ALL = 2 ** 40;

const isListed = ({ lists }: Viewer, { branch_id: branch }: Raw): boolean => lists?.includes(branch as number) ?? true;

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Parameters, arguments and environments of runs. */
export function* conditionsOf(
  dialect: Dialect,
  viewer: Viewer,
  runs: readonly number[],
): Operation<Map<number, Conditions>> {
  if (runs.length === 0) return new Map();
  const rows = yield* execute(
    sql`select r.id, r.uid, r.params, r.cli_args, (select hash from artifact where id = r.environment_id) as environment from run r where r.id in ${dialect.integers(distinct(runs))} and ${onBranchInSight("Run", "r", viewer)}`,
  );
  const conditions = ({ uid, params, cli_args, environment }: Raw): Conditions => ({
    uid: uid as string,
    params: canonicalJson(dialect.decode("json", params) ?? {}),
    cliArgs: cli_args as string | null,
    environment: environment as string | null,
  });
  return new Map(rows.map((row) => [row.id as number, conditions(row)]));
}

/** The source of a transform: its text, and the hashes of its local modules. */
export interface SourceText {
  readonly text: string;
  readonly modules: readonly { readonly path: string; readonly hash: string; readonly codeHash?: string }[];
}

/** The sources of transforms by uid; only of those with local modules, where it is asked which file has changed. */
export function* sourcesOf(
  dialect: Dialect,
  viewer: Viewer,
  uids: readonly string[],
): Operation<Map<string, SourceText>> {
  const rows =
    uids.length === 0
      ? []
      : yield* execute(
          sql`select uid, source_code, modules from transform t where modules is not null and uid in ${dialect.texts(distinct(uids))} and ${onBranchInSight("Transform", "t", viewer)}`,
        );
  return new Map(
    rows.map((row) => [
      row.uid as string,
      {
        text: (row.source_code as string | null) ?? "",
        modules: (dialect.decode("json", row.modules) ?? []) as SourceText["modules"],
      },
    ]),
  );
}
