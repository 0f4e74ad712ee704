/** Before all tests: one PostgreSQL server and a temporary folder for everything they write; after them: both gone. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "./postgres.ts";

/** Workers start after this and inherit the environment, which is how `createDatabase` finds the server. */
export default async function setup(): Promise<() => Promise<void>> {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("LINEAL_") && !name.startsWith("LINEAL_TEST_")) delete process.env[name];
  }
  const server = process.env.LINEAL_TEST_POSTGRES ? undefined : await startPostgres();
  if (server) process.env.LINEAL_TEST_POSTGRES = server.url;

  const folder = mkdtempSync(join(realpathSync(tmpdir()), "lineal-tests-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  mkdirSync(join(folder, "home"));
  process.env.LINEAL_HOME = join(folder, "home");
  process.env.TMPDIR = folder;
  return async () => server?.stop();
}
