/** Runs command lines in this process, one after the other, each with streams, directory and environment of its own. */
import { Readable, Writable } from "node:stream";
import { type Finished, inPlace, type StartOptions } from "./command-line.ts";

let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs `lineal <args>` and resolves to what it printed and its exit code.
 *
 * What is about processes (signals, shells, start-up) starts one instead: `src/cli/bin.ts`, by `runScript`.
 */
export function cli(args: readonly string[], options: StartOptions = {}): Promise<Finished> {
  // The working directory and the environment are the whole process's: one command line at a time.
  const mine = turn.then(() => inPlace(options, (cwd, env) => run(args, cwd, env, options.input)));
  turn = mine.catch(() => {});
  return mine;
}

async function run(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  input: string | undefined,
): Promise<Finished> {
  const { main } = await import("../../src/cli/main.ts");
  const [stdout, stderr] = [new Collected(), new Collected()];
  const before = { cwd: process.cwd(), env: { ...process.env } };
  process.chdir(cwd);
  setEnvironment(env);
  try {
    const code = await main(args, { stdin: Readable.from(input === undefined ? [] : [input]), stdout, stderr });
    return { stdout: stdout.text, stderr: stderr.text, code, signal: null };
  } finally {
    process.chdir(before.cwd);
    setEnvironment(before.env);
  }
}

function setEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (env[name] === undefined) delete process.env[name];
  Object.assign(process.env, env);
}

/** A stream that keeps what is written to it; no terminal. */
class Collected extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
