/** One instance per database with made-up provenance at full size, made once for all benches that ask. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { migrate } from "../src/db/migrate.ts";
import { openDatabase } from "../src/db/open.ts";
import type { Instance } from "../src/index.ts";
import { generate, type Size } from "./generate.ts";
import type { Options } from "./measure.ts";
import { type DatabaseName, freshDatabase, freshFolder, freshInstance } from "./place.ts";
import { openPlain } from "./plain.ts";

export interface Million {
  readonly instance: Instance;
  /** The file or URL, for statements without the library. */
  readonly place: string;
  readonly size: Size;
  /** Gives the database statistics; before it, it has none. */
  analyze(): Promise<void>;
}

const made = new Map<DatabaseName, Promise<Million>>();

/** An island of half as many runs as a closure has nodes: each run made one artifact. */
export const sizeOf = ({ quick }: Options): Size =>
  quick ? { runs: 20_000, island: 1000 } : { runs: 1_000_000, island: 61_000 };

export function million(name: DatabaseName, options: Options): Promise<Million> {
  const known = made.get(name) ?? filled(name, sizeOf(options));
  made.set(name, known);
  return known;
}

/** A new instance with made-up provenance of this size, without statistics. */
export async function filled(name: DatabaseName, size: Size): Promise<Million> {
  const storage = freshFolder();
  mkdirSync(join(storage, ".lineal"));
  const db = await freshDatabase(name);
  const place = db ?? join(storage, ".lineal", "lineal.db");
  const database = await openDatabase(place);
  await migrate(database, new Date());
  await generate(database, size);
  await database.close();
  const plain = await openPlain(name, place);
  // The server would gather them by itself, at some moment in the middle.
  if (name === "PostgreSQL")
    for (const table of ["artifact", "run", "transform", "user", "artifact_input_of"])
      await plain.all(`alter table "${table}" set (autovacuum_enabled = false)`);
  await plain.close();
  const analyze = async (): Promise<void> => {
    const plain = await openPlain(name, place);
    await plain.all("analyze");
    await plain.close();
  };
  return { instance: await freshInstance(name, storage, db), place, size, analyze };
}
