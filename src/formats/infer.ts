/** Which values are tables, and the table of each. */
import { isPlain } from "../ground/plain.ts";
import { columnsOfArrow, columnsOfPolars, isArrow, isPolars } from "./frames.ts";
import { Table } from "./table.ts";

/**
 * Whether a value is a table: a `Table`, an Arrow table, a polars DataFrame, or a non-empty array of plain objects.
 *
 * @example
 * isTabular([{ gene: "TP53" }]); // true
 * isTabular([1, 2]); // false
 */
export function isTabular(value: unknown): boolean {
  return value instanceof Table || isArrow(value) || isPolars(value) || isRows(value);
}

/** The table of a tabular value, else undefined; an empty array counts only with `empty`, as a table without columns. */
export async function tableFrom(value: unknown, { empty = false } = {}): Promise<Table | undefined> {
  if (value instanceof Table) return value;
  if (isArrow(value)) return Table.from({ columns: columnsOfArrow(value) });
  if (isPolars(value)) return Table.from({ columns: await columnsOfPolars(value) });
  if (isRows(value) || (empty && Array.isArray(value) && value.length === 0)) return Table.from(value as object[]);
  return undefined;
}

function isRows(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isPlain);
}
