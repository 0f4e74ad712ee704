/** Starts parts of the storage tests in processes of their own. */

import { execFile, spawn, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const room = new URL("../../src/storage/", import.meta.url).href;

/** A program as node's arguments; in it, `load(file)` imports a module of the storage room. */
export function program(body: string): string[] {
  return ["--input-type=module", "--eval", `const load = (file) => import(${JSON.stringify(room)} + file);\n${body}`];
}

/** Runs a program to its end and returns what it printed. */
export function runChild(body: string): string {
  const done = spawnSync(process.execPath, program(body), { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`child failed: ${done.stderr}`);
  return done.stdout;
}

/** Like `runChild`, for several at a time. */
export async function runChildAsync(body: string): Promise<string> {
  return (await promisify(execFile)(process.execPath, program(body))).stdout;
}

/** Runs a program under a shell that first runs `setup`; undefined when `setup` fails because this machine forbids it (exit code 99). */
export function runUnder(setup: string, body: string): string | undefined {
  const done = spawnSync("sh", ["-c", `{ ${setup}; } || exit 99; exec "$0" "$@"`, process.execPath, ...program(body)], {
    encoding: "utf8",
  });
  if (done.status === 99) return undefined;
  if (done.status !== 0) throw new Error(`child failed: ${done.stderr}`);
  return done.stdout;
}

/** Starts a program and resolves when it printed its first line. */
export async function startChild(body: string): Promise<{ kill(signal: NodeJS.Signals): Promise<void> }> {
  const child = spawn(process.execPath, program(body), { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", () => reject(new Error("the child ended early")));
  });
  return {
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}
