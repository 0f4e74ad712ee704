/** Runs whose process is gone without a word (killed, power lost): closed by the next who comes along on that host. */
import { existsSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import type { Connection } from "../instance/connection.ts";
import { endRun, unfinishedRuns } from "../registries/runs/runs.ts";
import { isAlive } from "./process.ts";
import { readReport } from "./report.ts";
import { logFile } from "./log-file.ts";

/** Closes such runs as aborted; returns how many. */
export async function reap(connection: Connection): Promise<number> {
  let reaped = 0;
  for (const { run, process: facts } of await unfinishedRuns(connection, hostname())) {
    if (isAlive(facts) !== false) continue;
    const file = logFile(run.uid);
    const log = existsSync(file) ? readReport(file) : "";
    await endRun(
      connection,
      run,
      "gone",
      `${log}\nreaped: process ${facts.pid} on ${facts.host} was gone without closing this run\n`,
    );
    rmSync(file, { force: true });
    connection.log("warning", `reaped Run('${run.uid.slice(0, 8)}'): its process was gone, it is aborted now`);
    reaped++;
  }
  return reaped;
}
