/** Parquet: types, determinism, parts, files of other programs. */
import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import polars from "nodejs-polars";
import { expect, test } from "vitest";
import { sourceOf } from "../../src/ground/bytes.ts";
import { decode, encode, openHandle, Table } from "../../src/formats/index.ts";
import { collect } from "../contract/format.ts";
import { isReadBack } from "../support/json.ts";

const read = async (bytes: Uint8Array): Promise<Table> => (await decode(sourceOf(bytes), ".parquet")) as Table;

test("a table without a suffix becomes parquet, with its facts", async () => {
  const { bytes, ...facts } = await encode([{ a: 1 }, { a: 2 }], undefined);
  expect(facts).toEqual({ suffix: ".parquet", otype: "Table", kind: "dataset", nObservations: 2 });
  expect((await read(bytes)).rows()).toEqual([{ a: 1 }, { a: 2 }]);
});

test("no columns, integers beyond 64 bits and bytes in cells are refused", async () => {
  await expect(encode([{}], ".parquet")).rejects.toMatchObject({
    code: "invalid",
    message: "a table without columns cannot be stored as parquet",
  });
  await expect(encode([], ".parquet")).rejects.toMatchObject({ code: "invalid" });
  await expect(encode([{ n: 2n ** 63n }], ".parquet")).rejects.toMatchObject({
    code: "invalid",
    hint: expect.stringContaining("String"),
  });
  await expect(encode([{ b: new Uint8Array(2) }], ".parquet")).rejects.toMatchObject({ code: "invalid" });
  await expect(encode([{ t: "half \ud800" }], ".parquet")).rejects.toMatchObject({
    code: "invalid",
    hint: expect.stringContaining("toWellFormed"),
  });
});

test("files that are not parquet are invalid; what storage says is passed on", async () => {
  await expect(read(new Uint8Array())).rejects.toMatchObject({ code: "invalid" });
  await expect(read(new TextEncoder().encode("a,b\n1,2\n3,4\n5,6\n"))).rejects.toMatchObject({ code: "invalid" });
  const { bytes } = await encode([{ a: "x".repeat(2000) }], ".parquet");
  await expect(read(bytes.fill(7, 4, 60))).rejects.toMatchObject({ code: "invalid" });
  const gone = { byteLength: 100, slice: () => Promise.reject(Object.assign(new Error("gone"), { code: "ENOENT" })) };
  await expect(decode(gone, ".parquet")).rejects.toMatchObject({ code: "ENOENT" });
});

test("parts are read across row groups, without the columns that nobody asked for", async () => {
  const rows = Array.from({ length: 2500 }, (_, i) => ({ i, big: 2n ** 60n + BigInt(i), text: `row ${i}` }));
  const { bytes } = await encode(rows, ".parquet");
  let fetched = 0;
  const source = {
    byteLength: bytes.byteLength,
    async slice(start: number, end?: number) {
      fetched += (end ?? bytes.byteLength) - start;
      return bytes.subarray(start, end);
    },
  };
  await using handle = await openHandle(source, ".parquet");
  fetched = 0;
  const part = await collect(handle.rows({ columns: ["i"], start: 995, end: 1005 }));
  expect(part.map(({ i }) => i)).toEqual([995, 996, 997, 998, 999, 1000, 1001, 1002, 1003, 1004]);
  expect(fetched).toBeLessThan(bytes.byteLength / 2);
  expect((await handle.table({ start: 2499 })).rows()).toEqual([{ i: 2499, big: 2n ** 60n + 2499n, text: "row 2499" }]);
  expect(handle.columns.map(({ type }) => type)).toEqual(["int", "bigint", "text"]);
  await expect(handle.table({ start: -1 })).rejects.toMatchObject({ code: "invalid" });
  expect(() => handle.lines()).toThrow("no lines");
});

test("another program reads what we write", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lineal-parquet-"));
  try {
    const rows = [
      { gene: "日本", n: 1, w: 2 ** 40, x: 0.5, at: new Date(5), ok: true, j: { a: 1 } },
      { gene: null, n: null, w: 1, x: null, at: null, ok: null, j: null },
    ];
    writeFileSync(join(folder, "x.parquet"), (await encode(rows, ".parquet")).bytes);
    const frame = polars.readParquet(join(folder, "x.parquet"));
    expect(frame.drop("j").toRecords()).toEqual(rows.map(({ j, ...row }) => row));
    expect(frame.drop("j").dtypes.map(({ variant }) => variant)).toEqual([
      "String",
      "Int32",
      "Int64",
      "Float64",
      "Datetime",
      "Bool",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const well = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("", "a", "\0", "日本"));
// the parquet writer drops a key called __proto__ inside JSON cells
const column = fc.oneof(
  fc.constantFrom(
    well,
    fc.double(),
    fc.maxSafeInteger(),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.boolean(),
    fc.date({ noInvalidDate: true }),
  ),
  fc.constant(
    fc.oneof(
      well,
      fc.integer(),
      fc.array(fc.integer()),
      fc
        .dictionary(well, fc.jsonValue({ maxDepth: 2 }))
        .filter((o) => !JSON.stringify(o).includes("__proto__") && isReadBack(o)),
    ),
  ),
);
const table = fc
  .uniqueArray(well, { minLength: 1, maxLength: 5 })
  .chain((names) =>
    fc
      .tuple(fc.array(column, { minLength: names.length, maxLength: names.length }), fc.integer({ min: 0, max: 30 }))
      .chain(([kinds, length]) =>
        fc
          .tuple(
            ...kinds.map((kind) =>
              fc.array(fc.option(kind as fc.Arbitrary<unknown>), { minLength: length, maxLength: length }),
            ),
          )
          .map((values) => Table.from({ columns: names.map((name, i) => ({ name, values: values[i] as unknown[] })) })),
      ),
  );

test("any table comes back with its types, and gives the same bytes again", async () => {
  await fc.assert(
    fc.asyncProperty(table, async (original) => {
      const { bytes } = await encode(original, ".parquet");
      const back = await read(bytes);
      expect(back.columns).toEqual(original.columns);
      for (const { name, type } of original.columns) {
        const same = (value: unknown) => (type === "json" ? JSON.stringify(value) : value);
        expect(back.column(name).map(same)).toEqual(original.column(name).map(same));
      }
      expect((await encode(back, ".parquet")).bytes).toEqual(bytes);
    }),
    { numRuns: 150 },
  );
});
