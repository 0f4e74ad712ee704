import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { changed, differing } from "../../../src/lineage/answers/differences.ts";
import { isReadBack } from "../../support/json.ts";

test("the smallest parts that differ, by the path that one would write", () => {
  expect(differing({ a: 1, b: { c: [1, 2], d: "x" } }, { b: { d: "x", c: [1, 3] }, a: 1 })).toEqual([
    { path: "b.c", a: [1, 2], b: [1, 3] },
  ]);
  expect(differing({ layers: [{ n: 1 }, { n: 2 }] }, { layers: [{ n: 1 }, { n: 3 }] })).toEqual([
    { path: "layers[1].n", a: 2, b: 3 },
  ]);
  expect(differing([1, 2], [1, 2, 3])).toEqual([{ path: "", a: [1, 2], b: [1, 2, 3] }]);
  expect(differing({ "a.b": { "": 1 } }, { "a.b": {} })).toEqual([{ path: '["a.b"][""]', a: 1, b: undefined }]);
  expect(differing({ a: null, b: 1 }, { a: 0, b: "1" })).toEqual([
    { path: "a", a: null, b: 0 },
    { path: "b", a: 1, b: "1" },
  ]);
  expect(differing({ a: {} }, { a: [] })).toEqual([{ path: "a", a: {}, b: [] }]);
  expect(differing({ toString: 1 }, {})).toEqual([{ path: "toString", a: 1, b: undefined }]);
});

test("what was added, removed and changed, or null", () => {
  expect(changed({ a: 1, b: { c: 1 }, d: 1 }, { b: { c: 2 }, d: 1, e: 1 })).toEqual({
    added: { e: 1 },
    removed: { a: 1 },
    changed: { b: { a: { c: 1 }, b: { c: 2 } } },
  });
  expect(changed({ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } })).toBeNull();
});

test("nothing differs exactly when two JSON values are equal, whatever the order of their keys", () => {
  const json = fc
    .jsonValue({ maxDepth: 3, noUnicodeString: false })
    .filter(isReadBack)
    .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const turned = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(turned)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, one]) => [key, turned(one)]),
          )
        : value;
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(differing(a, turned(a))).toEqual([]);
      expect(differing(a, b).length === 0).toBe(isDeepStrictEqual(a, b));
      for (const part of differing(a, b)) expect(isDeepStrictEqual(part.a, part.b)).toBe(false);
    }),
    { numRuns: 500 },
  );
});
