/** What is logged when a run begins and ends. */
import type { Connection } from "../instance/connection.ts";
import { printJson, printName, printTime, shortUid } from "../model/index.ts";
import type { Run, Transform } from "../registries/index.ts";
import { duration } from "./states.ts";

/** A run in a log line: `Run('X1GYNq9t')`. */
export const shortName = ({ uid }: { readonly uid: string }): string => `Run('${shortUid(uid)}')`;
const transformName = (transform: { readonly uid: string; readonly key?: unknown }): string =>
  printName("Transform", { uid: transform.uid, key: transform.key });

/** What happened when a run began. */
export interface Begun {
  readonly run: Run;
  readonly transform: Transform;
  readonly outcome: "created" | "loaded";
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly predecessors: readonly { readonly uid: string; readonly key?: unknown }[];
}

/** Logs which run of which transform began, with which parameters, and what to know about it. */
export function announceStart(connection: Connection, begun: Begun): void {
  const { run, transform, outcome } = begun;
  for (const note of begun.notes) connection.log("info", note);
  for (const warning of begun.warnings) connection.log("warning", warning);
  const started = run.status === "restarted" ? "re-started" : "started new";
  const time = printTime(run.startedAt ?? run.createdAt);
  connection.log("important", `${outcome} ${transformName(transform)}, ${started} ${shortName(run)} at ${time}`);
  const [only, ...others] = begun.predecessors.map(transformName);
  if (only && others.length === 0) connection.log("info", `predecessor: ${only}`);
  else if (only)
    for (const line of ["predecessors:", ...[only, ...others].map((one) => `  - ${one}`)]) connection.log("info", line);
  const params = Object.entries(run.params ?? {}).map(([name, value]) => `${name}=${printJson(value)}`);
  if (params.length > 0) connection.log("important", `params: ${params.join(", ")}`);
}

/** Logs how a run ended, and after how long. */
export function announceEnd(connection: Connection, run: Run): void {
  const end = run.finishedAt ?? connection.now();
  const word = run.status === "completed" ? "finished" : run.status;
  const after = duration(end.getTime() - (run.startedAt ?? end).getTime());
  connection.log("important", `${word} ${shortName(run)} after ${after} at ${printTime(end)}`);
}
