/** The base class of every registry, made from its declaration. */
import { one, lazyColumn } from "../../db/select.ts";
import type { Row } from "../../db/columns.ts";
import { shapeOf } from "../../db/columns.ts";
import { refuseUnknown } from "../../ground/errors.ts";
import { defaultConnection } from "../../instance/connect.ts";
import type { Connection } from "../../instance/connection.ts";
import {
  type Changes,
  type Draft,
  type Lazy,
  type Manys,
  type MaybeOnes,
  type Name,
  type Ones,
  relationOf,
  relationsOf,
  type Scalars,
  type Where,
} from "../../model/index.ts";
import { getAsOf } from "./as-of.ts";
import { make, type Of } from "./classes.ts";
import { describe } from "./describe.ts";
import { connectionOf, Entry, nameOf, refresh, rowOf } from "./row.ts";
import { getRecord } from "./get.ts";
import { type Lookup, lookup } from "./lookup.ts";
import { knowStorages, Query, Related } from "./query.ts";
import { type Complete, saveDraft } from "./save.ts";
import { deleteRecord, restoreRecord } from "./trash.ts";
import { updateRecord } from "./update.ts";

export interface DeleteOptions {
  /** Delete it for good: bytes, texts and labels go; lineage still shows that it was there, with its key. */
  permanent?: boolean;
}

export interface GetOptions {
  /** As it was at this time: own columns with plain values are compared as they were, relations and other tests as they are now. */
  asOf?: Date | string;
}

/** What every record can do. */
export interface Methods<in out N extends Name> {
  /** Changes columns; returns this record, refreshed. */
  update(changes: Changes<N>): Promise<this>;
  /** Moves it to trash, or removes it for good with `{ permanent: true }`. */
  delete(options?: DeleteOptions): Promise<void>;
  /** Takes it out of trash or archive, back to the branch it came from. */
  restore(): Promise<this>;
  /** Everything about it, as text. */
  describe(): Promise<string>;
  /** Own columns, and relations as uids. */
  toJSON(): Record<string, unknown>;
}

/** A record's own columns and its relations by name. */
export type Fields<N extends Name> = Scalars<N> &
  Lazy<N> & {
    readonly [K in keyof Ones<N>]: PromiseLike<Of<Ones<N>[K] & Name> | (K extends MaybeOnes<N> ? null : never)>;
  } & {
    readonly [K in keyof Manys<N>]: Related<Manys<N>[K] & Name>;
  } & Methods<N>;

/** What every registry can do: find. `M`: what its records can do besides. */
export interface Finder<in out N extends Name, M = unknown> {
  new (connection: Connection, row: Row): Fields<N> & M;
  /** Rows that fit; awaited, an array. Trash, archive and other branches are not seen unless `where` has `branch`. */
  filter(where?: Where<N>): Query<N>;
  /** One row by uid (or a unique beginning), or by a filter that exactly one row fits. */
  get(uidOrWhere: string | Where<N>, options?: GetOptions): Promise<Of<N>>;
  /** Rows whose name, key, description or uid holds the text, best first. */
  search(text: string): Query<N>;
  /** An object with one attribute per name: `users.testuser1`. */
  lookup(): Promise<Lookup<N>>;
}

/** A registry whose rows are saved from drafts. */
export interface Saver<in out N extends Name, M = unknown> extends Finder<N, M> {
  /** Finds a row by its natural key, or adds it. */
  save(draft: Draft<N>): Promise<Of<N>>;
}

/** The class of a registry whose `save` is its own. */
export function registry<const N extends Name>(name: N): Finder<N> {
  class Base extends Entry {
    /** The instance of a bound class; undefined means the default. */
    static readonly connection: Connection | undefined;

    constructor(connection: Connection, row: Row) {
      super(connection, name, row);
    }

    static filter(where?: Where<N>): Query<N> {
      return new Query<N>(sourceOf(this), { name, ...(where ? { where: [where as Record<string, unknown>] } : {}) });
    }

    static async get(uidOrWhere: string | Where<N>, options: GetOptions = {}): Promise<Of<N>> {
      refuseUnknown(options, ["asOf"], `${name}.get`);
      const { asOf } = options;
      const connection = await sourceOf(this)();
      const wanted = uidOrWhere as string | Record<string, unknown>;
      const row = await (asOf === undefined
        ? getRecord(connection, name, wanted)
        : getAsOf(connection, name, wanted, asOf));
      await knowStorages(connection, name, [row]);
      return make(connection, name, row);
    }

    static search(text: string): Query<N> {
      return this.filter().search(text);
    }

    static lookup(): Promise<Lookup<N>> {
      return lookup(this.filter(), name);
    }

    async update(changes: Changes<N>): Promise<this> {
      refresh(this, await updateRecord(connectionOf(this), name, rowOf(this), changes as Record<string, unknown>));
      return this;
    }

    async delete(options: DeleteOptions = {}): Promise<void> {
      const row = await deleteRecord(connectionOf(this), name, rowOf(this), options);
      if (row) refresh(this, row);
    }

    async restore(): Promise<this> {
      refresh(this, await restoreRecord(connectionOf(this), name, rowOf(this)));
      return this;
    }

    describe(): Promise<string> {
      return describe(connectionOf(this), name, rowOf(this));
    }
  }
  defineFields(Base.prototype, name);
  return Base as unknown as Finder<N>;
}

/** The class of a registry whose rows are saved from drafts; `complete` adds to the values of one. */
export function entity<const N extends Name>(name: N, complete?: Complete): Saver<N> {
  class Base extends (registry(name) as unknown as typeof Entry & { connection: Connection | undefined }) {
    static async save(draft: Draft<N>): Promise<Of<N>> {
      const connection = await sourceOf(this as { connection?: Connection | undefined })();
      return make(connection, name, await saveDraft(connection, name, draft as Record<string, unknown>, complete));
    }
  }
  return Base as unknown as Saver<N>;
}

/** Where a class finds its instance: bound, or the default at the time it is needed. */
export function sourceOf(type: { connection?: Connection | undefined }): () => Promise<Connection> {
  const { connection } = type;
  return connection ? async () => connection : defaultConnection;
}

function defineFields(prototype: object, name: Name): void {
  const getter = (key: string, get: (this: Entry) => unknown): void => {
    Object.defineProperty(prototype, key, { get, enumerable: true, configurable: true });
  };
  for (const { key, field } of shapeOf(name).scalars) {
    if (field.options.hidden) continue;
    if (field.options.lazy) {
      getter(key, function () {
        return lazy(async () => {
          const connection = connectionOf(this);
          return connection.read(() =>
            lazyColumn(connection.database.dialect, connection.viewerOfOne(), name, key, rowOf(this).id),
          );
        });
      });
    } else {
      getter(key, function () {
        return rowOf(this)[key];
      });
    }
  }
  const { ones, manys } = relationsOf(name);
  for (const key of ones) {
    getter(key, function () {
      return lazy(() => related(this, key));
    });
  }
  for (const key of manys) {
    getter(key, function () {
      return new Related(this, key, targetOf(name, key));
    });
  }
}

async function related(owner: Entry, key: string): Promise<unknown> {
  const connection = connectionOf(owner);
  const name = nameOf(owner);
  if (rowOf(owner)[key] === null) return null;
  const row = await connection.read(() =>
    one(connection.database.dialect, connection.viewerOfOne(), name, key, rowOf(owner).id),
  );
  if (!row) return null;
  await knowStorages(connection, targetOf(name, key), [row]);
  return make(connection, targetOf(name, key), row);
}

/** A promise that starts when somebody waits for it. */
function lazy<T>(run: () => Promise<T>): PromiseLike<T> {
  // biome-ignore lint/suspicious/noThenProperty: it is awaited.
  return { then: (done, failed) => run().then(done, failed) };
}

function targetOf(name: Name, key: string): Name {
  const relation = relationOf(name, key);
  if (!relation) throw new Error(`${name}.${key} is no relation`);
  return relation.to;
}
