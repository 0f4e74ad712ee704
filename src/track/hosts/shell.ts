/** A shell session as the host of a run: begun by one command, found again by those typed after it in that shell. */
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { forgetShellRun, rememberShellRun, shellRun as rememberedRun } from "../../instance/shell.ts";
import { shortUid } from "../../model/index.ts";
import { Run } from "../../registries/index.ts";
import { readParams, type TrackOptions } from "../options.ts";
import { processInfo, type ShellProcess, shellAncestor, shellAncestors } from "../process.ts";
import { finishRun, reap, startRun } from "../run.ts";
import { type CommandSource, commandSource, surroundings } from "../source.ts";

/** Starts a run for the shell around this process, in place of the one that this shell has open. */
export async function trackShell(
  connection: Connection,
  given: CommandSource & {
    readonly file?: string | undefined;
    readonly name?: string | undefined;
    readonly params: TrackOptions["params"];
  },
): Promise<Run> {
  const shell = shellAncestor();
  if (!shell)
    throw new LinealError("unavailable", "no shell is above this process, so its run cannot be remembered", {
      hint: "Run lineal track from a shell or a shell script.",
    });
  const script = scriptOf(shell);
  const file = given.file ?? (given.key === undefined ? script?.file : undefined);
  const { transform, dynamicModules } = await commandSource(connection, file, { ...given, published: true });
  const former = rememberedSession(connection, [shell]);
  const { run } = await startRun(connection, transform, {
    ...(await surroundings(file, script?.args ?? [])),
    dynamicModules,
    params: readParams(given.params).params,
    name: given.name,
    process: { host: hostname(), pid: shell.pid, startedAt: shell.startedAt },
    replaces: former && { run: await Run.get(former.uid) },
  });
  rememberShellRun(shell.key, { run: run.uid, instance: connection.slug });
  return run;
}

/** The run of the shell around this process; undefined when none is under way. */
export async function shellRun(connection: Connection): Promise<Run | undefined> {
  return (await currentSession(connection))?.run;
}

/** Completes the run of the shell around this process and forgets it; undefined when none is under way. */
export async function finishShell(connection: Connection): Promise<Run | undefined> {
  const session = await currentSession(connection);
  if (!session) return undefined;
  await finishRun(connection, session.run);
  if (session.key !== undefined) forgetShellRun(session.key);
  return session.run;
}

/** A run under way: named by `LINEAL_RUN`, or remembered for a shell by its `key`. */
interface Session {
  readonly uid: string;
  readonly key?: string;
}

async function currentSession(connection: Connection): Promise<{ run: Run; key: string | undefined } | undefined> {
  const session = process.env.LINEAL_RUN
    ? { uid: process.env.LINEAL_RUN }
    : rememberedSession(connection, shellAncestors());
  if (!session) return undefined;
  // Who may only read still finds the run.
  await reap(connection).catch(() => {});
  return { run: await Run.get(session.uid), key: session.key };
}

function rememberedSession({ slug, log }: Connection, shells: readonly ShellProcess[]): Session | undefined {
  for (const { key } of shells) {
    const state = rememberedRun(key);
    if (state?.instance === slug) return { uid: state.run, key };
    if (state)
      log(
        "warning",
        `this shell's run ${shortUid(state.run)} belongs to ${state.instance}: nothing is linked to it here`,
      );
  }
  return undefined;
}

/** The script that a shell runs, and the arguments it was given; undefined for a shell that people type in. */
function scriptOf(shell: ShellProcess): { file: string; args: string[] } | undefined {
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
