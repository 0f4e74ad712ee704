/** The child that ends a run for a process that is going down; see close-in-child.ts. */
import { text } from "node:stream/consumers";
import { open } from "../instance/connect.ts";
import { setProcessUser } from "../instance/scope.ts";
import { endRun } from "../registries/runs/runs.ts";
import type { Closing } from "./close-in-child.ts";

async function close(): Promise<void> {
  const { settings, user, run, event, report } = JSON.parse(await text(process.stdin)) as Closing;
  setProcessUser(user);
  const connection = await open(settings);
  const row = await endRun(connection, run, event, report);
  process.stdout.write(`${row.status}\n`);
  await connection.close();
}

close().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
