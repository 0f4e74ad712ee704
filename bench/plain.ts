/** A database without the library: statements as text, rows as the driver gives them. */
import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import type { DatabaseName } from "./place.ts";

/** `?` stands for a bound value. */
export interface Plain {
  all(text: string, ...values: (string | number)[]): Promise<Record<string, unknown>[]> | Record<string, unknown>[];
  close(): unknown;
}

export async function openPlain(name: DatabaseName, place: string): Promise<Plain> {
  if (name === "SQLite") {
    const database = new DatabaseSync(place);
    const kept = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
    const prepared = (text: string) => {
      const statement = kept.get(text) ?? database.prepare(text);
      kept.set(text, statement);
      return statement;
    };
    return { all: (text, ...values) => prepared(text).all(...values), close: () => database.close() };
  }
  const client = new Client({ connectionString: place });
  await client.connect();
  return {
    all: async (text, ...values) => {
      let i = 0;
      return (
        await client.query(
          text.replaceAll("?", () => `$${++i}`),
          values,
        )
      ).rows;
    },
    close: () => client.end(),
  };
}
