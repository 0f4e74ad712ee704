/** A new instance: folder, database, tables, user and storage; nothing is left behind when it fails. */
import { existsSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { readIdentity, writeIdentity } from "../db/meta.ts";
import { migrate } from "../db/migrate.ts";
import { isDatabaseUrl, openDatabase } from "../db/open.ts";
import { insert, lock } from "../db/write.ts";
import { select } from "../db/select.ts";
import { everything } from "../db/viewer.ts";
import { LinealError } from "../ground/errors.ts";
import { isUrl } from "../ground/url.ts";
import { model, randomUid } from "../model/index.ts";
import { realPath } from "../storage/file.ts";
import { openBackend } from "../storage/open.ts";
import { announce, defaultName, open, setDefault } from "./connect.ts";
import type { Connection, Effects } from "./connection.ts";
import { processUser } from "./scope.ts";
import {
  checkInstanceName,
  databaseFile,
  databaseOf,
  type InstanceSettings,
  listInstances,
  maskPassword,
  readInstance,
  setCurrent,
  slugOf,
  writeInstance,
} from "./settings.ts";
import { readStorageNote, type StorageNote, writeStorageNote } from "./storage-note.ts";
import { currentUser, profileOf } from "./users.ts";

export interface InitOptions {
  /** Where bytes live: a folder, which is made when it is missing, or a URL such as `memory://name`. */
  storage: string;
  /** Default: the last part of the storage, in lower case. */
  name?: string;
  /** A `postgres://` URL; left out, an embedded database: under the storage, or in the settings home when that is a URL. */
  db?: string;
  /** Milliseconds that a writer waits for others (embedded database). */
  timeout?: number;
}

/** Makes an instance of the current user, or connects to it when it is there already. */
export async function initialise(options: InitOptions, effects: Partial<Effects> = {}): Promise<Connection> {
  const { storage, db } = checked(options);
  const owner = processUser() ?? currentUser().handle;
  const name = options.name ?? defaultName(storage);
  checkInstanceName(name);
  const slug = `${owner}/${name}`;
  const known = readInstance(slug);
  if (known && (known.storage !== (realPath(storage) ?? storage) || known.db !== db)) {
    throw new LinealError(
      "conflict",
      `${slug} is there already, with the storage ${known.storage}${known.db ? ` and the database ${maskPassword(known.db)}` : ""}`,
      {
        hint: `Choose another name with --name, or connect to it: lineal connect ${slug}`,
      },
    );
  }
  const { root, note, undo } = isUrl(storage) ? prepareUrl(storage, slug) : prepareFolder(storage, slug, known);
  try {
    const settings = await build(
      {
        owner,
        name,
        uid: known?.uid ?? note?.instance ?? randomUid(12),
        storage: root,
        ...(db ? { db } : {}),
        createdAt: new Date().toISOString(),
      },
      options,
    );
    const connection = await open(settings, options, effects);
    writeInstance({ ...known, ...settings });
    await setDefault(connection);
    setCurrent(slug);
    announce(connection);
    return connection;
  } catch (error) {
    undo();
    throw error;
  }
}

function checked(options: InitOptions): { storage: string; db: string | undefined } {
  if (!options || typeof options.storage !== "string" || options.storage === "") {
    throw new LinealError("invalid", "init needs a storage folder", {
      hint: 'Write ln.init({ storage: "./mydata" }).',
      shell: "lineal init --storage ./mydata",
    });
  }
  if (options.db !== undefined && !isDatabaseUrl(options.db)) {
    throw new LinealError("invalid", `${options.db} is no database URL`, {
      hint: "Give postgres://user@host/name, or none for the embedded database.",
    });
  }
  return { storage: openBackend(options.storage).root, db: options.db };
}

/** A storage root that is ready for an instance; `undo` removes what was made for it. */
interface Prepared {
  readonly root: string;
  readonly note?: StorageNote | undefined;
  undo(): void;
}

/** A storage far away has no note of whose it is: what this settings home knows has to do. */
function prepareUrl(root: string, slug: string): Prepared {
  const other = listInstances().find((one) => one.storage === root && slugOf(one) !== slug);
  if (other) throw takenBy(root, slugOf(other), slugOf(other));
  return { root, undo() {} };
}

function prepareFolder(storage: string, slug: string, known: InstanceSettings | undefined): Prepared {
  const existed = existsSync(storage);
  const hadFolder = existsSync(join(storage, ".lineal"));
  makeFolder(join(storage, ".lineal"));
  const root = realpathSync(storage);
  const remove = (): void => {
    if (!hadFolder) rmSync(existed ? join(root, ".lineal") : root, { recursive: true, force: true });
  };
  const note = readStorageNote(root);
  if (note && (note.slug !== slug || (known && note.instance !== known.uid))) throw takenBy(root, note.slug, root);
  const around = enclosing(root);
  if (around) {
    remove();
    throw new LinealError("conflict", `${root} lies inside ${around.root}, a storage of ${around.slug}`, {
      hint: "Choose a folder outside of it: a file can belong to one instance only.",
    });
  }
  return {
    root,
    note,
    undo() {
      // Another process may be making the same instance: only what is certainly ours goes away.
      if (!readStorageNote(root) && !existsSync(databaseFile(root))) remove();
    },
  };
}

const takenBy = (root: string, slug: string, target: string): LinealError =>
  new LinealError("conflict", `${root} is a storage of another instance, ${slug}`, {
    hint: `Connect to it with \`lineal connect ${target}\`, or choose another storage.`,
  });

/** The storage around a folder, if there is one. */
function enclosing(root: string): { root: string; slug: string } | undefined {
  for (let above = dirname(root); above !== dirname(above); above = dirname(above)) {
    const note = readStorageNote(above);
    if (note) return { root: above, slug: note.slug };
  }
  return undefined;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new LinealError("forbidden", `${folder} cannot be made (${(error as NodeJS.ErrnoException).code})`, {
      hint: "Choose a folder that you may write to.",
      cause: error,
    });
  }
}

/** Tables, identity, user and storage, in one write transaction each process can repeat safely. */
async function build(wanted: InstanceSettings, options: InitOptions): Promise<InstanceSettings> {
  const database = await openDatabase(databaseOf(wanted), options);
  try {
    const now = new Date();
    await migrate(database, now);
    const { dialect } = database;
    const profile = profileOf(wanted.owner);
    const settings = await database.write(function* () {
      yield* lock(dialect, "lineal:init");
      const identity = yield* readIdentity(dialect);
      if (identity && slugOf(identity) !== slugOf(wanted)) {
        throw new LinealError("conflict", `this database holds another instance, ${slugOf(identity)}`, {
          hint: `Connect to it: lineal connect ${wanted.db ? maskPassword(wanted.db) : wanted.storage}`,
        });
      }
      const uid = identity?.uid ?? wanted.uid;
      const storages = yield* select(dialect, everything, { name: "Storage", where: [{ instanceUid: uid }], limit: 1 });
      if (storages[0] && wanted.db && storages[0].root !== wanted.storage) {
        throw new LinealError("conflict", `${slugOf(wanted)} stores its bytes in ${storages[0].root}`, {
          hint: "Give that as the storage.",
        });
      }
      if (!identity) yield* writeIdentity(dialect, { owner: wanted.owner, name: wanted.name, uid });
      const [user] = yield* select(dialect, everything, { name: "User", where: [{ handle: wanted.owner }] });
      const owner =
        user ??
        (yield* insert(dialect, "User", {
          uid: profile.uid,
          createdAt: now,
          handle: wanted.owner,
          name: profile.name ?? null,
        }));
      if (!storages[0]) {
        yield* insert(dialect, "Storage", {
          uid: randomUid(model.Storage.uid),
          createdAt: now,
          root: wanted.storage,
          type: openBackend(wanted.storage).type,
          instanceUid: uid,
          createdBy: { id: owner.id, uid: owner.uid },
        });
      }
      return { ...wanted, uid };
    });
    if (!isUrl(settings.storage))
      writeStorageNote(settings.storage, { uid: settings.uid, instance: settings.uid, slug: slugOf(settings) });
    return settings;
  } finally {
    await database.close();
  }
}
