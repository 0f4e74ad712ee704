/** The one way to begin and end a run, whatever hosts it. Only this file says what status a run has. */
import { rmSync } from "node:fs";
import { hostname } from "node:os";
import type { Connection } from "../instance/connection.ts";
import type { Scope } from "../instance/scope.ts";
import type { Run, Transform } from "../registries/index.ts";
import { make } from "../registries/record/classes.ts";
import { resolveRef } from "../registries/record/draft.ts";
import { refresh, rowOf } from "../registries/record/row.ts";
import {
  addRun,
  changeRun,
  keepText,
  lastRunOf,
  type ProcessFacts,
  readRun,
  type RunWriter,
  storeReportSync,
  unfinishedRuns,
  type Report,
  withReport,
} from "../registries/runs/runs.ts";
import { predecessorsOf, readyTransform, resolveTransform, type TransformSpec } from "../registries/runs/transforms.ts";
import { announceEnd, announceStart, shortName } from "./announce.ts";
import { closeInChild } from "./close-in-child.ts";
import { logFile, type Output, readReport } from "./report.ts";
import { isAlive } from "./process.ts";
import { type Ending, type RunStatus, statusAfter } from "./states.ts";

type Row = ReturnType<typeof rowOf>;
/** What of a run's row is known after its end. */
type Ended = Readonly<Record<string, unknown>>;
type Ref = Pick<Row, "id" | "uid">;
type EndStatus = Exclude<Ending, "gone">;

/** What is known of a run when it starts. */
export interface RunFacts {
  readonly name?: string | undefined;
  /** The function that runs, when it is not the whole file. */
  readonly entrypoint?: string | undefined;
  readonly params?: Record<string, unknown> | undefined;
  readonly cliArgs?: string | undefined;
  readonly gitCommit?: string | undefined;
  readonly gitDirty?: boolean | undefined;
  readonly dynamicModules?:
    | readonly { path: string; hash: string | null; codeHash: string | null; files?: Record<string, string | null> }[]
    | undefined;
  /** The process that is gone when the run is over. */
  readonly process?: ProcessFacts | undefined;
  /** JSON text of the environment. */
  readonly environment?: string | undefined;
  /** The run that called this one, or its uid. */
  readonly initiatedByRun?: object | string | undefined;
  /** The artifact that says what is to be done, or its uid. */
  readonly plan?: object | string | undefined;
  /** `false`: the user's last run of the transform goes on. */
  readonly newRun?: boolean | undefined;
  /** The open run that this one replaces: it is completed in the same transaction. */
  readonly replaces?: Pick<OpenRun, "run" | "output"> | undefined;
  /** Starts to keep what the run prints. */
  readonly output?: ((run: Run) => Output | undefined) | undefined;
}

/** A run under way in this process. */
export interface OpenRun {
  readonly run: Run;
  readonly transform: Transform;
  /** What makes this run the current one. */
  readonly scope: Scope;
  readonly output?: Output | undefined;
  /**
   * Ends it, with what it printed as its report, and logs how.
   *
   * `mayChange`: `endSync` follows with the exit code, and logs how it ended in the end.
   */
  end(status: EndStatus, options?: { mayChange?: boolean }): Promise<void>;
  /** Ends it before it returns, for a process that is going down; corrects what `end` wrote too early. */
  endSync(status: EndStatus): void;
}

/**
 * Begins a run of a source file, or of a transform that was registered ahead.
 *
 * Everything is checked before anything is written: when this refuses, all is as before, and the run that was to be
 * replaced is still open. One transaction finds or adds the transform, ends the former run and adds the new one.
 */
export async function startRun(
  connection: Connection,
  subject: TransformSpec | Transform,
  facts: RunFacts,
): Promise<OpenRun> {
  const { replaces } = facts;
  const initiatedByRun = await referenceTo(connection, "Run", facts.initiatedByRun, "initiatedByRun");
  const plan = await referenceTo(connection, "Artifact", facts.plan, "plan");
  const transform = await readyTransform(connection, subject);
  await reap(connection);
  const environment =
    facts.environment === undefined
      ? null
      : await keepText(connection, facts.environment, ".json", "environment of a run");
  const printed = replaces?.output?.text();
  const begun = await withReport(connection, replaces && rowOf(replaces.run), printed, function* (writer, report) {
    const found = yield* resolveTransform(connection, writer, transform);
    const predecessors = found.outcome === "loaded" ? yield* predecessorsOf(connection, found.row) : [];
    const ended = replaces && (yield* writeEnd(connection, writer, rowOf(replaces.run), "completed", report));
    const columns = {
      startedAt: writer.now,
      finishedAt: null,
      params: facts.params ?? null,
      cliArgs: facts.cliArgs ?? null,
      gitCommit: facts.gitCommit ?? null,
      gitDirty: facts.gitDirty ?? null,
      dynamicModules: facts.dynamicModules?.length ? facts.dynamicModules : null,
      process: facts.process ?? null,
      environment,
    };
    const last = facts.newRun === false ? yield* lastRunOf(connection, found.row, writer.user) : undefined;
    const row = last
      ? yield* changeRun(connection, writer, last, { ...columns, status: "restarted" })
      : yield* addRun(connection, writer, {
          ...columns,
          status: "started",
          transform: found.row,
          name: facts.name ?? null,
          entrypoint: facts.entrypoint ?? null,
          initiatedByRun,
          plan,
        });
    return { ...found, transform: found.row, predecessors, ended, row, user: writer.user };
  });
  // From here on without waiting: whatever ends this process finds the new run.
  if (replaces && begun.ended) {
    replaces.output?.stop();
    settle(connection, replaces, begun.ended);
  }
  const run = make(connection, "Run", begun.row);
  const record = make(connection, "Transform", begun.transform);
  const open = openRun(connection, run, record, begun.user, facts.output?.(run));
  announceStart(connection, { ...begun, run, transform: record });
  return open;
}

function referenceTo(connection: Connection, to: "Run" | "Artifact", value: object | string | undefined, name: string) {
  if (value === undefined) return null;
  return resolveRef(connection, to, typeof value === "string" ? { uid: value } : value, name, false);
}

function openRun(
  connection: Connection,
  run: Run,
  transform: Transform,
  user: Ref,
  output: Output | undefined,
): OpenRun {
  const ref = { id: rowOf(run).id, uid: run.uid };
  const scope = {
    instance: connection.settings.uid,
    run: ref,
    transform: { id: rowOf(transform).id, uid: transform.uid },
  };
  let report: string | undefined;
  const takeReport = (): string | undefined => {
    output?.stop();
    return (report ??= output?.text());
  };
  /** Written, and not logged yet. */
  let written: Ended | undefined;
  return {
    run,
    transform,
    output,
    scope,
    async end(status, { mayChange = false } = {}) {
      const row = await endRun(connection, ref, status, takeReport());
      if (mayChange) written = row;
      else settle(connection, { run, output }, row);
    },
    endSync(status) {
      const text = takeReport();
      try {
        if (!written || statusAfter(written.status as RunStatus, status) !== written.status)
          written = endRunSync(connection, user, ref, status, text);
        settle(connection, { run, output }, written);
      } catch (error) {
        connection.log("error", `the end of ${shortName(run)} could not be written: ${(error as Error).message}`);
      }
    },
  };
}

/** Completes a run that another process began, and logs it. */
export async function finishRun(connection: Connection, run: Run): Promise<void> {
  settle(connection, { run }, await endRun(connection, rowOf(run), "completed", undefined));
}

/** Ends a run, whichever process began it. Returns its row as it is now. */
export function endRun(connection: Connection, run: Ref, ending: Ending, text: string | undefined): Promise<Row> {
  return withReport(connection, run, text, (writer, report) => writeEnd(connection, writer, run, ending, report));
}

/** Like `endRun`, before it returns: here, or where the database or the storage makes us wait, in a child. */
function endRunSync(connection: Connection, user: Ref, run: Ref, status: EndStatus, text: string | undefined): Ended {
  const { writeSync } = connection.database;
  const report = writeSync && text ? storeReportSync(connection, run, text) : undefined;
  if (!writeSync || report === "later")
    return closeInChild({ settings: connection.settings, user: connection.handle, run, status, report: text });
  const writer = { now: connection.now(), user, userUid: user.uid, runUid: run.uid };
  return writeSync(() => writeEnd(connection, writer, run, status, report));
}

function* writeEnd(connection: Connection, writer: RunWriter, run: Ref, ending: Ending, report: Report | undefined) {
  const row = yield* readRun(connection, run);
  const status = statusAfter(row.status as RunStatus, ending);
  if (status === row.status) return row;
  return yield* changeRun(
    connection,
    { ...writer, runUid: run.uid },
    run,
    { status, finishedAt: row.finishedAt ?? writer.now },
    // What had ended already has its report.
    row.status === "completed" ? undefined : report,
  );
}

/** After the end of a run is written: updates the record, removes the local log, and says so. */
function settle(connection: Connection, { run, output }: Pick<OpenRun, "run" | "output">, ended: Ended): void {
  refresh(run, { ...rowOf(run), ...ended });
  if (ended.report !== null) output?.discard();
  announceEnd(connection, run);
}

/** Closes runs of this host whose process is gone without a word (killed, power lost). */
export async function reap(connection: Connection): Promise<void> {
  for (const { run, process: facts } of await unfinishedRuns(connection, hostname())) {
    if (isAlive(facts) !== false) continue;
    const file = logFile(run.uid);
    const remark = `reaped: process ${facts.pid} on ${facts.host} was gone without closing this run`;
    await endRun(connection, run, "gone", `${readReport(file)}\n${remark}\n`);
    rmSync(file, { force: true });
    connection.log("warning", `reaped ${shortName(run)}: its process was gone, it is aborted now`);
  }
}
