/** Which database a place means: a `postgres://` URL, else a file. */
import { LinealError } from "../ground/errors.ts";
import type { Database } from "./operation.ts";

/** Opens the database at a URL or a file path. `timeout`: milliseconds a writer waits for others (files only). */
export async function openDatabase(place: string, options: { timeout?: number } = {}): Promise<Database> {
  if (/^postgres(ql)?:\/\//.test(place)) return (await import("./postgres.ts")).openPostgres(place);
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(place)?.[1];
  if (scheme)
    throw new LinealError("invalid", `no database is known by ${scheme}://`, {
      hint: "Give a postgres:// URL, or leave db out for the embedded database.",
    });
  return (await import("./sqlite.ts")).openSqlite(place, options);
}

/** Whether a text is the URL of a database server. */
export const isDatabaseUrl = (text: string): boolean => /^postgres(ql)?:\/\//.test(text);

/** The embedded database's file under a storage root. */
export const databaseFile = (folder: string): string => `${folder}/lineal.db`;
