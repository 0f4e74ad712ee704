/** `ln.why(a, b)`: the first things upstream in which two data differ. */
import { DATA } from "../../db/lineage-kinds.ts";
import {
  type Conditions,
  conditionsOf,
  type Provenance,
  provenanceUpstream,
  type SourceText,
  sourcesOf,
} from "../../db/provenance.ts";
import { LinealError } from "../../ground/errors.ts";
import {
  type Difference,
  haveCommonHistory,
  type Maker,
  type Origin,
  type Why,
  whyDifferent,
} from "../../lineage/answers/why.ts";
import type { Artifact } from "../artifact.ts";
import type { Collection } from "../collection.ts";
import type { RecordEntry } from "../record.ts";
import { changedFiles } from "./code-changes.ts";
import { comparableCode } from "./comparable-code.ts";
import { connectionOf, isEntry, nameOf, numberOf, refOf } from "../record/row.ts";
import { type Environment, environmentsOf } from "../runs/environments.ts";

/** What can have been made by a run. */
type Output = Artifact | Collection | RecordEntry;

/**
 * Walks the histories of two artifacts (or collections, or records) back and names the first things that differ: inputs,
 * code, parameters, packages. Of very many the nearest, and then `truncated` is true.
 *
 * Throws `invalid` for what has nothing in common.
 *
 * @example
 * const { same, differences } = await ln.why(oldFigure, newFigure);
 */
export async function why(a: Output, b: Output): Promise<Why> {
  for (const one of [a, b]) {
    if (!DATA.some(({ name }) => isEntry(one, name)))
      throw new LinealError("invalid", "why takes two artifacts, collections or records", {
        hint: 'Get them first: await ln.Artifact.get({ key: "…" }).',
      });
  }
  const connection = connectionOf(a);
  refOf(b, connection);
  const [left, right] = [numberOf(a), numberOf(b)];
  const { dialect } = connection.database;
  const [facts, conditions] = await connection.read(function* () {
    const found = yield* provenanceUpstream(dialect, [left, right], connection.viewer());
    return [found, yield* conditionsOf(dialect, connection.viewer(), [...found.runs.keys()])] as const;
  });
  const environments = await environmentsOf(
    connection,
    [...conditions.values()].flatMap((run) => run.environment ?? []),
  );
  for (const one of [a, b]) {
    if (facts.data.get(numberOf(one))?.isRemoved !== false)
      throw new LinealError("not-found", `there is no ${nameOf(one)} ${one.uid} any more`, {
        hint: "Someone deleted it for good.",
      });
  }
  const { versions } = await comparableCode(connection, facts.transforms.values());
  const origins = new Map<number, Origin>();
  const origin = (id: number): Origin => {
    const known = origins.get(id) ?? originOf(facts, conditions, environments, versions, id);
    origins.set(id, known);
    return known;
  };
  if (origin(left).hash !== origin(right).hash && !haveCommonHistory(origin, left, right)) {
    const [one, other] = [left, right].map((id) => origin(id).key ?? origin(id).uid.slice(0, 8));
    throw new LinealError("invalid", `${one} and ${other} have no common history`, {
      hint: "Compare two versions of one artifact, or two outputs of one transform.",
    });
  }
  const { same, differences, truncated } = whyDifferent(origin, left, right);
  const sources = await connection.read(() =>
    sourcesOf(
      dialect,
      connection.viewer(),
      differences.flatMap(({ what, a, b }) => (what === "code" ? [a ?? "", b ?? ""] : [])),
    ),
  );
  const keys = new Map([...facts.transforms.values()].map(({ uid, key }) => [uid, key ?? uid]));
  return {
    same,
    differences: (await Promise.all(differences.map((one) => byModule(one, sources, keys)))).flat(),
    ...(truncated ? { truncated } : {}),
  };
}

/** Other code of a program, by the local modules that differ; as it is when the file of the program does. */
async function byModule(
  difference: Difference,
  sources: ReadonlyMap<string, SourceText>,
  keys: ReadonlyMap<string, string>,
): Promise<Difference[]> {
  const [a, b] = [sources.get(difference.a ?? ""), sources.get(difference.b ?? "")];
  if (difference.what !== "code" || difference.name !== undefined || !a || !b) return [difference];
  const key = keys.get(difference.a ?? "") ?? "";
  const files = await changedFiles(key, a, b);
  return files.map(({ path }) => (path === key ? difference : { ...difference, name: path }));
}

function originOf(
  facts: Provenance,
  conditions: ReadonlyMap<number, Conditions>,
  environments: ReadonlyMap<string, Environment>,
  code: ReadonlyMap<string, string | null>,
  id: number,
): Origin {
  const data = facts.data.get(id);
  if (!data) throw new Error(`${id} was not read`);
  const makerOf = (id: number, upTo = Number.POSITIVE_INFINITY): Maker | undefined => {
    const run = facts.runs.get(id);
    const under = conditions.get(id);
    const transform = run && facts.transforms.get(run.transform);
    const onDemand = facts.onDemand.get(id);
    return (
      under &&
      transform && {
        run: under.uid,
        transform: { uid: transform.uid, stem: transform.stem, code: code.get(transform.uid) ?? null },
        entrypoint: run.entrypoint,
        params: under.params,
        cliArgs: under.cliArgs,
        environment:
          under.environment === null
            ? null
            : (environments.get(under.environment) ?? { environment: under.environment }),
        onDemand: onDemand && Object.fromEntries(onDemand.modules.map(({ path, codeHash }) => [path, codeHash])),
        inputs: (facts.inputs.get(id) ?? []).filter(({ link }) => link <= upTo).map((input) => input.data),
      }
    );
  };
  return {
    id,
    uid: data.uid,
    key: data.key,
    stem: data.stem,
    hash: data.hash,
    members: facts.members.get(id) ?? [],
    maker: data.run === null ? undefined : makerOf(data.run, data.mark),
    again: (facts.remakers.get(id) ?? []).flatMap((run) =>
      facts.runs.get(run)?.status === "completed" ? (makerOf(run, facts.remadeMark(id, run)) ?? []) : [],
    ),
  };
}
