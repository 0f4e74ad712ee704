/** Programs that track themselves, run in processes of their own against the instance of a lab. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import type { Lab } from "../registries/lab.ts";
import { runScript, type ScriptOptions } from "../support/child.ts";
import type { Finished } from "../support/command-line.ts";
import { type DatabaseUnderTest, freshPlace } from "../support/dialects.ts";

/** For what does not depend on the database. */
export const sqlite: DatabaseUnderTest = { name: "sqlite", fresh: () => freshPlace("sqlite") };

export const UID8 = "[0-9A-Za-z]{8}";
export const TIME = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC";

/** Put before every program: the library, and `refusal`, which gives code, message and hint of what must fail. */
const PRELUDE = `import * as ln from "lineal";
const refusal = async (body) => { try { await body(); } catch (e) { return { code: e.code, message: e.message, hint: e.hint }; } return { code: "none" }; };
`;

/** Writes a program below the working directory; returns its path. The prelude is one more line than the code shows. */
export function write(lab: Lab, name: string, code: string, prelude = PRELUDE): string {
  const path = join(lab.place.work, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, prelude + code);
  return path;
}

/** Runs a file of the working directory. */
export function start(lab: Lab, name: string, options: ScriptOptions = {}): Promise<Finished> {
  const env = { LINEAL_HOME: lab.place.home, LINEAL_CACHE_DIR: join(lab.place.home, "cache"), ...options.env };
  return runScript(join(lab.place.work, name), { cwd: lab.place.work, ...options, env });
}

/** Writes and runs a program. */
export function program(lab: Lab, name: string, code: string, options: ScriptOptions = {}): Promise<Finished> {
  write(lab, name, code);
  return start(lab, name, options);
}

/** What a program gave with `console.log("RESULT", JSON.stringify(…))`; it must have ended well. */
export function result<T>(finished: Finished): T {
  expect(finished.code, finished.stdout + finished.stderr).toBe(0);
  const line = finished.stdout.split("\n").findLast((text) => text.startsWith("RESULT "));
  return JSON.parse((line ?? expect.fail(finished.stdout)).slice(7)) as T;
}

/** The lines of a program's output that begin with a log icon. */
export const logLines = ({ stdout }: Finished): string[] => stdout.split("\n").filter((line) => /^[→!✗✓•] /.test(line));

/** The last run of the transform with this key. */
export async function lastRun(lab: Lab, key: string) {
  return (
    (await lab.ln.Run.filter({ transform: { key } }).orderBy("-createdAt").first()) ?? expect.fail(`no run of ${key}`)
  );
}

/** Starts all, at most three at a time; gives what they gave, in order. */
export async function together<T, R>(items: readonly T[], body: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await body(items[i] as T);
  };
  await Promise.all([worker(), worker(), worker()]);
  return results;
}
