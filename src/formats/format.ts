/** What a format is: the one interface that every file of this room fills in. */
import { LinealError } from "../ground/errors.ts";
import type { Column, Row } from "./column.ts";
import type { ByteSource } from "../ground/bytes.ts";
import type { Table } from "./table.ts";

/** What a file holds once read: a `Table`, a plain value, text, or its bytes. */
export type FormatKind = "table" | "value" | "text" | "bytes";

/** Which part of a table to read: columns by name, rows from `start` up to and without `end`. */
export interface Part {
  readonly columns?: readonly string[] | undefined;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/**
 * A file opened for reading bit by bit. Text files are one column called `line`.
 *
 * `length` is the number of rows, where it is known without reading everything.
 */
export interface Handle extends AsyncDisposable {
  readonly columns: readonly Column[];
  readonly length?: number | undefined;
  rows(part?: Part): AsyncIterable<Row>;
  table(part?: Part): Promise<Table>;
  /** The lines of a text file; `invalid` for files that are not text. */
  lines(): AsyncIterable<string>;
  close(): Promise<void>;
}

/** Facts about a file that are found without keeping its content. */
export interface Summary {
  readonly otype?: string | undefined;
  readonly nObservations?: number | undefined;
}

/** How to read: `maxBytes` bounds what a compressed file may unfold to. */
export interface ReadOptions {
  readonly maxBytes?: number | undefined;
}

/** A file format: which suffixes it has and what their bytes mean. */
export interface Format {
  readonly name: string;
  readonly kind: FormatKind;
  readonly suffixes: readonly string[];
  readonly mime: string;
  read(source: ByteSource, options?: ReadOptions): Promise<unknown>;
  /** Bytes of a value; the same value gives the same bytes. Throws `invalid` for a value it cannot hold. */
  write?(value: unknown): Promise<Uint8Array>;
  open?(source: ByteSource, options?: ReadOptions): Promise<Handle>;
  summarise?(source: ByteSource, options?: ReadOptions): Promise<Summary>;
}

/** A part's rows as numbers inside `0…length`. */
export function rangeOf(
  { start = 0, end = Number.POSITIVE_INFINITY }: Part,
  length = Number.POSITIVE_INFINITY,
): [number, number] {
  if (start < 0 || end < 0 || Number.isNaN(start + end)) {
    throw new LinealError("invalid", `rows ${start} to ${end} are not a range`, { hint: "start and end count from 0" });
  }
  const last = Math.min(end, length);
  return [Math.min(start, last), last];
}

/** A handle that holds nothing open itself. */
export const handle = (opened: Omit<Handle, "close" | typeof Symbol.asyncDispose>): Handle => ({
  ...opened,
  close: async () => {},
  [Symbol.asyncDispose]: async () => {},
});
