import fc from "fast-check";
import { expect, test } from "vitest";
import { type Item, itemsThatDiffer } from "../../../src/lineage/answers/differences.ts";

/** An artifact: family and version, key, bytes. */
const file = (uid: string, key: string | null, hash: string): Item => ({
  registry: "Artifact",
  uid,
  key,
  hash,
  suffix: ".csv",
});
const apart = { lastOnes: false };

test("a key stands for itself before equal bytes do, and a family before a key", () => {
  const [x, y] = [file("xxxx0000", "x", "same"), file("yyyy0000", "y", "same")];
  expect(itemsThatDiffer([x, y], [file("xxxx0001", "x", "new"), y], apart)).toEqual({
    added: {},
    removed: {},
    changed: { x: { a: "same", b: "new" } },
  });
  expect(itemsThatDiffer([x], [y, file("zzzz0000", "x", "other")], apart)).toEqual({
    added: { y: "same" },
    removed: {},
    changed: { x: { a: "same", b: "other" } },
  });
  expect(itemsThatDiffer([x], [file("xxxx0001", "z", "new"), file("zzzz0000", "x", "same")], apart)).toEqual({
    added: { x: "same" },
    removed: {},
    changed: { "x → z": { a: "same", b: "new" } },
  });
});

test("a record's uid has no versions, and a thing of another sort is another thing", () => {
  const record = (uid: string, key: string): Item => ({ registry: "Record", uid, key, hash: null, suffix: null });
  expect(itemsThatDiffer([record("AAAA1111", "a")], [record("AAAA2222", "b")], apart)).toEqual({
    added: { b: "AAAA2222" },
    removed: { a: "AAAA1111" },
    changed: {},
  });
  expect(itemsThatDiffer([record("AAAA1111", "a")], [file("AAAA2222", "a", "h")], { lastOnes: true })).toEqual({
    added: { a: "h" },
    removed: { a: "AAAA1111" },
    changed: {},
  });
});

test("whatever there is, it is told once or is the same on both sides", () => {
  const one = fc.record({
    registry: fc.constantFrom("Artifact", "Collection", "Record"),
    uid: fc.integer({ min: 0, max: 99 }).map((n) => String(n).padStart(8, "0")),
    key: fc.option(fc.constantFrom("a", "b", "c", "d")),
    hash: fc.option(fc.constantFrom("h", "i", "j")),
    suffix: fc.constantFrom(null, ".csv"),
  });
  const side = fc.uniqueArray(one, { selector: ({ uid }) => uid, maxLength: 9 });
  fc.assert(
    fc.property(side, side, fc.boolean(), (left, right, lastOnes) => {
      const { added, removed, changed } = itemsThatDiffer(left, right, { lastOnes }) ?? {
        added: {},
        removed: {},
        changed: {},
      };
      const count = (table: object): number => Object.keys(table).length;
      expect(left.length - count(removed)).toBe(right.length - count(added));
      expect(count(changed)).toBeLessThanOrEqual(left.length - count(removed));
    }),
  );
  fc.assert(fc.property(side, (it) => itemsThatDiffer(it, it.toReversed(), { lastOnes: true }) === null));
});
