import { expect, test } from "vitest";
import { forEachDatabase } from "../support/dialects.ts";
import { Fixture } from "./fixture.ts";

forEachDatabase((database) => {
  /** Runs with these params, and which of them (by place in the list) a test of params finds. */
  const runs = async (...params: unknown[]): Promise<(test: unknown) => Promise<number[]>> => {
    const f = await Fixture.open(database);
    const transform = await f.add("Transform", { key: "t" });
    for (const [i, one] of params.entries()) await f.add("Run", { transform, name: String(i), params: one });
    return async (test) => (await f.find("Run", { params: test })).map((row) => Number(row.name));
  };

  test("values are compared with their types", async () => {
    const find = await runs(
      { x: 1 },
      { x: true },
      { x: "1" },
      { x: 1.0 },
      { x: 0.01 },
      { x: "0.01" },
      { x: null },
      {},
      null,
      { x: "true" },
      { x: [1] },
    );
    expect(await find({ x: 1 })).toEqual([0, 3]);
    expect(await find({ x: true })).toEqual([1]);
    expect(await find({ x: "1" })).toEqual([2]);
    expect(await find({ x: 0.01 })).toEqual([4]);
    expect(await find({ x: "0.01" })).toEqual([5]);
    expect(await find({ x: [1] })).toEqual([10]);
    expect(await find({ x: null })).toEqual([6, 7]);
    expect(await find(null)).toEqual([8]);
    expect(await find({ x: { ne: null } })).toEqual([0, 1, 2, 3, 4, 5, 9, 10]);
    expect(await find({ x: { ne: 1 } })).toEqual([1, 2, 4, 5, 6, 7, 9, 10]);
    expect(await find({ x: { in: [1, "1", null] } })).toEqual([0, 2, 3, 6, 7]);
    expect(await find({ x: { in: [] } })).toEqual([]);
    expect(await find({ x: { notIn: [1, true] } })).toEqual([2, 4, 5, 6, 7, 9, 10]);
    expect(await find({ x: { gt: 0.5 } })).toEqual([0, 3]);
    expect(await find({ x: { gt: "0.5" } })).toEqual([2, 9]);
    expect(await find({ x: { contains: "ru" } })).toEqual([9]);
    expect(await find({ x: { istartsWith: "TR" } })).toEqual([9]);
    expect(await find({ x: { matches: "^0\\.\\d+$" } })).toEqual([5]);
  });

  test("keys are keys, whatever they hold", async () => {
    const keys = ['we"ird', "$", "a.b", "$.x", "[0]", "eq it", "0", "", "ключ", "a'b"];
    const find = await runs(...keys.map((key) => ({ [key]: { [key]: "v" } })), { a: { b: "other" } });
    for (const [i, key] of keys.entries()) {
      expect(await find({ [key]: { [key]: "v" } }), key).toEqual([i]);
      expect(await find({ [key]: { [key]: { startsWith: "v" } } }), key).toEqual([i]);
    }
    expect(await find({ a: { b: "other" } })).toEqual([10]);
    expect(await find({ a: { b: { c: 1 } } })).toEqual([]);
  });

  test("paths, operators and literal objects", async () => {
    const find = await runs(
      { pre: { down: true, n: 2 } },
      { pre: { n: 2, down: true, more: 1 } },
      { pre: { eq: 5 } },
      { pre: {} },
      { pre: "text" },
    );
    expect(await find({ pre: { down: true } })).toEqual([0, 1]);
    expect(await find({ pre: { eq: { n: 2, down: true } } })).toEqual([0]);
    expect(await find({ pre: { ne: { n: 2, down: true } } })).toEqual([1, 2, 3, 4]);
    expect(await find({ pre: { eq: { eq: 5 } } })).toEqual([2]);
    expect(await find({ pre: { eq: {} } })).toEqual([3]);
    expect(await find({ pre: { n: { gte: 2, lt: 3 }, more: null } })).toEqual([0]);
    expect(await find({ pre: { in: [{ down: true, n: 2 }, "text"] } })).toEqual([0, 4]);
  });

  test("lists match as a whole", async () => {
    const find = await runs({ l: [1, 2] }, { l: [2, 1] }, { l: [] }, { l: [{ b: 1, a: [true] }] });
    expect(await find({ l: [1, 2] })).toEqual([0]);
    expect(await find({ l: [] })).toEqual([2]);
    expect(await find({ l: [{ a: [true], b: 1 }] })).toEqual([3]);
  });

  test("large and small numbers, dates", async () => {
    const at = new Date("2026-01-01T00:00:00.000Z");
    const find = await runs({ x: 2 ** 53 }, { x: 1e-300 }, { x: -0.5 }, { x: at });
    expect(await find({ x: 2 ** 53 })).toEqual([0]);
    expect(await find({ x: { gt: 1e15 } })).toEqual([0]);
    expect(await find({ x: 1e-300 })).toEqual([1]);
    expect(await find({ x: { lt: 0 } })).toEqual([2]);
    expect(await find({ x: at })).toEqual([3]);
    expect(await find({ x: { gte: at } })).toEqual([3]);
  });
});
