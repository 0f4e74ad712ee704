/** Staleness of data: what is known of their making, judged. */
import {
  type Conditions,
  conditionsOf,
  type DataFacts,
  hasFailed,
  type LastMade,
  type Provenance,
  provenanceOfAll,
  provenanceUpstream,
  type RunFacts,
  sourcesOf,
} from "../../db/provenance.ts";
import { kindOf, RECORD } from "../../db/lineage-kinds.ts";
import { REVISION_LENGTH } from "../../model/index.ts";
import { defaultConnection } from "../../instance/connect.ts";
import type { Connection } from "../../instance/connection.ts";
import { judge, type Made, type Staleness } from "../../lineage/answers/staleness.ts";
import { CodeChanges } from "./code-changes.ts";
import { connectionOf, numberOf, rowOf } from "../record/row.ts";
import { anotherEnvironment, environmentsOf } from "../runs/environments.ts";

export interface Status extends Staleness {
  readonly uid: string;
  /** A record's name. */
  readonly key: string | null;
  /** Only there when what was made last is an older version: the uid of the latest. */
  readonly latest?: string;
}

/** The staleness of an artifact, a collection or a record. */
export async function stalenessOf(entry: object): Promise<Staleness> {
  const { stale, reasons, detail } = await statusOf(entry);
  return { stale, reasons, ...(detail === undefined ? {} : { detail }) };
}

/** The same with what it is called. */
export async function statusOf(entry: object): Promise<Status> {
  return statusIn(entry, await behind(connectionOf(entry), numberOf(entry)));
}

/** The staleness of what the last completed run made for its key: itself, or an older version that was made again. */
export async function standingStatusOf(entry: object): Promise<Status> {
  const connection = connectionOf(entry);
  const facts = await behind(connection, numberOf(entry));
  const asked = facts.data.get(numberOf(entry));
  const last = asked?.isLatest ? standing(facts, asked) : undefined;
  if (!asked || !last || last === asked) return statusIn(entry, facts);
  // What is newer was looked up for what the one had been made from, not for what the other had.
  return instead(facts, await statusIn(entry, await behind(connection, last.id), last.id), last, asked);
}

/** What is known of the making of one. */
const behind = (connection: Connection, id: number): Promise<Provenance> =>
  connection.read(() => provenanceUpstream(connection.database.dialect, [id], connection.viewer()));

async function statusIn(entry: object, facts: Provenance, id = numberOf(entry)): Promise<Status> {
  const data = facts.data.get(id);
  const [found] = data && !data.isRemoved ? await judged(connectionOf(entry), facts, [data]) : [];
  return found ?? { uid: rowOf(entry).uid, key: null, stale: false, reasons: [] };
}

/** The staleness of a version that stands for the latest one, which one still gets by key; that this was left by a failed run is told until another has followed. */
function instead(facts: Provenance, status: Status, version: DataFacts, latest: DataFacts): Status {
  const failed = latest.run !== null && facts.isLeftByFailure(latest) ? facts.runs.get(latest.run) : undefined;
  const isFollowed = failed === undefined || (makersOf(facts, version)[0]?.id ?? 0) > failed.id;
  return {
    ...status,
    ...(isFollowed
      ? {}
      : { detail: `the run that made the latest version, v${latest.uid.slice(-REVISION_LENGTH)}, ${failed.status}` }),
    latest: latest.uid,
  };
}

/** The staleness of every output as it was made last. */
export async function statusOfAll(connection: Connection): Promise<Status[]> {
  const facts = await connection.read(() => provenanceOfAll(connection.database.dialect, connection.viewer()));
  const latest = outputs(facts);
  const versions = latest.map((data) => standing(facts, data));
  const found = await judged(connection, facts, versions);
  return found.map((status, i) => {
    const [version, asked] = [versions[i] as DataFacts, latest[i] as DataFacts];
    return version === asked ? status : instead(facts, status, version, asked);
  });
}

/** The staleness of some of the data. */
async function judged(connection: Connection, facts: Provenance, asked: readonly DataFacts[]): Promise<Status[]> {
  const { dialect } = connection.database;
  const conditions = await connection.read(() => conditionsOf(dialect, connection.viewer(), comparedRuns(facts)));
  const code = await CodeChanges.open(connection, facts);
  const environments = await environmentsOf(connection, comparedEnvironments(facts, conditions));
  const environment = (a: Conditions, b: Conditions): string | undefined =>
    // Where none was kept there is nothing to compare.
    a.environment === null || b.environment === null || a.environment === b.environment
      ? undefined
      : anotherEnvironment(environments.get(a.environment), environments.get(b.environment));
  const answers = judge(
    asked.map(({ id }) => id),
    {
      made: (id) => waysTo(facts, conditions, code, environment, id),
      newer: (version) => newerThan(facts, version as DataFacts),
    },
  );
  const sources = code.sources();
  if (sources.length > 0)
    await code.explain(await connection.read(() => sourcesOf(dialect, connection.viewer(), sources)));
  return asked.map(({ id, uid, key }) => ({ uid, key, ...(answers.get(id) as Staleness) }));
}

/** What runs made, and what was put together of artifacts; records are looked at where something was made from them. */
const outputs = ({ data, members }: Provenance): DataFacts[] =>
  [...data.values()].filter(
    ({ id, isLatest, run }) => isLatest && (run !== null || members.has(id)) && kindOf(id) !== RECORD,
  );

/** Every run that was followed by another one for the same output, with that one. */
function* followed(facts: Provenance): Generator<[maker: RunFacts, later: LastMade]> {
  for (const data of facts.data.values()) {
    for (const maker of facts.isMadeAgain(data) ? makersOf(facts, data) : []) {
      const later = laterMade(facts, data, maker);
      if (later) yield [maker, later];
    }
  }
}

/** Runs whose parameters and environments have to be compared. */
const comparedRuns = (facts: Provenance): number[] =>
  [...followed(facts)].flatMap(([maker, later]) => [maker.id, later.run]);

/** The hashes of environments that are not the same text. */
function comparedEnvironments(facts: Provenance, conditions: ReadonlyMap<number, Conditions>): string[] {
  const hashes = new Set<string>();
  for (const [maker, later] of conditions.size > 0 ? followed(facts) : []) {
    const [then, now] = [conditions.get(maker.id)?.environment, conditions.get(later.run)?.environment];
    if (then && now && then !== now) hashes.add(then).add(now);
  }
  return [...hashes];
}

type CompareEnvironments = (a: Conditions, b: Conditions) => string | undefined;

/** In which ways an output was made, the last one first; others count where they had other versions of the same inputs. */
function waysTo(
  facts: Provenance,
  conditions: ReadonlyMap<number, Conditions>,
  code: CodeChanges,
  compare: CompareEnvironments,
  id: number,
): Made[] {
  const output = facts.data.get(id);
  if (!output) return [];
  const members = (facts.members.get(id) ?? []).flatMap((member) => facts.data.get(member) ?? []);
  const makers = makersOf(facts, output);
  // What was put together without a run is made of what is in it.
  if (makers.length === 0)
    return members.length > 0 ? [{ output, inputs: members, code: undefined, later: undefined, ended: undefined }] : [];
  const ways = makers.map((maker): Made => {
    const inputs = [...members];
    const mark = maker.id === output.run ? output.mark : facts.remadeMark(id, maker.id);
    for (const { data, link } of facts.inputs.get(maker.id) ?? []) {
      // Links after the output was made, or made again, are none of its inputs.
      const version = link <= mark ? facts.data.get(data) : undefined;
      if (version && !members.includes(version)) inputs.push(version);
    }
    const after = laterMade(facts, output, maker);
    const changed = code.of(maker);
    const [then, later] = after ? [conditions.get(maker.id), conditions.get(after.run)] : [];
    return {
      output,
      inputs,
      code: changed === "unsure" ? undefined : changed,
      ...(changed === "unsure" && { unsure: true }),
      later: then &&
        later && { uid: later.uid, params: later.params !== then.params, environment: compare(then, later) },
      ended: maker.status === "completed" ? undefined : hasFailed(maker) ? maker.status : "open",
    };
  });
  const [last, ...earlier] = ways as [Made, ...Made[]];
  return earlier.length === 0 ? ways : [last, ...earlier.filter((way) => familiesOf(way) === familiesOf(last))];
}

const familiesOf = ({ inputs }: Made): string => [...new Set(inputs.map(({ stem }) => stem))].sort().join();

/** Who made it: its creator, and completed runs that made the same again, the last one first. A creator that failed does not count beside others. */
function makersOf(facts: Provenance, { id, run }: DataFacts): RunFacts[] {
  const creator = run === null ? undefined : facts.runs.get(run);
  const again = (facts.remakers.get(id) ?? [])
    .flatMap((maker) => facts.runs.get(maker) ?? [])
    .filter(({ status }) => status === "completed");
  if (again.length === 0) return creator ? [creator] : [];
  return [...again, ...(creator && !hasFailed(creator) ? [creator] : [])].sort((a, b) => b.id - a.id);
}

/** What the last completed run made for the same output, when it came after this one. */
function laterMade(facts: Provenance, data: DataFacts, maker: RunFacts): LastMade | undefined {
  const transform = facts.isMadeAgain(data) ? facts.transforms.get(maker.transform) : undefined;
  const last = transform && facts.lastMade(data, transform.stem, maker.entrypoint);
  return last && last.run > maker.id ? last : undefined;
}

/** The newest version that no failed run left stands for its family, until the same code makes an older one again: saving that gives the older one back. */
function standing(facts: Provenance, newest: DataFacts): DataFacts {
  const data = facts.isLeftByFailure(newest) ? (facts.newestOf(newest) ?? newest) : newest;
  const [maker] = facts.isMadeAgain(data) ? makersOf(facts, data) : [];
  const later = maker && laterMade(facts, data, maker);
  const again = later && facts.data.get(later.data);
  // On another branch the family may go on by itself.
  return again?.stem === data.stem && again.revision < data.revision ? again : data;
}

/** The version that came after this one of an input: a newer one, or one that was made again after all others. */
function newerThan(facts: Provenance, version: DataFacts): DataFacts | undefined {
  const latest = facts.newestOf(version);
  const now = latest && standing(facts, latest);
  // What a failed run left gives way to what was made after it, new or not.
  if (now && facts.isLeftByFailure(version))
    return (makersOf(facts, now)[0]?.id ?? 0) > (version.run ?? 0) ? now : undefined;
  // A version whose successor lies in the trash is the latest again, and not newer; but what was deleted has given way to it.
  return now && now.id !== version.id && (now.revision > version.revision || now !== latest || version.isDeleted)
    ? now
    : undefined;
}

/**
 * The staleness of every output of the connected instance, as it was made last.
 *
 * @example
 * const stale = (await ln.status()).filter((output) => output.stale);
 */
export async function status(): Promise<Status[]> {
  return statusOfAll(await defaultConnection());
}
