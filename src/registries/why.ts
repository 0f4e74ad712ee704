/** `ln.why(a, b)`: the first things upstream in which two artifacts differ. */
import { type Conditions, conditionsOf, type Provenance, provenanceUpstream, type SourceText, sourcesOf } from "../db/provenance.ts";
import { LinealError } from "../errors.ts";
import { type Difference, haveCommonHistory, type Origin, type Why, whyDifferent } from "../lineage/why.ts";
import type { Artifact } from "./artifact.ts";
import { changedFiles } from "./code-changes.ts";
import { connectionOf, isEntry, refOf } from "./entry.ts";
import { type Environment, environmentsOf } from "./environments.ts";

/**
 * Walks the histories of two artifacts back and names the first things that differ: inputs, code, parameters, packages.
 *
 * Throws `invalid` for artifacts that have nothing in common.
 *
 * @example
 * const { same, differences } = await ln.why(oldFigure, newFigure);
 */
export async function why(a: Artifact, b: Artifact): Promise<Why> {
  for (const one of [a, b]) {
    if (!isEntry(one, "Artifact")) throw new LinealError("invalid", "why takes two artifacts", { hint: 'Get them first: await ln.Artifact.get({ key: "…" }).' });
  }
  const connection = connectionOf(a);
  const [left, right] = [refOf(a, connection), refOf(b, connection)];
  const { dialect } = connection.database;
  const [facts, conditions] = await connection.read(function* () {
    const gathered = yield* provenanceUpstream(dialect, [left.id, right.id], connection.seenBranches);
    return [gathered, yield* conditionsOf(dialect, [...gathered.runs.keys()])] as const;
  });
  const environments = await environmentsOf(connection, [...conditions.values()].flatMap((run) => run.environment ?? []));
  for (const { id, uid } of [left, right]) {
    if (!facts.artifacts.has(id)) throw new LinealError("not-found", `there is no Artifact ${uid} any more`, { hint: "Someone deleted it for good." });
  }
  const origins = new Map<number, Origin>();
  const origin = (id: number): Origin => {
    const known = origins.get(id) ?? originOf(facts, conditions, environments, id);
    origins.set(id, known);
    return known;
  };
  if (a.hash !== b.hash && !haveCommonHistory(origin, left.id, right.id)) {
    throw new LinealError("invalid", `${name(a)} and ${name(b)} have no common history`, { hint: "Compare two versions of one artifact, or two outputs of one transform." });
  }
  const { same, differences } = whyDifferent(origin, left.id, right.id);
  const sources = await connection.read(() => sourcesOf(dialect, differences.flatMap(({ what, a, b }) => (what === "code" ? [a ?? "", b ?? ""] : []))));
  const keys = new Map([...facts.transforms.values()].map(({ uid, key }) => [uid, key ?? uid]));
  return { same, differences: (await Promise.all(differences.map((one) => byModule(one, sources, keys)))).flat() };
}

/** Other code of a program, by the local modules that differ; as it is when the file of the program does. */
async function byModule(difference: Difference, sources: ReadonlyMap<string, SourceText>, keys: ReadonlyMap<string, string>): Promise<Difference[]> {
  const [a, b] = [sources.get(difference.a ?? ""), sources.get(difference.b ?? "")];
  if (difference.what !== "code" || difference.name !== undefined || !a || !b) return [difference];
  const key = keys.get(difference.a ?? "") ?? "";
  const files = await changedFiles(key, a, b);
  return files.map((file) => (file === key ? difference : { ...difference, name: file }));
}

const name = (artifact: Artifact): string => artifact.key ?? artifact.uid.slice(0, 8);

function originOf(facts: Provenance, conditions: ReadonlyMap<number, Conditions>, environments: ReadonlyMap<string, Environment>, id: number): Origin {
  const artifact = facts.artifacts.get(id);
  if (!artifact) throw new Error(`artifact ${id} was not gathered`);
  const run = artifact.run === null ? undefined : facts.runs.get(artifact.run);
  const under = run && conditions.get(run.id);
  const transform = run && facts.transforms.get(run.transform);
  const onDemand = run && facts.onDemand.get(run.id);
  const inputs = run ? (facts.inputs.get(run.id) ?? []).filter(({ link }) => link <= artifact.mark).map((input) => input.artifact) : [];
  return {
    id,
    uid: artifact.uid,
    key: artifact.key,
    stem: artifact.stem,
    hash: artifact.hash,
    maker: run && under && transform && {
      run: under.uid,
      transform: { uid: transform.uid, stem: transform.stem, code: transform.code },
      entrypoint: run.entrypoint,
      params: under.params,
      cliArgs: under.cliArgs,
      environment: under.environment === null ? null : (environments.get(under.environment) ?? { environment: under.environment }),
      onDemand: onDemand && Object.fromEntries(onDemand.modules.map(({ path, codeHash }) => [path, codeHash])),
      inputs,
    },
  };
}
