/** Leaving and removing instances. */
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { isUrl } from "../ground/url.ts";
import { type Backend, objectsPrefix } from "../storage/backend.ts";
import { openBackend } from "../storage/open.ts";
import { setDefault } from "./connect.ts";
import { log } from "./log.ts";
import { findMarker, removeMarker, removeMarkers } from "./marker.ts";
import { readStorageNote, removeStorageNote } from "./storage-note.ts";
import { databaseOf, getCurrent, maskPassword, readInstance, removeInstance, setCurrent, slugOf } from "./settings.ts";

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
  /** Where there still are stored bytes, if there are any. */
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
  // Another instance may live there by now: what is not this one's stays.
  const note = isUrl(settings.storage) ? undefined : readStorageNote(settings.storage);
  let kept: string | undefined;
  if (!note || note.instance === settings.uid) {
    if (!settings.db) for (const end of ["", "-wal", "-shm"]) rmSync(databaseOf(settings) + end, { force: true });
    const backend = openBackend(settings.storage);
    if (options.force) await removeObjects(backend);
    if (note) removeStorageNote(settings.storage);
    if (await hasObjects(backend)) kept = backend.local ? resolve(backend.local.path(objectsPrefix)) : settings.storage;
    backend.local?.clear();
    if (settings.db) log("warning", `the tables remain in ${maskPassword(settings.db)}`);
  }
  removeMarkers(slug);
  removeInstance(slug);
  if (kept) log("info", `stored files remain here: ${kept}`);
  return { slug, kept };
}

async function hasObjects(backend: Backend): Promise<boolean> {
  for await (const _ of backend.list(objectsPrefix)) return true;
  return false;
}

async function removeObjects(backend: Backend): Promise<void> {
  let keys: string[] = [];
  for await (const { key } of backend.list(objectsPrefix)) {
    keys.push(key);
    if (keys.length < 1000) continue;
    await backend.remove(keys);
    keys = [];
  }
  await backend.remove(keys);
}
