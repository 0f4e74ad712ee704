/** How a process ends, told to its run: by itself, by an error, by an exit code, by a signal. */
import { constants } from "node:os";
import { inspect } from "node:util";
import { log } from "../instance/log.ts";
import type { RunEvent } from "../registries/runs/states.ts";
import { end, endSync, type OpenRun, openRun } from "./open-run.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let installed = false;

/** Watches this process; once is enough. */
export function watchExit(): void {
  if (installed) return;
  installed = true;
  let failed: OpenRun | undefined;
  let signalCode: number | undefined;
  const eventOf = (code: number): RunEvent => {
    if (code !== 0) return code === signalCode ? "signal" : "fail";
    return failed !== undefined && failed === openRun() ? "fail" : "quit";
  };
  process.on("uncaughtExceptionMonitor", (error: unknown) => {
    failed = openRun();
    failed?.capture?.writeSync(`${inspect(error)}\n`);
  });
  process.on("beforeExit", (code) => {
    if (!openRun()) return;
    // One turn later: an awaited promise that never settles reaches this point too, and then exits with 13.
    setImmediate(() => {
      end(eventOf(Number(process.exitCode ?? code))).catch((error: unknown) => {
        log("error", `the end of the run could not be written: ${(error as Error).message}`);
        process.exitCode ||= 1;
      });
    });
  });
  process.on("exit", (code) => endSync(eventOf(code)));
  for (const signal of SIGNALS) {
    const stop = (): void => {
      // Somebody else handles it: then the run ends when the process does.
      if (process.listenerCount(signal) > 1) {
        signalCode = 128 + constants.signals[signal];
        return;
      }
      endSync("signal");
      process.off(signal, stop);
      process.kill(process.pid, signal);
    };
    // First, to see a `once` listener before it is taken off the list.
    process.prependListener(signal, stop);
  }
}
