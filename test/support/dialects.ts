/** Runs a block of tests once on SQLite and once on PostgreSQL, with a fresh place for each instance. */
import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { createDatabase } from "./postgres.ts";

/** Where one instance of a test lives: nothing in it is shared with another test. */
export interface Place extends AsyncDisposable {
  /** A new empty folder, to become the storage root. */
  storage: string;
  /** The URL of a new PostgreSQL database; undefined means the embedded SQLite file, which is not there yet. */
  db: string | undefined;
  /** A new settings home (`LINEAL_HOME`). */
  home: string;
  /** A new empty working directory outside the storage root, without a marker above it. */
  work: string;
  /** Drops the database and removes the folders; places left over go after the block. */
  dispose(): Promise<void>;
}

export interface PlaceOptions {
  /** Tables may be there already, without rows of ours: on PostgreSQL a copy of them is made much sooner. */
  migrated?: boolean;
}

/** One of the two databases, as `forEachDatabase` hands it to its block. */
export interface DatabaseUnderTest {
  name: "sqlite" | "postgres";
  fresh(options?: PlaceOptions): Promise<Place>;
}

/** Describes the block for SQLite and for PostgreSQL: `forEachDatabase(({ name, fresh }) => { test(…) })`. */
export function forEachDatabase(block: (database: DatabaseUnderTest) => void): void {
  for (const name of ["sqlite", "postgres"] as const) {
    describe(name, () => {
      const open = new Set<Place>();
      const fresh = async (options?: PlaceOptions): Promise<Place> => {
        const place = await freshPlace(name, options);
        open.add(place);
        return place;
      };
      afterAll(async () => {
        await Promise.all([...open].map((place) => place.dispose()));
      });
      block({ name, fresh });
    });
  }
}

/** A place of its own for one instance; whoever asks must dispose of it. */
export async function freshPlace(name: "sqlite" | "postgres", options?: PlaceOptions): Promise<Place> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "lineal-test-")));
  const folder = (part: string): string => {
    mkdirSync(join(root, part));
    return join(root, part);
  };
  const database = name === "postgres" ? await createDatabase(options) : undefined;
  let disposed: Promise<void> | undefined;
  const dispose = (): Promise<void> => {
    disposed ??= Promise.all([database?.drop(), rm(root, { recursive: true, force: true, maxRetries: 3 })]).then(
      () => undefined,
    );
    return disposed;
  };
  const place = { storage: folder("storage"), db: database?.url, home: folder("home"), work: folder("work") };
  return { ...place, dispose, [Symbol.asyncDispose]: dispose };
}
