/** What every format keeps: values come back, and writing what was read gives the same bytes. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sourceOf } from "../../src/ground/bytes.ts";
import { decode, encode, openHandle, summarise, Table } from "../../src/formats/index.ts";
import { formatFor } from "../../src/formats/list.ts";

/** One format's examples: values it must hold, and a file that something else wrote. */
export interface FormatExamples {
  readonly suffix: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly sample: URL;
}

/** Everything an asynchronous iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Runs the contract for one suffix. */
export function formatContract({ suffix, values, sample }: FormatExamples): void {
  describe(`format ${suffix}`, () => {
    const again = async (bytes: Uint8Array): Promise<unknown> => decode(sourceOf(bytes), suffix);

    test.each(Object.entries(values))("%s: write, read, write gives the same bytes", async (_name, value) => {
      const { bytes } = await encode(value, suffix);
      expect((await encode(value, suffix)).bytes).toEqual(bytes);
      const read = await again(bytes);
      expect((await encode(read, suffix)).bytes).toEqual(bytes);
      if (value instanceof Table) expect((read as Table).rows()).toEqual(value.rows());
      else expect(read).toEqual(value);
    });

    test("reads a file that something else wrote, and what it writes of it reads the same", async () => {
      const read = await again(readFileSync(sample));
      const written = await encode(read, suffix);
      expect(written.suffix).toBe(suffix);
      expect(await again(written.bytes)).toEqual(read);
      expect(read instanceof Uint8Array ? `${read.byteLength} bytes` : read).toMatchSnapshot();
    });

    if (formatFor(suffix).open !== undefined) {
      test("an opened file gives the rows that a loaded one has, whole and in part", async () => {
        const source = sourceOf(readFileSync(sample));
        await using handle = await openHandle(source, suffix);
        const rows = await collect(handle.rows());
        expect((await handle.table()).rows()).toEqual(rows);
        const value = await decode(source, suffix);
        if (value instanceof Table) {
          expect(rows).toEqual(value.rows());
          expect(handle.columns.map(({ name, type }) => ({ name, type }))).toEqual(
            value.columns.map(({ name, type }) => ({ name, type })),
          );
          expect(handle.length).toBe(value.length);
          expect(await summarise(source, suffix)).toEqual({ otype: "Table", nObservations: value.length });
        }
        const name = handle.columns[0]?.name ?? "";
        expect(await collect(handle.rows({ columns: [name], start: 1, end: 2 }))).toEqual(
          rows.slice(1, 2).map((row) => ({ [name]: row[name] })),
        );
        await expect(handle.table({ columns: ["no such column"] })).rejects.toMatchObject({ code: "invalid" });
      });
    }
  });
}
