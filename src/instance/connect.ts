/** Making, finding, opening and leaving instances. */
import { existsSync, realpathSync } from "node:fs";
import { basename, resolve } from "node:path";
import { readIdentity } from "../db/meta.ts";
import { migrate, migrationState } from "../db/migrate.ts";
import { isDatabaseUrl, openDatabase } from "../db/open.ts";
import type { Database } from "../db/operation.ts";
import { LinealError } from "../ground/errors.ts";
import { isUrl, schemeOf } from "../ground/url.ts";
import { isFolder } from "../storage/file.ts";
import { localPath } from "../storage/open.ts";
import { Connection, type Effects } from "./connection.ts";
import { writeMarker } from "./marker.ts";
import { perProcess } from "./per-process.ts";
import { currentScope } from "./scope.ts";
import {
  databaseFile,
  databaseOf,
  type InstanceSettings,
  listInstances,
  maskPassword,
  readInstance,
  resolveTarget,
  setCurrent,
  slugOf,
  writeInstance,
} from "./settings.ts";
import { readStorageNote } from "./storage-note.ts";
import { alignStorage, storageRoot } from "./default-storage.ts";

export interface ConnectOptions {
  /** Bind the working directory to this instance, not the settings home. */
  here?: boolean;
  /** Make it the instance that `ln.Artifact` and friends use. Default true. */
  default?: boolean;
  /** Milliseconds that a writer waits for others (embedded database). */
  timeout?: number;
}

interface State {
  connection: Promise<Connection> | undefined;
  /** Slugs of the instances that were named in a log line. */
  announced: Set<string>;
}
const state = perProcess(
  (): State => ({ connection: undefined, announced: new Set() }),
  async ({ connection }) => (await connection?.catch(() => undefined))?.close(),
);

/** The default connection of this process; the first use of anything connects. */
export function defaultConnection(): Promise<Connection> {
  const here = state();
  if (!here.connection) {
    const opening = autoConnect();
    here.connection = opening;
    opening.catch(() => {
      if (here.connection === opening) here.connection = undefined;
    });
  }
  return here.connection;
}

/** Makes a connection the default; refused while a run is open on another. */
export async function setDefault(connection: Connection | undefined): Promise<void> {
  const scope = currentScope();
  if (scope && scope.instance !== connection?.settings.uid) {
    throw new LinealError("conflict", "a run is open on another instance", {
      hint: "Call `await ln.finish()` before connecting elsewhere.",
    });
  }
  state().connection = connection && Promise.resolve(connection);
}

async function autoConnect(): Promise<Connection> {
  const target = resolveTarget();
  if (!target) {
    throw new LinealError("not-connected", "no instance is connected", {
      hint: "Run `lineal init --storage ./mydata` for a new one, or `lineal connect owner/name`.",
    });
  }
  const connection = await open(await find(target.slug));
  announce(connection);
  return connection;
}

/** Says once per process which instance is in use. */
export function announce(connection: Connection): void {
  const { announced } = state();
  if (announced.has(connection.slug)) return;
  announced.add(connection.slug);
  connection.log("important", `connected lineal: ${connection.slug}`);
}

/** Opens an instance by slug, directory or database URL. */
export async function connectTo(
  target: string,
  options: ConnectOptions = {},
  effects: Partial<Effects> = {},
): Promise<Connection> {
  const settings = await find(target, true);
  const connection = await open(settings, options, effects);
  if (options.default !== false) {
    await setDefault(connection);
    if (options.here) writeMarker(resolve("."), slugOf(settings));
    else setCurrent(slugOf(settings));
  }
  announce(connection);
  return connection;
}

/** Opens an instance whose settings are known. */
export async function open(
  settings: InstanceSettings,
  options: { timeout?: number } = {},
  effects: Partial<Effects> = {},
): Promise<Connection> {
  const place = databaseOf(settings);
  if (!settings.db && !existsSync(place)) {
    throw new LinealError("not-found", `the database of ${slugOf(settings)} is gone: ${place}`, {
      hint: `Forget the instance with \`lineal delete ${slugOf(settings)}\`, or put the folder back.`,
    });
  }
  const database = await openDatabase(place, options);
  try {
    const { pending } = await migrationState(database);
    if (pending.length > 0) {
      throw new LinealError("conflict", `the database of ${slugOf(settings)} is older than this version of Lineal`, {
        hint: "Run `lineal migrate`; make a backup first.",
      });
    }
    await alignStorage(settings, database);
    return await new Connection(settings, database, effects).prepare();
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The settings of an instance by slug, directory or URL; unknown ones are read from the place itself. */
async function find(target: string, mayBePlace = true): Promise<InstanceSettings> {
  if (isDatabaseUrl(target)) return fromDatabase(target);
  const known = readInstance(target);
  if (known) return known;
  if (isUrl(target) && schemeOf(target) !== "file") {
    const stored = listInstances().find(({ storage }) => storage === target.replace(/\/+$/, ""));
    if (stored) return stored;
  } else if (mayBePlace) {
    const folder = localPath(target);
    if (isFolder(folder)) return fromFolder(folder);
  }
  throw new LinealError("not-found", `there is no instance ${target}`, {
    hint: "Run `lineal connect` with owner/name, a folder or a postgres:// URL; `lineal init` makes a new one.",
  });
}

async function fromFolder(folder: string): Promise<InstanceSettings> {
  const root = realpathSync(folder);
  const file = databaseFile(root);
  if (!existsSync(file)) {
    const note = readStorageNote(root);
    if (note)
      throw new LinealError("not-found", `${folder} stores bytes of ${note.slug}, whose database is elsewhere`, {
        hint: "Connect with its postgres:// URL.",
      });
    throw new LinealError("not-found", `${folder} holds no instance`, {
      hint: `Make one with \`lineal init --storage ${folder}\`.`,
    });
  }
  const database = await openDatabase(file);
  try {
    const { fresh } = await migrationState(database);
    const identity = fresh ? undefined : await database.read(() => readIdentity(database.dialect));
    if (!identity)
      throw new LinealError("unavailable", `${file} is no finished instance`, {
        hint: `Run \`lineal init --storage ${folder}\` again.`,
      });
    return remember({ ...identity, storage: root, createdAt: new Date().toISOString() });
  } finally {
    await database.close();
  }
}

async function fromDatabase(url: string): Promise<InstanceSettings> {
  const database = await openDatabase(url);
  try {
    const { fresh } = await migrationState(database);
    const identity = fresh ? undefined : await database.read(() => readIdentity(database.dialect));
    if (!identity)
      throw new LinealError("not-found", `${maskPassword(url)} holds no instance`, {
        hint: "Make one with `lineal init --storage DIR --db URL`.",
      });
    const storage = await storageRoot(database, identity.uid);
    return remember({ ...identity, storage, db: url, createdAt: new Date().toISOString() });
  } finally {
    await database.close();
  }
}

/** Keeps what is known of an instance; choices made for it earlier stay. */
function remember(found: InstanceSettings): InstanceSettings {
  const known = readInstance(slugOf(found));
  if (known && known.uid !== found.uid) {
    throw new LinealError("conflict", `another instance is called ${slugOf(found)} here: ${known.storage}`, {
      hint: `Forget it with \`lineal delete ${slugOf(found)}\`, then connect again.`,
    });
  }
  const settings = { ...known, ...found, createdAt: known?.createdAt ?? found.createdAt };
  writeInstance(settings);
  return settings;
}

/** The database of an instance that may need migrations: `lineal migrate`. */
export async function migrateInstance(
  target: string | undefined,
  apply: boolean,
): Promise<{ slug: string; applied: string[]; pending: string[] }> {
  const slug = target ?? resolveTarget()?.slug;
  if (!slug)
    throw new LinealError("not-connected", "no instance is connected", {
      hint: "Run `lineal connect owner/name` first.",
    });
  const settings = await find(slug);
  const database: Database = await openDatabase(databaseOf(settings));
  try {
    const { pending } = await migrationState(database);
    const applied = apply ? await migrate(database, new Date()) : [];
    return { slug: slugOf(settings), applied, pending: pending.filter((name) => !applied.includes(name)) };
  } finally {
    await database.close();
  }
}

/** The name an instance takes when none is given: the last part of its storage, in lower case. */
export const defaultName = (storage: string): string => basename(storage).toLowerCase();
