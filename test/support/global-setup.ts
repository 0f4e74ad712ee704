/** Before all tests: a home of their own for stray settings, and one PostgreSQL server; after them: both gone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "./postgres.ts";

/** Workers start after this and inherit the environment, which is how `createDatabase` finds the server. */
export default async function setup(): Promise<() => Promise<void>> {
  const home = mkdtempSync(join(tmpdir(), "lineal-test-home-"));
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("LINEAL_") && !name.startsWith("LINEAL_TEST_")) delete process.env[name];
  }
  process.env.LINEAL_HOME = home;
  const given = process.env.LINEAL_TEST_POSTGRES;
  const server = given ? undefined : await startPostgres();
  if (server) process.env.LINEAL_TEST_POSTGRES = server.url;
  return async () => {
    await server?.stop();
    rmSync(home, { recursive: true, force: true });
  };
}
