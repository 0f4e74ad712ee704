/** The run of this process: open from `track()` until `finish()`, an exit, an error or a signal. */
import type { Connection } from "../instance/connection.ts";
import { setSlot } from "../instance/scope.ts";
import type { Run, Transform } from "../registries/index.ts";
import { duration, type RunEvent, type RunStatus } from "../registries/tracking/life.ts";
import { endRun, endRunSync } from "../registries/tracking/runs.ts";
import { printTime } from "../model/index.ts";
import { closeInChild } from "./close-in-child.ts";
import { type ConsoleCapture, readReport } from "./report.ts";

export interface OpenRun {
  readonly connection: Connection;
  readonly run: Run;
  readonly transform: Transform;
  /** Row ids, for the scope. */
  readonly ids: { readonly run: { id: number; uid: string }; readonly transform: { id: number; uid: string }; readonly user: { id: number; uid: string } };
  readonly capture: ConsoleCapture | undefined;
}

let open: OpenRun | undefined;
/** Ended by itself when the event loop ran dry; the exit code may still say otherwise. */
let closed: { readonly last: OpenRun; readonly report: string | undefined } | undefined;

export const openRun = (): OpenRun | undefined => open;

export function setOpenRun(run: OpenRun): void {
  open = run;
  closed = undefined;
  setSlot({ instance: run.connection.settings.uid, run: run.ids.run, transform: run.ids.transform });
}

/** Ends the open run, if there is one. */
export async function end(event: RunEvent): Promise<void> {
  const ending = open;
  if (!ending) return;
  open = undefined;
  setSlot(undefined);
  const report = stopCapture(ending);
  const row = await endRun(ending.connection, ending.ids.run, event, report);
  tell(ending, row.status as RunStatus, row.startedAt as Date, row.finishedAt as Date);
  if (event === "quit") closed = { last: ending, report };
}

/** Ends the open run before it returns, for a process that is going down; corrects one that had ended too early. */
export function endSync(event: RunEvent): void {
  const ending = open ?? (event === "quit" ? undefined : closed?.last);
  if (!ending) return;
  const report = open ? stopCapture(ending) : closed?.report;
  open = undefined;
  closed = undefined;
  setSlot(undefined);
  const now = ending.connection.now();
  try {
    const row = endRunSync(ending.connection, ending.ids.user, ending.ids.run, event, report);
    if (row) tell(ending, row.status as RunStatus, row.startedAt as Date, (row.finishedAt as Date | null) ?? now);
    else {
      const status = closeInChild({ settings: ending.connection.settings, user: ending.connection.handle, run: ending.ids.run, event, report });
      if (status) tell(ending, status, ending.run.startedAt as Date, now);
    }
  } catch (error) {
    ending.connection.log("error", `the end of Run('${ending.run.uid.slice(0, 8)}') could not be written: ${(error as Error).message}`);
  }
}

function stopCapture({ capture }: OpenRun): string | undefined {
  if (!capture) return undefined;
  capture.stop();
  return readReport(capture.path);
}

function tell({ connection, run }: OpenRun, status: RunStatus, from: Date, to: Date): void {
  const word = status === "completed" ? "finished" : status;
  connection.log("important", `${word} Run('${run.uid.slice(0, 8)}') after ${duration(to.getTime() - from.getTime())} at ${printTime(to)}`);
}
