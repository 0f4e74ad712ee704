/** `ln.why(a, b)`: the first things upstream in which two artifacts differ. */
import { type Conditions, conditionsOf, type Provenance, provenanceUpstream } from "../db/provenance.ts";
import { LinealError } from "../errors.ts";
import { haveCommonHistory, type Origin, type Why, whyDifferent } from "../lineage/why.ts";
import type { Artifact } from "./artifact.ts";
import { connectionOf, isEntry, refOf } from "./entry.ts";

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
  for (const { id, uid } of [left, right]) {
    if (!facts.artifacts.has(id)) throw new LinealError("not-found", `there is no Artifact ${uid} any more`, { hint: "Someone deleted it for good." });
  }
  const origins = new Map<number, Origin>();
  const origin = (id: number): Origin => {
    const known = origins.get(id) ?? originOf(facts, conditions, id);
    origins.set(id, known);
    return known;
  };
  if (a.hash !== b.hash && !haveCommonHistory(origin, left.id, right.id)) {
    throw new LinealError("invalid", `${name(a)} and ${name(b)} have no common history`, { hint: "Compare two versions of one artifact, or two outputs of one transform." });
  }
  return whyDifferent(origin, left.id, right.id);
}

const name = (artifact: Artifact): string => artifact.key ?? artifact.uid.slice(0, 8);

function originOf(facts: Provenance, conditions: ReadonlyMap<number, Conditions>, id: number): Origin {
  const artifact = facts.artifacts.get(id);
  if (!artifact) throw new Error(`artifact ${id} was not gathered`);
  const run = artifact.run === null ? undefined : facts.runs.get(artifact.run);
  const under = run && conditions.get(run.id);
  const transform = run && facts.transforms.get(run.transform);
  const inputs = run ? (facts.inputs.get(run.id) ?? []).filter(({ link }) => link <= artifact.mark).map((input) => input.artifact) : [];
  return {
    id,
    uid: artifact.uid,
    key: artifact.key,
    stem: artifact.stem,
    hash: artifact.hash,
    maker: under && transform && { run: under.uid, transform: { uid: transform.uid, stem: transform.stem, code: transform.code }, params: under.params, environment: under.environment, inputs },
  };
}
