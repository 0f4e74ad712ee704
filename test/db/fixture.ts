/** A migrated database for one test, and rows with everything that need not be said. */
import { onTestFinished } from "vitest";
import type { Row, RowRef } from "../../src/db/columns.ts";
import { migrate } from "../../src/db/migrate.ts";
import { openDatabase } from "../../src/db/open.ts";
import type { Database, Operation } from "../../src/db/operation.ts";
import type { Selection } from "../../src/db/question.ts";
import { count, select } from "../../src/db/select.ts";
import type { Viewer } from "../../src/db/viewer.ts";
import { insert, link, type Values, type Writer } from "../../src/db/write.ts";
import { type Filter, model, type Name } from "../../src/model/index.ts";
import type { DatabaseUnderTest, Place } from "../support/dialects.ts";

export const NOW = new Date("2026-03-01T12:00:00.000Z");
export const MAIN: RowRef = { id: 1, uid: "mmmmmmmmmmmm" };
export const TRASH: RowRef = { id: 3, uid: "tttttttttttt" };
export const ALL: RowRef = { id: 1, uid: "aaaaaaaaaaaa" };
export const WRITER: Writer = { now: NOW, userUid: "user0001", runUid: null };
/** As people look: at main, not at archive and trash. */
export const VIEWER: Viewer = { sees: null, lists: [1], hidden: [2, 3], internal: false };

/** Where the database of a place is. */
export const placeOf = (place: Place): string => place.db ?? `${place.storage}/lineal.db`;

/** A database with all tables, one user and one storage; closed when the test ends. */
export class Fixture {
  readonly db: Database;
  readonly place: Place;
  user!: Row;
  storage!: Row;
  #count = 0;

  private constructor(db: Database, place: Place) {
    this.db = db;
    this.place = place;
  }

  static async open({ fresh }: DatabaseUnderTest): Promise<Fixture> {
    const place = await fresh({ migrated: true });
    const fixture = new Fixture(await openDatabase(placeOf(place)), place);
    onTestFinished(async () => {
      await fixture.db.close();
      await place.dispose();
    });
    await migrate(fixture.db, NOW);
    fixture.user = await fixture.add("User", { handle: "testuser1" });
    fixture.storage = await fixture.add("Storage", { root: "/data" });
    return fixture;
  }

  /** A uid of the right length that no other row has. */
  uid(name: Name): string {
    const { uid, versioned } = model[name];
    const stem = name.slice(0, 2) + String(++this.#count).padStart(uid - (versioned ? 6 : 2), "0");
    return versioned ? `${stem}0000` : stem;
  }

  /** The values of a row with what every row of its registry must have. */
  values(name: Name, values: Values): Values {
    const uid = this.uid(name);
    const { columns, versioned } = model[name];
    const given: Record<string, unknown> = {
      uid,
      createdAt: NOW,
      ...(versioned ? { stem: uid.slice(0, -4), revision: 0 } : {}),
    };
    if (columns.createdBy && name !== "Branch") given.createdBy = this.user ?? null;
    if (columns.space) given.space = ALL;
    if (columns.branch) given.branch = MAIN;
    if (name === "Artifact") Object.assign(given, { storage: this.storage, size: 1, hash: uid });
    return { ...given, ...values };
  }

  add(name: Name, values: Values = {}): Promise<Row> {
    return this.db.write(() => insert(this.db.dialect, name, this.values(name, values)));
  }

  link(name: Name, key: string, row: Row, ...others: readonly Row[]): Promise<number> {
    return this.db.write(() =>
      link(
        this.db.dialect,
        WRITER,
        name,
        key,
        row.id,
        others.map((other) => other.id),
      ),
    );
  }

  /** The rows that a filter finds, as people see them: on main, trash hidden. */
  find(name: Name, where: Filter, more: Partial<Selection> = {}, viewer = VIEWER): Promise<Row[]> {
    return this.db.read(() =>
      select(this.db.dialect, viewer, {
        name,
        where: [where],
        ...more,
      }),
    );
  }

  count(name: Name, where: Filter, more: Partial<Selection> = {}, viewer = VIEWER): Promise<number> {
    return this.db.read(() =>
      count(this.db.dialect, viewer, {
        name,
        where: [where],
        ...more,
      }),
    );
  }
}

/** An operation that also tells how many statements it yielded. */
export function* counted<T>(operation: Operation<T>, tell: (statements: number) => void): Operation<T> {
  let statements = 0;
  let step = operation.next([]);
  while (!step.done) {
    statements++;
    step = operation.next(yield step.value);
  }
  tell(statements);
  return step.value;
}
