/**
 * Runs a command of this repository under the Node it needs: `node tools/with-node.js vitest run`.
 *
 * Plain JavaScript for any Node from 18 on. An older Node than we need is not replaced: the right one is fetched from
 * npm into the git-ignored folder `.node/` and comes first on PATH, for npm as well. Then `npm ci` when it is due.
 */
import { realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bringNode } from "./bring-node.js";
import { bringPackages } from "./bring-packages.js";
import { Refusal, run } from "./processes.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs `command` once Node and the packages are there; this process then ends as the command does. */
export async function withNode(command) {
  try {
    const env = await bringNode(root);
    await bringPackages(root, env);
    // Our own bins come before the machine's, but never before the Node that has to run them.
    const [node, ...others] = env.PATH.split(delimiter);
    const PATH = [node, join(root, "node_modules", ".bin"), ...others].join(delimiter);
    const { code, signal } = await run(command[0], command.slice(1), { env: { ...env, PATH }, passSignals: true });
    if (signal) process.kill(process.pid, signal);
    process.exitCode = code ?? 1;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`lineal: ${error.message}\n`);
    process.exitCode = 1;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url))) {
  const command = process.argv.slice(2);
  if (command.length === 0) {
    process.stderr.write("usage: node tools/with-node.js COMMAND [ARGUMENT…]\n");
    process.exitCode = 2;
  } else void withNode(command);
}
