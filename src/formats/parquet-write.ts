/** Parquet bytes of a table, the same for the same rows. */
import type { SchemaElement } from "hyparquet";
import type { ColumnSource } from "hyparquet-writer";
import { LinealError } from "../ground/errors.ts";
import type { ColumnType, Value } from "./column.ts";
import { fitsInt32 } from "./frames.ts";
import { plainValue } from "./plain.ts";
import { assertWellFormed } from "./utf8.ts";
import type { Table } from "./table.ts";

/** The parquet file of a table; `invalid` when it has no columns or a cell that parquet cannot hold. */
export async function writeParquet(table: Table): Promise<Uint8Array> {
  const { columns } = table;
  if (columns.length === 0) {
    throw new LinealError("invalid", "a table without columns cannot be stored as parquet", {
      hint: "give its rows at least one field, or its columns names",
    });
  }
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const parts = columns.map(({ name, type }) => partOf(name, type, table.column(name)));
  const schema: SchemaElement[] = [{ name: "root", num_children: parts.length }, ...parts.map(([element]) => element)];
  return new Uint8Array(
    parquetWriteBuffer({ schema, columnData: parts.map(([, data]) => data), codec: "SNAPPY", createdBy: "lineal" }),
  );
}

/** A column's place in the schema, given outright (the writer's own guess depends on the values), and its data. */
function partOf(name: string, type: ColumnType, values: readonly Value[]): [SchemaElement, ColumnSource] {
  const element = (kind: Partial<SchemaElement>): SchemaElement => ({ name, repetition_type: "OPTIONAL", ...kind });
  const data = (cells: readonly unknown[]): ColumnSource => ({ name, data: cells as unknown[] });
  switch (type) {
    case "text":
      for (const value of values) if (value !== null) assertWellFormed(value as string);
      return [element({ type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } }), data(values)];
    case "bool":
      return [element({ type: "BOOLEAN" }), data(values)];
    case "real":
      // a dictionary would take -0 for 0
      return [
        element({ type: "DOUBLE" }),
        { ...data(values), ...(values.some((value) => Object.is(value, -0)) && { encoding: "PLAIN" }) },
      ];
    case "int":
      if (fitsInt32(values)) return [element({ type: "INT32" }), data(values)];
      return [
        element({ type: "INT64" }),
        data(values.map((value) => (value === null ? null : BigInt(value as number)))),
      ];
    case "bigint":
      for (const value of values) {
        if (value === null || BigInt.asIntN(64, value as bigint) === value) continue;
        throw new LinealError("invalid", `column "${name}": ${String(value)} does not fit into 64 bits`, {
          hint: "store it as text: String(value)",
        });
      }
      return [element({ type: "INT64" }), data(values)];
    case "time":
      return [element({ type: "INT64", converted_type: "TIMESTAMP_MILLIS" }), data(values)];
    case "json":
      return [
        element({ type: "BYTE_ARRAY", converted_type: "JSON" }),
        data(values.map((value) => plainValue(value, { path: name }))),
      ];
  }
}
