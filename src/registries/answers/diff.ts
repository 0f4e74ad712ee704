/** `ln.diff(a, b)`: in what two runs differ. */
import { select } from "../../db/select.ts";
import { suffixOf } from "../../formats/suffix.ts";
import { LinealError } from "../../ground/errors.ts";
import { type Changed, changed, type Item, itemsThatDiffer, type Pair } from "../../lineage/answers/differences.ts";
import { connectionOf, isEntry, refOf, rowOf } from "../record/row.ts";
import { type Environment, readEnvironment } from "../runs/environments.ts";
import type { Run } from "../run.ts";

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
  /** Hashes by key, of collections and records uids by key or name: what was renamed by `old → new`, what has no key of its own by uid. */
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
    if (!isEntry(one, "Run"))
      throw new LinealError("invalid", "diff takes two runs", { hint: "Get them first: await ln.Run.get(uid)." });
  }
  refOf(b, connectionOf(a));
  const [left, right] = await Promise.all([a, b].map(factsOf));
  if (!left || !right) throw new Error("two runs were given");
  const patch = await patcher();
  const modules = byPath(left.modules, right.modules, (path, one = "", other = "") => patch([path, path], one, other));
  const onDemand = byPath(
    left.onDemand,
    right.onDemand,
    (path, one, other) => `--- a/${path}\n+++ b/${path}\n${hashLine("-", one)}${hashLine("+", other)}`,
  );
  return {
    code: left.code === right.code ? null : patch([left.key, right.key], left.code, right.code),
    modules: Object.keys(modules).length + Object.keys(onDemand).length > 0 ? { ...onDemand, ...modules } : null,
    params: changed(left.params, right.params),
    environment: environments(left.environment, right.environment),
    inputs: itemsThatDiffer(left.inputs, right.inputs, { lastOnes: false }),
    outputs: itemsThatDiffer(left.outputs, right.outputs, { lastOnes: left.program === right.program }),
    duration: pair(a.duration ?? null, b.duration ?? null),
    user: pair(left.user, right.user),
  };
}

async function patcher(): Promise<(names: readonly [string, string], a: string, b: string) => string> {
  const { createTwoFilesPatch } = await import("diff");
  return ([from, to], a, b) =>
    createTwoFilesPatch(`a/${from}`, `b/${to}`, a, b, undefined, undefined, { context: 3 }).replace(/^=+\n/, "");
}

const pair = <T>(a: T, b: T): Pair<T> | null => (a === b ? null : { a, b });

function byPath(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
  show: (path: string, a: string | undefined, b: string | undefined) => string,
): Record<string, string> {
  const paths = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => a[path] !== b[path]).sort();
  return Object.fromEntries(paths.map((path) => [path, show(path, a[path], b[path])]));
}

const hashLine = (sign: string, hash: string | undefined): string =>
  hash === undefined ? "" : `${sign}sha256 ${hash}\n`;

function environments(a: Environment | undefined, b: Environment | undefined): Changed<string> | null {
  if (a && b) return changed(a, b);
  const told = (one: Environment | undefined): string => (one ? "kept" : "none kept");
  return a || b ? { added: {}, removed: {}, changed: { environment: { a: told(a), b: told(b) } } } : null;
}

async function factsOf(run: Run) {
  const transform = await run.transform;
  const [source, bundle, environment, user, inputs, outputs] = await Promise.all([
    transform.sourceCode,
    transform.bundle,
    run.environment,
    run.createdBy,
    besides(run, INPUTS),
    besides(run, OUTPUTS),
  ]);
  return {
    key: transform.key ?? transform.uid,
    program: `${String(rowOf(transform).stem)} ${run.entrypoint ?? ""}`,
    code: source ?? "",
    modules: bundle ? await bundle.load<Record<string, string>>({ isRunInput: false }) : {},
    onDemand: Object.fromEntries((run.dynamicModules ?? []).map(({ path, hash }) => [path, hash ?? "missing"])),
    params: { ...(run.cliArgs === null ? {} : { "command line": run.cliArgs }), ...run.params },
    environment: environment ? await readEnvironment(environment) : undefined,
    user: user.handle,
    inputs,
    outputs,
  };
}

const INPUTS = [
  ["Artifact", "inputs"],
  ["Collection", "inputCollections"],
  ["Record", "inputRecords"],
] as const;
const OUTPUTS = [
  ["Artifact", "outputs"],
  ["Artifact", "recreated"],
  ["Collection", "outputCollections"],
  ["Collection", "recreatedCollections"],
  ["Record", "outputRecords"],
] as const;

/** What a run read or made, what is in the trash or was deleted for good too. */
async function besides(run: Run, relations: typeof INPUTS | typeof OUTPUTS): Promise<Item[]> {
  const connection = connectionOf(run);
  const viewer = { ...connection.viewerOfOne(), removed: true };
  const found = relations.map(async ([registry, key]) => {
    const rows = await connection.read(() =>
      select(connection.database.dialect, viewer, {
        name: registry,
        from: { name: "Run", key, uid: rowOf(run).uid },
      }),
    );
    return rows
      .filter((row) => !row.internal)
      .map((row) => ({
        registry,
        uid: row.uid,
        key: text(row.key ?? row.name),
        hash: text(row.hash),
        // What was deleted for good has kept its key.
        suffix: text(row.suffix) || suffixOf(text(row.key) ?? ""),
      }));
  });
  return (await Promise.all(found)).flat();
}

const text = (value: unknown): string | null => (value ?? null) as string | null;
