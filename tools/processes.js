/** Child processes for the launcher: run and wait, pass signals on, find npm. */
import { spawn } from "node:child_process";

/** A failure that is told in one line, without a stack. */
export class Refusal extends Error {}

/** Runs a program with our stdio (or, when `quiet`, collecting what it says) and waits for its end. */
export function run(program, args, { env, cwd, passSignals = false, quiet = false }) {
  return new Promise((resolve, reject) => {
    const stdio = quiet ? ["ignore", "pipe", "pipe"] : "inherit";
    // On Windows npm and the bins are .cmd files, which only a shell starts.
    const child = spawn(program, args, { env, cwd, stdio, shell: process.platform === "win32" });
    let said = "";
    if (quiet) for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
    const stop = passSignals ? pass(child) : () => {};
    child.once("error", (error) => {
      stop();
      reject(error.code === "ENOENT" ? new Refusal(`cannot find the program '${program}'`) : error);
    });
    child.once("close", (code, signal) => {
      stop();
      resolve({ code, signal, said });
    });
  });
}

function pass(child) {
  const handlers = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => {
    // Ctrl-C in a terminal reaches the child by itself, and twice means "at once" to many programs.
    const handler = () => (signal === "SIGINT" && process.stdin.isTTY) || child.kill(signal);
    process.on(signal, handler);
    return [signal, handler];
  });
  return () => {
    for (const [signal, handler] of handlers) process.removeListener(signal, handler);
  };
}

/** Runs npm, quietly; `env` decides which Node it runs under. */
export function npm(args, { env, cwd }) {
  const cli = process.env.npm_execpath;
  if (cli && /npm-cli\.c?js$/.test(cli)) return run("node", [cli, ...args], { env, cwd, quiet: true });
  return run("npm", args, { env, cwd, quiet: true });
}

/** The last lines of what npm said, without its advice on logs. */
export function npmSaid(said) {
  const lines = said
    .split("\n")
    .filter((line) => line.trim() && !/A complete log of this run|^npm (warn|notice)/i.test(line));
  return lines.slice(-6).join("\n");
}
