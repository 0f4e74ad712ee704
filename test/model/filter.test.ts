import { expect, test } from "vitest";
import { isAbout, type Name, parseFilter } from "../../src/model/index.ts";

const refused = (name: Name, where: unknown): { code?: string; message: string; hint?: string } => {
  try {
    parseFilter(name, where);
  } catch (error) {
    return error as Error;
  }
  throw new Error(`${JSON.stringify(where)} is not refused`);
};

test("a filter becomes tests, absence, not, any, and relations one step at a time", () => {
  expect(parseFilter("Artifact", { key: "a" })).toEqual({ is: "test", key: "key", test: "eq", value: "a" });
  expect(parseFilter("Artifact", {})).toEqual({ is: "all", of: [] });
  expect(parseFilter("Artifact", { key: { ne: null }, createdAt: { lt: "2026-01-01" } })).toEqual({
    is: "all",
    of: [
      { is: "not", of: { is: "absent", key: "key" } },
      { is: "test", key: "createdAt", test: "lt", value: new Date("2026-01-01") },
    ],
  });
  expect(parseFilter("Artifact", { transform: { key: "a" } })).toEqual(
    parseFilter("Artifact", { run: { transform: { key: "a" } } }),
  );
  expect(parseFilter("Artifact", { key: { notIn: ["a", null] } })).toEqual(
    parseFilter("Artifact", { not: { any: [{ key: { in: ["a"] } }, { key: null }] } }),
  );
  expect(parseFilter("Run", { params: { a: { b: { ne: 1 } } } })).toEqual({
    is: "all",
    of: [
      { is: "not", of: { is: "absent", key: "params" } },
      { is: "not", of: { is: "json", key: "params", path: ["a", "b"], test: "eq", value: 1 } },
    ],
  });
  expect(parseFilter("Artifact", { branch: "main" })).toEqual(parseFilter("Artifact", { branch: { name: "main" } }));
});

test.for([
  ["Artifact", { kye: "a" }, "key"],
  ["Artifact", { ulabel: { name: "x" } }, "ulabels"],
  ["Artifact", { run: { transfrom: { key: "x" } } }, "transform"],
  ["Artifact", { key: { startswith: "a" } }, "startsWith"],
  ["Artifact", { size: { greater: 1 } }, "One of: eq, ne, in, notIn, gt, gte, lt, lte."],
  ["Artifact", { qqqqqqqqqqqq: 1 }, "Fields: "],
  ["Artifact", { key: {} }, "Give a value, or one of: "],
  ["Transform", { kind: "skript" }, "One of: script, "],
  ["Run", { status: { in: ["completed", "done"] } }, "One of: scheduled, "],
  ["Artifact", { createdBy: "testuser1" }, 'Write { handle: "testuser1" }'],
] as const)("%s %j: the hint says what was meant", ([name, where, hint]) => {
  expect(refused(name, where)).toMatchObject({ code: "invalid", hint: expect.stringContaining(hint) });
});

test("an open word may be any", () => {
  expect(parseFilter("Artifact", { kind: "atlas" })).toMatchObject({ value: "atlas" });
});

const CIRCLE: Record<string, unknown> = {};
CIRCLE.itself = CIRCLE;

test.for<[Name, unknown]>([
  ...[undefined, { eq: undefined }, { in: [undefined] }, { in: "a" }, 1, true, ["a"]].map((key) => [
    "Artifact",
    { key },
  ]),
  ...[{ eq: { x: 1 } }, { contains: 1 }, { gt: null }, 10n, Symbol("x")].map((key) => ["Artifact", { key }]),
  ...[{ any: { key: "a" } }, { any: ["a"] }, { not: null }, { not: undefined }].map((where) => ["Artifact", where]),
  ...["3", 1.5, true, { contains: "3" }, 2 ** 60, { gt: Number.NaN }].map((size) => ["Artifact", { size }]),
  ...[1, { gt: false }].map((isLatest) => ["Artifact", { isLatest }]),
  ...["soon", 0, new Date(Number.NaN)].map((createdAt) => ["Artifact", { createdAt }]),
  ...["abc", 1, undefined, [{}]].map((run) => ["Artifact", { run }]),
  ...["stem", "internal", "inputMark", "placeKey", "formerBranch", "id", "__proto__"].map((key) => [
    "Artifact",
    JSON.parse(`{"${key}":1}`),
  ]),
  ...[undefined, 5, "x", { eq: 1 }, { gt: 1 }].map((params) => ["Run", { params }]),
  ...[undefined, { gt: true }, { in: 1 }, { contains: 5 }, () => 1, 10n, { eq: undefined }].map((x) => [
    "Run",
    { params: { x } },
  ]),
  ...[{ in: [undefined] }, Number.NaN, { lt: Number.POSITIVE_INFINITY }, new Date(Number.NaN), { eq: CIRCLE }].map(
    (x) => ["Run", { params: { x } }],
  ),
  ...[null, "a", ["a"], 1].map((where) => ["Run", where]),
] as [Name, unknown][])("%s %o is refused", ([name, where]) => {
  expect(refused(name, where)).toMatchObject({ code: "invalid", hint: expect.any(String) });
});

test.for([
  "(?=x)",
  "(a+)+b",
  "((a+))+$",
  "(a|b*)*c",
  "(a{2,})*",
  "(a|a)*b",
  "((a|b)c)+",
  "a{1,300}",
  "a*".repeat(11),
  "a**",
  "a+?",
  "\\bword",
  "(a)\\1",
  "[[:alpha:]]",
  "(",
  "[z-a]",
  "x".repeat(201),
])("the pattern %s is refused", (matches) => {
  expect(refused("Artifact", { key: { matches } })).toMatchObject({
    code: "invalid",
    hint: expect.stringContaining("Allowed"),
  });
});

test("what a filter is about: the row's own fields, also below any and not, not those of a relation", () => {
  expect(isAbout({ branch: "trash" }, "branch")).toBe(true);
  expect(isAbout({ any: [{ key: "a" }, { not: { branch: {} } }] }, "branch")).toBe(true);
  expect(isAbout({ run: { branch: "trash" } }, "branch")).toBe(false);
});
