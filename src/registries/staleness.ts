/** Staleness of artifacts: what is known of their making, judged. */
import { type ArtifactFacts, type Conditions, conditionsOf, type LastMade, type Provenance, provenanceOfAll, provenanceUpstream, type RunFacts, sourcesOf } from "../db/provenance.ts";
import { defaultConnection } from "../instance/connect.ts";
import type { Connection } from "../instance/connection.ts";
import { judge, type Made, type Staleness } from "../lineage/stale.ts";
import { CodeChanges, codeOnDisk } from "./code-changes.ts";
import { anotherEnvironment, environmentsOf } from "./environments.ts";

export interface Status extends Staleness {
  readonly uid: string;
  readonly key: string | null;
  /** Only there when what was made last is an older version: the uid of the latest. */
  readonly latest?: string;
}

/** The staleness of these artifacts (ids), or of every output of the instance as it was made last. */
export async function stalenessOf(connection: Connection, ids?: readonly number[]): Promise<Status[]> {
  const { dialect } = connection.database;
  const [facts, conditions] = await connection.read(function* () {
    const gathered = yield* ids ? provenanceUpstream(dialect, ids, connection.seenBranches) : provenanceOfAll(dialect, connection.seenBranches);
    return [gathered, yield* conditionsOf(dialect, comparedRuns(gathered))] as const;
  });
  const code = new CodeChanges(facts, await codeOnDisk(connection.settings.devDir, facts));
  const environments = await environmentsOf(connection, comparedEnvironments(facts, conditions));
  const asked: readonly ArtifactFacts[] = ids
    ? ids.flatMap((id) => facts.artifacts.get(id) ?? [])
    : [...facts.artifacts.values()].filter((a) => a.isLatest && a.run !== null);
  const judged = ids ? asked : asked.map((artifact) => standing(facts, artifact));
  const environment = (a: Conditions, b: Conditions): string | undefined =>
    // Where none was kept there is nothing to compare.
    a.environment === null || b.environment === null || a.environment === b.environment ? undefined : anotherEnvironment(environments.get(a.environment), environments.get(b.environment));
  const answers = judge(judged.map(({ id }) => id), {
    made: (id) => madeOf(facts, conditions, code, environment, id),
    newer: (version) => newerThan(facts, version as ArtifactFacts),
  });
  const sources = code.sources();
  if (sources.length > 0) await code.explain(await connection.read(() => sourcesOf(dialect, sources)));
  return judged.map(({ id, uid, key }, i) => {
    const answer = { uid, key, ...(answers.get(id) as Staleness) };
    const latest = asked[i]?.uid as string;
    return latest === uid ? answer : { ...answer, latest };
  });
}

/** The staleness of what the last completed run made for each of these artifacts' keys: the artifact itself, or an older version that was made again. */
export async function standingStalenessOf(connection: Connection, ids: readonly number[]): Promise<Status[]> {
  const facts = await connection.read(() => provenanceUpstream(connection.database.dialect, ids, connection.seenBranches));
  const asked = ids.flatMap((id) => facts.artifacts.get(id) ?? []);
  const found = await stalenessOf(connection, asked.map((artifact) => standing(facts, artifact).id));
  return found.map((one, i) => (one.uid === asked[i]?.uid ? one : { ...one, latest: asked[i]?.uid as string }));
}

/** Runs whose parameters and environments have to be compared: makers that were followed by another. */
function comparedRuns(facts: Provenance): number[] {
  return [...facts.artifacts.values()].flatMap((artifact) => {
    const maker = facts.isMadeAgain(artifact.key) ? lastMaker(facts, artifact) : undefined;
    const later = maker && laterMade(facts, artifact, maker);
    return maker && later ? [maker.id, later.run] : [];
  });
}

/** The hashes of environments that are not the same text. */
function comparedEnvironments(facts: Provenance, conditions: ReadonlyMap<number, Conditions>): string[] {
  const hashes = new Set<string>();
  for (const artifact of conditions.size > 0 ? facts.artifacts.values() : []) {
    const maker = facts.isMadeAgain(artifact.key) ? lastMaker(facts, artifact) : undefined;
    const later = maker && laterMade(facts, artifact, maker);
    const [then, now] = later ? [conditions.get(maker.id)?.environment, conditions.get(later.run)?.environment] : [];
    if (then && now && then !== now) hashes.add(then).add(now);
  }
  return [...hashes];
}

type CompareEnvironments = (a: Conditions, b: Conditions) => string | undefined;

function madeOf(facts: Provenance, conditions: ReadonlyMap<number, Conditions>, code: CodeChanges, compare: CompareEnvironments, id: number): Made | undefined {
  const artifact = facts.artifacts.get(id);
  const maker = artifact && lastMaker(facts, artifact);
  if (!artifact || !maker) return undefined;
  const inputs: ArtifactFacts[] = [];
  for (const { artifact: input, link } of facts.inputs.get(maker.id) ?? []) {
    // Links after the artifact was made are none of its inputs; a run that made it again had all of them.
    const version = maker.id !== artifact.run || link <= artifact.mark ? facts.artifacts.get(input) : undefined;
    if (version) inputs.push(version);
  }
  const after = laterMade(facts, artifact, maker);
  const [then, later] = after ? [conditions.get(maker.id), conditions.get(after.run)] : [];
  return {
    output: artifact,
    inputs,
    code: code.of(maker),
    later: then && later && { uid: later.uid, params: later.params !== then.params, environment: compare(then, later) },
    ended: maker.status === "completed" ? undefined : maker.status === "errored" || maker.status === "aborted" ? maker.status : "open",
  };
}

/** Who made these bytes last: its creator, or a completed run that made them again. */
function lastMaker(facts: Provenance, artifact: ArtifactFacts): RunFacts | undefined {
  let last = artifact.run === null ? undefined : facts.runs.get(artifact.run);
  for (const id of facts.remakers.get(artifact.id) ?? []) {
    const run = facts.runs.get(id);
    if (run?.status === "completed" && (!last || run.id > last.id)) last = run;
  }
  return last;
}

/** What the last completed run made for the same output, when it came after this one. */
function laterMade(facts: Provenance, artifact: ArtifactFacts, maker: RunFacts): LastMade | undefined {
  const transform = facts.isMadeAgain(artifact.key) ? facts.transforms.get(maker.transform) : undefined;
  const last = transform && artifact.key !== null ? facts.lastMade(artifact.key, transform.stem, maker.entrypoint) : undefined;
  return last && last.run > maker.id ? last : undefined;
}

/** A latest version stands for its family until the same code makes an older one again: saving that gives the older one back. */
function standing(facts: Provenance, artifact: ArtifactFacts): ArtifactFacts {
  const maker = artifact.isLatest && facts.isMadeAgain(artifact.key) ? lastMaker(facts, artifact) : undefined;
  const later = maker && laterMade(facts, artifact, maker);
  const again = later && facts.artifacts.get(later.artifact);
  // On another branch the family may go on by itself.
  return again?.stem === artifact.stem && again.revision < artifact.revision ? again : artifact;
}

/** The version that came after this one of an input: a newer one, or one that was made again after all others. */
function newerThan(facts: Provenance, version: ArtifactFacts): ArtifactFacts | undefined {
  const latest = facts.newestOf(version);
  const now = latest && standing(facts, latest);
  // A version whose successor lies in the trash is the latest again, and not newer.
  return now && now.id !== version.id && (now.revision > version.revision || now !== latest) ? now : undefined;
}

/**
 * The staleness of every output of the connected instance, as it was made last.
 *
 * @example
 * const stale = (await ln.status()).filter((output) => output.stale);
 */
export async function status(): Promise<Status[]> {
  return stalenessOf(await defaultConnection());
}
