/** The way from values to bytes and back. */
import { LinealError } from "../ground/errors.ts";
import type { Handle, ReadOptions, Summary } from "./format.ts";
import { isTabular, tableFrom } from "./infer.ts";
import type { ByteSource } from "../ground/bytes.ts";
import { formatFor } from "./list.ts";
import { Table } from "./table.ts";

export type { Column, ColumnType, Row, Value } from "./column.ts";
export type { Handle, ReadOptions, Summary } from "./format.ts";
export { isTabular } from "./infer.ts";
export { suffixOf } from "./suffix.ts";
export { Table } from "./table.ts";

/** A value as bytes, ready to be stored. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly suffix: string;
  readonly otype?: string;
  readonly kind?: "dataset";
  readonly nObservations?: number;
}

/**
 * The bytes of a value for a suffix; the same value gives the same bytes.
 *
 * A table without a suffix becomes `.parquet`; with a table suffix it is that kind of table; with `.json`, `.jsonl` or
 * `.yaml` it is a plain value. Bytes are taken as they are. Anything that does not fit is `invalid`.
 */
export async function encode(value: unknown, suffix: string | undefined): Promise<Encoded> {
  if (value instanceof Uint8Array) return { bytes: value, suffix: suffix ?? "" };
  if (value instanceof ArrayBuffer) return { bytes: new Uint8Array(value), suffix: suffix ?? "" };
  const target = suffix || (suffix === undefined && isTabular(value) ? ".parquet" : undefined);
  if (target === undefined)
    throw new LinealError("invalid", `${nameOf(value)} needs a format`, { hint: hintFor(value) });
  const format = formatFor(target);
  const { write } = format;
  if (write === undefined) {
    throw new LinealError("invalid", `${nameOf(value)} cannot be stored as ${target}`, {
      hint: "write the file with a library of your own and pass its path",
    });
  }
  if (format.kind === "table") {
    const table = await tableFrom(value, { empty: true });
    if (table === undefined) throw unfit(value, target);
    return { bytes: await write(table), suffix: target, otype: "Table", kind: "dataset", nObservations: table.length };
  }
  if (format.kind === "text" && typeof value !== "string") throw unfit(value, target);
  if (format.kind === "bytes" && !(typeof value === "string" && target === ".svg")) throw unfit(value, target);
  const plain =
    format.kind === "value" && !Array.isArray(value) && isTabular(value) ? (await tableFrom(value))?.rows() : value;
  return { bytes: await write(plain), suffix: target };
}

/** What a table is to be loaded as; without it, as a `Table`. */
export interface DecodeOptions extends ReadOptions {
  readonly as?: "rows" | "arrow" | "polars" | undefined;
}

/** The value of a file's bytes: a `Table`, a plain value, a string or a `Uint8Array`, by its suffix. */
export async function decode(source: ByteSource, suffix: string, options: DecodeOptions = {}): Promise<unknown> {
  const { as, ...read } = options;
  const value = await formatFor(suffix).read(source, read);
  if (as === undefined) return value;
  const table = await tableFrom(value);
  if (table === undefined) {
    throw new LinealError("invalid", `a ${suffix || "plain"} file is not a table and cannot be loaded as ${as}`, {
      hint: "leave `as` out",
    });
  }
  return as === "rows" ? table.rows() : as === "arrow" ? table.toArrow() : table.toPolars();
}

/** Opens a table or text file for reading bit by bit; `invalid` for other files. */
export async function openHandle(source: ByteSource, suffix: string, options: ReadOptions = {}): Promise<Handle> {
  const { open } = formatFor(suffix);
  if (open !== undefined) return open(source, options);
  throw new LinealError("invalid", `${suffix || "files without a suffix"} cannot be opened for reading bit by bit`, {
    hint: "use load() for the value or cache() for the path",
  });
}

/** Facts about a file: its type in memory and its number of observations, where the format knows them. */
export async function summarise(source: ByteSource, suffix: string, options: ReadOptions = {}): Promise<Summary> {
  return (await formatFor(suffix).summarise?.(source, options)) ?? {};
}

function unfit(value: unknown, suffix: string): LinealError {
  return new LinealError("invalid", `${nameOf(value)} cannot be stored as ${suffix}`, { hint: hintFor(value) });
}

function hintFor(value: unknown): string {
  if (typeof value === "string") return "use a key ending in .txt, .md or .json";
  if (isTabular(value)) return "use a key ending in .parquet, .csv, .tsv or .json";
  if (typeof value === "function" || typeof value === "symbol" || value === undefined)
    return "pass a path, bytes, a table or a plain value";
  return "use a key ending in .json or .yaml; a table is an array of plain objects";
}

function nameOf(value: unknown): string {
  if (value instanceof Table) return "a table";
  if (Array.isArray(value)) return isTabular(value) ? "an array of objects" : "an array";
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
