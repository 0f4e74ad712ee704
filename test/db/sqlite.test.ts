import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import sql from "sql-template-tag";
import { migrate } from "../../src/db/migrate.ts";
import { openDatabase } from "../../src/db/open.ts";
import { execute } from "../../src/db/operation.ts";
import type { Row } from "../../src/db/columns.ts";
import { remove } from "../../src/db/removed.ts";
import { byId } from "../../src/db/select.ts";
import { everything } from "../../src/db/viewer.ts";
import { insert, update } from "../../src/db/write.ts";
import { LinealError } from "../../src/ground/errors.ts";
import { freshPlace } from "../support/dialects.ts";
import { Fixture, NOW, placeOf, WRITER } from "./fixture.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lineal-sqlite-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => join(folder, "lineal.db");

test("a writer that holds the lock longer than the timeout: unavailable, and reads go on", async () => {
  const db = await openDatabase(file(), { timeout: 50 });
  await migrate(db, NOW);
  const foreign = new DatabaseSync(file());
  foreign.exec("begin immediate; insert into space (uid, created_at, name) values ('s', 'x', 'foreign')");
  const write = (): Promise<unknown> =>
    db.write(() => insert(db.dialect, "User", { uid: "user0001", createdAt: NOW, handle: "a" }));
  await expect(write()).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("locked"),
    hint: expect.stringContaining("Wait"),
  });
  expect(() =>
    db.writeSync?.(() => insert(db.dialect, "User", { uid: "user0002", createdAt: NOW, handle: "b" })),
  ).toThrow(LinealError);
  expect(await db.read(() => execute(sql`select name from space`))).toEqual([{ name: "all" }]);
  foreign.exec("rollback");
  foreign.close();
  await write();
  expect(await db.read(() => execute(sql`select handle from "user"`))).toEqual([{ handle: "a" }]);
  await db.close();
});

test("a body that throws leaves nothing behind and the connection usable", async () => {
  const db = await openDatabase(file());
  await migrate(db, NOW);
  const failing = db.write(function* () {
    yield* insert(db.dialect, "User", { uid: "user0001", createdAt: NOW, handle: "a" });
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await db.read(() => execute(sql`select * from "user"`))).toEqual([]);
  await db.write(() => insert(db.dialect, "User", { uid: "user0001", createdAt: NOW, handle: "a" }));
  const twice = db.write(() => insert(db.dialect, "User", { uid: "user0002", createdAt: NOW, handle: "a" }));
  await expect(twice).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("user.handle") });
  // An operation may catch a conflict and go on in the same transaction.
  await db.write(function* () {
    try {
      yield* insert(db.dialect, "User", { uid: "user0002", createdAt: NOW, handle: "a" });
    } catch (error) {
      if (!(error instanceof LinealError)) throw error;
      yield* insert(db.dialect, "User", { uid: "user0002", createdAt: NOW, handle: "b" });
    }
  });
  expect(await db.read(() => execute(sql`select count(*) as n from "user"`))).toEqual([{ n: 2 }]);
  await db.close();
});

test("a folder that may not be written: forbidden", async () => {
  const closed = join(folder, "closed");
  mkdirSync(closed);
  const root = process.getuid?.() === 0;
  chmodSync(closed, 0o555);
  if (root) {
    // Root may write anywhere: be nobody for a moment.
    chownSync(folder, 65534, 65534);
    process.seteuid?.(65534);
  }
  try {
    await expect(openDatabase(join(closed, "lineal.db"))).rejects.toMatchObject({
      code: "forbidden",
      hint: expect.any(String),
    });
    await expect(openDatabase(join(closed, "deeper", "lineal.db"))).rejects.toMatchObject({ code: "forbidden" });
  } finally {
    if (root) process.seteuid?.(0);
  }
  expect(readdirSync(closed)).toEqual([]);
});

test("a file that is no database: unavailable, and it is left as it is", async () => {
  writeFileSync(file(), "this is a text and no database, long enough to be read as a header".repeat(20));
  await expect(openDatabase(file())).rejects.toMatchObject({ code: "unavailable" });
});

test("a folder in the file's place, and an unknown kind of server", async () => {
  mkdirSync(file());
  await expect(openDatabase(file())).rejects.toMatchObject({ code: "forbidden" });
  await expect(openDatabase("mysql://localhost/x")).rejects.toMatchObject({
    code: "invalid",
    hint: expect.stringContaining("postgres://"),
  });
});

test("more statements than are kept, and closing twice", async () => {
  const db = await openDatabase(file());
  await migrate(db, NOW);
  for (let i = 0; i < 320; i++)
    expect(await db.read(() => execute({ ...sql``, sql: `select ${i} as n`, values: [] } as never))).toEqual([
      { n: i },
    ]);
  await db.close();
  await db.close();
});

test("texts of what was deleted for good are nowhere in the file", async () => {
  const fixture = await Fixture.open({ name: "sqlite", fresh: (options) => freshPlace("sqlite", options) });
  const { db } = fixture;
  const secret = (n: number): string => `s3cret-${n}-${"x".repeat(40)}`;
  const transform = await fixture.add("Transform", { key: "a.ts", kind: "script", sourceCode: secret(1).repeat(500) });
  const run = await fixture.add("Run", { transform, params: { token: secret(2) }, description: secret(3) });
  for (let i = 0; i < 200; i++) await fixture.add("Run", { transform, name: `other ${i}` });
  await db.write(() => update(db.dialect, WRITER, "Run", run.id, { description: secret(4), params: { a: secret(5) } }));
  await db.write(function* () {
    for (const name of ["Run", "Transform"] as const) {
      const row = yield* byId(db.dialect, everything, name, name === "Run" ? run.id : transform.id);
      yield* remove(db.dialect, WRITER, name, row as Row);
    }
  });
  await db.close();
  const bytes = readFileSync(placeOf(fixture.place), "latin1");
  expect(bytes).toContain("other 199");
  expect(bytes).not.toContain("s3cret");
  expect(existsSync(`${placeOf(fixture.place)}-wal`)).toBe(false);
});
