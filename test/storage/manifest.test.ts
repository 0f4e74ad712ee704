/** Manifests: one text per folder content. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { formatManifest, manifestHash, parseManifest, type Entry } from "../../src/storage/manifest.ts";

const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const part = fc
  .string({ unit: "binary", minLength: 1, maxLength: 8 })
  .filter((text) => !/[\n\0/]/.test(text) && text !== "." && text !== "..");
const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const entry: fc.Arbitrary<Entry> = fc.record({ path, hash, size: fc.maxSafeNat() });
const folder = fc.uniqueArray(entry, { selector: (one) => one.path, minLength: 2, maxLength: 12 });
const byPath = (entries: readonly Entry[]): Entry[] =>
  [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));

it("is a sorted line per file", () => {
  const [a, b] = ["a".repeat(64), "b".repeat(64)];
  // By UTF-8 bytes U+FF5E comes before U+1F9EC; by UTF-16 units it would not.
  const entries = [
    { path: "🧬", hash: a, size: 1 },
    { path: "～", hash: b, size: 20 },
    { path: "b c/d", hash: a, size: 0 },
  ];
  expect(formatManifest(entries)).toBe(`${a} 0 b c/d\n${b} 20 ～\n${a} 1 🧬\n`);
});

it("reads back what it wrote, whatever the order", () => {
  fc.assert(
    fc.property(folder, (entries) => {
      expect(parseManifest(formatManifest(entries))).toEqual(byPath(entries));
      expect(manifestHash([...entries].reverse())).toBe(manifestHash(entries));
    }),
  );
});

it("swapping the contents or the names of two different files changes the hash; so does any other change", () => {
  fc.assert(
    fc.property(folder, ([first, second, ...rest]) => {
      if (first === undefined || second === undefined) throw new Error("two entries needed");
      fc.pre(first.hash !== second.hash);
      const before = manifestHash([first, second, ...rest]);
      const swapped = [{ ...first, path: second.path }, { ...second, path: first.path }, ...rest];
      expect(manifestHash(swapped)).not.toBe(before);
      expect(manifestHash([first, ...rest])).not.toBe(before);
      expect(manifestHash([{ ...first, path: `${first.path}x/y/z/w` }, second, ...rest])).not.toBe(before);
    }),
  );
});

it.each(["a\nb", "", "/a", "../a", "a/../../b", "a//b", "./a", "a\0", "\udc00"])("the path %j is refused", (bad) => {
  expect(() => formatManifest([{ path: bad, hash: "0".repeat(64), size: 1 }])).toThrow(
    expect.objectContaining({ code: "invalid" }),
  );
});

it("text that is not a manifest is refused", () => {
  const h = "0".repeat(64);
  for (const text of [
    `${h} 1 a`,
    `${h} 1 b\n${h} 1 a\n`,
    `${h} 1 a\n${h} 2 a\n`,
    `${h} 01 a\n`,
    `${h} 1 ../a\n`,
    "x\n",
    `${h} 1 a\n\n`,
  ]) {
    expect(() => parseManifest(text)).toThrow(expect.objectContaining({ code: "invalid" }));
  }
});
