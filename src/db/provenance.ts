/** What staleness needs to know: artifacts, who made them when, from what and with which code; read in bulk. */
import sql, { type Sql } from "sql-template-tag";
import type { Dialect } from "./dialect.ts";
import { execute, type Operation, type Raw } from "./operation.ts";

export interface ArtifactFacts {
  readonly id: number;
  readonly uid: string;
  readonly key: string | null;
  readonly stem: string;
  readonly revision: number;
  readonly hash: string;
  readonly isLatest: boolean;
  readonly run: number | null;
  /** The last input link that its maker had then. */
  readonly mark: number;
}
export interface RunFacts {
  readonly id: number;
  readonly uid: string;
  readonly transform: number;
  readonly entrypoint: string | null;
  readonly completed: boolean;
  /** Canonical JSON text. */
  readonly params: string;
  readonly environment: string | null;
}
export interface TransformFacts {
  readonly id: number;
  readonly uid: string;
  readonly key: string | null;
  readonly stem: string;
  readonly revision: number;
  /** Blind to comments and formatting; null for what has no source. */
  readonly code: string | null;
  readonly isLatest: boolean;
}
export interface Provenance {
  readonly artifacts: Map<number, ArtifactFacts>;
  readonly runs: Map<number, RunFacts>;
  readonly transforms: Map<number, TransformFacts>;
  /** Run → what it read, with the number of the link. */
  readonly inputs: Map<number, { artifact: number; link: number }[]>;
  /** Artifact → runs that made the same bytes again. */
  readonly remakers: Map<number, number[]>;
  /** Family → its newest version seen unasked. */
  readonly newest: Map<string, ArtifactFacts>;
  readonly newestTransform: Map<string, TransformFacts>;
}

const ARTIFACT = sql`a.id, a.uid, a.key, a.stem, a.revision, a.hash, a.is_latest, a.run_id, a.input_mark`;
const RUN = sql`r.id, r.uid, r.transform_id, r.entrypoint, r.status, r.params, (select hash from artifact where id = r.environment_id) as environment`;
const TRANSFORM = sql`t.id, t.uid, t.key, t.stem, t.revision, coalesce(t.code_hash, t.hash) as code, t.is_latest`;

class Gathered implements Provenance {
  readonly artifacts = new Map<number, ArtifactFacts>();
  readonly runs = new Map<number, RunFacts>();
  readonly transforms = new Map<number, TransformFacts>();
  readonly inputs = new Map<number, { artifact: number; link: number }[]>();
  readonly remakers = new Map<number, number[]>();
  readonly newest = new Map<string, ArtifactFacts>();
  readonly newestTransform = new Map<string, TransformFacts>();
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  artifact(row: Raw): ArtifactFacts {
    const facts = {
      id: Number(row.id),
      uid: String(row.uid),
      key: row.key as string | null,
      stem: String(row.stem),
      revision: Number(row.revision),
      hash: String(row.hash),
      isLatest: this.#dialect.decode("bool", row.is_latest) as boolean,
      run: row.run_id as number | null,
      mark: Number(row.input_mark),
    };
    this.artifacts.set(facts.id, facts);
    if (facts.isLatest) this.newest.set(facts.stem, facts);
    return facts;
  }

  run(row: Raw): void {
    const params = this.#dialect.decode("json", row.params) as Record<string, unknown> | null;
    const sorted = JSON.stringify(params ?? {}, (_, v: unknown) => (v && typeof v === "object" && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v));
    this.runs.set(Number(row.id), { id: Number(row.id), uid: String(row.uid), transform: Number(row.transform_id), entrypoint: row.entrypoint as string | null, completed: row.status === "completed", params: sorted, environment: row.environment as string | null });
  }

  transform(row: Raw): TransformFacts {
    const facts = { id: Number(row.id), uid: String(row.uid), key: row.key as string | null, stem: String(row.stem), revision: Number(row.revision), code: row.code as string | null, isLatest: this.#dialect.decode("bool", row.is_latest) as boolean };
    this.transforms.set(facts.id, facts);
    if (facts.isLatest) this.newestTransform.set(facts.stem, facts);
    return facts;
  }

  input(row: Raw): void {
    const list = this.inputs.get(Number(row.to_id)) ?? [];
    list.push({ artifact: Number(row.from_id), link: Number(row.id) });
    this.inputs.set(Number(row.to_id), list);
  }

  remaker(row: Raw): void {
    const list = this.remakers.get(Number(row.from_id)) ?? [];
    list.push(Number(row.to_id));
    this.remakers.set(Number(row.from_id), list);
  }
}

/** Everything upstream of these artifacts, with the newest versions of all it meets; of the whole instance when none are given. */
export function* gatherProvenance(dialect: Dialect, start: readonly number[] | undefined): Operation<Provenance> {
  const found = new Gathered(dialect);
  const no = dialect.encode("bool", false);
  if (start === undefined) {
    for (const row of yield* execute(sql`select ${ARTIFACT} from artifact a where a.internal = ${no}`)) found.artifact(row);
    for (const row of yield* execute(sql`select ${RUN} from run r where exists (select 1 from artifact a where a.run_id = r.id) or exists (select 1 from artifact_recreating_runs x where x.to_id = r.id)`)) found.run(row);
    for (const row of yield* execute(sql`select ${TRANSFORM} from transform t`)) found.transform(row);
    for (const row of yield* execute(sql`select id, from_id, to_id from artifact_input_of`)) found.input(row);
    for (const row of yield* execute(sql`select from_id, to_id from artifact_recreating_runs`)) found.remaker(row);
    return found;
  }
  // Level by level: as many statements as the history is deep, whatever its width.
  let frontier = [...start];
  while (frontier.length > 0) {
    const ids = dialect.integers(frontier);
    const runs = new Set<number>();
    const missing: number[] = [];
    for (const row of yield* execute(sql`select ${ARTIFACT} from artifact a where a.id in ${ids}`)) {
      const { run } = found.artifact(row);
      if (run !== null) runs.add(run);
    }
    for (const row of yield* execute(sql`select from_id, to_id from artifact_recreating_runs where from_id in ${ids}`)) {
      found.remaker(row);
      runs.add(Number(row.to_id));
    }
    const fresh = [...runs].filter((id) => !found.runs.has(id));
    if (fresh.length > 0) {
      const wanted = dialect.integers(fresh);
      for (const row of yield* execute(sql`select ${RUN} from run r where r.id in ${wanted}`)) found.run(row);
      for (const row of yield* execute(sql`select id, from_id, to_id from artifact_input_of where to_id in ${wanted}`)) {
        found.input(row);
        if (!found.artifacts.has(Number(row.from_id))) missing.push(Number(row.from_id));
      }
    }
    frontier = [...new Set(missing)];
  }
  yield* newestOf(dialect, found);
  return found;
}

/** The newest versions of the artifacts and transforms that were met. */
function* newestOf(dialect: Dialect, found: Gathered): Operation<void> {
  const stems = [...new Set([...found.artifacts.values()].map((a) => a.stem))];
  const yes = dialect.encode("bool", true);
  for (const row of yield* execute(sql`select ${ARTIFACT} from artifact a where a.is_latest = ${yes} and a.stem in ${dialect.texts(stems)}`)) found.artifact(row);
  const used = dialect.integers([...new Set([...found.runs.values()].map((r) => r.transform))]);
  const family: Sql = sql`t.stem in (select stem from transform where id in ${used})`;
  for (const row of yield* execute(sql`select ${TRANSFORM} from transform t where ${family}`)) found.transform(row);
}

/** The last completed run of each transform family, entrypoint and output key, by these three. */
export function* lastMakers(dialect: Dialect, keys: readonly string[] | undefined): Operation<Map<string, number>> {
  const which = keys === undefined ? sql`` : sql` and a.key in ${dialect.texts(keys)}`;
  const rows = yield* execute(
    sql`select t.stem, r.entrypoint, a.key, max(r.id) as run from artifact a join run r on r.id = a.run_id join transform t on t.id = r.transform_id
        where r.status = 'completed' and a.key is not null${which} group by t.stem, r.entrypoint, a.key`,
  );
  return new Map(rows.map((row) => [makerKey(String(row.stem), row.entrypoint as string | null, String(row.key)), Number(row.run)]));
}

/** Names a transform family, an entrypoint and an output key together. */
export const makerKey = (stem: string, entrypoint: string | null, key: string): string => `${stem}\0${entrypoint ?? ""}\0${key}`;
