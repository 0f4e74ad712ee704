import { expect, onTestFinished, test } from "vitest";
import sql from "sql-template-tag";
import { migrate, migrationState } from "../../src/db/migrate.ts";
import { difference, type Migration, tablesAfter } from "../../src/db/migration.ts";
import { migrations } from "../../src/db/migrations/index.ts";
import { openDatabase } from "../../src/db/open.ts";
import { type Database, execute } from "../../src/db/operation.ts";
import { allTables } from "../../src/db/tables.ts";
import { names } from "../../src/model/index.ts";
import { runScript } from "../support/child.ts";
import { repository } from "../support/repository.ts";
import { type DatabaseUnderTest, forEachDatabase } from "../support/dialects.ts";
import { NOW, placeOf } from "./fixture.ts";

/** Tables by name; in which order a table's indexes were made says nothing. */
const sorted = (tables: ReturnType<typeof allTables>): unknown =>
  tables
    .map((table) => ({ ...table, indexes: table.indexes.map((index) => JSON.stringify(index)).sort() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

test("the migrations lead exactly to what the model declares", () => {
  expect(sorted(tablesAfter(migrations))).toEqual(sorted(allTables()));
  expect(difference(tablesAfter(migrations), allTables())).toEqual([]);
});

test("a difference adds tables, columns and indexes", () => {
  const [first, ...rest] = allTables();
  if (!first) throw new Error("no tables");
  const column = { name: "extra", kind: "text", optional: true } as const;
  const index = { columns: ["extra"] } as const;
  const wider = { ...first, columns: [...first.columns, column], indexes: [...first.indexes, index] };
  expect(difference([first], [wider, ...rest.slice(0, 1)])).toEqual([
    { do: "add-column", table: first.name, column },
    { do: "create-index", table: first.name, index },
    { do: "create-table", table: rest[0] },
  ]);
  const partial = { ...index, where: "extra is not null" };
  expect(difference([wider], [{ ...wider, indexes: [...first.indexes, partial] }])).toEqual([
    { do: "drop-index", table: first.name, index },
    { do: "create-index", table: first.name, index: partial },
  ]);
  expect(
    tablesAfter([
      { name: "1", changes: difference([], [first]) },
      { name: "2", changes: difference([first], [wider]) },
    ]),
  ).toEqual([wider]);
});

forEachDatabase((database) => {
  const open = async ({ fresh }: DatabaseUnderTest): Promise<{ db: Database; place: string }> => {
    const place = await fresh();
    const db = await openDatabase(placeOf(place));
    onTestFinished(async () => {
      await db.close();
      await place.dispose();
    });
    return { db, place: placeOf(place) };
  };

  test("a fresh database gets all tables, and a second time nothing", async () => {
    const { db } = await open(database);
    expect(await migrationState(db)).toEqual({ applied: [], pending: migrations.map((m) => m.name), fresh: true });
    expect(await migrate(db, NOW)).toEqual(migrations.map((m) => m.name));
    expect(await migrate(db, NOW)).toEqual([]);
    expect(await migrationState(db)).toMatchObject({ pending: [], fresh: false });
    const rows = await db.read(() => execute(sql`select name, uid from branch order by id`));
    expect(rows.map((row) => row.name)).toEqual(["main", "archive", "trash"]);
    for (const table of allTables())
      expect(await db.read(() => execute(db.dialect.hasTable(table.name))), table.name).toHaveLength(1);
    expect(names).toHaveLength(14);
  });

  test("a later migration is applied to what is there; fixed ids do not collide", async () => {
    const { db } = await open(database);
    await migrate(db, NOW);
    const later: Migration = {
      name: "9000-later",
      changes: [
        { do: "add-column", table: "branch", column: { name: "colour", kind: "text", optional: true } },
        { do: "create-index", table: "branch", index: { columns: ["colour"] } },
        {
          do: "insert",
          table: "branch",
          rows: [{ id: 7, uid: "777777777777", name: "seven", status: "draft", colour: "blue" }],
        },
      ],
    };
    expect(await migrate(db, NOW, [...migrations, later])).toEqual(["9000-later"]);
    const [added] = await db.write(() =>
      execute(
        sql`insert into branch (uid, created_at, name, status) values ('888888888888', ${db.dialect.encode("time", NOW)}, 'eight', 'draft') returning id`,
      ),
    );
    expect(added?.id).toBe(8);
  });

  test("links that were there before they repeated who made what they lead from are filled", async () => {
    const { db } = await open(database);
    await migrate(db, NOW, migrations.slice(0, 2));
    const now = db.dialect.encode("time", NOW);
    const [yes, no] = [db.dialect.encode("bool", true), db.dialect.encode("bool", false)];
    await db.write(function* () {
      yield* execute(sql`insert into "user" (id, uid, created_at, handle) values (1, 'u', ${now}, 'u')`);
      yield* execute(
        sql`insert into storage (id, uid, created_at, root, type, created_by_id) values (1, 's', ${now}, '/', 'local', 1)`,
      );
      yield* execute(
        sql`insert into transform (id, uid, created_at, stem, revision, is_latest, kind, created_by_id, space_id, branch_id) values (1, 't', ${now}, 't', 0, ${yes}, 'script', 1, 1, 1)`,
      );
      for (const id of [1, 2])
        yield* execute(
          sql`insert into run (id, uid, created_at, transform_id, status, created_by_id, space_id, branch_id) values (${id}, ${`r${id}`}, ${now}, 1, 'completed', 1, 1, 1)`,
        );
      for (const [id, run] of [
        [1, null],
        [2, 1],
      ]) {
        yield* execute(sql`insert into artifact (id, uid, created_at, stem, revision, is_latest, suffix, size, hash, hash_type, overwritten, storage_id, run_id, created_by_id, space_id, branch_id, internal, input_mark)
          values (${id}, ${`a${id}`}, ${now}, ${`a${id}`}, 0, ${yes}, '', 1, 'h', 'sha256', ${no}, 1, ${run}, 1, 1, 1, ${no}, 5)`);
        yield* execute(sql`insert into artifact_input_of (from_id, to_id, created_at) values (${id}, 2, ${now})`);
      }
    });
    await migrate(db, NOW);
    expect(
      await db.read(() => execute(sql`select from_id, run_id, input_mark from artifact_input_of order by id`)),
    ).toEqual([
      { from_id: 1, run_id: null, input_mark: 5 },
      { from_id: 2, run_id: 1, input_mark: 5 },
    ]);
  });

  test("a database that is newer than the code is refused", async () => {
    const { db } = await open(database);
    await migrate(db, NOW, [...migrations, { name: "9999-future", changes: [] }]);
    for (const attempt of [migrationState(db), migrate(db, NOW)])
      await expect(attempt).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("9999-future"),
        hint: expect.stringContaining("Update"),
      });
  });

  test("a migration that fails leaves nothing behind", async () => {
    const { db } = await open(database);
    const broken: Migration = {
      name: "broken",
      changes: [{ do: "add-column", table: "no_such_table", column: { name: "x", kind: "text", optional: true } }],
    };
    await expect(migrate(db, NOW, [...migrations, broken])).rejects.toThrow();
    expect(await migrationState(db)).toMatchObject({ fresh: true, applied: [] });
  });

  test("six processes that start at once migrate once", async () => {
    const { db, place } = await open(database);
    const script = `
      import { openDatabase } from ${JSON.stringify(`${repository}src/db/open.ts`)};
      import { migrate } from ${JSON.stringify(`${repository}src/db/migrate.ts`)};
      const db = await openDatabase(${JSON.stringify(place)});
      console.log(JSON.stringify(await migrate(db, new Date())));
      await db.close();`;
    const ended = await Promise.all(Array.from({ length: 6 }, () => runScript(script, { name: "migrate.mts" })));
    for (const { code, stderr } of ended) expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(ended.flatMap(({ stdout }) => JSON.parse(stdout) as string[])).toEqual(migrations.map((m) => m.name));
    expect(await migrationState(db)).toMatchObject({ pending: [] });
  });
});
