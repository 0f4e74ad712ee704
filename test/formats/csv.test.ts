/** CSV and TSV: types, odd files, round trips. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sourceOf } from "../../src/ground/bytes.ts";
import { decode, encode, Table } from "../../src/formats/index.ts";
import { isReadBack } from "../support/json.ts";

const read = async (text: string | Uint8Array, suffix = ".csv"): Promise<Table> =>
  (await decode(sourceOf(typeof text === "string" ? new TextEncoder().encode(text) : text), suffix)) as Table;
const column = async (...cells: string[]) => {
  const table = await read(`x,y\n${cells.map((cell) => `${cell},1\n`).join("")}`);
  return { type: table.columns[0]?.type, values: table.column("x") };
};

describe("types", () => {
  test.each([
    [["1", "-2", ""], "int", [1, -2, null]],
    [["007", "010"], "text", ["007", "010"]],
    [["1", "2.5", "1e-3", ".5"], "real", [1, 2.5, 0.001, 0.5]],
    [["1", "NaN", "-inf"], "real", [1, Number.NaN, Number.NEGATIVE_INFINITY]],
    [["Nan", "Nan"], "text", ["Nan", "Nan"]],
    [["NaN", "-Infinity"], "real", [Number.NaN, Number.NEGATIVE_INFINITY]],
    [["NaN", "nobody"], "text", ["NaN", "nobody"]],
    [["9007199254740993", "1"], "bigint", [9007199254740993n, 1n]],
    [["99999999999999999999", "1"], "text", ["99999999999999999999", "1"]],
    [["true", "False"], "bool", [true, false]],
    [["2024-12-20T15:09:33Z"], "time", [new Date("2024-12-20T15:09:33Z")]],
    [["2024-12-20T15:09:33.123456Z"], "text", ["2024-12-20T15:09:33.123456Z"]],
    [["2024-02-30T00:00:00Z"], "text", ["2024-02-30T00:00:00Z"]],
    [["2024-12-20T15:09:33"], "text", ["2024-12-20T15:09:33"]],
    [["2024-12-20"], "text", ["2024-12-20"]],
    [["1", "a"], "text", ["1", "a"]],
    [["+5", "-"], "text", ["+5", "-"]],
    [["1e999"], "text", ["1e999"]],
    [["", ""], "text", [null, null]],
    [['""', "a"], "text", ["", "a"]],
    [['""', "1"], "int", [null, 1]],
  ])("%j is %s", async (cells, type, values) => {
    expect(await column(...cells)).toEqual({ type, values });
  });
});

test("byte-order mark, CRLF, quotes, blank lines and a missing last line end", async () => {
  const table = await read('\ufeffa,"b"\r\n"x, ""y""\r\nz",1\r\n\r\n5" pipe,2');
  expect(table.rows()).toEqual([
    { a: 'x, "y"\r\nz', b: 1 },
    { a: '5" pipe', b: 2 },
  ]);
});

test("repeated and empty header names stay apart", async () => {
  expect((await read(",a,a,a_2,\n1,2,3,4,5\n")).columns.map(({ name }) => name)).toEqual([
    "",
    "a",
    "a_2",
    "a_2_2",
    "_2",
  ]);
});

test("an empty file is a table without columns", async () => {
  expect((await read("")).columns).toEqual([]);
});

test("a ragged row, an open quote and bytes that are not UTF-8 are refused, with the line", async () => {
  await expect(read("a,b\n1,2\n3\n")).rejects.toMatchObject({
    code: "invalid",
    message: "line 3: 1 cells, but the header has 2",
  });
  await expect(read('a,b\n1,"2\n')).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("line"),
  });
  await expect(read(new Uint8Array([97, 10, 0xff, 10]))).rejects.toMatchObject({
    code: "invalid",
    hint: expect.stringContaining("UTF-8"),
  });
});

test("a character split between two chunks is read whole", async () => {
  const text = `a\n${"x".repeat(2 ** 18 - 3)}日\n`;
  expect((await read(text)).column("a")[0]).toBe(`${"x".repeat(2 ** 18 - 3)}日`);
});

test("writes RFC 4180 with line feeds", async () => {
  const { bytes } = await encode(
    [
      { a: 'x"y', b: "1,2", c: null },
      { a: "", b: "l1\nl2", c: { k: [1] } },
    ],
    ".csv",
  );
  expect(new TextDecoder().decode(bytes)).toBe('a,b,c\n"x""y","1,2",\n"","l1\nl2","{""k"":[1]}"\n');
});

const cell = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string(),
  fc.constantFrom(
    "",
    '"',
    '""',
    "\r",
    "\n",
    "\r\n",
    ",",
    "\t",
    "007",
    "1",
    "1.0",
    "-0",
    "true",
    "NaN",
    "\ufeff",
    " x ",
    "2024-12-20T15:09:33Z",
  ),
  fc.double(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.boolean(),
  fc.date(),
  fc.constant(null),
  fc.jsonValue().filter(isReadBack),
);
const names = fc.uniqueArray(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 4 });
const anyTable = names.chain((columns) =>
  fc
    .array(fc.tuple(...columns.map(() => cell)), { maxLength: 6 })
    .map((rows) => Table.from({ columns: columns.map((name, i) => ({ name, values: rows.map((row) => row[i]) })) })),
);
const realTable = fc
  .array(
    fc.record({
      x: fc.double(),
      n: fc.option(fc.maxSafeInteger()),
      t: fc.date({ noInvalidDate: true }),
      b: fc.boolean(),
    }),
    { minLength: 1 },
  )
  .map((rows) =>
    Table.from({
      columns: (["x", "n", "t", "b"] as const).map((name) => ({ name, values: rows.map((row) => row[name]) })),
    }),
  );

test.each([".csv", ".tsv"])(
  "any table keeps its rows and names (%s), and its bytes from the second writing on",
  async (suffix) => {
    await fc.assert(
      fc.asyncProperty(anyTable, async (table) => {
        const { bytes } = await encode(table, suffix);
        const back = await read(bytes, suffix);
        expect(back.length).toBe(table.length);
        expect(back.columns.map(({ name }) => name)).toEqual(table.columns.map(({ name }) => name));
        // a text such as "1.0" is read as a number, so the bytes are settled from the second writing on
        const second = await encode(back, suffix);
        const settled = await read(second.bytes, suffix);
        expect(settled.rows()).toEqual(back.rows());
        expect(Buffer.from((await encode(settled, suffix)).bytes).toString()).toBe(
          Buffer.from(second.bytes).toString(),
        );
      }),
      { numRuns: 150 },
    );
  },
);

test("numbers, times and booleans come back as they were", async () => {
  await fc.assert(
    fc.asyncProperty(realTable, async (table) => {
      expect((await read((await encode(table, ".csv")).bytes)).rows()).toEqual(table.rows());
    }),
    { numRuns: 100 },
  );
});
