/** Staleness of artifacts: what is known of their making, judged. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { readSource } from "../code/source.ts";
import { type ArtifactFacts, type Conditions, conditionsOf, type Provenance, provenanceOfAll, provenanceUpstream, type RunFacts } from "../db/provenance.ts";
import { defaultConnection } from "../instance/connect.ts";
import type { Connection } from "../instance/connection.ts";
import { type Code, judge, type Made, type Staleness } from "../lineage/stale.ts";

export interface Status extends Staleness {
  readonly uid: string;
  readonly key: string | null;
}

/** The staleness of these artifacts (ids), or of every latest output of the instance. */
export async function stalenessOf(connection: Connection, ids?: readonly number[]): Promise<Status[]> {
  const { dialect } = connection.database;
  const [facts, conditions] = await connection.read(function* () {
    const gathered = yield* ids ? provenanceUpstream(dialect, ids, connection.seenBranches) : provenanceOfAll(dialect, connection.seenBranches);
    return [gathered, yield* conditionsOf(dialect, comparedRuns(gathered))] as const;
  });
  const onDisk = await codeOnDisk(connection.settings.devDir, facts);
  const asked = ids ?? [...facts.artifacts.values()].filter((a) => a.isLatest && a.run !== null).map((a) => a.id);
  const code = codeOf(facts, onDisk);
  const answers = judge(asked, { made: (id) => madeOf(facts, conditions, code, id), newest: (version) => facts.newestOf(version as ArtifactFacts) });
  return asked.flatMap((id) => {
    const artifact = facts.artifacts.get(id);
    return artifact ? [{ uid: artifact.uid, key: artifact.key, ...(answers.get(id) as Staleness) }] : [];
  });
}

/** Runs whose parameters and environments have to be compared: makers that were followed by another. */
function comparedRuns(facts: Provenance): number[] {
  return [...facts.artifacts.values()].flatMap((artifact) => {
    const maker = lastMaker(facts, artifact);
    const later = maker && laterMaker(facts, artifact, maker);
    return maker && later !== undefined ? [maker.id, later] : [];
  });
}

function madeOf(facts: Provenance, conditions: ReadonlyMap<number, Conditions>, code: (transform: number) => Code | undefined, id: number): Made | undefined {
  const artifact = facts.artifacts.get(id);
  const maker = artifact && lastMaker(facts, artifact);
  if (!artifact || !maker) return undefined;
  const inputs: ArtifactFacts[] = [];
  for (const { artifact: input, link } of facts.inputs.get(maker.id) ?? []) {
    // Links after the artifact was made are none of its inputs; a run that made it again had all of them.
    const version = maker.id !== artifact.run || link <= artifact.mark ? facts.artifacts.get(input) : undefined;
    if (version) inputs.push(version);
  }
  const laterId = laterMaker(facts, artifact, maker);
  const [then, later] = laterId === undefined ? [] : [conditions.get(maker.id), conditions.get(laterId)];
  return {
    uid: artifact.uid,
    inputs,
    code: code(maker.transform),
    later: then && later && { uid: later.uid, params: later.params !== then.params, environment: differ(then.environment, later.environment) },
  };
}

/** The code of transforms (ids), each looked at once. */
function codeOf(facts: Provenance, onDisk: ReadonlyMap<string, string>): (transform: number) => Code | undefined {
  const known = new Map<number, Code | undefined>();
  for (const { id, uid, key, stem, code } of facts.transforms.values()) {
    const current = facts.current.get(stem);
    if (code !== null) known.set(id, { uid, name: key ?? uid, hash: code, current: current?.code ? { uid: current.uid, hash: current.code } : { uid, hash: code }, onDisk: onDisk.get(stem) });
  }
  return (id) => known.get(id);
}

/** Where none was kept there is nothing to compare. */
const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b;

/** Who made these bytes last: its creator, or a completed run that made them again. */
function lastMaker(facts: Provenance, artifact: ArtifactFacts): RunFacts | undefined {
  let last = artifact.run === null ? undefined : facts.runs.get(artifact.run);
  for (const id of facts.remakers.get(artifact.id) ?? []) {
    const run = facts.runs.get(id);
    if (run?.completed && (!last || run.id > last.id)) last = run;
  }
  return last;
}

/** The last completed run for the same output, when it came after this one. */
function laterMaker(facts: Provenance, artifact: ArtifactFacts, maker: RunFacts): number | undefined {
  const transform = facts.transforms.get(maker.transform);
  const last = transform && artifact.key !== null ? facts.lastMaker(artifact.key, transform.stem, maker.entrypoint) : undefined;
  return last !== undefined && last > maker.id ? last : undefined;
}

/** Sources in the dev-dir may be newer than any version that ran; only there a key is a path. By family. */
async function codeOnDisk(devDir: string | undefined, { current }: Provenance): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  if (devDir === undefined) return hashes;
  for (const { stem, key, code, file } of current.values()) {
    const path = key === null || code === null ? undefined : join(devDir, key);
    if (path === undefined || code === null || !resolve(path).startsWith(resolve(devDir) + sep) || !statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
    // Most files are as they were: those need no parsing.
    const same = file !== null && createHash("sha256").update(readFileSync(path)).digest("hex") === file;
    hashes.set(stem, same ? code : (await readSource(path)).codeHash);
  }
  return hashes;
}

/**
 * The staleness of every latest output of the connected instance.
 *
 * @example
 * const stale = (await ln.status()).filter((output) => output.stale);
 */
export async function status(): Promise<Status[]> {
  return stalenessOf(await defaultConnection());
}
