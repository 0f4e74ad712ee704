/** Parquet tables: read by column and by part, written so that the same rows give the same bytes. */
import type { AsyncBuffer, FileMetaData, ParquetScan, SchemaElement } from "hyparquet";
import { LinealError } from "../ground/errors.ts";
import {
  type Column,
  type ColumnDraft,
  type ColumnType,
  type ColumnValues,
  columnOf,
  pickColumns,
  type Row,
  setCell,
  type Value,
} from "./column.ts";
import { type Format, type Handle, handle, type Part, rangeOf } from "./format.ts";
import { plainCell } from "./frames.ts";
import { writeParquet } from "./parquet-write.ts";
import { type ByteSource, bytesOf, sourceOf } from "../ground/bytes.ts";
import { Table } from "./table.ts";

/** `.parquet`: a Table. Nested columns are `json`, times are exact to the millisecond, compression is snappy. */
export const parquet: Format = {
  name: "parquet",
  kind: "table",
  suffixes: [".parquet"],
  mime: "application/vnd.apache.parquet",
  async read(source) {
    const file = await openFile(source);
    return tableOf(file, file.columns, {});
  },
  write: async (value) => writeParquet(value as Table),
  open: openParquet,
  async summarise(source) {
    return { otype: "Table", nObservations: (await openFile(source)).length };
  },
};

interface ParquetFile {
  readonly scan: ParquetScan;
  readonly columns: readonly Column[];
  readonly length: number;
}

async function openFile(source: ByteSource): Promise<ParquetFile> {
  const [{ parquetScan, parquetMetadataAsync }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  return guarded(async () => {
    const file = asyncBuffer(Number.isNaN(source.byteLength) ? sourceOf(await bytesOf(source)) : source);
    if (file.byteLength < 12) throw new Error("the file is too short");
    const metadata = await parquetMetadataAsync(file);
    // utf8: false, or bytes that are no text would be mangled into one
    const scan = await parquetScan({ file, metadata, compressors, utf8: false });
    return { scan, columns: columnsOf(metadata), length: Number(metadata.num_rows) };
  });
}

/** What a library takes for "not parquet" is `invalid`; what storage says is passed on. */
async function guarded<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof LinealError || typeof (cause as { code?: unknown }).code === "string") throw cause;
    throw new LinealError("invalid", `not a readable parquet file: ${(cause as Error).message}`, {
      hint: "use cache() for the path and look at the file",
      cause,
    });
  }
}

function asyncBuffer(source: ByteSource): AsyncBuffer {
  return {
    byteLength: source.byteLength,
    async slice(start, end) {
      const bytes = await source.slice(start, end);
      return new Uint8Array(bytes).buffer; // a copy: the library takes the whole buffer, not a view of it
    },
  };
}

function columnsOf(metadata: FileMetaData): Column[] {
  const columns: Column[] = [];
  const { schema } = metadata;
  for (let at = 1; at < schema.length; at += subtreeSize(schema, at)) {
    const element = schema[at];
    if (element === undefined) break;
    const type = typeOf(element);
    columns.push({
      name: element.name,
      type: type === "int" && !fitsNumber(metadata, element) ? "bigint" : type,
      nullable: element.repetition_type !== "REQUIRED",
    });
  }
  return columns;
}

function subtreeSize(schema: readonly SchemaElement[], at: number): number {
  let size = 1;
  for (let child = 0; child < (schema[at]?.num_children ?? 0); child++) size += subtreeSize(schema, at + size);
  return size;
}

function typeOf(element: SchemaElement): ColumnType {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (type === undefined || element.num_children || element.repetition_type === "REPEATED") return "json";
  if (converted === "JSON" || logical?.type === "JSON") return "json";
  if (converted === "DECIMAL" || logical?.type === "FLOAT16" || type === "FLOAT" || type === "DOUBLE") return "real";
  if (
    type === "INT96" ||
    converted === "DATE" ||
    converted?.startsWith("TIMESTAMP") ||
    logical?.type === "TIMESTAMP" ||
    logical?.type === "DATE"
  )
    return "time";
  if (type === "BOOLEAN") return "bool";
  if (type === "INT32" || type === "INT64") return "int";
  return converted === "UTF8" ||
    converted === "ENUM" ||
    logical?.type === "STRING" ||
    logical?.type === "UUID" ||
    type === "BYTE_ARRAY"
    ? "text"
    : "json";
}

/** Whether the file's own statistics promise that every integer of a column is exact as a number. */
function fitsNumber(metadata: FileMetaData, { name, type }: SchemaElement): boolean {
  if (type !== "INT64") return true;
  return metadata.row_groups.every(({ columns }) => {
    const chunk = columns.find(({ meta_data: data }) => data?.path_in_schema[0] === name)?.meta_data;
    const { min_value: min, max_value: max, null_count: nulls } = chunk?.statistics ?? {};
    if (nulls !== undefined && nulls === chunk?.num_values) return true;
    return (
      typeof min === "bigint" &&
      typeof max === "bigint" &&
      Number.isSafeInteger(Number(min)) &&
      Number.isSafeInteger(Number(max))
    );
  });
}

async function openParquet(source: ByteSource): Promise<Handle> {
  const file = await openFile(source);
  async function* rows(part: Part = {}): AsyncGenerator<Row> {
    const picked = pickColumns(file.columns, part.columns);
    for (const [start, end] of ranges(file, part)) {
      const columns = await Promise.all(picked.map((column) => readColumn(file, column, start, end)));
      for (let index = 0; index < end - start; index++) {
        const row: Row = {};
        for (const { name, values } of columns) setCell(row, name, values[index] ?? null);
        yield row;
      }
    }
  }
  return handle({
    columns: file.columns,
    length: file.length,
    rows,
    table: async (part = {}) => tableOf(file, pickColumns(file.columns, part.columns), part),
    lines() {
      throw new LinealError("invalid", "a parquet file has no lines", { hint: "use rows()" });
    },
  });
}

async function tableOf(file: ParquetFile, picked: readonly Column[], part: Part): Promise<Table> {
  const drafts: ColumnDraft[] = [];
  for (const { name, type } of picked) {
    const values: Value[] = [];
    for (const [start, end] of ranges(file, part)) {
      for (const value of (await readColumn(file, { name, type, nullable: true }, start, end)).values)
        values.push(value);
    }
    // integers are looked at again: without statistics "bigint" was only a precaution
    drafts.push({
      name,
      type: type === "bigint" ? "int" : type === "text" && values.some(isBytes) ? "json" : type,
      values,
    });
  }
  return Table.from({ columns: drafts });
}

async function readColumn(
  file: ParquetFile,
  { name, type }: Column,
  start: number,
  end: number,
): Promise<ColumnValues> {
  const raw = await guarded(() => file.scan.readColumn({ column: name, rowStart: start, rowEnd: end }));
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const values = Array.from(
    raw as ArrayLike<unknown>,
    type === "text" ? (value) => textCell(value, decoder) : plainCell,
  );
  return columnOf({ name, type: type === "text" && values.some(isBytes) ? "json" : type, values });
}

/** The wanted rows, cut at the file's row groups. */
function ranges({ scan, length }: ParquetFile, part: Part): [number, number][] {
  const [first, last] = rangeOf(part, length);
  return scan.ranges
    .map(({ rowStart, rowEnd }): [number, number] => [Math.max(rowStart, first), Math.min(rowEnd, last)])
    .filter(([start, end]) => start < end);
}

/** Unannotated byte columns hold text more often than not; where they do not, the bytes stay. */
function textCell(value: unknown, decoder: TextDecoder): unknown {
  if (!(value instanceof Uint8Array)) return value;
  try {
    return decoder.decode(value);
  } catch {
    return value;
  }
}

function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array;
}
