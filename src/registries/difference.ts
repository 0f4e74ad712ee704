/** `ln.diff(a, b)`: in what two runs differ. */
import { lostBeside } from "../db/provenance.ts";
import { select } from "../db/select.ts";
import { LinealError } from "../errors.ts";
import { type Changed, changed, type Pair } from "../lineage/compare.ts";
import { connectionOf, isEntry, refOf, rowOf } from "./entry.ts";
import { type Environment, readEnvironment } from "./environments.ts";
import type { Run } from "./run.ts";

/** In what two runs differ; each part is null when it is equal. */
export interface RunDifference {
  /** A unified diff of the source. */
  readonly code: string | null;
  /** Unified diffs of the local modules, by path; of those imported on demand only hashes are kept. */
  readonly modules: Readonly<Record<string, string>> | null;
  /** Arguments of the command line are one of them, `command line`. */
  readonly params: Changed<unknown> | null;
  /** Runtime, platform, flags and package versions, by name; `environment` alone when one of the runs kept none. */
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
  const modules = byPath(left.modules, right.modules, (path, one = "", other = "") => patch([path, path], one, other));
  const onDemand = byPath(left.onDemand, right.onDemand, (path, one, other) => `--- a/${path}\n+++ b/${path}\n${hashLine("-", one)}${hashLine("+", other)}`);
  return {
    code: left.code === right.code ? null : patch([left.key, right.key], left.code, right.code),
    modules: Object.keys(modules).length + Object.keys(onDemand).length > 0 ? { ...onDemand, ...modules } : null,
    params: changed(left.params, right.params),
    environment: environments(left.environment, right.environment),
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

function byPath(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>, show: (path: string, a: string | undefined, b: string | undefined) => string): Record<string, string> {
  const paths = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => a[path] !== b[path]).sort();
  return Object.fromEntries(paths.map((path) => [path, show(path, a[path], b[path])]));
}

const hashLine = (sign: string, hash: string | undefined): string => (hash === undefined ? "" : `${sign}sha256 ${hash}\n`);

function environments(a: Environment | undefined, b: Environment | undefined): Changed<string> | null {
  if (a && b) return changed(a, b);
  const told = (one: Environment | undefined): string => (one ? "kept" : "none kept");
  return a || b ? { added: {}, removed: {}, changed: { environment: { a: told(a), b: told(b) } } } : null;
}

async function factsOf(run: Run) {
  const transform = await run.transform;
  const connection = connectionOf(run);
  const [source, bundle, environment, user, inputs, outputs, recreated, lost] = await Promise.all([
    transform.sourceCode,
    transform.bundle,
    run.environment,
    run.createdBy,
    besides(run, "inputs"),
    besides(run, "outputs"),
    besides(run, "recreated"),
    connection.read(() => lostBeside(run.uid)),
  ]);
  return {
    key: transform.key ?? transform.uid,
    code: source ?? "",
    modules: bundle ? await bundle.load<Record<string, string>>({ isRunInput: false }) : {},
    onDemand: Object.fromEntries((run.dynamicModules ?? []).map(({ path, hash }) => [path, hash ?? "missing"])),
    params: { ...(run.cliArgs === null ? {} : { "command line": run.cliArgs }), ...run.params },
    environment: environment ? await readEnvironment(environment) : undefined,
    user: user.handle,
    inputs: [...inputs, ...lost.inputs],
    outputs: [...outputs, ...recreated, ...lost.outputs],
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
