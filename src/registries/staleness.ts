/** Staleness of artifacts: what is known of their making, judged. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { readSource } from "../code/source.ts";
import { type ArtifactFacts, type Conditions, conditionsOf, makerKey, type Provenance, provenanceOfAll, provenanceUpstream, type RunFacts } from "../db/provenance.ts";
import { defaultConnection } from "../instance/connect.ts";
import type { Connection } from "../instance/connection.ts";
import { judge, type Made, type Staleness } from "../lineage/stale.ts";

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
  const answers = judge(asked, (id) => madeOf(facts, conditions, onDisk, id));
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

function madeOf(facts: Provenance, conditions: ReadonlyMap<number, Conditions>, onDisk: ReadonlyMap<string, string>, id: number): Made | undefined {
  const artifact = facts.artifacts.get(id);
  const maker = artifact && lastMaker(facts, artifact);
  if (!artifact || !maker) return undefined;
  const transform = facts.transforms.get(maker.transform);
  const current = transform && (facts.current.get(transform.stem) ?? transform);
  // Links after the artifact was made are none of its inputs; a run that made it again had all of them.
  const inputs = (facts.inputs.get(maker.id) ?? []).filter(({ link }) => maker.id !== artifact.run || link <= artifact.mark);
  const laterId = laterMaker(facts, artifact, maker);
  const [then, later] = laterId === undefined ? [] : [conditions.get(maker.id), conditions.get(laterId)];
  return {
    uid: artifact.uid,
    inputs: inputs.flatMap(({ artifact: input }) => {
      const version = facts.artifacts.get(input);
      return version ? [{ id: version.id, name: nameOf(version), version, newest: facts.newest.get(version.stem) }] : [];
    }),
    code:
      transform?.code && current?.code
        ? { uid: transform.uid, name: transform.key ?? transform.uid, hash: transform.code, current: { uid: current.uid, hash: current.code }, onDisk: onDisk.get(transform.stem) }
        : undefined,
    later: then && later && { uid: later.uid, params: later.params !== then.params, environment: differ(then.environment, later.environment) },
  };
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
  const last = transform && artifact.key !== null ? facts.lastMakers.get(makerKey(transform.stem, maker.entrypoint, artifact.key)) : undefined;
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

const nameOf = (artifact: ArtifactFacts): string => artifact.key ?? artifact.uid.slice(0, 8);

/**
 * The staleness of every latest output of the connected instance.
 *
 * @example
 * const stale = (await ln.status()).filter((output) => output.stale);
 */
export async function status(): Promise<Status[]> {
  return stalenessOf(await defaultConnection());
}
