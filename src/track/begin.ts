/** The start of a run: source, environment and arguments first, then one transaction. */
import { LinealError, closest } from "../errors.ts";
import { defaultConnection } from "../instance/connect.ts";
import type { Connection } from "../instance/connection.ts";
import { isInside } from "../instance/scope.ts";
import { printTime, randomUid } from "../model/index.ts";
import type { Run, Transform } from "../registries/index.ts";
import { isEntry, rowOf } from "../registries/entry.ts";
import { settings } from "../registries/settings.ts";
import { type BegunRun, beginRun, checkTransform, keepText, type RunSpec } from "../registries/tracking/runs.ts";
import { checkTransformUid, type TransformSpec } from "../registries/tracking/transform.ts";
import { describeEnvironment, environmentText } from "./environment.ts";
import { watchExit } from "./exit.ts";
import { findBlobCommit, gitState } from "./git.ts";
import { logFile } from "./log-file.ts";
import { end, openRun, setOpenRun } from "./open-run.ts";
import { serialiseParams } from "./params.ts";
import { processIdentity } from "./process.ts";
import { reap } from "./reap.ts";
import { redactArgs, redactSource } from "./redact.ts";
import { captureConsole } from "./report.ts";
import { keyFor, kindOfFile, readSource } from "./source.ts";
import type { TrackOptions } from "./track-options.ts";

const OPTIONS = ["transform", "key", "params", "name", "plan", "newRun", "initiatedByRun"];
/** Kinds that have no file of their own to be read. */
const REGISTERED = ["notebook", "app", "upload", "pipeline"];

/** Starts the run of `file`, or of a registered transform. */
export async function begin(file: string | undefined, given: Transform | string | TrackOptions | undefined): Promise<Run> {
  const options = normalise(given);
  if (isInside()) throw new LinealError("invalid", "a flow has its own run", { hint: "Call track() outside of flows, or use ln.step." });
  const connection = await defaultConnection();
  if (openRun()) await end("finish");
  await reap(connection);
  const registered = isEntry(options.transform, "Transform") ? (options.transform as Transform) : undefined;
  if (registered && !REGISTERED.includes(registered.kind)) {
    throw new LinealError("invalid", `a ${registered.kind} is tracked from its own file`, { hint: "Call `await ln.track()` in it, without a transform." });
  }
  if (registered) checkTransform(connection, registered);
  const entry = registered ? undefined : requireFile(file);
  const { target, dynamic, git } = entry ? await describeFile(connection, entry, options) : { target: registered as Transform, dynamic: [], git: file ? await gitState(file) : undefined };
  const begun = await beginRun(connection, target, {
    ...(await describeRun(file, options, connection)),
    dynamicModules: dynamic,
    gitCommit: git?.commit,
    gitDirty: git?.commit ? git.dirty : undefined,
    // A registered transform has no file: its arguments are those of whatever runs it.
    newRun: options.newRun,
  });
  return start(connection, begun);
}

function normalise(given: Transform | string | TrackOptions | undefined): TrackOptions {
  if (given === undefined) return {};
  if (typeof given === "string" || isEntry(given, "Transform")) return { transform: given as Transform | string };
  if (given === null || typeof given !== "object" || isEntry(given)) throw new LinealError("invalid", "track takes a transform, its uid, or options", { hint: "Write ln.track({ params: { … } })." });
  for (const key of Object.keys(given)) {
    if (OPTIONS.includes(key)) continue;
    const near = closest(key, OPTIONS);
    throw new LinealError("invalid", `track has no option "${key}"`, { hint: near ? `Did you mean ${near}?` : `Options: ${OPTIONS.join(", ")}.` });
  }
  return given as TrackOptions;
}

function requireFile(file: string | undefined): string {
  if (file !== undefined) return file;
  throw new LinealError("invalid", "track() was called from no file", { hint: 'Register a transform and pass it: ln.track(await ln.Transform.save({ key: "…", kind: "notebook" })).' });
}

async function describeFile(connection: Connection, file: string, options: TrackOptions) {
  const uid = typeof options.transform === "string" ? options.transform : undefined;
  if (uid !== undefined) checkTransformUid(uid, randomUid(12));
  const source = await readSource(file);
  const { key, outsideDevDir } = keyFor(file, connection.settings.devDir);
  if (outsideDevDir && options.key === undefined) connection.log("warning", `${file} lies outside the dev-dir ${connection.settings.devDir}: its key is ${key}`);
  const modules = source.modules.map(({ path, hash }) => ({ path, hash }));
  const bundle = source.modules.length > 0 ? await keepText(connection, JSON.stringify(Object.fromEntries(source.modules.map((m) => [m.path, redactSource(m.text)]))), ".json", "local modules of a transform") : null;
  const repository = settings.syncGitRepo;
  const reference = repository && !file.endsWith(".ipynb") ? { url: (await findBlobCommit(file, repository, { cacheDir: settings.cacheDir })).url, type: "url" } : undefined;
  const target: TransformSpec = {
    uid,
    key: options.key ?? key,
    kind: kindOfFile(file),
    description: source.title,
    reference,
    source: { text: source.redacted, hash: source.versionHash, codeHash: source.codeHash, modules, path: source.path, bundle },
  };
  return { target, dynamic: source.dynamic, git: await gitState(file) };
}

async function describeRun(file: string | undefined, options: TrackOptions, connection: Connection): Promise<RunSpec> {
  const { params, dropped } = serialiseParams({ ...options.params }, { reference: (value) => (isEntry(value) ? `${(value.constructor as { name: string }).name.replace("RecordEntry", "Record")}[${rowOf(value).uid}]` : undefined) });
  if (dropped.length > 0) connection.log("warning", `these parameters cannot be kept: ${dropped.join(", ")}`);
  const args = redactArgs(process.argv.slice(2));
  return {
    name: options.name,
    params: Object.keys(params).length > 0 ? params : undefined,
    cliArgs: args.length > 0 ? args.join(" ") : undefined,
    process: processIdentity(),
    environment: environmentText(await describeEnvironment({ entry: file, cwd: process.cwd() })),
    initiatedByRun: options.initiatedByRun ?? process.env.LINEAL_INITIATED_BY_RUN,
    plan: options.plan,
  };
}

async function start(connection: Connection, begun: BegunRun): Promise<Run> {
  const { run, transform, outcome, restarted, notes } = begun;
  const capture = captureConsole({ file: logFile(run.uid), header: `instance: ${connection.slug}` });
  setOpenRun({
    connection,
    run,
    transform,
    ids: { run: { id: rowOf(run).id, uid: run.uid }, transform: { id: rowOf(transform).id, uid: transform.uid }, user: await connection.user() },
    capture,
  });
  watchExit();
  for (const note of notes) connection.log("info", note);
  const name = `Transform('${transform.uid.slice(0, 8)}', key='${transform.key}')`;
  connection.log("important", `${outcome} ${name}, ${restarted ? "re-started" : "started new"} Run('${run.uid.slice(0, 8)}') at ${printTime(run.startedAt as Date)}`);
  const params = Object.entries(run.params ?? {});
  if (params.length > 0) connection.log("important", `params: ${params.map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`).join(", ")}`);
  return run;
}
