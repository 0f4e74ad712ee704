/** Which instances this settings home knows, which one is current, and which one a process works on. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { isUrl } from "../ground/url.ts";
import { brokenFile, type Environment, readJson, removeFile, settingsHome, writeJson } from "./home.ts";
import { findMarker } from "./marker.ts";
import { currentUser } from "./users.ts";

/** What is remembered of an instance: its names, where its bytes and rows live, and the choices made for it. */
export interface InstanceSettings {
  owner: string;
  name: string;
  /** 12 base-62 characters. */
  uid: string;
  /** Root of the default storage: an absolute path or a URL. */
  storage: string;
  /** PostgreSQL URL; absent: the embedded database, see `databaseOf`. */
  db?: string;
  /** Absolute directory that transform keys are relative to. */
  devDir?: string;
  branch?: string;
  space?: string;
  /** ISO time. */
  createdAt: string;
}

/** `owner/name`. */
export function slugOf(settings: Pick<InstanceSettings, "owner" | "name">): string {
  return `${settings.owner}/${settings.name}`;
}

/** Where the rows of an instance are: at its PostgreSQL URL, else in a file below the storage root; for a storage far away, in the settings home. */
export function databaseOf(settings: InstanceSettings, env: Environment = process.env): string {
  if (settings.db) return settings.db;
  if (!isUrl(settings.storage)) return databaseFile(settings.storage);
  return filePath(settings.owner, settings.name, env).replace(/json$/, "db");
}

/** The file of the embedded database below a storage root. */
export const databaseFile = (root: string): string => join(root, ".lineal", "lineal.db");

/** Refuses a name that is not 1–63 of `A-Z a-z 0-9 . _ -`. */
export function checkInstanceName(name: string): void {
  if (isName(name)) return;
  throw new LinealError("invalid", `'${name}' is not an instance name`, {
    hint: "A name has 1 to 63 letters, digits, '.', '_' or '-', and no slash: lineal init --storage ./mydata --name mydata",
  });
}

/** The settings of `owner/name`, or of a bare name: the current user's first, else the only owner's; several are `ambiguous`. */
export function readInstance(slugOrName: string, env: Environment = process.env): InstanceSettings | undefined {
  const [owner, name, ...rest] = slugOrName.split("/");
  if (name !== undefined)
    return rest.length === 0 && owner && isName(owner) && isName(name) ? readFile(owner, name, env) : undefined;
  if (!isName(slugOrName)) return undefined;
  const own = readFile(currentUser(env).handle, slugOrName, env);
  if (own) return own;
  const found = listInstances(env).filter((settings) => settings.name === slugOrName);
  if (found.length > 1) {
    throw new LinealError(
      "ambiguous",
      `several instances are called '${slugOrName}': ${found.map(slugOf).join(", ")}`,
      {
        hint: `Write the owner too, for example: ${slugOf(found[0] as InstanceSettings)}`,
      },
    );
  }
  return found[0];
}

/** Stores the settings of an instance, replacing those stored under its slug. */
export function writeInstance(settings: InstanceSettings, env: Environment = process.env): void {
  checkInstanceName(settings.name);
  checkInstanceName(settings.owner);
  writeJson(filePath(settings.owner, settings.name, env), settings);
}

/** Forgets an instance, and that it was current; a slug that is not known is fine. */
export function removeInstance(slug: string, env: Environment = process.env): void {
  const [owner = "", name = ""] = slug.split("/");
  if (isName(owner) && isName(name)) removeFile(filePath(owner, name, env));
  if (getCurrent(env) === slug) setCurrent(undefined, env);
}

/** Every known instance, by slug. */
export function listInstances(env: Environment = process.env): InstanceSettings[] {
  const root = join(settingsHome(env), "instances");
  const entries = existsSync(root) ? readdirSync(root, { withFileTypes: true }) : [];
  const owners = entries.filter((entry) => entry.isDirectory() && isName(entry.name)).map((entry) => entry.name);
  return owners.sort().flatMap((owner) =>
    readdirSync(join(root, owner))
      .filter((file) => file.endsWith(".json"))
      .sort()
      .flatMap((file) => readFile(owner, file.slice(0, -".json".length), env) ?? []),
  );
}

/** Makes an instance the one used where neither environment nor a marker names another; undefined for none. */
export function setCurrent(slug: string | undefined, env: Environment = process.env): void {
  if (slug === undefined) removeFile(currentFile(env));
  else if (getCurrent(env) !== slug) writeJson(currentFile(env), { slug });
}

/** The slug of the current instance of this settings home. */
export function getCurrent(env: Environment = process.env): string | undefined {
  const slug = readJson<{ slug?: unknown }>(currentFile(env))?.slug;
  if (slug !== undefined && typeof slug !== "string") throw brokenFile(currentFile(env), "names no instance");
  return slug;
}

/** What a process works on, and who said so; `marker` is the directory of the marker. */
export interface Target {
  slug: string;
  from: "environment" | "marker" | "settings";
  marker?: string;
}

/** The instance a process in `cwd` works on: `LINEAL_INSTANCE`, else the nearest marker, else the current instance. */
export function resolveTarget(cwd: string = process.cwd(), env: Environment = process.env): Target | undefined {
  if (env.LINEAL_INSTANCE) return { slug: env.LINEAL_INSTANCE, from: "environment" };
  const marker = findMarker(cwd, env);
  if (marker) return { slug: marker.slug, from: "marker", marker: marker.dir };
  const slug = getCurrent(env);
  return slug === undefined ? undefined : { slug, from: "settings" };
}

/** The URL with its password, also one given as a query parameter, replaced by `***`. */
export function maskPassword(url: string): string {
  // Up to the last @: a password written without escapes may hold any character, so rather too much is masked.
  const masked = url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:/?#@]*):.*@/is, "$1:***@");
  return masked.replace(/([?&\s](?:ssl)?password=)[^&\s]*/gi, "$1***");
}

function isName(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,63}$/.test(text) && text !== "." && text !== "..";
}

function readFile(owner: string, name: string, env: Environment): InstanceSettings | undefined {
  const path = filePath(owner, name, env);
  const settings = readJson<InstanceSettings>(path);
  if (settings === undefined) return undefined;
  for (const field of ["owner", "name", "uid", "storage", "createdAt"] as const) {
    if (typeof settings[field] !== "string") throw brokenFile(path, `has no '${field}'`);
  }
  if (slugOf(settings) !== `${owner}/${name}`)
    throw brokenFile(path, `belongs to another instance, ${slugOf(settings)}`);
  return settings;
}

function filePath(owner: string, name: string, env: Environment): string {
  return join(settingsHome(env), "instances", owner, `${name}.json`);
}

function currentFile(env: Environment): string {
  return join(settingsHome(env), "instance.json");
}
