/** One instance for a block of tests: files to save, rows to look at, runs to work in. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import sql, { type Sql } from "sql-template-tag";
import { describe, expect } from "vitest";
import { execute, type Raw } from "../../src/db/operation.ts";
import { bytesOf } from "../../src/ground/bytes.ts";
import { LinealError } from "../../src/ground/errors.ts";
import { isUrl } from "../../src/ground/url.ts";
import { connectTo, setDefault } from "../../src/instance/connect.ts";
import type { Connection } from "../../src/instance/connection.ts";
import { initialise } from "../../src/instance/init.ts";
import { saveUser } from "../../src/instance/users.ts";
import { type Artifact, type Run, settings, type Transform } from "../../src/index.ts";
import { type Instance, instanceOf } from "../../src/registries/bound.ts";
import { rowOf } from "../../src/registries/record/row.ts";
import { type Backend, objectKey } from "../../src/storage/backend.ts";
import { hashBytes } from "../../src/storage/hash.ts";
import { memberSuffix, parseManifest } from "../../src/storage/manifest.ts";
import { type DatabaseUnderTest, forEachDatabase, type Place } from "../support/dialects.ts";
import { withScope } from "./scope.ts";

let count = 0;

/** An instance, its place and helpers; `close` ends it and removes everything. */
export class Lab implements AsyncDisposable {
  readonly ln: Instance;
  readonly connection: Connection;
  readonly place: Place;

  private constructor(connection: Connection, place: Place) {
    this.connection = connection;
    this.ln = instanceOf(connection);
    this.place = place;
  }

  /**
   * A new instance of testuser1; the settings home and the cache are its own. `far`: its bytes are in memory, as if far
   * away, and `place.storage` is a second storage, whose files are registered in place.
   */
  static async open({ fresh }: DatabaseUnderTest, { far = false } = {}): Promise<Lab> {
    const place = await fresh({ migrated: true });
    process.env.LINEAL_HOME = place.home;
    process.env.LINEAL_CACHE_DIR = join(place.home, "cache");
    settings.verbosity = "error";
    saveUser("testuser1");
    const name = `lab${++count}`;
    const storage = far ? `memory://${name}` : place.storage;
    const lab = new Lab(await initialise({ storage, name, ...(place.db ? { db: place.db } : {}) }), place);
    if (far) await lab.ln.Storage.save({ root: place.storage });
    return lab;
  }

  /** The same folders, another instance of this settings home; `place` is disposed of with it. */
  async enter(slug: string, ...places: Place[]): Promise<Lab> {
    const connection = await connectTo(slug);
    const dispose = async (): Promise<void> => {
      for (const place of [this.place, ...places]) await place.dispose();
    };
    return new Lab(connection, {
      ...this.place,
      storage: isUrl(connection.settings.storage) ? this.place.storage : connection.settings.storage,
      db: connection.settings.db,
      dispose,
      [Symbol.asyncDispose]: dispose,
    });
  }

  /** The same instance connected anew, after another one was the default. */
  again(): Promise<Lab> {
    process.env.LINEAL_HOME = this.place.home;
    process.env.LINEAL_CACHE_DIR = join(this.place.home, "cache");
    return this.enter(this.ln.slug);
  }

  async close(): Promise<void> {
    await setDefault(undefined);
    await this.connection.close();
    await this.place.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Writes a file outside the storage; returns its path. */
  file(name: string, content: string | Uint8Array): string {
    return write(join(this.place.work, name), content);
  }

  /** Writes a file inside the storage; returns its path. Old enough for its hash to be remembered. */
  stored(name: string, content: string | Uint8Array): string {
    return write(join(this.place.storage, name), content);
  }

  /** The backend and the key of an artifact's stored bytes. */
  object(artifact: Artifact): [backend: Backend, key: string] {
    const suffix = artifact.nFiles === null ? artifact.suffix : "";
    return [this.connection.defaultBackend, objectKey(artifact.hash, suffix)];
  }

  /** Whether an artifact's stored bytes are there. */
  async has(artifact: Artifact): Promise<boolean> {
    const [backend, key] = this.object(artifact);
    return (await backend.stat(key)) !== undefined;
  }

  /** Rows of a statement, as the driver gives them. */
  rows(statement: Sql): Promise<Raw[]> {
    return this.connection.read(() => execute(statement));
  }

  /** The number that a `select count(*) as n …` gives. */
  async count(statement: Sql): Promise<number> {
    return Number((await this.rows(statement))[0]?.n);
  }

  /** A new run of a new transform, and a function that works inside it. */
  async run(): Promise<{ run: Run; transform: Transform; within: <T>(body: () => T | Promise<T>) => Promise<T> }> {
    const transform = await this.ln.Transform.save({ key: `script${++count}.ts`, kind: "script" });
    return this.runOf(transform);
  }

  async runOf(
    transform: Transform,
  ): Promise<{ run: Run; transform: Transform; within: <T>(body: () => T | Promise<T>) => Promise<T> }> {
    const run = await this.ln.Run.save({ transform });
    const scope = { instance: this.ln.uid, run: rowOf(run), transform: rowOf(transform) };
    return { run, transform, within: (body) => withScope(scope, body) };
  }
}

function write(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  const old = Date.now() / 1000 - 60 + (++count % 50);
  utimesSync(path, old, old);
  return path;
}

/** The error of a promise that must fail with a LinealError of this code and with a hint. */
export async function refused(promise: PromiseLike<unknown>, code: LinealError["code"]): Promise<LinealError> {
  const error = await Promise.resolve(promise).then(
    (value) => expect.fail(`expected a refusal (${code}), got ${String(value)}`),
    (reason: unknown) => reason,
  );
  expect(error, String((error as Error)?.stack)).toBeInstanceOf(LinealError);
  expect((error as LinealError).code, String(error)).toBe(code);
  expect((error as LinealError).hint, String(error)).toBeTruthy();
  return error as LinealError;
}

/** uid, key and version state of artifacts: what most tests compare. */
export const short = (artifacts: readonly Artifact[]): string[] =>
  artifacts.map((a) => `${a.key ?? "-"} ${a.version}${a.isLatest ? " latest" : ""}`);

/** No row without bytes: every artifact's file, every member of a folder and every stored object without a mark is there and has its hash. */
export async function checkBytes({ connection }: Lab): Promise<void> {
  const check = async (row: Raw, key: string, hash: unknown = row.hash): Promise<Uint8Array> => {
    const source = await connection.backend(String(row.root)).open(key);
    const bytes = await bytesOf(source).finally(() => source.close());
    expect(hashBytes(bytes), `${row.root}/${key}`).toBe(hash);
    return bytes;
  };
  const rows = (statement: Sql) => connection.read(() => execute(statement));
  for (const row of await rows(
    sql`select hash, suffix, (select root from storage s where s.id = o.storage_id) as root from object o where purging_since is null`,
  ))
    await check(row, objectKey(String(row.hash), String(row.suffix)));
  for (const row of await rows(
    sql`select hash, suffix, n_files, place_key, (select root from storage s where s.id = a.storage_id) as root from artifact a where not overwritten and removed_at is null`,
  )) {
    const folder = row.n_files !== null;
    if (folder && row.place_key !== null) expect(existsSync(join(String(row.root), String(row.place_key)))).toBe(true);
    else if (!folder) await check(row, String(row.place_key ?? objectKey(String(row.hash), String(row.suffix))));
    else
      for (const entry of parseManifest(Buffer.from(await check(row, objectKey(String(row.hash), ""))).toString()))
        await check(row, objectKey(entry.hash, memberSuffix(entry.path)), entry.hash);
  }
}

/** Describes the block on both databases, with stored bytes on disk and with stored bytes in memory, as if far away. */
export function forEachStorage(block: (open: () => Promise<Lab>, far: boolean) => void): void {
  forEachDatabase((database) => {
    for (const far of [false, true])
      describe(far ? "bytes far away" : "bytes on disk", () => block(() => Lab.open(database, { far }), far));
  });
}
