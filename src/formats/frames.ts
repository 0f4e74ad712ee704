/** Arrow tables and polars DataFrames, in and out; neither library is loaded before it is asked for. */
import type { DataType, Vector } from "apache-arrow";
import { type ColumnDraft, type ColumnType, type ColumnValues, narrow, type Value } from "./column.ts";
import { optional } from "./optional.ts";

/** What an Arrow table looks like to us, whichever copy of the library made it. */
export interface ArrowLike {
  readonly numRows: number;
  readonly numCols: number;
  readonly schema: {
    readonly fields: readonly { readonly name: string; readonly type: { readonly typeId: number } }[];
  };
  getChildAt(index: number): { get(row: number): unknown } | null;
}

/** What a polars DataFrame looks like to us. */
export interface PolarsLike {
  readonly columns: readonly string[];
  getColumns(): readonly PolarsSeries[];
}

interface PolarsSeries {
  readonly name: string;
  readonly dtype: { readonly variant?: string };
  toArray(): unknown[];
  cast(dtype: unknown): PolarsSeries;
}

/** Whether a value is an Arrow table. */
export function isArrow(value: unknown): value is ArrowLike {
  const table = value as Partial<ArrowLike> | null;
  return (
    typeof table === "object" &&
    table !== null &&
    typeof table.numRows === "number" &&
    typeof table.getChildAt === "function" &&
    Array.isArray(table.schema?.fields)
  );
}

/** Whether a value is a polars DataFrame. */
export function isPolars(value: unknown): value is PolarsLike {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.prototype.toString.call(value) === "[object DataFrame]" &&
    typeof (value as Partial<PolarsLike>).getColumns === "function"
  );
}

// Arrow's type ids; they are part of the format's JavaScript library and do not change
const ARROW_INT = 2;
const ARROW_FLOAT = 3;
const ARROW_DATE = 8;
const ARROW_TIMESTAMP = 10;
const ARROW_TYPES: Readonly<Record<number, ColumnType>> = {
  [ARROW_INT]: "int",
  [ARROW_FLOAT]: "real",
  5: "text",
  20: "text",
  6: "bool",
  [ARROW_DATE]: "time",
  [ARROW_TIMESTAMP]: "time",
};

/** The columns of an Arrow table; timestamps become dates to the millisecond. */
export function columnsOfArrow(table: ArrowLike): ColumnDraft[] {
  return table.schema.fields.map(({ name, type }, index) => {
    const vector = table.getChildAt(index);
    const isTime = type.typeId === ARROW_DATE || type.typeId === ARROW_TIMESTAMP;
    const values = Array.from({ length: table.numRows }, (_, row) => {
      const value = vector?.get(row);
      if (isTime && (typeof value === "number" || typeof value === "bigint")) return new Date(Number(value));
      return plainCell(value);
    });
    return { name, type: ARROW_TYPES[type.typeId], values };
  });
}

const POLARS_TYPES: Readonly<Record<string, ColumnType>> = {
  String: "text",
  Utf8: "text",
  Categorical: "text",
  Bool: "bool",
  Datetime: "time",
  Date: "time",
  Float32: "real",
  Float64: "real",
  Int8: "int",
  Int16: "int",
  Int32: "int",
  Int64: "int",
  UInt8: "int",
  UInt16: "int",
  UInt32: "int",
  UInt64: "int",
};

/** The columns of a polars DataFrame. */
export async function columnsOfPolars(frame: PolarsLike): Promise<ColumnDraft[]> {
  const { default: polars } = await optional("nodejs-polars", () => import("nodejs-polars"));
  return frame.getColumns().map((series) => {
    const variant = series.dtype.variant ?? "";
    // its arrays round 64-bit integers to doubles, so those go through text
    const is64 = variant === "Int64" || variant === "UInt64";
    const values = is64
      ? series
          .cast(polars.Utf8)
          .toArray()
          .map((text) => (typeof text === "string" ? BigInt(text) : null))
      : series.toArray().map(plainCell);
    return { name: series.name, type: POLARS_TYPES[variant], values };
  });
}

/** An Arrow table of these columns. */
export async function arrowOf(columns: readonly ColumnValues[]): Promise<unknown> {
  const arrow = await optional("apache-arrow", () => import("apache-arrow"));
  const types: Record<ColumnType, () => DataType> = {
    text: () => new arrow.Utf8(),
    json: () => new arrow.Utf8(),
    int: () => new arrow.Int32(),
    bigint: () => new arrow.Int64(),
    real: () => new arrow.Float64(),
    bool: () => new arrow.Bool(),
    time: () => new arrow.TimestampMillisecond("UTC"),
  };
  const vectors: [string, Vector][] = columns.map(({ name, type, values }) => {
    const wide = type === "int" && !fitsInt32(values);
    const cells = wide
      ? values.map((value) => (value === null ? null : BigInt(value as number)))
      : frameCells(type, values);
    return [name, arrow.vectorFromArray(cells as unknown[], types[wide ? "bigint" : type]()) as Vector];
  });
  return new arrow.Table(Object.fromEntries(vectors));
}

/** A polars DataFrame of these columns. */
export async function polarsOf(columns: readonly ColumnValues[]): Promise<unknown> {
  const { default: polars } = await optional("nodejs-polars", () => import("nodejs-polars"));
  const series = columns.map(({ name, type, values }) => {
    if (type === "bigint") {
      const texts = values.map((value) => (value === null ? null : String(value)));
      return polars.Series(name, texts, polars.Utf8).cast(polars.Int64, true);
    }
    const dtype = {
      text: polars.Utf8,
      json: polars.Utf8,
      real: polars.Float64,
      bool: polars.Bool,
      time: polars.Datetime("ms"),
      int: fitsInt32(values) ? polars.Int32 : polars.Int64,
    }[type];
    return polars.Series(name, frameCells(type, values) as unknown[], dtype);
  });
  return polars.DataFrame(series);
}

/** Whether every integer of a column fits into 32 bits. */
export function fitsInt32(values: readonly Value[]): boolean {
  return values.every((value) => value === null || (typeof value === "number" && (value | 0) === value));
}

function frameCells(type: ColumnType, values: readonly Value[]): readonly unknown[] {
  return type === "json" ? values.map((value) => (value === null ? null : JSON.stringify(value))) : values;
}

/** Cells of other libraries as plain JSON: vectors to arrays, struct rows to objects, exact bigints to numbers. */
export function plainCell(value: unknown): unknown {
  if (typeof value === "bigint") return narrow(value);
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(plainCell);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>, plainCell);
  const { toJSON } = value as { toJSON?: () => unknown };
  if (typeof toJSON === "function") return plainCell(toJSON.call(value));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainCell(inner)]));
}
