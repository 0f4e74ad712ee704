/** What a command line or a script is started with, and how it ended. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a process or a command line ended and what it printed. */
export interface Finished {
  stdout: string;
  stderr: string;
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface StartOptions {
  /** The working directory; a new empty folder, removed afterwards, when it is left out. */
  cwd?: string;
  /** Added to the environment, which has no `LINEAL_…` names but a throw-away `LINEAL_HOME`; undefined removes a name. */
  env?: Record<string, string | undefined>;
  /** What it reads on stdin; without it stdin is closed. */
  input?: string;
}

/** Calls `body` with the working directory and the environment, and removes both when they are throw-away ones. */
export async function inPlace<T>(
  { cwd, env = {} }: StartOptions,
  body: (cwd: string, env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const made: string[] = [];
  const folder = (): string => {
    made.push(mkdtempSync(join(tmpdir(), "lineal-start-")));
    return made.at(-1) as string;
  };
  try {
    return await body(cwd ?? folder(), sourceEnvironment({ LINEAL_HOME: env.LINEAL_HOME ?? folder(), ...env }));
  } finally {
    for (const path of made) rmSync(path, { recursive: true, force: true });
  }
}

/** The environment in which any Node process, and its children, finds our sources as "lineal". */
export function sourceEnvironment(env: StartOptions["env"] = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(LINEAL_|VITEST|NODE_ENV$|FORCE_COLOR$|NODE_V8_)/.test(name),
  );
  const hook = new URL("./resolve-lineal.js", import.meta.url).href;
  const flags = { NODE_OPTIONS: `--conditions=lineal-source --import=${hook}`, NO_COLOR: "1" };
  return Object.fromEntries(
    Object.entries({ ...Object.fromEntries(inherited), ...flags, ...env }).filter(([, value]) => value !== undefined),
  );
}
