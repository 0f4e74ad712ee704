import fc from "fast-check";
import { expect, test } from "vitest";
import { bool, checkValue, coerce, int, json, oneOf, parseText, real, text, time } from "../../src/model/index.ts";

const invalid = expect.objectContaining({ code: "invalid", hint: expect.any(String) });

test("values of the right kind come back in their canonical form", () => {
  expect(checkValue(text(), "a", "p")).toBe("a");
  expect(checkValue(int(), 2 ** 53 - 1, "p")).toBe(2 ** 53 - 1);
  expect(checkValue(int(), 5n, "p")).toBe(5);
  expect(checkValue(real(), -0.5, "p")).toBe(-0.5);
  expect(checkValue(bool(), false, "p")).toBe(false);
  expect(checkValue(time(), "2026-01-01", "p")).toEqual(new Date("2026-01-01"));
  for (const written of [
    "2026-01-01T10:30",
    "2026-01-01 10:30:00",
    "2026-01-01T10:30:00.000Z",
    "2026-01-01T12:30:00+02:00",
    "2026-01-01 10:30:00 UTC",
  ]) {
    expect(checkValue(time(), written, "p"), written).toEqual(new Date(Date.UTC(2026, 0, 1, 10, 30)));
  }
  expect(checkValue(json<object>()(), { a: [1] }, "p")).toEqual({ a: [1] });
  expect(checkValue(text({ optional: true }), null, "p")).toBeNull();
});

test("values of the wrong kind are refused by name", () => {
  const wrong: [Parameters<typeof checkValue>[0], unknown][] = [
    ...[1, true, null, undefined, {}, new Date()].map((value): [ReturnType<typeof text>, unknown] => [text(), value]),
    ...[1.5, "1", Number.NaN, 2 ** 53, 2n ** 60n, Number.POSITIVE_INFINITY].map(
      (value): [ReturnType<typeof int>, unknown] => [int(), value],
    ),
    ...[Number.NaN, "0.1", true].map((value): [ReturnType<typeof real>, unknown] => [real(), value]),
    ...[0, 1, "true"].map((value): [ReturnType<typeof bool>, unknown] => [bool(), value]),
    ...["yesterday", 0, new Date("x"), "2026-13-45", "12:00"].map((value): [ReturnType<typeof time>, unknown] => [
      time(),
      value,
    ]),
    [oneOf("csv", "parquet")(), "tsv"],
    [text({ max: 3 }), "four"],
  ];
  for (const [field, value] of wrong)
    expect(() => checkValue(field, value, "size"), String(value)).toThrow(
      expect.objectContaining({ code: "invalid", message: expect.stringContaining("size") }),
    );
});

test("open words are suggestions", () => {
  expect(checkValue(oneOf("a", "b")({ open: true }), "c", "p")).toBe("c");
});

test("text from a command line", () => {
  expect(parseText(int(), "42", "p")).toBe(42);
  expect(parseText(real(), "-1e-3", "p")).toBe(-0.001);
  expect(parseText(bool(), "true", "p")).toBe(true);
  expect(parseText(text(), "42", "p")).toBe("42");
  expect(parseText(text({ optional: true }), "null", "p")).toBeNull();
  expect(parseText(json()(), '{"a": 1}', "p")).toEqual({ a: 1 });
  expect(parseText(json()(), "plain", "p")).toBe("plain");
  for (const [field, typed] of [
    [int(), "4.5"],
    [int(), ""],
    [int(), "x"],
    [real(), " "],
    [bool(), "yes"],
    [time(), "soon"],
    [int(), "null"],
  ] as const)
    expect(() => parseText(field, typed, "p"), typed).toThrow(invalid);
});

test("what is printed of a number is read again", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) =>
      Object.is(parseText(real(), String(value), "p"), Object.is(value, -0) ? 0 : value),
    ),
  );
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => parseText(int(), String(value), "p") === value));
});

test("what cannot be compared has no canonical form", () => {
  expect(coerce(int(), "1")).toBeUndefined();
  expect(coerce(time(), 5)).toBeUndefined();
});
