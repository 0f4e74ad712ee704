/** Runs the tests' PostgreSQL server for as long as its own stdin is open, then stops it and removes the data. */
import { spawn } from "node:child_process";
import { openSync, rmSync } from "node:fs";
import { join } from "node:path";

const plan = JSON.parse(process.argv[2] ?? "{}");
let keep = false;
const log = openSync(join(plan.folder, "log"), "w");
const server = spawn(plan.postgres, plan.args, { ...plan.owner, cwd: plan.folder, stdio: ["ignore", log, log] });

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => server.kill("SIGINT"));
process.stdin.on("data", () => {
  keep = true;
});
process.stdin.on("close", () => server.kill("SIGINT"));
process.stdin.resume();

const end = () => {
  if (!keep) rmSync(plan.folder, { recursive: true, force: true });
  process.exit(0);
};
server.on("error", end);
server.on("exit", end);
