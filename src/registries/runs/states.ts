/** The life of a run, as a table: what each event makes of each status. */

export type RunStatus = "scheduled" | "started" | "restarted" | "completed" | "errored" | "aborted";

/**
 * finish: asked to end · quit: the process ends by itself with code 0 · fail: an uncaught error, or another exit code ·
 * signal: it was told to stop · gone: the process is not there any more.
 */
export type RunEvent = "finish" | "quit" | "fail" | "signal" | "gone";

const OPEN = { finish: "completed", quit: "completed", fail: "errored", signal: "aborted", gone: "aborted" } as const;

/** Rows: the status now; columns: the event. What is not listed stays. */
export const LIFE: Readonly<Record<RunStatus, Readonly<Partial<Record<RunEvent, RunStatus>>>>> = {
  scheduled: { ...OPEN, gone: "scheduled" },
  started: OPEN,
  restarted: OPEN,
  // A process that seemed to end well may still fail: the exit code comes last.
  completed: { fail: "errored", signal: "aborted" },
  errored: {},
  aborted: {},
};

export const statusAfter = (status: RunStatus, event: RunEvent): RunStatus => LIFE[status][event] ?? status;

/** `2d`, `3h`, `5m` or `12s`: the largest unit that is not zero. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds >= 86_400) return `${Math.floor(seconds / 86_400)}d`;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}h`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)}m` : `${seconds}s`;
}
