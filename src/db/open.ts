/** Which database a place means: a `postgres://` URL, else a file. */
import { LinealError } from "../ground/errors.ts";
import { schemeOf } from "../ground/url.ts";
import type { Database } from "./operation.ts";

/** Opens the database at a URL or a file path. `timeout`: milliseconds a writer waits for others (files only). */
export async function openDatabase(place: string, options: { timeout?: number } = {}): Promise<Database> {
  if (isDatabaseUrl(place)) return (await import("./postgres.ts")).openPostgres(place);
  const scheme = schemeOf(place);
  if (scheme !== undefined)
    throw new LinealError("invalid", `no database is known by ${scheme}://`, {
      hint: "Give a postgres:// URL, or leave db out for the embedded database.",
    });
  return (await import("./sqlite.ts")).openSqlite(place, options);
}

/** Whether a text is the URL of a database server. */
export const isDatabaseUrl = (text: string): boolean => ["postgres", "postgresql"].includes(schemeOf(text) ?? "");
