/** A program as the host of a run: its file is the transform, its console log the report, its end the run's end. */
import { constants } from "node:os";
import { inspect } from "node:util";
import { LinealError } from "../../ground/errors.ts";
import { defaultConnection } from "../../instance/connect.ts";
import type { Connection } from "../../instance/connection.ts";
import { log } from "../../instance/log.ts";
import { setSlot } from "../../instance/scope.ts";
import type { Run, Transform } from "../../registries/index.ts";
import { readOptions, readParams, type TrackOptions } from "../options.ts";
import { processIdentity } from "../process.ts";
import { captureConsole, type ConsoleCapture, logFile } from "../report.ts";
import { type OpenRun, startRun } from "../run.ts";
import { describeSource, surroundings } from "../source.ts";

type Tracked = OpenRun & { readonly consoleLog: ConsoleCapture | undefined };

/** The run of this process, from `track()` until it is being ended. */
let open: Tracked | undefined;
/** The run that is being ended, or that ended by itself when there was nothing left to do: the exit code comes last. */
let closing: Tracked | undefined;
/** Calls of `track()` wait for one another. */
let turn: Promise<unknown> = Promise.resolve();

/** The run of this process. */
export const trackedRun = (): OpenRun | undefined => open;

/** Starts the run of `file`, or of a registered transform, in place of the one that is open. */
export function trackScript(
  file: string | undefined,
  given: Transform | string | TrackOptions | undefined,
): Promise<Run> {
  const begun = turn.then(() => begin(file, given));
  turn = begun.catch(() => {});
  return begun;
}

async function begin(file: string | undefined, given: Transform | string | TrackOptions | undefined): Promise<Run> {
  const options = readOptions(given);
  const connection = await defaultConnection();
  const { transform, dynamicModules } = await subjectOf(connection, file, options);
  const { params, dropped } = readParams(options.params);
  if (dropped.length > 0) connection.log("warning", `these parameters cannot be kept: ${dropped.join(", ")}`);
  const around = await surroundings(file, process.argv.slice(2));
  let consoleLog: ConsoleCapture | undefined;
  const started = await startRun(connection, transform, {
    ...around,
    dynamicModules,
    params,
    name: options.name,
    plan: options.plan,
    newRun: options.newRun,
    initiatedByRun: options.initiatedByRun ?? around.initiatedByRun,
    process: processIdentity(),
    replaces: open,
    output: (run) => (consoleLog = capture(connection, run)),
  });
  open = { ...started, consoleLog };
  closing = undefined;
  setSlot(open.scope);
  watchExit();
  return open.run;
}

/** A registered transform has no file: its run is of whatever runs it. */
async function subjectOf(connection: Connection, file: string | undefined, { transform, key }: TrackOptions) {
  if (transform !== undefined && typeof transform !== "string") return { transform, dynamicModules: undefined };
  if (file === undefined)
    throw new LinealError("invalid", "track() was called from no file", {
      hint: 'Register a transform and pass it: ln.track(await ln.Transform.save({ key: "…", kind: "notebook" })).',
    });
  const source = await describeSource(connection, file, { key, published: true });
  return { ...source, transform: { ...source.transform, uid: transform } };
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

/** Completes the open run; `invalid` when there is none. */
export async function finishScript(): Promise<void> {
  if (!open) throw new LinealError("invalid", "nothing is tracked here", { hint: "Call `await ln.track()` first." });
  await end("completed", false);
}

/** How a script can end by itself. */
type Status = Parameters<OpenRun["end"]>[0];

async function end(status: Status, mayChange: boolean): Promise<void> {
  const ending = close();
  closing = ending;
  let done = false;
  try {
    await ending?.end(status, { mayChange });
    done = true;
  } finally {
    if (closing === ending && !(done && mayChange)) closing = undefined;
  }
}

/** Nothing belongs to the open run any more. */
function close(): Tracked | undefined {
  const last = open;
  open = undefined;
  setSlot(undefined);
  return last;
}

function endSync(status: Status): void {
  const ending = close() ?? closing;
  closing = undefined;
  ending?.endSync(status);
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let watching = false;

/** Watches how this process ends: by itself, by an error, by an exit code, by a signal. */
function watchExit(): void {
  if (watching) return;
  watching = true;
  let failed: Tracked | undefined;
  let signalCode: number | undefined;
  const statusOf = (code: number): Status => {
    if (code !== 0) return code === signalCode ? "aborted" : "errored";
    return failed !== undefined && failed === open ? "errored" : "completed";
  };
  process.on("uncaughtExceptionMonitor", (error: unknown) => {
    failed = open;
    failed?.consoleLog?.append(`${inspect(error)}\n`);
  });
  process.on("beforeExit", (code) => {
    if (!open) return;
    // One turn later: an awaited promise that never settles reaches this point too, and then exits with 13.
    setImmediate(() => {
      end(statusOf(Number(process.exitCode ?? code)), true).catch((error: unknown) => {
        log("error", `the end of the run could not be written: ${(error as Error).message}`);
        process.exitCode ||= 1;
      });
    });
  });
  process.on("exit", (code) => endSync(statusOf(code)));
  for (const signal of SIGNALS) {
    const stop = (): void => {
      // Somebody else handles it: then the run ends when the process does.
      if (process.listenerCount(signal) > 1) {
        signalCode = 128 + constants.signals[signal];
        return;
      }
      endSync("aborted");
      process.off(signal, stop);
      process.kill(process.pid, signal);
    };
    // First, to see a `once` listener before it is taken off the list.
    process.prependListener(signal, stop);
  }
}
