/** How a process ends, told to its run: by itself, by an error, by an exit code, by a signal. */
import { end, endSync, openRun } from "./open-run.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let installed = false;

/** Watches this process; once is enough. */
export function watchExit(): void {
  if (installed) return;
  installed = true;
  let failed = false;
  process.on("uncaughtExceptionMonitor", (error) => {
    failed = true;
    openRun()?.capture?.writeSync(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  });
  process.on("beforeExit", (code) => {
    if (!openRun()) return;
    // One turn later: an awaited promise that never settles reaches this point too, and then exits with 13.
    setImmediate(() => {
      void end(code === 0 && !process.exitCode && !failed ? "quit" : "fail").catch((error: unknown) => {
        process.stderr.write(`✗ the end of the run could not be written: ${(error as Error).message}\n`);
        process.exitCode ||= 1;
      });
    });
  });
  process.on("exit", (code) => {
    endSync(code === 0 && !failed ? "quit" : "fail");
  });
  for (const signal of SIGNALS) {
    const stop = (): void => {
      // Somebody else handles it: then the run ends when the process does.
      if (process.listenerCount(signal) > 1) return;
      endSync("signal");
      process.off(signal, stop);
      process.kill(process.pid, signal);
    };
    process.on(signal, stop);
  }
}
