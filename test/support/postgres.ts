/** Databases on the PostgreSQL server that the run of the tests started: a fresh one per test. */
import { randomBytes } from "node:crypto";
import { Client } from "pg";

/** One database of the server; `drop` also ends whatever is still connected to it. */
export interface TestDatabase {
  name: string;
  url: string;
  drop(): Promise<void>;
}

/** A new database on the run's server: empty, or with all tables and no rows of ours. */
export async function createDatabase({ migrated = false } = {}): Promise<TestDatabase> {
  const { LINEAL_TEST_POSTGRES: server, LINEAL_TEST_TEMPLATE: template } = process.env;
  if (!server) throw new Error("LINEAL_TEST_POSTGRES is not set: run the tests with vitest, which starts the server.");
  const name = `lineal_${process.pid}_${randomBytes(5).toString("hex")}`;
  await execute(server, `create database ${name}${migrated ? ` template ${template} strategy file_copy` : ""}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { name, url: url.href, drop: () => execute(server, `drop database if exists ${name} with (force)`) };
}

/** Runs one statement on a connection of its own. */
export async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
