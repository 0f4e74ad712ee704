/** Databases that an older version made (see `old-version/make.ts`) say after their migration what they said before. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Client } from "pg";
import sql from "sql-template-tag";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../src/db/open.ts";
import { type Database, execute } from "../../src/db/operation.ts";
import * as lineal from "../../src/index.ts";
import { connectTo, setDefault } from "../../src/instance/connect.ts";
import { initialise } from "../../src/instance/init.ts";
import { databaseFile } from "../../src/instance/settings.ts";
import { saveUser } from "../../src/instance/users.ts";
import { instanceOf } from "../../src/registries/bound.ts";
import { forEachDatabase, type Place } from "../support/dialects.ts";
import { repository } from "../support/repository.ts";
import { answersOf, type Questions } from "./old-version/answers.ts";

const read = (file: string): Buffer => gunzipSync(readFileSync(join(repository, "test/db/old-version", `${file}.gz`)));

/** Puts a database of the old version into a place that has none. */
async function load(place: Place): Promise<void> {
  if (place.db) {
    const client = new Client({ connectionString: place.db });
    await client.connect();
    await client.query(read("postgres.sql").toString());
    await client.query("update storage set root = $1", [place.storage]);
    await client.end();
  } else {
    const file = databaseFile(place.storage);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, read("sqlite.db"));
    const db = await openDatabase(file);
    await db.write(() => execute(sql`update storage set root = ${place.storage}`));
    await db.close();
  }
}

/** An object with other keys. */
const renamed = (value: unknown, names: Readonly<Record<string, string>>): unknown =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [names[key] ?? key, inner]))
    : value;

forEachDatabase((database) => {
  const { questions, answers } = JSON.parse(read(`${database.name}.json`).toString()) as {
    questions: Questions;
    answers: Record<string, unknown>;
  };
  let place: Place;
  let ln: Parameters<typeof answersOf>[0];
  let old: Database;
  beforeAll(async () => {
    place = await database.fresh();
    await load(place);
    old = await openDatabase(place.db ?? databaseFile(place.storage));
    process.env.LINEAL_HOME = place.home;
    lineal.settings.verbosity = "error";
    saveUser("testuser1");
    const connection = await initialise({ storage: place.storage, name: "old", ...(place.db ? { db: place.db } : {}) });
    ln = { ...lineal, ...instanceOf(connection) };
  });
  afterAll(async () => {
    await old.close();
    await setDefault(undefined);
    await (await connectTo("testuser1/old")).close();
    await place.dispose();
  });

  test("lineage, impact, staleness, diff, why and looks into the past answer as they did", async () => {
    const now = await answersOf(ln, questions);
    expect(Object.keys(now)).toEqual(Object.keys(answers));
    const texts = { [questions.record.name]: questions.record.uid };
    for (const [question, answer] of Object.entries(answers)) {
      const { nodes, edges } = (answer ?? {}) as { nodes?: unknown[]; edges?: unknown[] };
      // Names of records are gone; and transforms are known to follow on each other through collections that were deleted.
      const expected = question.startsWith("lineage of Transform")
        ? { nodes: expect.arrayContaining(nodes ?? []), edges: expect.arrayContaining(edges ?? []), truncated: false }
        : JSON.parse(JSON.stringify(answer), (_, value) => renamed(value, texts));
      expect.soft(now[question], question).toEqual(expected);
    }
  });

  test("texts of what was deleted are gone, from the history too", async () => {
    const rows = await old.read(() => execute(sql`select before from "change"`));
    expect(JSON.stringify(rows)).not.toContain("s3cret-alone");
    const [runs] = await old.read(() =>
      execute(
        sql`select count(*) as n from run where removed_at is not null and (params is not null or name is not null)`,
      ),
    );
    expect(Number(runs?.n)).toBe(0);
  });

  test("a process of the old version that deletes for good is refused, and told why", async () => {
    const statements = [
      sql`insert into tombstone (registry, uid, at) values ('Artifact', 'x', '2026-01-01T00:00:00.000Z')`,
      sql`insert into severed_link (role, from_uid, to_uid, mark, created_at) values ('input', 'a', 'b', 1, '2026-01-01T00:00:00.000Z')`,
    ];
    for (const statement of statements)
      await expect(old.write(() => execute(statement))).rejects.toThrow("update it with `npm install lineal@latest`");
    await expect(
      old.write(() =>
        execute(sql`update artifact set is_latest = ${old.dialect.encode("bool", true)} where removed_at is not null`),
      ),
    ).rejects.toThrow("deleted for good");
    expect(await old.read(() => execute(sql`select * from tombstone`))).toEqual([]);
  });
});
