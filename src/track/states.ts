/** The life of a run, as a table: what each way to end makes of each status. */

export type RunStatus = "scheduled" | "started" | "restarted" | "completed" | "errored" | "aborted";

/** `gone`: the process is not there any more, and never said how it ended. */
export type Ending = "completed" | "errored" | "aborted" | "gone";

const OPEN = { completed: "completed", errored: "errored", aborted: "aborted", gone: "aborted" } as const;

/** Rows: the status now; columns: how it ends. What is not listed stays. */
const LIFE: Readonly<Record<RunStatus, Readonly<Partial<Record<Ending, RunStatus>>>>> = {
  scheduled: { ...OPEN, gone: "scheduled" },
  started: OPEN,
  restarted: OPEN,
  // A process that seemed to end well may still fail: the exit code comes last.
  completed: { errored: "errored", aborted: "aborted" },
  errored: {},
  aborted: {},
};

export const statusAfter = (status: RunStatus, ending: Ending): RunStatus => LIFE[status][ending] ?? status;

/** `2d`, `3h`, `5m` or `12s`: the largest unit that is not zero. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds >= 86_400) return `${Math.floor(seconds / 86_400)}d`;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}h`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)}m` : `${seconds}s`;
}
