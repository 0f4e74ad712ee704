/** Ends a run from a process that can no longer wait: a short-lived child does it, and we wait for the child. */
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { InstanceSettings } from "../instance/settings.ts";
import type { Ending } from "./states.ts";

/** What the child needs; it comes on standard input, since settings hold a password. */
export interface Closing {
  readonly settings: InstanceSettings;
  readonly user: string;
  readonly run: { readonly id: number; readonly uid: string };
  readonly status: Ending;
  readonly report: string | undefined;
}

/** What the child says of the run, as JSON text. */
export type Closed = Readonly<Record<"status" | "finishedAt" | "report", unknown>>;

const PATIENCE = 20_000;

/** Ends a run; throws when the child could not write it. */
export function closeInChild(closing: Closing): Closed {
  const program = fileURLToPath(new URL("./closer.ts", import.meta.url));
  const child = spawnSync(process.execPath, [program], {
    input: JSON.stringify(closing),
    encoding: "utf8",
    timeout: PATIENCE,
    cwd: dirname(program),
    env: { ...process.env, NODE_OPTIONS: "", LINEAL_VERBOSITY: "error" },
  });
  if (child.status !== 0)
    throw new Error(
      child.stderr?.trim() || child.error?.message || `the closing process ended with ${child.signal ?? child.status}`,
    );
  const closed = JSON.parse(child.stdout) as Closed;
  return { ...closed, finishedAt: new Date(String(closed.finishedAt)) };
}
