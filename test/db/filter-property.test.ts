import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Row } from "../../src/db/columns.ts";
import { migrate } from "../../src/db/migrate.ts";
import { openDatabase } from "../../src/db/open.ts";
import type { Database } from "../../src/db/operation.ts";
import { select } from "../../src/db/select.ts";
import type { Filter } from "../../src/model/index.ts";
import { insert } from "../../src/db/write.ts";
import { everything } from "../../src/db/viewer.ts";
import { freshPlace, type Place } from "../support/dialects.ts";
import { ALL, MAIN, NOW, placeOf } from "./fixture.ts";

/** The rows: few values, so that random filters often agree with some of them. */
const WORDS = ["", "a", "A", "ab", "aB", "b", "ä", "Ä", "a_b", "a%b", "%", "_", "\\", "é", "z", "Z", "10", "9"];
const TIMES = ["2025-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z"];
const word = fc.constantFrom(...WORDS);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    word,
    fc.constantFrom(0, 1, 1.5, -2),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom("x", "y", "eq", "$.z"), tie("value"), { maxKeys: 2 }),
  ),
})).value;
const params = fc.option(fc.dictionary(fc.constantFrom("x", "y", "a.b"), json, { maxKeys: 3 }));
const row = fc.record({
  name: fc.option(word),
  params,
  gitDirty: fc.option(fc.boolean()),
  startedAt: fc.option(fc.constantFrom(...TIMES).map((text) => new Date(text))),
});

const textTest = fc.oneof(
  fc.option(word),
  fc.record({ eq: fc.option(word) }),
  fc.record({ ne: fc.option(word) }),
  fc.record({ in: fc.array(fc.option(word), { maxLength: 3 }) }),
  fc.record({ notIn: fc.array(fc.option(word), { maxLength: 3 }) }),
  ...["gt", "gte", "lt", "lte", "startsWith", "endsWith", "contains", "istartsWith", "iendsWith", "icontains"].map(
    (operator) => word.map((value) => ({ [operator]: value })),
  ),
);
const jsonTest = fc.oneof(
  json,
  fc.record({ ne: json }),
  fc.record({ in: fc.array(json, { maxLength: 2 }) }),
  ...["gt", "lte"].map((operator) =>
    fc.oneof(word, fc.constantFrom(0, 1, 1.2)).map((value) => ({ [operator]: value })),
  ),
  ...["startsWith", "icontains"].map((operator) => word.map((value) => ({ [operator]: value }))),
);
const timeTest = fc.oneof(
  fc.constant(null),
  fc.constantFrom(...TIMES),
  fc.constantFrom(...TIMES).map((gte) => ({ gte })),
  fc.constantFrom(...TIMES).map((text) => ({ lt: new Date(text) })),
);
const filter = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    textTest.map((name) => ({ name })),
    fc.record({
      params: fc.oneof(
        fc.constant(null),
        fc.dictionary(fc.constantFrom("x", "y", "a.b"), jsonTest, { minKeys: 1, maxKeys: 2 }),
      ),
    }),
    fc.option(fc.boolean()).map((gitDirty) => ({ gitDirty })),
    timeTest.map((startedAt) => ({ startedAt })),
    tie("filter").map((not) => ({ not })),
    fc.array(tie("filter"), { maxLength: 3 }).map((any) => ({ any })),
    fc.tuple(tie("filter"), tie("filter")).map(([one, other]) => ({ any: [one], not: other })),
  ),
})).filter;

// ── what a filter means, in plain JavaScript ──
const OPERATORS = [
  "eq",
  "ne",
  "in",
  "notIn",
  "gt",
  "gte",
  "lt",
  "lte",
  "startsWith",
  "endsWith",
  "contains",
  "istartsWith",
  "iendsWith",
  "icontains",
  "matches",
];
const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
const canonical = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(canonical)
    : isObject(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, canonical(inner)]),
        )
      : value;
const same = (a: unknown, b: unknown): boolean =>
  (a === undefined ? null : JSON.stringify(canonical(a ?? null))) === JSON.stringify(canonical(b)) ||
  (a === undefined && b === null);
const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const fold = (text: string): string => text.toLowerCase();

function operator(name: string, found: unknown, wanted: unknown): boolean {
  if (name === "eq") return same(found, wanted);
  if (name === "ne") return !same(found, wanted);
  if (name === "in") return (wanted as unknown[]).some((one) => same(found, one));
  if (name === "notIn") return !(wanted as unknown[]).some((one) => same(found, one));
  if (found === null || found === undefined || typeof found !== typeof wanted) return false;
  if (name === "gt" || name === "gte" || name === "lt" || name === "lte") {
    if (typeof found !== "string" && typeof found !== "number") return false;
    const order = typeof found === "string" ? bytes(found, wanted as string) : found - (wanted as number);
    return name === "gt" ? order > 0 : name === "gte" ? order >= 0 : name === "lt" ? order < 0 : order <= 0;
  }
  if (typeof found !== "string") return false;
  const [text, part] = name.startsWith("i") ? [fold(found), fold(wanted as string)] : [found, wanted as string];
  const kind = name.replace(/^i/, "").toLowerCase();
  return kind === "startswith"
    ? text.startsWith(part)
    : kind === "endswith"
      ? text.endsWith(part)
      : text.includes(part);
}

const asText = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);

function scalar(found: unknown, wanted: unknown): boolean {
  if (!isObject(wanted)) return same(asText(found), asText(wanted));
  return Object.entries(wanted).every(([name, value]) => operator(name, asText(found), asText(value)));
}

function inJson(found: unknown, wanted: unknown): boolean {
  if (!isObject(wanted)) return same(found, wanted);
  const entries = Object.entries(wanted);
  if (entries.length > 0 && entries.every(([key]) => OPERATORS.includes(key)))
    return entries.every(([name, value]) => operator(name, found, value));
  return entries.every(([key, value]) =>
    inJson(isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined, value),
  );
}

function holds(one: Record<string, unknown>, where: Filter): boolean {
  return Object.entries(where).every(([key, wanted]) => {
    if (key === "any") return (wanted as Filter[]).some((inner) => holds(one, inner));
    if (key === "not") return !holds(one, wanted as Filter);
    if (key !== "params") return scalar(one[key], wanted);
    return wanted === null ? one.params === null : one.params !== null && inJson(one.params, wanted);
  });
}

describe("any filter over any rows", () => {
  const open: { place: Place; db: Database }[] = [];
  beforeAll(async () => {
    for (const name of ["sqlite", "postgres"] as const) {
      const place = await freshPlace(name, { migrated: true });
      const db = await openDatabase(placeOf(place));
      await migrate(db, NOW);
      open.push({ place, db });
    }
  });
  afterAll(async () => {
    for (const { place, db } of open) {
      await db.close();
      await place.dispose();
    }
  });

  test("finds the same rows on both databases and by its plain meaning", async () => {
    const rows = fc.sample(row, { numRuns: 60, seed: 7 });
    for (const { db } of open) {
      await db.write(function* () {
        const createdBy = yield* insert(db.dialect, "User", { uid: "user0001", createdAt: NOW, handle: "u" });
        const common = { createdAt: NOW, createdBy, space: ALL, branch: MAIN };
        const transform: Row = yield* insert(db.dialect, "Transform", {
          ...common,
          uid: "transform0000000",
          stem: "transform000",
          revision: 0,
        });
        for (const [i, one] of rows.entries())
          yield* insert(db.dialect, "Run", { ...common, ...one, uid: String(i).padStart(16, "0"), transform });
      });
    }
    let some = 0;
    await fc.assert(
      fc.asyncProperty(filter, async (where) => {
        const meant = rows.flatMap((one, i) => (holds(one, where) ? [i] : []));
        if (meant.length > 0 && meant.length < rows.length) some++;
        for (const { db } of open) {
          const found = await db.read(() => select(db.dialect, everything, { name: "Run", where: [where] }));
          expect(
            found.map((one) => Number(one.uid)),
            `${db.dialect.name} ${JSON.stringify(where)}`,
          ).toEqual(meant);
        }
      }),
      { numRuns: 400 },
    );
    expect(some).toBeGreaterThan(100);
  });
});
