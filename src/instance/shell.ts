/** The tracked run of a shell session, remembered between the commands typed in it. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { type Environment, readJson, removeFile, settingsHome, writeJson } from "./home.ts";

/** A run under way in a shell: the run's uid and the slug of its instance. */
export interface ShellRun {
  run: string;
  instance: string;
}

const staleAfterMs = 30 * 24 * 3600 * 1000;

/**
 * Remembers the run of the shell `key`, and clears away those of shells that are gone.
 *
 * The key is `<pid>-<start time>`; a key of another form goes stale after 30 days.
 */
export function rememberShellRun(key: string, run: ShellRun, env: Environment = process.env): void {
  removeStale(env);
  writeJson(stateFile(key, env), run);
}

/** The run remembered for the shell `key`. */
export function shellRun(key: string, env: Environment = process.env): ShellRun | undefined {
  return readJson<ShellRun>(stateFile(key, env));
}

/** Forgets the run of the shell `key`; says whether there was one. */
export function forgetShellRun(key: string, env: Environment = process.env): boolean {
  return removeFile(stateFile(key, env));
}

function removeStale(env: Environment): void {
  const folder = join(settingsHome(env), "shells");
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    const path = join(folder, file);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    const pid = /^(\d+)-/.exec(file)?.[1];
    if (age > staleAfterMs || (pid !== undefined && !isPidTaken(Number(pid)))) removeFile(path);
  }
}

/** Whether a process has this pid, ours or another user's. */
export function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function stateFile(key: string, env: Environment): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(key))
    throw new LinealError("invalid", `'${key}' is not the key of a shell`);
  return join(settingsHome(env), "shells", `${key}.json`);
}
