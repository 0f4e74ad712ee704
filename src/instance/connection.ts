/** One connected instance: its database, its storages, its clock and its ids. */
import { type Filter, isAbout, randomUid, type Name, model, REVISION_LENGTH } from "../model/index.ts";
import type { Row, RowRef } from "../db/columns.ts";
import type { Database, Operation } from "../db/operation.ts";
import { select } from "../db/select.ts";
import { everything, type Viewer } from "../db/viewer.ts";
import { insert, lock, type Writer } from "../db/write.ts";
import type { Backend } from "../storage/backend.ts";
import { openBackend } from "../storage/open.ts";
import { LinealError } from "../ground/errors.ts";
import { log, type LogKind } from "./log.ts";
import { currentScope, processUser } from "./scope.ts";
import { currentUser, profileOf } from "./users.ts";
import type { InstanceSettings } from "./settings.ts";
import { slugOf } from "./settings.ts";
import { type Branches, type Sight, viewerOf } from "./viewer.ts";

/** What an instance takes from the world; tests give their own. */
export interface Effects {
  now(): Date;
  /** A random base-62 text. */
  uid(length: number): string;
  log(kind: LogKind, text: string): void;
}

/** The built-in branches and space, by their fixed uids. */
export const BUILT_IN = {
  main: "mmmmmmmmmmmm",
  archive: "aaaaaaaaaaaa",
  trash: "tttttttttttt",
  all: "aaaaaaaaaaaa",
} as const;

/** Milliseconds after which a half-written file is nobody's any more. */
const DAY = 86_400_000;

export interface StorageRow extends RowRef {
  readonly root: string;
  readonly instanceUid: string | null;
}

export class Connection implements Effects {
  readonly settings: InstanceSettings;
  readonly database: Database;
  readonly now: () => Date;
  readonly uid: (length: number) => string;
  readonly log: (kind: LogKind, text: string) => void;
  #storages = new Map<number, StorageRow>();
  #backends = new Map<string, Backend>();
  #handle: string | undefined;
  #users = new Map<string, Promise<RowRef>>();
  #prepared: { branches: Branches; space: RowRef } | undefined;

  constructor(settings: InstanceSettings, database: Database, effects: Partial<Effects> = {}) {
    this.settings = settings;
    this.database = database;
    this.now = effects.now ?? (() => new Date());
    this.uid = effects.uid ?? randomUid;
    this.log = effects.log ?? log;
  }

  get slug(): string {
    return slugOf(this.settings);
  }

  /** Reads what every later call needs: branches, space and storages. */
  async prepare(): Promise<this> {
    const { dialect } = this.database;
    const [branches, spaces] = await this.database.read(function* () {
      return [
        yield* select(dialect, everything, { name: "Branch" }),
        yield* select(dialect, everything, { name: "Space" }),
      ] as const;
    });
    const named = (rows: readonly Row[], what: string, wanted: string): RowRef => {
      const row = rows.find((r) => r.name === wanted || r.uid === wanted);
      if (!row)
        throw new LinealError("not-found", `there is no ${what} "${wanted}" in ${this.slug}`, {
          hint: `One of: ${rows.map((r) => r.name).join(", ")}.`,
        });
      return { id: row.id, uid: row.uid };
    };
    const { branch = "main", space = "all" } = this.settings;
    this.#prepared = {
      branches: {
        current: named(branches, "branch", process.env.LINEAL_BRANCH ?? branch),
        main: named(branches, "branch", BUILT_IN.main),
        archive: named(branches, "branch", BUILT_IN.archive),
        trash: named(branches, "branch", BUILT_IN.trash),
      },
      space: named(spaces, "space", process.env.LINEAL_SPACE ?? space),
    };
    await this.refreshStorages();
    try {
      this.defaultBackend.local?.sweep(DAY);
    } catch {
      // A storage that cannot be read says so when it is used.
    }
    return this;
  }

  /** The current branch, and the built-in ones. */
  get branches(): Branches {
    return this.#known.branches;
  }

  /** The current space. */
  get space(): RowRef {
    return this.#known.space;
  }

  get #known(): { branches: Branches; space: RowRef } {
    if (!this.#prepared) throw new Error("the connection is not prepared");
    return this.#prepared;
  }

  /** Who looks: lists show the current branch and main, and nothing internal, unless they are asked to. */
  viewer(sight: Sight = {}): Viewer {
    return viewerOf(this.branches, sight);
  }

  /** Who looks at one record that was named: on any branch, internal or not. */
  viewerOfOne(): Viewer {
    return this.viewer({ branches: "all", internal: true });
  }

  /** Who looks with a question: at all branches when it is about branches, at internal artifacts when it names a uid. */
  viewerFor(where: readonly Filter[] = []): Viewer {
    return this.viewer({
      ...(where.some((filter) => isAbout(filter, "branch")) && { branches: "all" }),
      internal: where.some((filter) => typeof filter?.uid === "string"),
    });
  }

  // ── storages ──────────────────────────────────────────────────────────────
  async refreshStorages(): Promise<void> {
    const { dialect } = this.database;
    for (const row of await this.database.read(() => select(dialect, everything, { name: "Storage" }))) {
      this.#storages.set(row.id, {
        id: row.id,
        uid: row.uid,
        root: String(row.root),
        instanceUid: row.instanceUid as string | null,
      });
    }
  }

  knowsStorage(id: number): boolean {
    return this.#storages.has(id);
  }

  storageOf(id: number): StorageRow {
    const storage = this.#storages.get(id);
    if (!storage)
      throw new LinealError("not-found", `storage ${id} is not known to ${this.slug}`, {
        hint: "Connect again: another process added it.",
      });
    return storage;
  }

  get storages(): readonly StorageRow[] {
    return [...this.#storages.values()];
  }

  /** Where new bytes go. */
  get defaultStorage(): StorageRow {
    const found = this.storages.find((s) => s.root === this.settings.storage);
    if (!found)
      throw new LinealError("not-found", `the storage ${this.settings.storage} is not registered in ${this.slug}`, {
        hint: "Run `lineal init` with this storage again.",
      });
    return found;
  }

  /** The backend of the default storage. */
  get defaultBackend(): Backend {
    return this.backend(this.settings.storage);
  }

  /** The backend of a storage root. */
  backend(root: string): Backend {
    let backend = this.#backends.get(root);
    if (!backend) this.#backends.set(root, (backend = openBackend(root)));
    return backend;
  }

  // ── writing ───────────────────────────────────────────────────────────────
  /** The handle of whoever acts now. */
  get handle(): string {
    // Read once: a `lineal login` in another shell does not change who this process is.
    return processUser() ?? (this.#handle ??= currentUser().handle);
  }

  /** The row of the user who acts now, added on the first write. */
  user(handle: string = this.handle): Promise<RowRef> {
    let row = this.#users.get(handle);
    if (!row) {
      row = this.#findOrAddUser(handle);
      this.#users.set(handle, row);
      row.catch(() => this.#users.delete(handle));
    }
    return row;
  }

  #findOrAddUser(handle: string): Promise<RowRef> {
    const { dialect } = this.database;
    const profile = profileOf(handle);
    const connection = this;
    return this.database.write(function* () {
      yield* lock(dialect, `User:${handle}`);
      const [found] = yield* select(dialect, everything, { name: "User", where: [{ handle }] });
      if (found) return { id: found.id, uid: found.uid };
      const taken = yield* select(dialect, everything, { name: "User", where: [{ uid: profile.uid }] });
      const uid = taken.length > 0 ? connection.uid(model.User.uid) : profile.uid;
      const row = yield* insert(dialect, "User", {
        uid,
        createdAt: connection.now(),
        handle,
        name: profile.name ?? null,
      });
      return { id: row.id, uid };
    });
  }

  /** Who writes now, for the history. */
  async writer(): Promise<Writer & { user: RowRef }> {
    const user = await this.user();
    return { now: this.now(), user, userUid: user.uid, runUid: this.scope?.run.uid ?? null };
  }

  /** The current run, when it belongs to this instance. */
  get scope(): ReturnType<typeof currentScope> {
    const scope = currentScope();
    return scope?.instance === this.settings.uid ? scope : undefined;
  }

  /** A uid for a new row: a stem for registries with versions. */
  newUid(name: Name): string {
    return this.uid(model[name].uid - (model[name].versioned ? REVISION_LENGTH : 0));
  }

  read<T>(body: () => Operation<T>): Promise<T> {
    return this.database.read(body);
  }

  write<T>(body: () => Operation<T>): Promise<T> {
    return this.database.write(body);
  }

  close(): Promise<void> {
    return this.database.close();
  }
}
