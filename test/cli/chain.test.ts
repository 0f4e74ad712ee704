/** Chains, pairs and sentences that fit 80 columns. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { chainText, fitted, nameText, pairText, valueText } from "../../src/cli/chain.ts";
import { displayWidth } from "../../src/ground/width.ts";

test("long chains keep both ends, sentences break between words, all within 80 columns", () => {
  const uids = Array.from({ length: 9 }, (_, i) => `${i}`.repeat(20));
  const labelOf = (uid: string): string => `data/${uid[0]}.csv v0000`;
  expect(chainText(uids, labelOf, 7)).toBe(
    "       data/0.csv v0000 ← data/1.csv v0000 ← data/2.csv v0000 ← … 4 more\n       ← data/7.csv v0000 ← data/8.csv v0000",
  );
  expect(
    chainText(uids.slice(0, 2), () => `${"長い名前/".repeat(20)}x.csv v0001`, 2)
      .split("\n")
      .map((line) => line.slice(-11)),
  ).toEqual(["x.csv v0001", "x.csv v0001"]);
  expect(fitted("one two three", 70)).toBe(`${" ".repeat(70)}one two\n${" ".repeat(70)}three`);
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", maxLength: 120 }), { minLength: 1, maxLength: 9 }),
      fc.string({ unit: "grapheme", maxLength: 40 }),
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.string({ unit: "grapheme", maxLength: 300 }),
      (words, same, a, b) => {
        const head = `~ ${nameText(words[0] as string)}: `;
        for (const text of [
          fitted(words.join(" "), 7),
          chainText(words, (word) => word, 7),
          pairText(head, same + a, same + b),
          valueText(head, a),
        ])
          for (const line of text.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(80);
        const [left, right] = pairText(
          "",
          `${same.repeat(20)}a${"x".repeat(100)}`,
          `${same.repeat(20)}b${"x".repeat(100)}`,
        ).split(" → ");
        expect(left).not.toBe(right);
      },
    ),
  );
});
