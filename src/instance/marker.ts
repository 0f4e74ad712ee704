/** Directory markers: the file `.lineal/instance` says which instance the work below a directory belongs to. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { LinealError } from "../ground/errors.ts";
import {
  brokenFile,
  type Environment,
  readJson,
  readText,
  removeFile,
  settingsHome,
  writeJson,
  writeShared,
} from "./home.ts";

/** A marker: the directory it stands in, and the slug it holds. */
export interface Marker {
  dir: string;
  slug: string;
}

/** The nearest marker at or above `cwd`, if any. */
export function findMarker(cwd: string = process.cwd(), env: Environment = process.env): Marker | undefined {
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    const slug = canHoldMarker(dir, env) ? readMarker(dir) : undefined;
    if (slug !== undefined) return { dir, slug };
    if (dir === dirname(dir)) return undefined;
  }
}

/** False where a `.lineal` folder has another meaning: the settings home, and the root of a storage. */
export function canHoldMarker(dir: string, env: Environment = process.env): boolean {
  const folder = join(dir, ".lineal");
  if (folder === settingsHome(env) || real(folder) === real(settingsHome(env))) return false;
  return !existsSync(join(folder, "storage.json")) && !existsSync(join(folder, "lineal.db"));
}

/** Marks `dir` and everything below it as working on the instance `slug`. */
export function writeMarker(dir: string, slug: string, env: Environment = process.env): void {
  const absolute = resolve(dir);
  if (!canHoldMarker(absolute, env)) {
    throw new LinealError(
      "invalid",
      `${absolute} cannot be bound to an instance: its .lineal folder holds a storage or the settings`,
      {
        hint: "Choose the directory your scripts are in, or the one above.",
      },
    );
  }
  writeShared(markerPath(absolute), `${slug}\n`);
  writeJson(notePath(absolute, env), { dir: absolute, slug });
}

/** Removes the marker in `dir`; returns what it was, or undefined when there was none. */
export function removeMarker(dir: string, env: Environment = process.env): Marker | undefined {
  const absolute = resolve(dir);
  const slug = canHoldMarker(absolute, env) ? readMarker(absolute) : undefined;
  removeFile(notePath(absolute, env));
  if (slug === undefined) return undefined;
  removeFile(markerPath(absolute));
  return { dir: absolute, slug };
}

/** Removes every marker written from this settings home that names `slug`; returns their directories. */
export function removeMarkers(slug: string, env: Environment = process.env): string[] {
  const removed: string[] = [];
  const notes = join(settingsHome(env), "markers");
  for (const name of existsSync(notes) ? readdirSync(notes) : []) {
    if (!name.endsWith(".json")) continue;
    const note = readJson<Marker>(join(notes, name));
    if (note?.slug !== slug) continue;
    // Someone may have bound the directory to another instance since, from another settings home.
    if (readMarker(note.dir) !== slug) removeFile(join(notes, name));
    else if (removeMarker(note.dir, env)) removed.push(note.dir);
  }
  return removed.sort();
}

function readMarker(dir: string): string | undefined {
  const path = markerPath(dir);
  if (!existsSync(path)) return undefined;
  const slug = readText(path)?.trim();
  if (slug === "") throw brokenFile(path, "is empty");
  return slug;
}

function markerPath(dir: string): string {
  return join(dir, ".lineal", "instance");
}

function notePath(dir: string, env: Environment): string {
  const digest = createHash("sha256").update(dir).digest("hex").slice(0, 16);
  return join(settingsHome(env), "markers", `${digest}.json`);
}

function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}
