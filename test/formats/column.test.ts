/** Types of columns, found from all cells. */
import { expect, test } from "vitest";
import { columnOf } from "../../src/formats/column.ts";

const typeOf = (...values: unknown[]) => columnOf({ name: "x", values }).type;

test.each([
  ["text", ["a", null]],
  ["int", [1, 2, 3n]],
  ["bigint", [1, 2n ** 60n]],
  ["real", [1, 0.5]],
  ["real", [1, Number.NaN]],
  ["real", [2 ** 60]],
  ["bool", [true, undefined]],
  ["time", [new Date(0)]],
  ["json", [1, "a"]],
  ["json", [0.5, 2n ** 60n]],
  ["json", [{ a: 1 }]],
  ["text", [null, undefined]],
  ["text", []],
])("%s from %o", (type, values) => {
  expect(typeOf(...values)).toBe(type);
});

test("missing cells and invalid dates are null, safe bigints are numbers, -0 is no integer", () => {
  const { values, nullable } = columnOf({ name: "x", values: [undefined, null, new Date(Number.NaN), 5n, -0] });
  expect(values).toEqual([null, null, null, 5, 0]);
  expect(nullable).toBe(true);
});

test("a given type is kept where it fits and refused where it does not", () => {
  expect(columnOf({ name: "x", type: "real", values: [1, 2] }).type).toBe("real");
  expect(columnOf({ name: "x", type: "int", values: [1, 2n ** 60n] })).toMatchObject({
    type: "bigint",
    values: [1n, 2n ** 60n],
  });
  expect(() => columnOf({ name: "x", type: "int", values: [1, "two"] })).toThrow('column "x", row 2: "two" is not int');
});
