/** The child that ends a run for a process that is going down; see close-in-child.ts. */
import { text } from "node:stream/consumers";
import { open } from "../instance/connect.ts";
import { setProcessUser } from "../instance/scope.ts";
import type { Closed, Closing } from "./close-in-child.ts";
import { endRun } from "./run.ts";

async function close(): Promise<void> {
  const closing = JSON.parse(await text(process.stdin)) as Closing;
  setProcessUser(closing.user);
  const connection = await open(closing.settings);
  const { status, finishedAt, report } = await endRun(connection, closing.run, closing.status, closing.report);
  process.stdout.write(JSON.stringify({ status, finishedAt, report } satisfies Closed));
  await connection.close();
}

close().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
