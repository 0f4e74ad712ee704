/** The run of a shell session: begun by `lineal track`, found again by the commands typed after it in that shell. */

import { createHash } from "node:crypto";
import { LinealError } from "../errors.ts";
import { log } from "../instance/log.ts";
import { slugOf } from "../instance/settings.ts";
import { forgetShellRun, rememberShellRun, shellRun } from "../instance/shell.ts";
import { type ShellProcess, shellAncestor, shellAncestors } from "../track/process.ts";
import { type AnyRecord, openRegistry } from "./registries.ts";
import { requireTarget } from "./target.ts";

/** The run under way: from `LINEAL_RUN`, or remembered for the shell `key`. */
export interface SessionRun {
  uid: string;
  key?: string;
}

/** The run of this shell, or of a shell around it; undefined when none is under way in this instance. */
export function findSessionRun(): SessionRun | undefined {
  const uid = process.env.LINEAL_RUN;
  if (uid) return { uid };
  const slug = slugOf(requireTarget());
  for (const key of shellAncestors().map(keyOf)) {
    const state = shellRun(key);
    if (state?.instance === slug) return { uid: state.run, key };
    if (state) log("warning", `this shell's run ${state.run} belongs to ${state.instance}, not to ${slug}: nothing is linked to it`);
  }
  return undefined;
}

/** Remembers a run for the nearest shell; `invalid` when no shell is above this process. */
export function rememberSessionRun(run: string): void {
  const shell = shellAncestor();
  if (shell === undefined) {
    throw new LinealError("invalid", "no shell is above this process, so its run cannot be remembered", { hint: "Start lineal track from a shell, or hand the run on: export LINEAL_RUN=UID" });
  }
  rememberShellRun(keyOf(shell), { run, instance: slugOf(requireTarget()) });
}

/** Forgets a run that has ended. */
export function forgetSessionRun(run: SessionRun): void {
  if (run.key !== undefined) forgetShellRun(run.key);
}

/** Start times are long on some systems; the key is a file name. */
function keyOf(shell: ShellProcess): string {
  return `${shell.pid}-${createHash("sha256").update(shell.startedAt).digest("hex").slice(0, 12)}`;
}

/** The record of this shell's run, for linking what is saved and loaded; undefined when none is under way. */
export async function recordRun(): Promise<AnyRecord | undefined> {
  const session = findSessionRun();
  if (session === undefined) return undefined;
  return (await openRegistry("Run")).get(session.uid);
}
