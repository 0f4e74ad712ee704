/** Leaving and removing instances. */
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { setDefault } from "./connect.ts";
import { log } from "./log.ts";
import { findMarker, removeMarker, removeMarkers } from "./marker.ts";
import { readStorageNote } from "./storage-note.ts";
import { getCurrent, maskPassword, readInstance, removeInstance, setCurrent, slugOf } from "./settings.ts";

/** Disconnects: from the directory's marker with `here`, else from the current instance. Returns the slug left, if any. */
export async function disconnect(options: { here?: boolean } = {}): Promise<string | undefined> {
  if (options.here) {
    const marker = findMarker();
    if (!marker)
      throw new LinealError("not-found", "no instance is bound to this directory", {
        hint: "Run `lineal disconnect` without --here.",
      });
    removeMarker(marker.dir);
    await setDefault(undefined);
    return marker.slug;
  }
  const slug = getCurrent();
  setCurrent(undefined);
  await setDefault(undefined);
  return slug;
}

/** What removing an instance did. */
export interface Removed {
  readonly slug: string;
  /** The folder that still holds stored bytes, if any do. */
  readonly kept: string | undefined;
}

/**
 * Removes an instance: its settings, markers and embedded database. Stored bytes stay unless `force`;
 * users' own files are never touched. A folder that is already gone is fine.
 */
export async function deleteInstance(target: string, options: { force?: boolean } = {}): Promise<Removed> {
  const settings = readInstance(target);
  if (!settings)
    throw new LinealError("not-found", `there is no instance ${target}`, {
      hint: "`lineal info` shows the current one.",
    });
  const slug = slugOf(settings);
  log("info", `deleting instance ${slug}`);
  await setDefault(undefined).catch(() => {});
  const folder = join(settings.storage, ".lineal");
  const objects = join(folder, "objects");
  // Another instance may live there by now: what is not this one's stays.
  const note = readStorageNote(settings.storage);
  if (note && note.instance !== settings.uid) {
    removeMarkers(slug);
    removeInstance(slug);
    return { slug, kept: undefined };
  }
  for (const file of ["lineal.db", "lineal.db-wal", "lineal.db-shm", "storage.json"])
    rmSync(join(folder, file), { force: true });
  rmSync(join(folder, "tmp"), { recursive: true, force: true });
  if (options.force) rmSync(objects, { recursive: true, force: true });
  removeMarkers(slug);
  removeInstance(slug);
  const kept = existsSync(objects) && readdirSync(objects).length > 0 ? objects : undefined;
  if (!kept && existsSync(folder)) {
    rmSync(objects, { recursive: true, force: true });
    removeEmpty(folder);
    removeEmpty(settings.storage);
  }
  if (kept) log("info", `stored files remain here: ${kept}`);
  if (settings.db) log("warning", `the tables remain in ${maskPassword(settings.db)}`);
  return { slug, kept };
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody's files are in it, or it is gone.
  }
}
