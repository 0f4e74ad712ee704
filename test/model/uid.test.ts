import fc from "fast-check";
import { expect, test } from "vitest";
import { base62, isUidLike, randomUid, versionUid } from "../../src/model/index.ts";

test("random uids have the length asked for, hold base-62 letters only, and do not repeat", () => {
  for (const length of [1, 8, 12, 16, 20, 40])
    expect(randomUid(length)).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`));
  expect(new Set(Array.from({ length: 2000 }, () => randomUid(12))).size).toBe(2000);
});

test("every letter comes about as often as the others", () => {
  const seen = new Map<string, number>();
  for (const letter of Array.from({ length: 2000 }, () => randomUid(31)).join(""))
    seen.set(letter, (seen.get(letter) ?? 0) + 1);
  expect(seen.size).toBe(62);
  for (const [letter, n] of seen) expect(Math.abs(n - 1000), letter).toBeLessThan(250);
});

test("base 62 keeps the order of numbers, and refuses what does not fit", () => {
  expect([0, 1, 9, 10, 35, 36, 61, 62].map((n) => base62(n, 4))).toEqual([
    "0000",
    "0001",
    "0009",
    "000A",
    "000Z",
    "000a",
    "000z",
    "0010",
  ]);
  expect(base62(62 ** 4 - 1, 4)).toBe("zzzz");
  expect(() => base62(62 ** 4, 4)).toThrow(expect.objectContaining({ code: "invalid" }));
  fc.assert(fc.property(fc.nat(62 ** 4 - 1), fc.nat(62 ** 4 - 1), (a, b) => a < b === base62(a, 4) < base62(b, 4)));
  expect(versionUid("AsXmTxA3", 1)).toBe("AsXmTxA30001");
});

test("what could be a uid", () => {
  expect(["a", "AsXmTxA3", "0"].map(isUidLike)).toEqual([true, true, true]);
  expect(["", "a-b", "a b", "ä", "a\n"].map(isUidLike)).toEqual([false, false, false, false, false]);
});
