/** Runs scripts and the CLI from source in processes of their own, as a user would. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's folder. */
export const repository = fileURLToPath(new URL("../../", import.meta.url));

/** How a process ended and what it printed. */
export interface Finished {
  stdout: string;
  stderr: string;
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  /** The working directory; a new empty folder, removed afterwards, when it is left out. */
  cwd?: string;
  /** Added to the environment, which has no `LINEAL_…` names but a throw-away `LINEAL_HOME`; undefined removes a name. */
  env?: Record<string, string | undefined>;
  /** What the process reads on stdin; without it stdin is closed. */
  input?: string;
}

export interface ScriptOptions extends ChildOptions {
  args?: readonly string[];
  /** Sends `signal` (SIGKILL) as soon as the output holds `after`. */
  kill?: { after: string | RegExp; signal?: NodeJS.Signals };
  /** The file name that code given as text gets in the working directory (`script.ts`). */
  name?: string;
}

/**
 * Runs a TypeScript or JavaScript file, or code given as text, under this Node with "lineal" meaning our sources.
 *
 * Text that is not the path of a file is code: it is written to `name` in the working directory first.
 */
export async function runScript(fileOrCode: string, options: ScriptOptions = {}): Promise<Finished> {
  return inFolder(options, async (cwd) => {
    const given = fileOrCode.includes("\n") ? undefined : resolve(cwd, fileOrCode);
    const isFile = given !== undefined && existsSync(given) && statSync(given).isFile();
    const file = isFile ? given : join(cwd, options.name ?? "script.ts");
    if (!isFile) writeFileSync(file, fileOrCode);
    return run([file, ...(options.args ?? [])], cwd, options);
  });
}

/** Runs `lineal <args>` from source. */
export async function cli(args: readonly string[], options: ChildOptions = {}): Promise<Finished> {
  const main = join(repository, "src", "cli", "main.ts");
  return inFolder(options, (cwd) => run([main, ...args], cwd, options));
}

/** The environment in which any Node process, and its children, finds our sources as "lineal". */
export function sourceEnvironment(env: ChildOptions["env"] = {}, home?: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(LINEAL_|VITEST|NODE_ENV$|FORCE_COLOR$|NODE_V8_)/.test(name),
  );
  const hook = new URL("./resolve-lineal.js", import.meta.url).href;
  const flags = { NODE_OPTIONS: `--conditions=lineal-source --import=${hook}`, NO_COLOR: "1" };
  const merged = { ...Object.fromEntries(inherited), ...flags, ...(home ? { LINEAL_HOME: home } : {}), ...env };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

async function inFolder<T>(options: ChildOptions, body: (cwd: string) => Promise<T>): Promise<T> {
  if (options.cwd !== undefined) return body(options.cwd);
  const cwd = mkdtempSync(join(tmpdir(), "lineal-child-"));
  try {
    return await body(cwd);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

async function run(argv: readonly string[], cwd: string, options: ScriptOptions): Promise<Finished> {
  const throwAway = options.env?.LINEAL_HOME === undefined ? mkdtempSync(join(tmpdir(), "lineal-home-")) : undefined;
  const env = sourceEnvironment(options.env, throwAway);
  try {
    const child = spawn(process.execPath, argv, {
      cwd,
      env,
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.stdin?.on("error", () => {}); // A program that ends without reading its input is no failure of the test.
    child.stdin?.end(options.input);
    return await finished(child, options.kill);
  } finally {
    if (throwAway) rmSync(throwAway, { recursive: true, force: true });
  }
}

function finished(child: ChildProcess, kill: ScriptOptions["kill"]): Promise<Finished> {
  return new Promise((done, fail) => {
    let stdout = "";
    let stderr = "";
    let killed = false;
    const look = (): void => {
      if (!kill || killed) return;
      const seen = stdout + stderr;
      if (typeof kill.after === "string" ? !seen.includes(kill.after) : !kill.after.test(seen)) return;
      killed = true;
      child.kill(kill.signal ?? "SIGKILL");
    };
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      look();
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      look();
    });
    child.once("error", fail);
    child.once("close", (code, signal) => done({ stdout, stderr, code, signal }));
  });
}
