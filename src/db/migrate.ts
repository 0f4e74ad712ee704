/** Brings a database to the tables that this version of the code expects, under a lock. */
import sql, { raw } from "sql-template-tag";
import { LinealError } from "../ground/errors.ts";
import { execute, type Database, type Operation } from "./operation.ts";
import { type Migration, statements } from "./migration.ts";
import { steps } from "./migrations/steps.ts";
import { migrations as all } from "./migrations/index.ts";
import { lock } from "./write.ts";

export interface MigrationState {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Nothing of Lineal is there yet. */
  readonly fresh: boolean;
}

/** What has been applied and what has not; throws `conflict` when the database is newer than the code. */
export function migrationState(database: Database, migrations: readonly Migration[] = all): Promise<MigrationState> {
  return database.read(() => state(database, migrations));
}

/** Applies what is missing, all or nothing; several processes may start at once. Returns the names applied by this call. */
export function migrate(database: Database, now: Date, migrations: readonly Migration[] = all): Promise<string[]> {
  return database.write(function* () {
    yield* lock(database.dialect, "lineal:migrate");
    const { pending, fresh } = yield* state(database, migrations);
    if (fresh) {
      const id = database.dialect.columnType({ name: "id", kind: "id" });
      const time = database.dialect.columnType({ name: "applied_at", kind: "time" });
      yield* execute(raw(`create table migration (id ${id}, name text not null unique, applied_at ${time} not null)`));
    }
    for (const migration of migrations.filter((m) => pending.includes(m.name))) {
      for (const statement of statements(database.dialect, migration, now))
        yield* typeof statement === "string" ? steps[statement](database.dialect) : execute(statement);
      yield* execute(
        sql`insert into migration (name, applied_at) values (${migration.name}, ${database.dialect.encode("time", now)})`,
      );
    }
    return [...pending];
  });
}

function* state(database: Database, migrations: readonly Migration[]): Operation<MigrationState> {
  const known = migrations.map((m) => m.name);
  const fresh = (yield* execute(database.dialect.hasTable("migration"))).length === 0;
  const applied = fresh
    ? []
    : (yield* execute(sql`select name from migration order by id`)).map((row) => String(row.name));
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new LinealError(
      "conflict",
      `the database is newer than this version of Lineal: it has ${unknown.join(", ")} (${database.place})`,
      { hint: "Update with `npm install lineal@latest`." },
    );
  }
  return { applied, pending: known.filter((name) => !applied.includes(name)), fresh };
}
