/** The first rows of lists filtered through relations: both ways to them give what the whole list begins with. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Row } from "../../src/db/columns.ts";
import { firstRows } from "../../src/db/first-rows.ts";
import { ask, type Selection } from "../../src/db/question.ts";
import { select } from "../../src/db/select.ts";
import type { Filter } from "../../src/model/index.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { Fixture, TRASH, VIEWER } from "./fixture.ts";

const ROWS = 40;
const key = fc.constantFrom("step-0.ts", "step-1.ts", "step-2.ts", "none.ts");
const handle = fc.constantFrom("testuser1", "other");
const label = fc.constantFrom("common", "rare", "none");
const relation: fc.Arbitrary<Filter> = fc.oneof(
  key.map((key) => ({ run: { transform: { key } } })),
  key.map((key) => ({ transform: { key } })),
  fc.tuple(key, handle).map(([key, handle]) => ({ run: { transform: { key }, createdBy: { handle } } })),
  handle.map((handle) => ({ createdBy: { handle } })),
  label.map((name) => ({ ulabels: { name } })),
  key.map((key) => ({ inputOf: { transform: { key } } })),
  fc.constantFrom("completed", "errored").map((status) => ({ run: { status } })),
  fc.constant({ run: { not: null } }),
);
const own: fc.Arbitrary<Filter> = fc.oneof(
  fc.constant({}),
  fc.constantFrom("a/1", "a/", "b/").map((startsWith) => ({ key: { startsWith } })),
  fc.constantFrom(3, 10, 100).map((gt) => ({ size: { gt } })),
  relation.map((not) => ({ not })),
);
const question = fc.record(
  {
    where: fc.tuple(
      fc.tuple(relation, own).map(([a, b]) => ({ ...b, ...a })),
      own,
    ),
    order: fc.constantFrom([], ["-createdAt"], ["createdAt"], ["key"], ["-key"], ["size"], ["-id"], ["kind", "-key"]),
    offset: fc.constantFrom(0, 1, 5),
  },
  { requiredKeys: ["where"] },
);
const budgets = fc.constantFrom([1, 7], [2, 3, 11], [5, 20], [1, 100]);

forEachDatabase((database) => {
  test("any question, with any budgets", async () => {
    const f = await Fixture.open(database);
    const other = await f.add("User", { handle: "other" });
    const [common, rare] = [await f.add("ULabel", { name: "common" }), await f.add("ULabel", { name: "rare" })];
    const transforms: Row[] = [];
    for (let i = 0; i < 3; i++) transforms.push(await f.add("Transform", { key: `step-${i}.ts` }));
    for (let i = 0; i < ROWS; i++) {
      const made = i % 7 > 0;
      const run = await f.add("Run", {
        transform: transforms[i % 10 === 9 ? 2 : i % 5 === 4 ? 1 : 0],
        createdBy: i % 8 === 3 ? other : f.user,
        status: i % 9 === 5 ? "errored" : "completed",
      });
      const artifact = await f.add("Artifact", {
        key: i % 3 === 0 ? null : `${i % 2 ? "a" : "b"}/${i}`,
        kind: i % 4 === 0 ? "dataset" : null,
        size: (i * 7) % 13,
        // Not in the order of ids, and some at the same moment.
        createdAt: new Date(Date.UTC(2026, 0, 1 + ((i * 3) % 11))),
        createdBy: i % 6 === 1 ? other : f.user,
        run: made ? run : null,
        ...(i % 12 === 11 ? { branch: TRASH, isLatest: false } : {}),
      });
      if (i % 2 === 0) await f.link("Artifact", "ulabels", artifact, common);
      if (i === 17) await f.link("Artifact", "ulabels", artifact, rare, common);
      if (i % 4 === 1) await f.link("Artifact", "inputOf", artifact, run);
    }
    const { dialect } = f.db;
    let [found, given] = [0, 0];
    await fc.assert(
      fc.asyncProperty(question, fc.integer({ min: 1, max: 6 }), budgets, async (asked, limit, budgets) => {
        const whole: Selection = { name: "Artifact", ...asked };
        const rows = await f.db.read(() => select(dialect, VIEWER, { ...whole, offset: 0 }));
        const expected = rows
          .slice(asked.offset ?? 0)
          .slice(0, limit)
          .map((row) => row.uid);
        const first = await f.db.read(() => firstRows(dialect, ask({ ...whole, limit }, VIEWER), budgets));
        if (first) given++;
        if (first && first.length > 0) found++;
        if (first) expect(first.map((row) => row.uid)).toEqual(expected);
        const listed = await f.db.read(() => select(dialect, VIEWER, { ...whole, limit }));
        expect(listed.map((row) => row.uid)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
    expect(given).toBeGreaterThan(100);
    expect(found).toBeGreaterThan(50);
  });

  test("what one record's relation leads to, and pages by id", async () => {
    const f = await Fixture.open(database);
    const run = await f.add("Run", { transform: await f.add("Transform", { key: "t" }) });
    const made: Row[] = [];
    for (let i = 0; i < 9; i++) made.push(await f.add("Artifact", { key: `a/${i}`, run: i % 3 === 0 ? null : run }));
    await f.link("Artifact", "inputOf", made[0] as Row, run);
    const first = async (more: Partial<Selection>, budgets: number[]): Promise<unknown[] | undefined> => {
      const question = { name: "Artifact", from: { name: "Run", key: "outputs", uid: run.uid }, ...more } as const;
      const asked = ask(question, VIEWER);
      return (await f.db.read(() => firstRows(f.db.dialect, asked, budgets)))?.map((row) => row.key);
    };
    for (const budgets of [[1, 2], [100]]) {
      expect(await first({ limit: 2 }, budgets)).toEqual(["a/1", "a/2"]);
      expect(await first({ limit: 2, after: made[2]?.id as number }, budgets)).toEqual(["a/4", "a/5"]);
      expect(await first({ limit: 2, order: ["-createdAt"] }, budgets)).toEqual(["a/8", "a/7"]);
    }
    expect(await first({ from: { name: "Run", key: "inputs", uid: run.uid }, limit: 1 }, [1])).toEqual(["a/0"]);
    expect(await first({ limit: 9 }, [1])).toBeUndefined();
    expect(await first({}, [100])).toBeUndefined();
    expect(await first({ from: undefined, where: [{ key: "a/1" }], limit: 1 }, [100])).toBeUndefined();
  });
});
