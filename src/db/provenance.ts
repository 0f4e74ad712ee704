/** What staleness needs to know: artifacts, who made them, from what and with which code; read in bulk. */
import sql, { join, type Sql } from "sql-template-tag";
import type { Dialect } from "./dialect.ts";
import { canonicalJson, execute, type Operation, type Raw } from "./operation.ts";

export interface ArtifactFacts {
  readonly id: number;
  readonly uid: string;
  readonly key: string | null;
  readonly stem: string;
  readonly revision: number;
  readonly hash: string;
  /** The latest of its family on a branch that is seen. */
  readonly isLatest: boolean;
  readonly run: number | null;
  /** The last input link that its maker had then. */
  readonly mark: number;
}
export interface RunFacts {
  readonly id: number;
  readonly transform: number;
  readonly entrypoint: string | null;
  readonly completed: boolean;
}
export interface TransformFacts {
  readonly id: number;
  readonly uid: string;
  readonly key: string | null;
  readonly stem: string;
  readonly revision: number;
  /** Blind to comments and formatting; null for what has no source. */
  readonly code: string | null;
  /** Of the bytes, when it has no local modules. */
  readonly file: string | null;
}
/** Under which a run worked. */
export interface Conditions {
  readonly uid: string;
  /** Canonical JSON text. */
  readonly params: string;
  /** Hash of its description; null when none was kept. */
  readonly environment: string | null;
}
export interface Provenance {
  readonly artifacts: ReadonlyMap<number, ArtifactFacts>;
  readonly runs: ReadonlyMap<number, RunFacts>;
  readonly transforms: ReadonlyMap<number, TransformFacts>;
  /** Run → what it read, with the number of the link. */
  readonly inputs: ReadonlyMap<number, readonly { readonly artifact: number; readonly link: number }[]>;
  /** Artifact → runs that made the same bytes again. */
  readonly remakers: ReadonlyMap<number, readonly number[]>;
  /** The newest version of the family on a branch that is seen. */
  newestOf(artifact: ArtifactFacts): ArtifactFacts | undefined;
  /** Family → the code that holds now: what was registered last and never ran, else what ran last and did not fail. */
  readonly current: ReadonlyMap<string, TransformFacts>;
  /** The last completed run of a transform family and entrypoint for an output key; undefined where there was but one. */
  lastMaker(key: string, stem: string, entrypoint: string | null): number | undefined;
}

const ARTIFACT = sql`a.id, a.uid, a.key, a.revision, a.hash, a.is_latest, a.run_id, a.input_mark, a.branch_id`;
const RUN = sql`r.id, r.transform_id, r.entrypoint, r.status`;
const TRANSFORM = sql`t.id, t.uid, t.key, t.stem, t.revision, coalesce(t.code_hash, t.hash) as code, case when t.modules is null then t.hash end as file, t.branch_id,
  (select r.id from run r where r.transform_id = t.id and r.status not in ('errored', 'aborted') order by r.id desc limit 1) as good_run,
  (select r.id from run r where r.transform_id = t.id limit 1) as any_run`;
/** The four characters at the end of a uid number the version. */
const REVISION = -4;

class Gathered implements Provenance {
  readonly artifacts = new Map<number, ArtifactFacts>();
  readonly runs = new Map<number, RunFacts>();
  readonly transforms = new Map<number, TransformFacts>();
  readonly inputs = new Map<number, { artifact: number; link: number }[]>();
  readonly remakers = new Map<number, number[]>();
  readonly current = new Map<string, TransformFacts>();
  /** Output key → family and entrypoint → run. */
  readonly #lastMakers = new Map<string, Map<string, number>>();
  #newest: Map<string, ArtifactFacts> | undefined;
  readonly #standing = new Map<string, number>();
  readonly #yes: unknown;
  readonly #seen: readonly number[];

  constructor(dialect: Dialect, seen: readonly number[]) {
    this.#yes = dialect.encode("bool", true);
    this.#seen = seen;
  }

  artifact = (row: Raw): void => {
    const uid = row.uid as string;
    const isLatest = row.is_latest === this.#yes && this.#seen.includes(row.branch_id as number);
    const facts: ArtifactFacts = {
      id: row.id as number,
      uid,
      key: row.key as string | null,
      stem: uid.slice(0, REVISION),
      revision: row.revision as number,
      hash: row.hash as string,
      isLatest,
      run: row.run_id as number | null,
      mark: row.input_mark as number,
    };
    this.artifacts.set(facts.id, facts);
  };

  /** Most inputs are the latest themselves: the table of families is made when one is not. */
  newestOf(artifact: ArtifactFacts): ArtifactFacts | undefined {
    if (artifact.isLatest && this.#seen.length === 1) return artifact;
    if (!this.#newest) {
      this.#newest = new Map();
      for (const one of this.artifacts.values()) if (one.isLatest && one.revision >= (this.#newest.get(one.stem)?.revision ?? 0)) this.#newest.set(one.stem, one);
    }
    return this.#newest.get(artifact.stem);
  }

  lastMaker(key: string, stem: string, entrypoint: string | null): number | undefined {
    return this.#lastMakers.size === 0 ? undefined : this.#lastMakers.get(key)?.get(makerKey(stem, entrypoint));
  }

  run = (row: Raw): void => {
    const id = row.id as number;
    this.runs.set(id, { id, transform: row.transform_id as number, entrypoint: row.entrypoint as string | null, completed: row.status === "completed" });
  };

  transform = (row: Raw): void => {
    const facts: TransformFacts = {
      id: row.id as number,
      uid: row.uid as string,
      key: row.key as string | null,
      stem: row.stem as string,
      revision: row.revision as number,
      code: row.code as string | null,
      file: row.file as string | null,
    };
    this.transforms.set(facts.id, facts);
    if (!this.#seen.includes(row.branch_id as number)) return;
    // Code that only ever failed makes nothing stale; code that went back to an older version did so with its last run.
    const standing = row.any_run === null ? Number.MAX_SAFE_INTEGER : (row.good_run as number | null);
    const other = this.current.get(facts.stem);
    const best = this.#standing.get(facts.stem) ?? -1;
    if (standing === null || standing < best || (standing === best && facts.revision < (other?.revision ?? 0))) return;
    this.current.set(facts.stem, facts);
    this.#standing.set(facts.stem, standing);
  };

  input = (row: Raw): void => {
    push(this.inputs, row.to_id as number, { artifact: row.from_id as number, link: row.id as number });
  };

  remaker = (row: Raw): void => {
    push(this.remakers, row.from_id as number, row.to_id as number);
  };

  made(key: string, stem: string, entrypoint: string | null, run: number): void {
    const makers = this.#lastMakers.get(key) ?? new Map<string, number>();
    this.#lastMakers.set(key, makers);
    const by = makerKey(stem, entrypoint);
    if (run > (makers.get(by) ?? -1)) makers.set(by, run);
  }
}

function push<T>(lists: Map<number, T[]>, key: number, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Everything in the instance: one scan of each table. `seen` are the branches (ids) whose newest versions count. */
export function* provenanceOfAll(dialect: Dialect, seen: readonly number[]): Operation<Provenance> {
  const found = new Gathered(dialect, seen);
  for (const row of yield* execute(sql`select ${ARTIFACT} from artifact a where a.internal = ${dialect.encode("bool", false)}`)) found.artifact(row);
  for (const row of yield* execute(sql`select ${RUN} from run r`)) found.run(row);
  for (const row of yield* execute(sql`select ${TRANSFORM} from transform t`)) found.transform(row);
  for (const row of yield* execute(sql`select id, from_id, to_id from artifact_input_of`)) found.input(row);
  for (const row of yield* execute(sql`select from_id, to_id from artifact_recreating_runs`)) found.remaker(row);
  noteMakers(found);
  return found;
}

/** Keys that were made but once have no later maker to compare with. */
function noteMakers(found: Gathered): void {
  const once = new Set<string>();
  const more = new Set<string>();
  for (const { id, key } of found.artifacts.values()) if (key !== null) (once.has(key) || found.remakers.has(id) ? more : once).add(key);
  for (const { id, key, run } of more.size > 0 ? found.artifacts.values() : []) {
    if (key === null || !more.has(key)) continue;
    for (const maker of [run, ...(found.remakers.get(id) ?? [])]) {
      const facts = maker === null ? undefined : found.runs.get(maker);
      const stem = facts && found.transforms.get(facts.transform)?.stem;
      if (facts?.completed && stem !== undefined) found.made(key, stem, facts.entrypoint, facts.id);
    }
  }
}

/** Everything upstream of these artifacts, with the newest versions of all it meets; as many statements whatever its depth. */
export function* provenanceUpstream(dialect: Dialect, start: readonly number[], seen: readonly number[]): Operation<Provenance> {
  const found = new Gathered(dialect, seen);
  const begin = dialect.integers(start);
  const runs = sql`with recursive w(id) as (
      select s.id from (select run_id as id from artifact where id in ${begin} union select to_id from artifact_recreating_runs where from_id in ${begin}) s where s.id is not null
      union
      select coalesce(a.run_id, x.to_id) from w cross join (select 0 as arm union all select 1) k
        join ${dialect.seek("artifact_input_of", "l", sql`l.to_id = w.id`)}
        left join ${dialect.seek("artifact", "a", sql`k.arm = 0 and a.id = l.from_id`)}
        left join ${dialect.seek("artifact_recreating_runs", "x", sql`k.arm = 1 and x.from_id = l.from_id`)}
      where coalesce(a.run_id, x.to_id) is not null
    ) select ${RUN} from run r where r.id in (select id from w)`;
  for (const row of yield* execute(runs)) found.run(row);
  const ids = new Set(start);
  for (const row of yield* execute(sql`select id, from_id, to_id from artifact_input_of where to_id in ${dialect.integers([...found.runs.keys()])} order by id`)) {
    found.input(row);
    ids.add(row.from_id as number);
  }
  const among = dialect.integers([...ids]);
  for (const row of yield* execute(sql`select ${ARTIFACT} from artifact a where a.id in ${among}`)) found.artifact(row);
  for (const row of yield* execute(sql`select from_id, to_id from artifact_recreating_runs where from_id in ${among}`)) found.remaker(row);
  const stems = dialect.texts(distinct([...found.artifacts.values()].map((a) => a.stem)));
  for (const row of yield* execute(sql`select ${ARTIFACT} from ${stems} s join ${dialect.seek("artifact", "a", sql`a.stem = s.value and a.is_latest`)}`)) found.artifact(row);
  const used = dialect.integers(distinct([...found.runs.values()].map((r) => r.transform)));
  for (const row of yield* execute(sql`select ${TRANSFORM} from transform t where t.stem in (select stem from transform where id in ${used})`)) found.transform(row);
  const keys = dialect.texts(distinct([...found.artifacts.values()].flatMap((a) => a.key ?? [])));
  const makers = (by: Sql): Sql => sql`select t.stem, r.entrypoint, a.key, max(r.id) as run from artifact a ${by} join transform t on t.id = r.transform_id
    where r.status = 'completed' and a.key in ${keys} group by t.stem, r.entrypoint, a.key`;
  const both = join([makers(sql`join run r on r.id = a.run_id`), makers(sql`join artifact_recreating_runs x on x.from_id = a.id join run r on r.id = x.to_id`)], " union all ");
  for (const row of yield* execute(both)) found.made(row.key as string, row.stem as string, row.entrypoint as string | null, row.run as number);
  return found;
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Parameters and environments of runs. */
export function* conditionsOf(dialect: Dialect, runs: readonly number[]): Operation<Map<number, Conditions>> {
  if (runs.length === 0) return new Map();
  const rows = yield* execute(sql`select r.id, r.uid, r.params, (select hash from artifact where id = r.environment_id) as environment from run r where r.id in ${dialect.integers(distinct(runs))}`);
  return new Map(
    rows.map((row) => [row.id as number, { uid: row.uid as string, params: canonicalJson(dialect.decode("json", row.params) ?? {}), environment: row.environment as string | null }]),
  );
}

const makerKey = (stem: string, entrypoint: string | null): string => `${stem} ${entrypoint ?? ""}`;
