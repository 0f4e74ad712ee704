/** Choosing formats, and values that no format takes. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { LinealError } from "../../src/ground/errors.ts";
import { sourceOf } from "../../src/ground/bytes.ts";
import { decode, encode, openHandle, summarise, Table } from "../../src/formats/index.ts";
import { formatFor } from "../../src/formats/list.ts";
import { collect } from "../contract/format.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test.each([
  [".csv", "csv"],
  [".CSV", "csv"],
  [".vitessce.json", "json"],
  [".anndata.zarr", "zarr"],
  [".fastq.gz", "text.gz"],
  [".tar.gz", "binary"],
  [".h5ad.tar.gz", "binary"],
  [".gz", "binary"],
  [".weird", "binary"],
  ["", "binary"],
])("%s is read as %s", (suffix, name) => {
  expect(formatFor(suffix).name).toBe(name);
});

test("an array is a table with a table suffix or none, and a value with .json", async () => {
  const rows = [{ a: 1 }];
  expect((await encode(rows, undefined)).suffix).toBe(".parquet");
  expect(text((await encode(rows, ".csv")).bytes)).toBe("a\n1\n");
  expect(text((await encode(rows, ".json")).bytes)).toBe('[\n  {\n    "a": 1\n  }\n]\n');
  expect(text((await encode(Table.from(rows), ".jsonl")).bytes)).toBe('{"a":1}\n');
  expect(await decode(sourceOf((await encode(rows, ".json")).bytes), ".json", { as: "rows" })).toEqual(rows);
});

test("bytes stay as they are, whatever the suffix", async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  for (const suffix of [".png", ".csv.gz", ".h5ad", "", undefined])
    expect(await encode(bytes, suffix)).toEqual({ bytes, suffix: suffix ?? "" });
  expect((await encode(bytes.buffer, ".bin")).bytes).toEqual(bytes);
  expect(text((await encode("<svg/>", ".svg")).bytes)).toBe("<svg/>");
});

const cyclic: { self?: unknown } = {};
cyclic.self = { deep: [cyclic] };

describe("values that cannot be stored are refused, with a hint", () => {
  const bad: [string, unknown, string | undefined][] = [
    ["undefined", undefined, undefined],
    ["undefined", undefined, ".json"],
    ["undefined in an array", [undefined], ".json"],
    ["a function", () => 1, ".json"],
    ["a nested function", { f: () => 1 }, ".yaml"],
    ["a symbol", { s: Symbol("x") }, ".json"],
    ["a cycle", cyclic, ".json"],
    ["a cycle", cyclic, ".yaml"],
    ["a cycle in a table", [{ cyclic }, { cyclic: 1 }], ".parquet"],
    ["a bigint", { n: 1n }, ".json"],
    ["NaN", { n: Number.NaN }, ".json"],
    ["a map", new Map([[1, 2]]), ".json"],
    ["typed numbers", { x: new Float64Array(1) }, ".json"],
    ["an object without a format", { a: 1 }, undefined],
    ["a table without a suffix in its key", [{ a: 1 }], ""],
    ["an empty array without a format", [], undefined],
    ["an object as a table", { a: 1 }, ".csv"],
    ["numbers as a table", [1, 2], ".parquet"],
    ["a string as a table", "a,b", ".csv"],
    ["an object as text", { a: 1 }, ".txt"],
    ["an object as a picture", { a: 1 }, ".png"],
    ["an object as h5ad", { a: 1 }, ".h5ad"],
    ["one value as lines", { a: 1 }, ".jsonl"],
    ["half a character", "\udc00", ".txt"],
    ["something as .xz", [{ a: 1 }], ".csv.xz"],
  ];
  test.each(bad)("%s (%o as %s)", async (_name, value, suffix) => {
    const error: unknown = await encode(value, suffix).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LinealError);
    expect((error as LinealError).code).toBe(suffix === ".csv.xz" ? "missing-dependency" : "invalid");
    expect((error as LinealError).hint).toBeTruthy();
  });
});

test("fields that are undefined are left out, dates are ISO text, and shared parts are no cycle", async () => {
  const shared = { a: 1 };
  const { bytes } = await encode({ u: undefined, d: new Date(0), x: shared, y: shared }, ".yaml");
  expect(text(bytes)).toBe("d: 1970-01-01T00:00:00.000Z\nx:\n  a: 1\ny:\n  a: 1\n");
});

test("broken files are invalid, with the place", async () => {
  const read = (content: string, suffix: string) => decode(sourceOf(new TextEncoder().encode(content)), suffix);
  await expect(read("{", ".json")).rejects.toMatchObject({ code: "invalid" });
  await expect(read('1\n\n{"a"\n', ".jsonl")).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("line 3"),
  });
  await expect(read("a: [", ".yaml")).rejects.toMatchObject({ code: "invalid" });
  await expect(decode(sourceOf(new Uint8Array([0xff])), ".txt")).rejects.toMatchObject({ code: "invalid" });
  await expect(read("x", ".h5ad")).rejects.toMatchObject({
    code: "missing-dependency",
    hint: expect.stringContaining("cache()"),
  });
  await expect(read("x", ".txt.bz2")).rejects.toMatchObject({
    code: "missing-dependency",
    hint: expect.stringContaining("cache()"),
  });
  await expect(decode(sourceOf(new Uint8Array(3)), ".png", { as: "rows" })).rejects.toMatchObject({ code: "invalid" });
  await expect(openHandle(sourceOf(new Uint8Array(3)), ".png")).rejects.toMatchObject({ code: "invalid" });
});

describe("compression", () => {
  const rows = Array.from({ length: 5000 }, (_, i) => ({ i, same: "x".repeat(200) }));

  test("no time and no operating system in the bytes", async () => {
    const { bytes } = await encode("hello", ".txt.gz");
    expect([...bytes.subarray(4, 8), bytes[9]]).toEqual([0, 0, 0, 0, 255]);
  });

  test.each([".csv.gz", ".csv.zst", ".jsonl.gz", ".parquet.gz"])("%s is read, opened and counted", async (suffix) => {
    const { bytes } = await encode(rows, suffix);
    expect(bytes.byteLength).toBeLessThan(200_000);
    expect(await decode(sourceOf(bytes), suffix, { as: "rows" })).toEqual(rows);
    expect(await summarise(sourceOf(bytes), suffix)).toMatchObject({ nObservations: 5000 });
    await using handle = await openHandle(sourceOf(bytes), suffix);
    expect((await collect(handle.rows({ start: 4998 }))).length).toBe(2);
  });

  test("a file that unfolds to too much is stopped, wherever it is read", async () => {
    const bomb = sourceOf(gzipSync(Buffer.alloc(2_000_000, "a,b\n")));
    const limit = { maxBytes: 1_000_000 };
    const stopped = expect.objectContaining({ code: "invalid", hint: expect.stringContaining("maxBytes") });
    await expect(decode(bomb, ".txt.gz", limit)).rejects.toEqual(stopped);
    await expect(decode(bomb, ".parquet.gz", limit)).rejects.toEqual(stopped);
    await expect(summarise(bomb, ".csv.gz", limit)).rejects.toEqual(stopped);
    await expect(openHandle(bomb, ".csv.gz", limit)).rejects.toEqual(stopped);
    expect(await decode(bomb, ".txt.gz", { maxBytes: 2_000_000 })).toHaveLength(2_000_000);
  });

  test("a damaged or cut file is invalid", async () => {
    const { bytes } = await encode("hello ".repeat(1000), ".txt.gz");
    await expect(decode(sourceOf(bytes.slice(0, 20)), ".txt.gz")).rejects.toMatchObject({ code: "invalid" });
    await expect(decode(sourceOf(new Uint8Array(30)), ".csv.gz")).rejects.toMatchObject({ code: "invalid" });
    await expect(decode(sourceOf(new Uint8Array(30)), ".csv.zst")).rejects.toMatchObject({ code: "invalid" });
  });
});

test("lines of a text file, whatever their ends", async () => {
  await using handle = await openHandle(sourceOf(new TextEncoder().encode("one\r\ntwo\n\nlast")), ".log");
  expect(await collect(handle.lines())).toEqual(["one", "two", "", "last"]);
});

test("a reader that stops early closes what it reads from", async () => {
  let closed = false;
  const chunks = async function* () {
    try {
      for (let i = 0; i < 100; i++) yield new TextEncoder().encode(`${"a,b\n".repeat(1000)}`);
    } finally {
      closed = true;
    }
  };
  await using handle = await openHandle({ byteLength: 400_000, slice: async () => new Uint8Array(), chunks }, ".csv");
  closed = false;
  for await (const row of handle.rows()) {
    expect(row).toEqual({ a: "a", b: "b" });
    break;
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(true);
});
