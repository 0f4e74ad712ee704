/** Runs scripts from source in processes of their own, as a user would. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Finished, inPlace, type StartOptions } from "./command-line.ts";

export interface ScriptOptions extends StartOptions {
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
  return inPlace(options, async (cwd, env) => {
    const given = fileOrCode.includes("\n") ? undefined : resolve(cwd, fileOrCode);
    const isFile = given !== undefined && existsSync(given) && statSync(given).isFile();
    const file = isFile ? given : join(cwd, options.name ?? "script.ts");
    if (!isFile) writeFileSync(file, fileOrCode);
    const child = spawn(process.execPath, [file, ...(options.args ?? [])], {
      cwd,
      env,
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.stdin?.on("error", () => {}); // A program that ends without reading its input is no failure of the test.
    child.stdin?.end(options.input);
    return finished(child, options.kill);
  });
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
