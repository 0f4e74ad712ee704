/** The run of a shell session: begun by `lineal track`, found again by the commands typed after it in that shell. */

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { LinealError } from "../ground/errors.ts";
import type { Connection } from "../instance/connection.ts";
import { log } from "../instance/log.ts";
import { slugOf } from "../instance/settings.ts";
import { forgetShellRun, rememberShellRun, shellRun } from "../instance/shell.ts";
import { printTime } from "../model/index.ts";
import { processInfo, type ShellProcess, shellAncestor, shellAncestors } from "../track/process.ts";
import { type AnyRecord, openRegistry } from "./registries.ts";
import { requireTarget } from "./target.ts";

/** The run under way: from `LINEAL_RUN`, or remembered for the shell `key`. */
interface SessionRun {
  uid: string;
  key?: string;
}

/** The nearest shell above this process; `unavailable` when there is none to remember a run for. */
export function requireShell(): ShellProcess {
  const shell = shellAncestor();
  if (shell) return shell;
  throw new LinealError("unavailable", "no shell is above this process, so its run cannot be remembered", {
    hint: "Run lineal track from a shell or a shell script.",
  });
}

/** Remembers a run for the commands that follow in a shell. */
export function rememberSessionRun(shell: ShellProcess, run: string): void {
  rememberShellRun(shell.key, { run, instance: slugOf(requireTarget()) });
}

/** The record of this shell's run, for linking what is saved and loaded; undefined when none is under way. */
export async function recordRun(): Promise<AnyRecord | undefined> {
  const session = findSession(shellAncestors());
  return session && (await openRegistry("Run")).get(session.uid);
}

/** Ends the run of this shell (of `only` this shell, not of those around it) and forgets it; returns it as it is then. */
export async function endSession(
  connection: Connection,
  { only }: { only?: ShellProcess } = {},
): Promise<AnyRecord | undefined> {
  const session = findSession(only ? [only] : shellAncestors(), only === undefined);
  if (session === undefined) return undefined;
  const [{ Run }, { rowOf }, { duration }, { endRun }] = await Promise.all([
    import("../registries/index.ts"),
    import("../registries/record/row.ts"),
    import("../registries/runs/states.ts"),
    import("../registries/runs/runs.ts"),
  ]);
  const record = await (await openRegistry("Run")).get(session.uid);
  const run = new Run(
    connection,
    await endRun(connection, { id: rowOf(record).id, uid: record.uid }, "finish", undefined),
  );
  if (session.key !== undefined) forgetShellRun(session.key);
  const end = run.finishedAt ?? connection.now();
  const word = run.status === "completed" ? "finished" : run.status;
  connection.log(
    "important",
    `${word} Run('${run.uid.slice(0, 8)}') after ${duration(end.getTime() - (run.startedAt ?? end).getTime())} at ${printTime(end)}`,
  );
  return run;
}

/** The script that a shell runs, and the arguments it was given; undefined for a shell that people type in. */
export function shellScript(shell: ShellProcess): { file: string; args: string[] } | undefined {
  const words = processInfo(shell.pid)?.args.slice(1) ?? [];
  while (words[0] !== undefined && /^[-+]./.test(words[0])) {
    const option = words.shift() as string;
    if (/^-[a-z]*c$/.test(option)) return undefined;
    // `bash -euo pipefail script.sh`: what follows an o is the option's name.
    if (/^[-+][a-z]*[oO]$/.test(option)) words.shift();
  }
  const [script, ...args] = words;
  const file = script === undefined ? undefined : resolve(script);
  return file !== undefined && existsSync(file) ? { file, args } : undefined;
}

function findSession(shells: readonly ShellProcess[], environment = true): SessionRun | undefined {
  const uid = environment ? process.env.LINEAL_RUN : undefined;
  if (uid) return { uid };
  const slug = slugOf(requireTarget());
  for (const { key } of shells) {
    const state = shellRun(key);
    if (state?.instance === slug) return { uid: state.run, key };
    if (state)
      log(
        "warning",
        `this shell's run ${state.run.slice(0, 8)} belongs to ${state.instance}: nothing is linked to it here`,
      );
  }
  return undefined;
}
