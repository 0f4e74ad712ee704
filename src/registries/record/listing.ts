/** Rows as tables for people: the columns a registry shows, relations as short uids. */
import type { Row, RowRef } from "../../db/columns.ts";
import { Table } from "../../formats/table.ts";
import { model, type Name, shortUid } from "../../model/index.ts";

/** A table of rows: these columns, or those that the registry shows. */
export function tableOfRows(name: Name, rows: readonly Row[], columns: readonly string[] = model[name].show): Table {
  return Table.from({
    columns: columns.map((key) => ({ name: key, values: rows.map((row) => cell(row[key])) })),
  });
}

function cell(value: unknown): unknown {
  return value !== null && typeof value === "object" && "uid" in value
    ? shortUid((value as RowRef).uid)
    : (value ?? null);
}
