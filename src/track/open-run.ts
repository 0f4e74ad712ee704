/** The run of this process: open from `track()` until `finish()`, an exit, an error or a signal. */
import { rmSync } from "node:fs";
import type { Connection } from "../instance/connection.ts";
import { setSlot } from "../instance/scope.ts";
import { refresh } from "../registries/record/row.ts";
import type { Run, Transform } from "../registries/index.ts";
import { duration, type RunEvent, type RunStatus } from "../registries/runs/states.ts";
import { endRun, endRunSync } from "../registries/runs/runs.ts";
import { printTime } from "../model/index.ts";
import { closeInChild } from "./close-in-child.ts";
import { type ConsoleCapture, readReport } from "./report.ts";

type Row = Awaited<ReturnType<typeof endRun>>;

export interface OpenRun {
  readonly connection: Connection;
  readonly run: Run;
  readonly transform: Transform;
  /** Row ids, for the scope. */
  readonly ids: {
    readonly run: { id: number; uid: string };
    readonly transform: { id: number; uid: string };
    readonly user: { id: number; uid: string };
  };
  readonly capture: ConsoleCapture | undefined;
}

let open: OpenRun | undefined;
/** Being ended, or ended by itself when the event loop ran dry: how the process ends may still say otherwise. */
let closing: { readonly last: OpenRun; readonly report: string | undefined; row: Row | undefined } | undefined;

export const openRun = (): OpenRun | undefined => open;

export function setOpenRun(run: OpenRun): void {
  open = run;
  closing = undefined;
  setSlot({ instance: run.connection.settings.uid, run: run.ids.run, transform: run.ids.transform });
}

/** Ends the open run, if there is one. */
export async function end(event: RunEvent): Promise<void> {
  const last = open;
  if (!last) return;
  open = undefined;
  setSlot(undefined);
  const mine: NonNullable<typeof closing> = { last, report: stopCapture(last), row: undefined };
  closing = mine;
  try {
    const row = await endRun(last.connection, last.ids.run, event, mine.report);
    refresh(last.run, row);
    forgetLog(last, row);
    mine.row = row;
    if (event === "quit") return; // The exit code comes last: `endSync` tells.
    tell(last, row.status as RunStatus, row.startedAt as Date, row.finishedAt as Date);
  } catch (error) {
    if (closing === mine) closing = undefined;
    throw error;
  }
  if (closing === mine) closing = undefined;
}

/** Ends the open run before it returns, for a process that is going down; corrects one that had ended too early. */
export function endSync(event: RunEvent): void {
  const last = open ?? closing?.last;
  if (!last) return;
  const row = open ? undefined : closing?.row;
  const report = open ? stopCapture(last) : closing?.report;
  open = undefined;
  closing = undefined;
  setSlot(undefined);
  try {
    if (row && event === "quit") tell(last, row.status as RunStatus, row.startedAt as Date, row.finishedAt as Date);
    else writeEnd(last, event, report);
  } catch (error) {
    last.connection.log(
      "error",
      `the end of Run('${last.run.uid.slice(0, 8)}') could not be written: ${(error as Error).message}`,
    );
  }
}

function writeEnd(last: OpenRun, event: RunEvent, report: string | undefined): void {
  const { connection, ids, run } = last;
  const now = connection.now();
  const row = endRunSync(connection, ids.user, ids.run, event, report);
  const status = row
    ? (row.status as RunStatus)
    : closeInChild({ settings: connection.settings, user: connection.handle, run: ids.run, event, report });
  forgetLog(last, row);
  tell(last, status, (row?.startedAt ?? run.startedAt) as Date, (row?.finishedAt as Date | null | undefined) ?? now);
}

function stopCapture({ capture }: OpenRun): string | undefined {
  if (!capture) return undefined;
  capture.stop();
  return readReport(capture.path);
}

/** The log is kept as the run's report now; the file still holds what the report blanks out. */
function forgetLog({ capture }: OpenRun, row: Row | undefined): void {
  if (capture && row?.report !== null) rmSync(capture.path, { force: true });
}

function tell({ connection, run }: OpenRun, status: RunStatus, from: Date, to: Date): void {
  const word = status === "completed" ? "finished" : status;
  connection.log(
    "important",
    `${word} Run('${run.uid.slice(0, 8)}') after ${duration(to.getTime() - from.getTime())} at ${printTime(to)}`,
  );
}
