/** Before tests that open databases: one PostgreSQL server for the whole run, and a database with all tables to copy. */
import { dirname } from "node:path";
import { migrate } from "../../src/db/migrate.ts";
import { openDatabase } from "../../src/db/open.ts";
import { createDatabase } from "./postgres.ts";
import { startPostgres } from "./postgres-server.ts";

/** Workers find server and copy by the environment they inherit; the first project that needs them makes them for all. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.LINEAL_TEST_TEMPLATE) return undefined;
  // Not in the folder of the run: the server has another user, and outlives a run that is killed by a moment.
  const server = process.env.LINEAL_TEST_POSTGRES
    ? undefined
    : await startPostgres(dirname(process.env.LINEAL_TEST_FOLDER ?? ""));
  if (server) process.env.LINEAL_TEST_POSTGRES = server.url;
  const template = await createDatabase();
  const database = await openDatabase(template.url);
  await migrate(database, new Date());
  await database.close();
  process.env.LINEAL_TEST_TEMPLATE = template.name;
  return () => (server ? server.stop() : template.drop());
}
