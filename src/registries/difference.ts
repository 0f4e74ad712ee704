/** `ln.diff(a, b)`: in what two runs differ. */
import { canonicalJson } from "../db/operation.ts";
import { select } from "../db/select.ts";
import { LinealError } from "../errors.ts";
import { connectionOf, isEntry, refOf, rowOf } from "./entry.ts";
import type { Run } from "./run.ts";

/** Two values, of the first run and of the second. */
export interface Pair<T> {
  readonly a: T;
  readonly b: T;
}
/** Keyed things that only one has, or that both have differently. */
export interface Changed<T> {
  readonly added: Readonly<Record<string, T>>;
  readonly removed: Readonly<Record<string, T>>;
  readonly changed: Readonly<Record<string, Pair<T>>>;
}
/** In what two runs differ; each part is null when it is equal. */
export interface RunDifference {
  /** A unified diff of the source. */
  readonly code: string | null;
  /** Unified diffs of the local modules, by path. */
  readonly modules: Readonly<Record<string, string>> | null;
  readonly params: Changed<unknown> | null;
  /** Runtime, platform and package versions, by name. */
  readonly environment: Changed<string> | null;
  /** Hashes by key (or uid where there is none). */
  readonly inputs: Changed<string> | null;
  readonly outputs: Changed<string> | null;
  /** Milliseconds. */
  readonly duration: Pair<number | null> | null;
  /** Handles. */
  readonly user: Pair<string> | null;
}

/**
 * Compares two runs: code, local modules, parameters, packages, inputs, outputs, duration and user.
 *
 * @example
 * const { code, params } = await ln.diff(lastWeek, today);
 */
export async function diff(a: Run, b: Run): Promise<RunDifference> {
  for (const one of [a, b]) {
    if (!isEntry(one, "Run")) throw new LinealError("invalid", "diff takes two runs", { hint: "Get them first: await ln.Run.get(uid)." });
  }
  refOf(b, connectionOf(a));
  const [left, right] = await Promise.all([a, b].map(factsOf));
  if (!left || !right) throw new Error("two runs were given");
  const patch = await patcher();
  const modules = Object.fromEntries(
    [...new Set([...Object.keys(left.modules), ...Object.keys(right.modules)])]
      .sort()
      .flatMap((path) => (left.modules[path] === right.modules[path] ? [] : [[path, patch([path, path], left.modules[path] ?? "", right.modules[path] ?? "")]])),
  );
  return {
    code: left.code === right.code ? null : patch([left.key, right.key], left.code, right.code),
    modules: Object.keys(modules).length > 0 ? modules : null,
    params: changed(left.params, right.params),
    environment: changed(left.environment, right.environment),
    inputs: changed(...hashes(left.inputs, right.inputs)),
    outputs: changed(...hashes(left.outputs, right.outputs)),
    duration: pair(a.duration ?? null, b.duration ?? null),
    user: pair(left.user, right.user),
  };
}

async function patcher(): Promise<(names: readonly [string, string], a: string, b: string) => string> {
  const { createTwoFilesPatch } = await import("diff");
  return ([from, to], a, b) => createTwoFilesPatch(`a/${from}`, `b/${to}`, a, b, undefined, undefined, { context: 3 }).replace(/^=+\n/, "");
}

const pair = <T>(a: T, b: T): Pair<T> | null => (a === b ? null : { a, b });

function changed<T>(a: Readonly<Record<string, T>>, b: Readonly<Record<string, T>>): Changed<T> | null {
  const only = (one: Readonly<Record<string, T>>, other: Readonly<Record<string, T>>): Record<string, T> => Object.fromEntries(Object.entries(one).filter(([key]) => !Object.hasOwn(other, key)));
  const differ = Object.entries(a).filter(([key, value]) => Object.hasOwn(b, key) && canonicalJson(value) !== canonicalJson(b[key]));
  const result = { added: only(b, a), removed: only(a, b), changed: Object.fromEntries(differ.map(([key, value]) => [key, { a: value, b: b[key] as T }])) };
  return Object.values(result).some((part) => Object.keys(part).length > 0) ? result : null;
}

async function factsOf(run: Run) {
  const transform = await run.transform;
  const [source, bundle, environment, user, inputs, outputs, recreated] = await Promise.all([
    transform.sourceCode,
    transform.bundle,
    run.environment,
    run.createdBy,
    ...(["inputs", "outputs", "recreated"] as const).map((key) => besides(run, key)),
  ]);
  return {
    key: transform.key ?? transform.uid,
    code: source ?? "",
    modules: bundle ? await bundle.load<Record<string, string>>({ isRunInput: false }) : {},
    params: run.params ?? {},
    environment: environment ? flatten(await environment.load<StoredEnvironment>({ isRunInput: false })) : {},
    user: user.handle,
    inputs: inputs as Beside[],
    outputs: [...(outputs as Beside[]), ...(recreated as Beside[])],
  };
}

interface Beside {
  readonly uid: string;
  readonly key: string | null;
  readonly hash: string;
}

/** What a run read or made, what is in the trash now too. */
async function besides(run: Run, key: "inputs" | "outputs" | "recreated"): Promise<Beside[]> {
  const connection = connectionOf(run);
  const rows = await connection.read(() => select(connection.database.dialect, { name: "Artifact", from: { name: "Run", key, id: rowOf(run).id }, hidden: [] }));
  return rows.filter((row) => !row.internal) as unknown as Beside[];
}

interface StoredEnvironment {
  readonly runtime?: { readonly name: string; readonly version: string };
  readonly platform?: Readonly<Record<string, string>>;
  readonly packages?: Readonly<Record<string, string>>;
}

const flatten = ({ runtime, platform, packages }: StoredEnvironment): Record<string, string> => ({
  ...(runtime ? { [runtime.name]: runtime.version } : {}),
  ...platform,
  ...packages,
});

/** Hashes by key; by uid where there is none, or where several have it on one side. */
function hashes(one: readonly Beside[], other: readonly Beside[]): [Record<string, string>, Record<string, string>] {
  const repeated = new Set<string | null>();
  for (const side of [one, other]) {
    const once = new Set<string | null>();
    for (const { key } of side) (once.has(key) ? repeated : once).add(key);
  }
  const table = (side: readonly Beside[]): Record<string, string> => Object.fromEntries(side.map(({ uid, key, hash }) => [key === null || repeated.has(key) ? uid : key, hash]));
  return [table(one), table(other)];
}
