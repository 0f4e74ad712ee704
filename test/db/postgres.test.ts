import { execFileSync } from "node:child_process";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import sql, { type Sql } from "sql-template-tag";
import { migrate } from "../../src/db/migrate.ts";
import { openDatabase } from "../../src/db/open.ts";
import { type Database, execute, executeEach } from "../../src/db/operation.ts";
import { insert, link } from "../../src/db/write.ts";
import { runScript } from "../support/child.ts";
import { repository } from "../support/repository.ts";
import { createDatabase, type TestDatabase } from "../support/postgres.ts";
import { NOW } from "./fixture.ts";

let place: TestDatabase;
let db: Database;
beforeEach(async () => {
  place = await createDatabase();
  db = await openDatabase(place.url);
  await migrate(db, NOW);
});
afterEach(async () => {
  await db.close();
  await place.drop();
});

const user = (uid: string, handle: string) => insert(db.dialect, "User", { uid, createdAt: NOW, handle });
const handles = async (): Promise<unknown[]> =>
  (await db.read(() => execute(sql`select handle from "user" order by id`))).map((row) => row.handle);

/** Ends all connections of Lineal to this database, from outside, and waits until they have ended. */
async function killAll(): Promise<void> {
  const client = new Client({ connectionString: place.url });
  await client.connect();
  await client.query(
    "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and application_name = 'lineal'",
  );
  await client.end();
}

/** A moment for what happens by itself. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

test("connections that die while idle are replaced, for reads and for writes", async () => {
  await Promise.all([handles(), handles(), handles()]);
  await killAll();
  expect(await handles()).toEqual([]);
  await Promise.all([handles(), handles(), handles()]);
  await killAll();
  await db.write(() => user("user0001", "a"));
  await killAll();
  await settle();
  expect(await handles()).toEqual(["a"]);
});

/** The rows of a statement, one by one. */
const each = async (statement: Sql): Promise<unknown[][]> => {
  const rows: unknown[][] = [];
  await db.read(() => executeEach(statement, (row) => void rows.push(row)));
  return rows;
};

test("statements that are asked often are kept prepared, and asked anew where a pooler or a change of tables forgot them", async () => {
  const prepared = async (): Promise<unknown> =>
    (await db.read(() => execute(sql`select count(*) as n from pg_prepared_statements`)))[0]?.n;
  const numbers = (): Promise<unknown[][]> => each(sql`select handle, ${1}::int from "user"`);
  await db.write(() => user("user0001", "a"));
  for (let i = 0; i < 3; i++) expect(await numbers()).toEqual([["a", 1]]);
  expect(await prepared()).toBe(1);
  await db.read(() => execute(sql`deallocate all`));
  expect(await numbers()).toEqual([["a", 1]]);
  expect(await numbers()).toEqual([["a", 1]]);
  expect(await prepared()).toBe(0);

  const wider = await openDatabase(place.url);
  try {
    const all = (): Promise<unknown> =>
      wider.read(() => executeEach(sql`select * from "user"`, (row) => expect(row).toContain("a")));
    await all();
    await wider.read(() => execute(sql`alter table "user" add column more int`));
    await all();
  } finally {
    await wider.close();
  }
});

test("rows that were handed over are not handed over again when the connection is lost after them", async () => {
  const rows: number[] = [];
  const statement = sql`select g, case when g = 90000 then pg_terminate_backend(pg_backend_pid()) end from generate_series(1, 100000) g`;
  await expect(db.read(() => executeEach(statement, ([g]) => void rows.push(g as number)))).rejects.toMatchObject({
    code: "unavailable",
    hint: expect.stringContaining("try again"),
  });
  expect(rows.length).toBeGreaterThan(1000);
  expect(new Set(rows).size).toBe(rows.length);
  expect(await each(sql`select 1`)).toEqual([[1]]);
  // What goes wrong with a row is told, and the connection is of use afterwards.
  await expect(db.read(() => executeEach(sql`select 1`, () => expect.fail("no")))).rejects.toThrow("no");
  expect(await each(sql`select 2`)).toEqual([[2]]);
});

test("ten connections that died while idle are no more trouble than one", async () => {
  await Promise.all(Array.from({ length: 12 }, handles));
  // While this process waits it hears nothing: every connection of the pool seems alive when it is taken next.
  const kill = `const { default: { Client } } = await import("pg"); const client = new Client({ connectionString: process.argv[1] }); await client.connect();
    await client.query("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and application_name = 'lineal'"); await client.end();`;
  execFileSync(process.execPath, ["--input-type=module", "-e", kill, place.url], { cwd: repository });
  await db.write(() => user("user0001", "a"));
  expect(await handles()).toEqual(["a"]);
});

test("a write that loses its connection: unavailable, nothing written, the next one works", async () => {
  const dying = db.write(function* () {
    yield* user("user0001", "a");
    yield* execute(sql`select pg_terminate_backend(pg_backend_pid())`);
    return yield* user("user0002", "b");
  });
  await expect(dying).rejects.toMatchObject({ code: "unavailable", hint: expect.stringContaining("not written") });
  expect(await handles()).toEqual([]);
  await db.write(() => user("user0001", "a"));
  expect(await handles()).toEqual(["a"]);
});

test("a connection that dies in the middle of a read is replaced", async () => {
  let first = true;
  const rows = await db.read(function* () {
    if (first) {
      first = false;
      yield* execute(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'lineal' and pid <> pg_backend_pid()`,
      );
    }
    return yield* execute(sql`select 1 as one`);
  });
  expect(rows).toEqual([{ one: 1 }]);
  await expect(db.read(() => execute(sql`select pg_terminate_backend(pg_backend_pid())`))).rejects.toMatchObject({
    code: "unavailable",
  });
  expect(await handles()).toEqual([]);
});

test("a lost race is run again, and a name that is really taken is a conflict", async () => {
  const rival = new Client({ connectionString: place.url });
  await rival.connect();
  await rival.query("begin");
  await rival.query(`insert into "user" (uid, created_at, handle) values ('rival001', now(), 'a')`);
  let tries = 0;
  const found = db.write(function* () {
    tries++;
    const [there] = yield* execute(sql`select uid from "user" where handle = 'a'`);
    return there ? there.uid : (yield* user("user0001", "a")).uid;
  });
  const waiting = async (): Promise<boolean> =>
    (await rival.query("select 1 from pg_locks where not granted")).rows.length > 0;
  while (!(await waiting())) await settle();
  await rival.query("commit");
  await rival.end();
  expect(await found).toBe("rival001");
  expect(tries).toBe(2);
  await expect(db.write(() => user("user0002", "a"))).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("handle"),
  });
});

test("a link waits for a row that is given a maker at the same moment, and repeats what it then holds", async () => {
  const rival = new Client({ connectionString: place.url });
  await rival.connect();
  const added = async (text: string): Promise<number> => Number((await rival.query(text)).rows[0]?.id);
  const by = await added(`insert into "user" (uid, created_at, handle) values ('u', now(), 'u') returning id`);
  const storage = await added(
    `insert into storage (uid, created_at, root, type, created_by_id) values ('s', now(), '/', 'local', ${by}) returning id`,
  );
  const transform = await added(
    `insert into transform (uid, created_at, stem, revision, is_latest, kind, created_by_id, space_id, branch_id) values ('t', now(), 't', 0, true, 'script', ${by}, 1, 1) returning id`,
  );
  const [maker, user] = [await added(runRow("maker")), await added(runRow("user"))];
  function runRow(uid: string): string {
    return `insert into run (uid, created_at, transform_id, status, created_by_id, space_id, branch_id) values ('${uid}', now(), ${transform}, 'started', ${by}, 1, 1) returning id`;
  }
  const artifact =
    await added(`insert into artifact (uid, created_at, stem, revision, is_latest, suffix, size, hash, hash_type, overwritten, storage_id, created_by_id, space_id, branch_id, internal, input_mark)
    values ('a', now(), 'a', 0, true, '', 1, 'h', 'sha256', false, ${storage}, ${by}, 1, 1, false, 0) returning id`);
  await rival.query("begin");
  await rival.query(`update artifact set run_id = ${maker}, input_mark = 7 where id = ${artifact}`);
  const linked = db.write(() =>
    link(db.dialect, { now: NOW, userUid: null, runUid: null }, "Run", "inputs", user, [artifact]),
  );
  while ((await rival.query("select 1 from pg_locks where not granted")).rows.length === 0) await settle();
  await rival.query("commit");
  expect(await linked).toBe(1);
  await rival.end();
  expect(await db.read(() => execute(sql`select run_id, input_mark from artifact_input_of`))).toEqual([
    { run_id: maker, input_mark: 7 },
  ]);
});

test("a body that throws leaves nothing behind and gives its connection back", async () => {
  for (let i = 0; i < 15; i++) {
    const failing = db.write(function* () {
      yield* user("user0001", "a");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
  }
  expect(await handles()).toEqual([]);
});

test("whole numbers beyond 2^53 are an error, not a wrong number", async () => {
  await expect(db.read(() => execute(sql`select 9007199254740993::bigint as n`))).rejects.toMatchObject({
    code: "invalid",
  });
});

test("no server, a wrong password, no such database", async () => {
  const open = async (change: (url: URL) => void): Promise<unknown> => {
    const url = new URL(place.url);
    change(url);
    const wrong = await openDatabase(url.href);
    try {
      expect(wrong.place).not.toContain(new URL(place.url).password || "no password");
      return await wrong.read(() => execute(sql`select 1`));
    } finally {
      await wrong.close();
    }
  };
  await expect(
    open((url) => {
      url.port = "1";
    }),
  ).rejects.toMatchObject({ code: "unavailable" });
  await expect(
    open((url) => {
      url.hostname = "no-such-host.invalid";
    }),
  ).rejects.toMatchObject({ code: "unavailable" });
  await expect(
    open((url) => {
      url.pathname = "/no_such_database";
    }),
  ).rejects.toMatchObject({ code: "not-found", hint: expect.stringContaining("createdb") });
  if (new URL(place.url).password)
    await expect(
      open((url) => {
        url.password = "wrong";
      }),
    ).rejects.toMatchObject({ code: "forbidden" });
});

test("a process with idle connections outlives the server's end, and ends by itself", async () => {
  const ended = await runScript(
    `
    import { openDatabase } from ${JSON.stringify(`${repository}src/db/open.ts`)};
    import sql from ${JSON.stringify(`${repository}node_modules/sql-template-tag/dist/index.js`)};
    import pg from ${JSON.stringify(`${repository}node_modules/pg/lib/index.js`)};
    const db = await openDatabase(process.argv[2]);
    const ask = () => db.read(function* () { return yield sql\`select 1 as one\`; });
    await Promise.all([ask(), ask()]);
    const client = new pg.Client({ connectionString: process.argv[2] });
    await client.connect();
    await client.query("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and application_name = 'lineal'");
    await client.end();
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log("alive", (await ask())[0].one);`,
    { name: "idle.mts", args: [place.url] },
  );
  expect(ended).toMatchObject({ code: 0, stderr: "", stdout: "alive 1\n" });
});
