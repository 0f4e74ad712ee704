/** What is said when a run has begun. */
import type { Connection } from "../instance/connection.ts";
import { printTime } from "../model/index.ts";
import type { Transform } from "../registries/index.ts";
import type { BegunRun } from "../registries/runs/runs.ts";

/** Logs which run of which transform began, with which parameters, and what to know about it. */
export async function announce(
  connection: Connection,
  { run, transform, outcome, restarted, notes, warnings }: BegunRun,
): Promise<void> {
  for (const note of notes) connection.log("info", note);
  for (const warning of warnings) connection.log("warning", warning);
  connection.log(
    "important",
    `${outcome} ${called(transform)}, ${restarted ? "re-started" : "started new"} Run('${run.uid.slice(0, 8)}') at ${printTime(run.startedAt ?? run.createdAt)}`,
  );
  if (outcome === "loaded")
    for (const line of predecessorLines(await transform.predecessors)) connection.log("info", line);
  const params = Object.entries(run.params ?? {});
  if (params.length > 0)
    connection.log(
      "important",
      `params: ${params.map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`).join(", ")}`,
    );
}

const called = ({ uid, key }: Transform): string => `Transform('${uid.slice(0, 8)}', key='${key}')`;

/** What comes before a transform that is tracked again: one in a line, several in a list. */
function predecessorLines(predecessors: readonly Transform[]): string[] {
  const [only, ...others] = predecessors.map(called);
  if (only === undefined) return [];
  return others.length === 0
    ? [`predecessor: ${only}`]
    : ["predecessors:", ...[only, ...others].map((one) => `  - ${one}`)];
}
