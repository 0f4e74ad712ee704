/** Arrow and polars, in and out. */
import * as arrow from "apache-arrow";
import polars from "nodejs-polars";
import { expect, test } from "vitest";
import { sourceOf } from "../../src/ground/bytes.ts";
import { decode, encode, isTabular, Table } from "../../src/formats/index.ts";
import { tableFrom } from "../../src/formats/infer.ts";

const rows = [
  { gene: "TP53", n: 1, w: 2 ** 40, big: 2n ** 60n, x: 0.5, ok: true, at: new Date(5), none: null },
  { gene: null, n: null, w: null, big: null, x: Number.NaN, ok: null, at: null, none: null },
];
const table = Table.from(rows);

test("a table goes to Arrow and comes back", async () => {
  const frame = await table.toArrow<arrow.Table>();
  expect(frame).toBeInstanceOf(arrow.Table);
  expect(isTabular(frame)).toBe(true);
  const back = await tableFrom(frame);
  expect(back?.rows()).toEqual(rows);
  expect(back?.columns).toEqual(table.columns);
});

test("a table goes to polars and comes back, 64-bit integers exact", async () => {
  const frame = await table.toPolars<polars.DataFrame>();
  expect(frame.shape).toEqual({ height: 2, width: 8 });
  expect(isTabular(frame)).toBe(true);
  const back = await tableFrom(frame);
  expect(back?.rows()).toEqual(rows);
  expect(back?.columns).toEqual(table.columns);
});

test("lists, structs and dictionaries of Arrow become plain values", async () => {
  const frame = new arrow.Table({
    list: arrow.vectorFromArray([[1, 2], [3]]),
    struct: arrow.vectorFromArray([{ a: 1n }, { a: 2n }]),
    word: arrow.vectorFromArray(["q", "q"]),
    day: arrow.vectorFromArray([new Date(86_400_000), null], new arrow.DateDay()),
  });
  expect((await tableFrom(frame))?.rows()).toEqual([
    { list: [1, 2], struct: { a: 1 }, word: "q", day: new Date(86_400_000) },
    { list: [3], struct: { a: 2 }, word: "q", day: null },
  ]);
});

test("frames are saved like rows, and files are loaded as frames", async () => {
  const fromRows = await encode(rows, ".parquet");
  expect((await encode(await table.toArrow(), ".parquet")).bytes).toEqual(fromRows.bytes);
  expect((await encode(await table.toPolars(), ".parquet")).bytes).toEqual(fromRows.bytes);
  const source = sourceOf(fromRows.bytes);
  expect(await decode(source, ".parquet", { as: "rows" })).toEqual(rows);
  expect(await decode(source, ".parquet", { as: "arrow" })).toBeInstanceOf(arrow.Table);
  expect(((await decode(source, ".parquet", { as: "polars" })) as polars.DataFrame).height).toBe(2);
});

test("what is a table and what is not", async () => {
  expect([[{ a: 1 }], table, [Object.create(null)]].map(isTabular)).toEqual([true, true, true]);
  expect(
    [[], [1], [{ a: 1 }, null], [[1]], [new Date()], [new Map()], { a: 1 }, "x", null, undefined].map(isTabular),
  ).toEqual(new Array(10).fill(false));
  expect(await tableFrom([])).toBeUndefined();
  expect((await tableFrom([], { empty: true }))?.columns).toEqual([]);
});
