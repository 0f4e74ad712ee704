import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Lists, NONE, NodeIndex, IndexSet } from "../../src/db/row-numbers.ts";

const index = (keys: readonly number[]): NodeIndex => {
  const all = new NodeIndex();
  for (const key of keys) all.of(key);
  return all;
};
const SIZE = 12;
/** Keys whose order is not that of their indexes. */
const keys = fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 44 }), { minLength: SIZE, maxLength: SIZE });
const node = fc.nat({ max: SIZE - 1 });
const order = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const rows = fc.array(fc.tuple(node, fc.oneof(node, fc.constant(NONE)), order), { maxLength: 40 });

describe("index", () => {
  test("a key has one node, in the order in which keys are met", () => {
    const all = index([70, 3, 2 ** 43, 3, 70]);
    expect(all.keys).toEqual([70, 3, 2 ** 43]);
    expect([all.of(3), all.of(8), all.of(2 ** 43), all.size]).toEqual([1, 3, 2, 4]);
    expect(all.keyAt(3)).toBe(8);
  });

  test("a set has what was added, once, also index that came after it was made", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 100 })), (added) => {
        const set = new IndexSet(index([5, 6, 7]), [1]);
        for (const one of added) set.add(one);
        const model = new Set([1, ...added]);
        expect(set.list).toEqual([...model]);
        expect(set.size).toBe(model.size);
        for (let i = NONE; i <= 101; i++) expect(set.has(i)).toBe(model.has(i));
      }),
    );
  });

  test("lists have their rows in the order in which these came, or sorted by order and then by key", () => {
    fc.assert(
      fc.property(keys, rows, fc.boolean(), (keys, rows, isSorted) => {
        const all = index(keys);
        const lists = new Lists(
          all,
          rows.map(([owner]) => owner),
          rows.map(([, item]) => item),
          rows.map(([, , order]) => order),
        );
        if (isSorted) lists.sorted(all);
        for (let owner = 0; owner < SIZE; owner++) {
          const own = rows.filter(([of]) => of === owner);
          const expected = own.filter(([, item]) => item !== NONE).map(([, item, order]) => [item, order] as const);
          if (isSorted) expected.sort(([a, x], [b, y]) => (x === y ? all.keyAt(a) - all.keyAt(b) : x < y ? -1 : 1));
          const found = Array.from({ length: lists.end(owner) - lists.start(owner) }, (_, i) => [
            lists.items[lists.start(owner) + i],
            lists.orders[lists.start(owner) + i],
          ]);
          expect(found).toEqual(expected);
          expect(lists.has(owner)).toBe(own.length > 0);
        }
        expect(lists.has(SIZE)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
