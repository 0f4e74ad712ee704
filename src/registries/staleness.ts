/** Staleness of artifacts: what is known of their making, judged. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSource } from "../code/source.ts";
import { type ArtifactFacts, gatherProvenance, lastMakers, makerKey, type Provenance, type RunFacts } from "../db/provenance.ts";
import { defaultConnection } from "../instance/connect.ts";
import type { Connection } from "../instance/connection.ts";
import { Judge, type Made, type Staleness } from "../lineage/stale.ts";

/** The hash of a transform's code as it lies on disk now, by key; undefined when it is not there. */
type CodeOnDisk = (key: string) => string | undefined;

export interface Status extends Staleness {
  readonly uid: string;
  readonly key: string | null;
}

/** The staleness of these artifacts (ids), or of every latest output of the instance. */
export async function stalenessOf(connection: Connection, ids?: readonly number[]): Promise<Status[]> {
  const { dialect } = connection.database;
  const [facts, makers] = await connection.read(function* () {
    const gathered = yield* gatherProvenance(dialect, ids);
    const keys = ids && [...new Set([...gathered.artifacts.values()].flatMap((a) => (a.key === null ? [] : [a.key])))];
    return [gathered, yield* lastMakers(dialect, keys)] as const;
  });
  const code = await codeOnDisk(connection.settings.devDir, [...new Set([...facts.transforms.values()].flatMap((t) => (t.key !== null && t.code !== null ? [t.key] : [])))]);
  const judge = new Judge((id) => madeOf(facts, makers, code, id));
  const asked = ids ?? [...facts.artifacts.values()].filter((a) => a.isLatest && a.run !== null).map((a) => a.id);
  return asked.flatMap((id) => {
    const artifact = facts.artifacts.get(id);
    return artifact ? [{ uid: artifact.uid, key: artifact.key, ...judge.of(id) }] : [];
  });
}

function madeOf(facts: Provenance, makers: ReadonlyMap<string, number>, onDisk: CodeOnDisk, id: number): Made | undefined {
  const artifact = facts.artifacts.get(id);
  const maker = artifact && lastMaker(facts, artifact);
  if (!artifact || !maker) return undefined;
  const transform = facts.transforms.get(maker.transform);
  const newest = transform && (facts.newestTransform.get(transform.stem) ?? transform);
  const disk = transform?.key ? onDisk(transform.key) : undefined;
  const laterId = transform && artifact.key !== null ? makers.get(makerKey(transform.stem, maker.entrypoint, artifact.key)) : undefined;
  const later = laterId !== undefined && laterId > maker.id ? facts.runs.get(laterId) : undefined;
  // Links after the artifact was made are none of its inputs; a run that made it again had all of them.
  const inputs = (facts.inputs.get(maker.id) ?? []).filter(({ link }) => maker.id !== artifact.run || link <= artifact.mark);
  return {
    uid: artifact.uid,
    name: nameOf(artifact),
    inputs: inputs.flatMap(({ artifact: input }) => {
      const found = facts.artifacts.get(input);
      return found ? [{ id: found.id, uid: found.uid, name: nameOf(found), hash: found.hash, newest: facts.newest.get(found.stem) }] : [];
    }),
    code:
      transform?.code && newest?.code
        ? { uid: transform.uid, name: transform.key ?? transform.uid, hash: transform.code, newest: { uid: newest.uid, hash: disk ?? newest.code } }
        : undefined,
    later: later && { uid: later.uid, params: later.params !== maker.params, environment: later.environment !== maker.environment },
  };
}

/** Who made these bytes last: its creator, or a completed run that made them again. */
function lastMaker(facts: Provenance, artifact: ArtifactFacts): RunFacts | undefined {
  const again = (facts.remakers.get(artifact.id) ?? []).map((id) => facts.runs.get(id)).filter((run) => run?.completed);
  const all = [artifact.run === null ? undefined : facts.runs.get(artifact.run), ...again].filter((run) => run !== undefined);
  return all.reduce<RunFacts | undefined>((last, run) => (!last || run.id > last.id ? run : last), undefined);
}

/** Sources in the dev-dir may be newer than any version that ran; only there a key is a path. */
async function codeOnDisk(devDir: string | undefined, keys: readonly string[]): Promise<CodeOnDisk> {
  const hashes = new Map<string, string>();
  for (const key of devDir === undefined ? [] : keys) {
    const path = join(devDir as string, key);
    if (existsSync(path)) hashes.set(key, (await readSource(path)).codeHash);
  }
  return (key) => hashes.get(key);
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
