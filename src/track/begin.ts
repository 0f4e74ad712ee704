/** The start of a run: source, environment and arguments first, then one transaction. */
import { LinealError, refuseUnknown } from "../ground/errors.ts";
import { defaultConnection } from "../instance/connect.ts";
import type { Connection } from "../instance/connection.ts";
import { isInside } from "../instance/scope.ts";
import { checkValue, model, randomUid } from "../model/index.ts";
import type { Run, Transform } from "../registries/index.ts";
import { isEntry, nameOf, rowOf } from "../registries/record/row.ts";
import { type BegunRun, beginRun, checkTransform, type RunSpec } from "../registries/runs/runs.ts";
import { checkTransformUid } from "../registries/runs/transforms.ts";
import { announce } from "./announce.ts";
import { describeEnvironment, environmentText } from "./environment.ts";
import { watchExit } from "./exit.ts";
import { commitOf } from "./git.ts";
import { logFile } from "./log-file.ts";
import { end, openRun, setOpenRun } from "./open-run.ts";
import { isPlain, serialiseParams } from "./params.ts";
import { processIdentity } from "./process.ts";
import { reap } from "./reap.ts";
import { redactArgs } from "../ground/redact.ts";
import { captureConsole, type ConsoleCapture } from "./report.ts";
import { describeSource } from "./source-file.ts";
import type { TrackOptions } from "./track-options.ts";

const OPTIONS = ["transform", "key", "params", "name", "plan", "newRun", "initiatedByRun"];
/** Kinds that have no file of their own to be read. */
const REGISTERED = ["notebook", "app", "upload", "pipeline"];

/** What each option has to be, where the database does not look itself. */
const CHECKS: Readonly<Record<string, readonly [(value: unknown) => boolean, string]>> = {
  transform: [(value) => typeof value === "string" || isEntry(value, "Transform"), "a Transform or its uid"],
  key: [(value) => typeof value === "string" && value.trim() !== "", "a text"],
  params: [(value) => isPlain(value), "an object"],
  newRun: [(value) => typeof value === "boolean", "true or false"],
  initiatedByRun: [(value) => typeof value === "string" || isEntry(value, "Run"), "a Run or its uid"],
};

/** Starts the run of `file`, or of a registered transform. */
export async function begin(
  file: string | undefined,
  given: Transform | string | TrackOptions | undefined,
): Promise<Run> {
  const options = normalise(given);
  if (isInside())
    throw new LinealError("invalid", "a flow has its own run", {
      hint: "Call track() outside of flows, or use ln.step.",
    });
  const connection = await defaultConnection();
  if (openRun()) await end("finish");
  await reap(connection);
  const registered = isEntry(options.transform, "Transform") ? (options.transform as Transform) : undefined;
  if (registered && !REGISTERED.includes(registered.kind)) {
    throw new LinealError("invalid", `a ${registered.kind} is tracked from its own file`, {
      hint: "Call `await ln.track()` in it, without a transform.",
    });
  }
  if (registered && options.key !== undefined)
    throw new LinealError("invalid", "a registered transform has its key already", {
      hint: "Leave the key out, or use transform.update({ key }).",
    });
  if (registered) checkTransform(connection, registered);
  const entry = registered ? undefined : requireFile(file);
  const { target, dynamic, git } = entry
    ? await describeFile(connection, entry, options)
    : { target: registered as Transform, dynamic: [], git: file ? await commitOf(file) : undefined };
  const begun = await beginRun(connection, target, {
    ...(await describeRun(file, options, connection)),
    dynamicModules: dynamic,
    ...git,
    // A registered transform has no file: its arguments are those of whatever runs it.
    newRun: options.newRun,
  });
  return start(connection, begun);
}

function normalise(given: Transform | string | TrackOptions | undefined): TrackOptions {
  if (given === undefined) return {};
  if (typeof given === "string" || isEntry(given, "Transform")) return { transform: given as Transform | string };
  if (!isPlain(given))
    throw new LinealError("invalid", "track takes a transform, its uid, or options", {
      hint: "Write ln.track({ params: { … } }).",
    });
  for (const [key, value] of Object.entries(given)) {
    const [fits, what] = CHECKS[key] ?? [];
    if (value !== undefined && fits && !fits(value))
      throw new LinealError("invalid", `track's ${key} must be ${what}`, {
        hint: "Write ln.track({ params: { … } }).",
      });
  }
  refuseUnknown(given, OPTIONS, "track");
  const { name: column } = model.Run.columns;
  if (given.name !== undefined && column?.is === "field") checkValue(column, given.name, "name");
  return given as TrackOptions;
}

function requireFile(file: string | undefined): string {
  if (file !== undefined) return file;
  throw new LinealError("invalid", "track() was called from no file", {
    hint: 'Register a transform and pass it: ln.track(await ln.Transform.save({ key: "…", kind: "notebook" })).',
  });
}

async function describeFile(connection: Connection, file: string, options: TrackOptions) {
  const uid = typeof options.transform === "string" ? options.transform : undefined;
  if (uid !== undefined) checkTransformUid(uid, randomUid(12));
  const { spec, dynamic } = await describeSource(connection, file, { key: options.key, published: true });
  return { target: { uid, ...spec }, dynamic, git: await commitOf(file) };
}

async function describeRun(file: string | undefined, options: TrackOptions, connection: Connection): Promise<RunSpec> {
  const { params, dropped } = serialiseParams(
    { ...options.params },
    { reference: (value) => (isEntry(value) ? `${nameOf(value)}[${rowOf(value).uid}]` : undefined) },
  );
  if (dropped.length > 0) connection.log("warning", `these parameters cannot be kept: ${dropped.join(", ")}`);
  const args = redactArgs(process.argv.slice(2));
  return {
    name: options.name,
    params: Object.keys(params).length > 0 ? params : undefined,
    cliArgs: args.length > 0 ? args.join(" ") : undefined,
    process: processIdentity(),
    environment: environmentText(await describeEnvironment({ entry: file, cwd: process.cwd() })),
    initiatedByRun: options.initiatedByRun ?? (process.env.LINEAL_INITIATED_BY_RUN || undefined),
    plan: options.plan,
  };
}

async function start(connection: Connection, begun: BegunRun): Promise<Run> {
  const { run, transform } = begun;
  setOpenRun({
    connection,
    run,
    transform,
    ids: {
      run: { id: rowOf(run).id, uid: run.uid },
      transform: { id: rowOf(transform).id, uid: transform.uid },
      user: await connection.user(),
    },
    capture: capture(connection, run),
  });
  watchExit();
  await announce(connection, begun);
  return run;
}

/** A run without a console log is better than none. */
function capture(connection: Connection, run: Run): ConsoleCapture | undefined {
  try {
    return captureConsole({ file: logFile(run.uid), header: `instance: ${connection.slug}` });
  } catch (error) {
    connection.log("warning", `the console log of this run cannot be kept: ${(error as Error).message}`);
    return undefined;
  }
}
