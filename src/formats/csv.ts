/** Comma- and tab-separated tables, UTF-8, with a header line (RFC 4180). */
import type { Options } from "csv-parse";
import { LinealError } from "../ground/errors.ts";
import { type Cell, CellTypes, parseCell, printCell } from "./cells.ts";
import { type Column, pickColumns, type Row, setCell, type Value } from "./column.ts";
import { type Format, type Handle, handle, type Part, rangeOf } from "./format.ts";
import { type ByteSource, concat } from "../ground/bytes.ts";
import { linesOf, textChunksOf, utf8 } from "./utf8.ts";
import { Table } from "./table.ts";

/** `.csv`: a Table; types are found from all cells, empty cells are null, lines end with `\n` when written. */
export const csv: Format = separated("csv", [".csv"], ",", "text/csv");

/** `.tsv`: as csv, with tabs. */
export const tsv: Format = separated("tsv", [".tsv"], "\t", "text/tab-separated-values");

const BLOCK_ROWS = 10_000;

function separated(name: string, suffixes: readonly string[], delimiter: string, mime: string): Format {
  return {
    name,
    kind: "table",
    suffixes,
    mime,
    read: (source) => readTable(source, delimiter),
    write: async (value) => tableBytes(value as Table, delimiter),
    open: (source) => openTable(source, delimiter),
    summarise: async (source) => ({ otype: "Table", nObservations: (await scan(source, delimiter)).length }),
  };
}

interface CsvColumn extends Column {
  readonly index: number;
}

/**
 * The columns and the number of rows, in one pass that keeps nothing but the types unless `keep` takes the cells: an
 * opened file has the same types as a loaded one.
 */
async function scan(
  source: ByteSource,
  delimiter: string,
  keep?: (index: number, cell: Cell) => void,
): Promise<{ columns: readonly CsvColumn[]; length: number }> {
  let names: string[] = [];
  let types = new CellTypes(0);
  let length = -1; // the header
  for await (const [record, header] of records(source, delimiter)) {
    length++;
    if (header) {
      names = uniqueNames(record);
      types = new CellTypes(names.length);
      continue;
    }
    for (let i = 0; i < record.length; i++) {
      types.add(i, record[i] ?? null);
      keep?.(i, record[i] ?? null);
    }
  }
  const columns = names.map((name, index) => ({
    name,
    type: types.type(index),
    nullable: types.nullable(index),
    index,
  }));
  return { columns, length: Math.max(0, length) };
}

async function readTable(source: ByteSource, delimiter: string): Promise<Table> {
  const cells: Cell[][] = [];
  const { columns } = await scan(source, delimiter, (index, cell) => (cells[index] ??= []).push(cell));
  return Table.from({
    columns: columns.map(({ name, type, index }) => ({
      name,
      type,
      values: (cells[index] ?? []).map((cell) => parseCell(type, cell)),
    })),
  });
}

async function openTable(source: ByteSource, delimiter: string): Promise<Handle> {
  const { columns, length } = await scan(source, delimiter);
  async function* rows(part: Part = {}): AsyncGenerator<Row> {
    const picked = pickColumns(columns, part.columns);
    const [start, end] = rangeOf(part, length);
    let at = -1; // the header
    for await (const [record] of records(source, delimiter)) {
      if (at >= end) return;
      if (at++ < start || at > end) continue;
      const row: Row = {};
      for (const { name, type, index } of picked) setCell(row, name, parseCell(type, record[index] ?? null));
      yield row;
    }
  }
  return handle({
    columns: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    length,
    rows,
    async table(part = {}) {
      const drafts = pickColumns(columns, part.columns).map(({ name, type }) => ({
        name,
        type,
        values: [] as Value[],
      }));
      for await (const row of rows(part)) for (const { name, values } of drafts) values.push(row[name] ?? null);
      return Table.from({ columns: drafts });
    },
    lines: () => linesOf(source),
  });
}

/** All records, the header first, each as wide as the header; `invalid` with the line number when one is not. */
async function* records(source: ByteSource, delimiter: string): AsyncGenerator<readonly [Cell[], boolean]> {
  const [{ parse }, { pipeline, Readable }] = await Promise.all([import("csv-parse"), import("node:stream")]);
  const options: Options = {
    delimiter,
    record_delimiter: ["\n", "\r\n"],
    skip_empty_lines: true,
    relax_quotes: true,
    cast: (cell, { quoting }) => (cell === "" && !quoting ? null : cell),
  };
  const parser = pipeline(Readable.from(textChunksOf(source)), parse(options), () => {});
  let header = true;
  try {
    for await (const record of parser as AsyncIterable<Cell[]>) {
      // where an empty line would be no row, a single empty cell is written quoted: it means null all the same
      if (record.length === 1 && record[0] === "") record[0] = null;
      yield [record, header];
      header = false;
    }
  } catch (cause) {
    throw asLinealError(cause);
  }
}

function asLinealError(cause: unknown): unknown {
  const { code, message, lines, record } = cause as {
    code?: string;
    message?: string;
    lines?: number;
    record?: unknown[];
  };
  if (cause instanceof LinealError || !code?.startsWith("CSV_")) return cause;
  const ragged = code === "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH";
  const expected = /expect (\d+)/.exec(message ?? "")?.[1] ?? "fewer";
  const what = ragged
    ? `line ${lines}: ${record?.length} cells, but the header has ${expected}`
    : `line ${lines}: ${message}`;
  return new LinealError("invalid", what, {
    hint: ragged
      ? "quote cells that hold the separator, or use cache() for the path"
      : "use cache() for the path and look at that line",
    cause,
  });
}

/** Header names, repeated ones numbered: `a`, `a_2`. */
function uniqueNames(header: readonly Cell[]): string[] {
  const names = new Set<string>();
  for (const cell of header) {
    const name = cell ?? "";
    let unique = name;
    for (let n = 2; names.has(unique); n++) unique = `${name}_${n}`;
    names.add(unique);
  }
  return [...names];
}

function tableBytes(table: Table, delimiter: string): Uint8Array {
  const { columns } = table;
  if (columns.length === 0 && table.length > 0) {
    throw new LinealError("invalid", "a table without columns cannot be stored", {
      hint: "give its rows at least one field",
    });
  }
  if (columns.length === 0) return new Uint8Array();
  // an empty line would be no row, so a single column writes its empty cells quoted
  const nothing = columns.length === 1 ? '""' : "";
  const special = new RegExp(`["\\r\\n\\ufeff${delimiter}]`);
  const cell = (text: string | null): string => {
    if (text === null) return nothing;
    return text === "" || special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const values = columns.map(({ name }) => table.column(name));
  const parts: Uint8Array[] = [];
  let lines = [columns.map(({ name }) => cell(name === "" ? null : name)).join(delimiter)];
  // in blocks: one string of the whole table could be longer than a string may be
  const flush = (): void => {
    parts.push(utf8(`${lines.join("\n")}\n`));
    lines = [];
  };
  for (let row = 0; row < table.length; row++) {
    lines.push(values.map((column) => cell(printCell(column[row] ?? null))).join(delimiter));
    if (lines.length === BLOCK_ROWS) flush();
  }
  if (lines.length > 0) flush();
  return concat(parts);
}
