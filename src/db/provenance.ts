/** What staleness needs to know: artifacts, who made them, from what and with which code; read in bulk. */
import sql, { join, raw, type Sql } from "sql-template-tag";
import { REVISION_LENGTH } from "../model/index.ts";
import type { Dialect } from "./dialect.ts";
import { GRAVES } from "./linked.ts";
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
  /** On a branch that is seen: not in the trash, and not deleted for good. */
  readonly isSeen: boolean;
  readonly run: number | null;
  /** The last input link that its maker had then. */
  readonly mark: number;
}
export interface RunFacts {
  readonly id: number;
  readonly transform: number;
  readonly entrypoint: string | null;
  readonly status: string;
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
  /** Where it lay when it was first tracked. */
  readonly path: string | null;
  /** Its last run that did not fail. */
  readonly goodRun: number | null;
}
/** The local modules that a run imported on demand. */
export interface OnDemand {
  readonly uid: string;
  readonly modules: readonly { readonly path: string; readonly hash: string | null; readonly codeHash: string | null }[];
}
/** A run that completed, and what it made for a key. */
export interface LastMade {
  readonly run: number;
  readonly artifact: number;
}
/** Under which a run worked. */
export interface Conditions {
  readonly uid: string;
  /** Canonical JSON text. */
  readonly params: string;
  readonly cliArgs: string | null;
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
  /** Run → what it imported on demand, where that was kept. */
  readonly onDemand: ReadonlyMap<number, OnDemand>;
  /** Whether an output key was made more than once. */
  isMadeAgain(key: string | null): key is string;
  /** What the last completed run of a transform family and entrypoint made for an output key that was made more than once. */
  lastMade(key: string, stem: string, entrypoint: string | null): LastMade | undefined;
}

const ARTIFACT = sql`a.id, a.uid, a.key, a.revision, a.hash, a.is_latest, a.run_id, a.input_mark, a.branch_id`;
const RUN = sql`r.id, r.transform_id, r.entrypoint, r.status`;
const TRANSFORM = sql`t.id, t.uid, t.key, t.stem, t.revision, coalesce(t.code_hash, t.hash) as code, case when t.modules is null then t.hash end as file, t.source_path, t.branch_id,
  (select r.id from run r where r.transform_id = t.id and r.status not in ('errored', 'aborted') order by r.id desc limit 1) as good_run,
  (select r.id from run r where r.transform_id = t.id limit 1) as any_run`;

class Gathered implements Provenance {
  readonly artifacts = new Map<number, ArtifactFacts>();
  readonly runs = new Map<number, RunFacts>();
  readonly transforms = new Map<number, TransformFacts>();
  readonly inputs = new Map<number, { artifact: number; link: number }[]>();
  readonly remakers = new Map<number, number[]>();
  readonly current = new Map<string, TransformFacts>();
  readonly onDemand = new Map<number, OnDemand>();
  /** Output key → family and entrypoint → what was made. */
  readonly #lastMade = new Map<string, Map<string, LastMade>>();
  /** Uid → id. */
  readonly #lost = new Map<string, number>();
  #newest: Map<string, ArtifactFacts> | undefined;
  readonly #standing = new Map<string, number>();
  readonly #dialect: Dialect;
  readonly #yes: unknown;
  readonly #seen: readonly number[];

  constructor(dialect: Dialect, seen: readonly number[]) {
    this.#dialect = dialect;
    this.#yes = dialect.encode("bool", true);
    this.#seen = seen;
  }

  artifact = (row: Raw): void => {
    const uid = row.uid as string;
    const isSeen = this.#seen.includes(row.branch_id as number);
    const facts: ArtifactFacts = {
      id: row.id as number,
      uid,
      key: row.key as string | null,
      stem: uid.slice(0, -REVISION_LENGTH),
      revision: row.revision as number,
      hash: row.hash as string,
      isLatest: isSeen && row.is_latest === this.#yes,
      isSeen,
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

  lastMade(key: string, stem: string, entrypoint: string | null): LastMade | undefined {
    return this.#lastMade.get(key)?.get(makerKey(stem, entrypoint));
  }

  isMadeAgain(key: string | null): key is string {
    return this.#lastMade.size > 0 && key !== null && this.#lastMade.has(key);
  }

  run = (row: Raw): void => {
    const id = row.id as number;
    this.runs.set(id, { id, transform: row.transform_id as number, entrypoint: row.entrypoint as string | null, status: row.status as string });
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
      path: row.source_path as string | null,
      goodRun: row.good_run as number | null,
    };
    this.transforms.set(facts.id, facts);
    if (!this.#seen.includes(row.branch_id as number)) return;
    // Code that only ever failed makes nothing stale; code that went back to an older version did so with its last run.
    const standing = row.any_run === null ? Number.MAX_SAFE_INTEGER : facts.goodRun;
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

  imported = (row: Raw): void => {
    this.onDemand.set(row.id as number, { uid: row.uid as string, modules: this.#dialect.decode("json", row.dynamic_modules) as OnDemand["modules"] });
  };

  /** A link between a run and what was deleted for good; the uid when that was not known yet. */
  severed = (row: Raw): string | undefined => {
    const uid = row.uid as string;
    const [known, run, mark] = [this.#lost.get(uid), row.run_id as number, row.mark as number];
    const id = known ?? GRAVES + this.#lost.size;
    this.#lost.set(uid, id);
    const { revision = 0 } = (this.#dialect.decode("json", row.facts) ?? {}) as { revision?: number };
    const before = this.artifacts.get(id) ?? { id, uid, key: row.key as string | null, stem: uid.slice(0, -REVISION_LENGTH), revision, hash: row.hash as string, isLatest: false, isSeen: false, run: null, mark: 0 };
    this.artifacts.set(id, row.role === "output" ? { ...before, run, mark } : before);
    if (row.role === "input") push(this.inputs, run, { artifact: id, link: mark });
    if (row.role === "recreated") push(this.remakers, id, run);
    return known === undefined ? uid : undefined;
  };

  made(key: string, stem: string, entrypoint: string | null, last: LastMade): void {
    const makers = this.#lastMade.get(key) ?? new Map<string, LastMade>();
    this.#lastMade.set(key, makers);
    const by = makerKey(stem, entrypoint);
    const other = makers.get(by);
    if (!other || last.run > other.run || (last.run === other.run && last.artifact > other.artifact)) makers.set(by, last);
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
  for (const row of yield* execute(sql`select id, uid, dynamic_modules from run where dynamic_modules is not null`)) found.imported(row);
  for (const row of yield* execute(sql`select ${SEVERED} from severed_link s ${TOMBSTONE} case s.role when 'input' then s.from_uid else s.to_uid end
    join run r on r.uid = case s.role when 'input' then s.to_uid else s.from_uid end`)) found.severed(row);
  noteMakers(found);
  return found;
}

const SEVERED = sql`s.role, s.mark, t.uid, t.key, t.hash, t.facts, r.id as run_id`;
const TOMBSTONE = sql`join tombstone t on t.registry = 'Artifact' and t.uid =`;

/** Keys that were made but once have no later maker to compare with. What lies in the trash is no output any more. */
function noteMakers(found: Gathered): void {
  const once = new Set<string>();
  const more = new Set<string>();
  for (const { id, key } of found.artifacts.values()) if (key !== null) (once.has(key) || found.remakers.has(id) ? more : once).add(key);
  for (const { id, key, run, isSeen } of more.size > 0 ? found.artifacts.values() : []) {
    if (key === null || !isSeen || !more.has(key)) continue;
    for (const maker of [run, ...(found.remakers.get(id) ?? [])]) {
      const facts = maker === null ? undefined : found.runs.get(maker);
      const stem = facts && found.transforms.get(facts.transform)?.stem;
      if (facts?.status === "completed" && stem !== undefined) found.made(key, stem, facts.entrypoint, { run: facts.id, artifact: id });
    }
  }
}

/** Everything upstream of these artifacts, with what stands now for all that it meets; as many statements whatever its depth. */
export function* provenanceUpstream(dialect: Dialect, start: readonly number[], seen: readonly number[]): Operation<Provenance> {
  const found = new Gathered(dialect, seen);
  const gathered = new Set<number>();
  yield* gather(found, dialect, start, gathered);
  const stems = dialect.texts(distinct([...found.artifacts.values()].map((a) => a.stem)));
  for (const row of yield* execute(sql`select ${ARTIFACT} from ${stems} s join ${dialect.seek("artifact", "a", sql`a.stem = s.value and a.is_latest`)}`)) found.artifact(row);
  const standing = new Set([...found.artifacts.values()].flatMap((a) => (a.isLatest ? [a.id] : [])));
  const keys = dialect.texts(distinct([...found.artifacts.values()].flatMap((a) => a.key ?? [])));
  const makers = (by: Sql): Sql => sql`select t.stem, r.entrypoint, a.key, a.id, a.branch_id, max(r.id) as run from artifact a ${by} join transform t on t.id = r.transform_id
    where r.status = 'completed' and a.key in ${keys} group by t.stem, r.entrypoint, a.key, a.id, a.branch_id`;
  const both = join([makers(sql`join run r on r.id = a.run_id`), makers(sql`join artifact_recreating_runs x on x.from_id = a.id join run r on r.id = x.to_id`)], " union all ");
  for (const row of yield* execute(both)) {
    if (!seen.includes(row.branch_id as number)) continue;
    found.made(row.key as string, row.stem as string, row.entrypoint as string | null, { run: row.run as number, artifact: row.id as number });
    standing.add(row.id as number);
  }
  // What is newer may have been made from what is asked for.
  yield* gather(found, dialect, [...standing].filter((id) => !gathered.has(id)), gathered);
  const used = dialect.integers(distinct([...found.runs.values()].map((r) => r.transform)));
  for (const row of yield* execute(sql`select ${TRANSFORM} from transform t where t.stem in (select stem from transform where id in ${used})`)) found.transform(row);
  const runs = dialect.integers([...found.runs.keys(), ...[...found.current.values()].flatMap((t) => t.goodRun ?? [])]);
  for (const row of yield* execute(sql`select id, uid, dynamic_modules from run where id in ${runs} and dynamic_modules is not null`)) found.imported(row);
  return found;
}

/** What these artifacts were made from, through what was deleted for good as well. */
function* gather(found: Gathered, dialect: Dialect, start: readonly number[], gathered: Set<number>): Operation<void> {
  if (start.length === 0) return;
  const ids = new Set(start);
  const among = dialect.integers(start);
  let begin = sql`select s.id from (select run_id as id from artifact where id in ${among} union select to_id from artifact_recreating_runs where from_id in ${among}) s where s.id is not null`;
  for (;;) {
    const fresh = (yield* execute(upstreamRuns(dialect, begin))).filter((row) => !found.runs.has(row.id as number));
    if (fresh.length === 0) break;
    for (const row of fresh) found.run(row);
    const runs = dialect.integers(fresh.map((row) => row.id as number));
    for (const row of yield* execute(sql`select id, from_id, to_id from artifact_input_of where to_id in ${runs} order by id`)) {
      found.input(row);
      ids.add(row.from_id as number);
    }
    const cut = sql`select ${SEVERED} from ${runs} n join run r on r.id = n.value join ${dialect.seek("severed_link", "s", sql`s.to_uid = r.uid and s.role = 'input'`)} ${TOMBSTONE} s.from_uid`;
    const lost = (yield* execute(cut)).flatMap((row) => found.severed(row) ?? []);
    const ends = sql`select ${SEVERED} from ${dialect.texts(lost)} n join ${dialect.seek("severed_link", "s", sql`s.to_uid = n.value and s.role <> 'input'`)} ${TOMBSTONE} s.to_uid join run r on r.uid = s.from_uid`;
    const makers = lost.length === 0 ? [] : yield* execute(ends);
    for (const row of makers) found.severed(row);
    if (makers.length === 0) break;
    begin = sql`select value as id from ${dialect.integers(makers.map((row) => row.run_id as number))} m`;
  }
  const all = dialect.integers([...ids].filter((id) => !gathered.has(id)));
  for (const row of yield* execute(sql`select ${ARTIFACT} from artifact a where a.id in ${all}`)) found.artifact(row);
  for (const row of yield* execute(sql`select from_id, to_id from artifact_recreating_runs where from_id in ${all}`)) found.remaker(row);
  for (const id of ids) gathered.add(id);
}

/** The runs of `begin` (a select of ids), and all upstream of them. */
const upstreamRuns = (dialect: Dialect, begin: Sql): Sql => sql`with recursive w(id) as (
      ${begin}
      union
      select coalesce(x.to_id, case k.arm when 0 then l.run_id end) from w cross join (select 0 as arm union all select 1) k
        join ${dialect.seek("artifact_input_of", "l", sql`l.to_id = w.id`)}
        left join ${dialect.seek("artifact_recreating_runs", "x", sql`k.arm = 1 and x.from_id = l.from_id`)}
      where coalesce(x.to_id, case k.arm when 0 then l.run_id end) is not null
    ) select ${RUN} from run r where r.id in (select id from w)`;

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Parameters, arguments and environments of runs. */
export function* conditionsOf(dialect: Dialect, runs: readonly number[]): Operation<Map<number, Conditions>> {
  if (runs.length === 0) return new Map();
  const rows = yield* execute(sql`select r.id, r.uid, r.params, r.cli_args, (select hash from artifact where id = r.environment_id) as environment from run r where r.id in ${dialect.integers(distinct(runs))}`);
  const conditions = ({ uid, params, cli_args, environment }: Raw): Conditions => ({
    uid: uid as string,
    params: canonicalJson(dialect.decode("json", params) ?? {}),
    cliArgs: cli_args as string | null,
    environment: environment as string | null,
  });
  return new Map(rows.map((row) => [row.id as number, conditions(row)]));
}

/** What was deleted for good of what a run read and made. */
export function* lostBeside(dialect: Dialect, run: string): Operation<Record<"inputs" | "outputs", { registry: string; uid: string; key: string | null; hash: string | null; suffix: string | null }[]>> {
  const rows = yield* execute(sql`select s.role, t.registry, t.uid, t.key, t.hash, t.facts from severed_link s
    join tombstone t on t.registry in ('Artifact', 'Collection', 'Record') and t.uid = case s.role when 'input' then s.from_uid else s.to_uid end
    where s.from_uid = ${run} and s.role in ('output', 'recreated') or s.to_uid = ${run} and s.role = 'input' order by s.id`);
  const found = rows.map((row) => {
    const { name, suffix } = (dialect.decode("json", row.facts) ?? {}) as { name?: string | null; suffix?: string | null };
    return { role: row.role, registry: row.registry as string, uid: row.uid as string, key: (row.key as string | null) ?? name ?? null, hash: row.hash as string | null, suffix: suffix ?? null };
  });
  const of = (isInput: boolean) => found.filter(({ role }) => (role === "input") === isInput).map(({ role: _, ...one }) => one);
  return { inputs: of(true), outputs: of(false) };
}

/** The source of a transform: its text, and the hashes of its local modules. */
export interface SourceText {
  readonly text: string;
  readonly modules: readonly { readonly path: string; readonly hash: string }[];
}

/** The sources of transforms by uid; only of those with local modules, where it is asked which file has changed. */
export function* sourcesOf(dialect: Dialect, uids: readonly string[]): Operation<Map<string, SourceText>> {
  const rows = uids.length === 0 ? [] : yield* execute(sql`select uid, source_code, modules from transform where modules is not null and uid in ${dialect.texts(distinct(uids))}`);
  return new Map(rows.map((row) => [row.uid as string, { text: (row.source_code as string | null) ?? "", modules: (dialect.decode("json", row.modules) ?? []) as SourceText["modules"] }]));
}

/** The keys of artifacts and transforms by uid, of those too that were deleted for good; null for what has none. */
export function* keysOf(dialect: Dialect, uids: readonly string[]): Operation<Map<string, string | null>> {
  if (uids.length === 0) return new Map();
  const among = dialect.texts(distinct(uids));
  const parts = ["artifact where", "transform where", "tombstone where registry in ('Artifact', 'Transform') and"].map((table) => sql`select uid, "key" from ${raw(table)} uid in ${among}`);
  return new Map((yield* execute(join(parts, " union all "))).map((row) => [row.uid as string, row.key as string | null]));
}

const makerKey = (stem: string, entrypoint: string | null): string => `${stem} ${entrypoint ?? ""}`;
