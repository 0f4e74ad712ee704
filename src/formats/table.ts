/** A table in memory: named, typed columns that print, iterate and turn into other libraries' frames. */
import { LinealError } from "../ground/errors.ts";
import {
  type Column,
  type ColumnDraft,
  type ColumnValues,
  columnOf,
  pickColumns,
  type Row,
  setCell,
  type Value,
} from "./column.ts";
import { arrowOf, polarsOf } from "./frames.ts";
import { type PrintOptions, tableHtml, tableText } from "./print.ts";

/** Columns to build a table from: name → cells, or a list that may give types. */
export interface TableColumns {
  readonly columns: Readonly<Record<string, ArrayLike<unknown>>> | readonly ColumnDraft[];
}

/**
 * Rows and columns of data. Immutable: every method that changes something returns a new table.
 *
 * @example
 * const table = Table.from([{ gene: "TP53", "pos|fdr": 0.01 }, { gene: "MYC", "pos|fdr": 0.4 }]);
 * table.filter((row) => Number(row["pos|fdr"]) < 0.05).column("gene"); // ["TP53"]
 * console.log(String(table));
 */
export class Table implements Iterable<Row> {
  /** The number of rows. */
  readonly length: number;
  readonly #columns: ReadonlyMap<string, ColumnValues>;

  private constructor(columns: readonly ColumnValues[], length: number) {
    this.length = length;
    this.#columns = new Map(columns.map((column) => [column.name, column]));
  }

  /** A table from plain objects (a key that a row lacks is null there) or from columns of one length. */
  static from(data: readonly object[] | TableColumns): Table {
    if (!("columns" in data)) return new Table(columnsOfRows(data).map(columnOf), data.length);
    const drafts = Array.isArray(data.columns)
      ? (data.columns as readonly ColumnDraft[])
      : draftsOf(data.columns as Readonly<Record<string, ArrayLike<unknown>>>);
    checkDrafts(drafts);
    return new Table(drafts.map(columnOf), drafts[0]?.values.length ?? 0);
  }

  /** Names and types, in order. */
  get columns(): readonly Column[] {
    return [...this.#columns.values()].map(({ name, type, nullable }) => ({ name, type, nullable }));
  }

  /** The cells of one column; `invalid` with a suggestion when there is no such column. */
  column(name: string): readonly Value[] {
    return this.#get(name).values;
  }

  /** All rows as plain objects. */
  rows(): Row[] {
    return Array.from({ length: this.length }, (_, index) => this.#row(index));
  }

  /** The table with only these columns, in this order. */
  select(names: readonly string[]): Table {
    return new Table(
      names.map((name) => this.#get(name)),
      this.length,
    );
  }

  /** The rows for which `keep` is true; column types stay. */
  filter(keep: (row: Row, index: number) => boolean): Table {
    const kept: number[] = [];
    for (let index = 0; index < this.length; index++) if (keep(this.#row(index), index)) kept.push(index);
    return this.#take(kept);
  }

  /** Rows from `start` up to and without `end`; negative numbers count from the end, as in arrays. */
  slice(start = 0, end = this.length): Table {
    const columns = [...this.#columns.values()].map((column) => withValues(column, column.values.slice(start, end)));
    return new Table(
      columns,
      columns[0]?.values.length ?? Array.from({ length: this.length }).slice(start, end).length,
    );
  }

  /** Rows by one column, ascending unless `descending`; equal rows keep their order, nulls and NaN come last. */
  sortBy(name: string, { descending = false } = {}): Table {
    const { values } = this.#get(name);
    const sign = descending ? -1 : 1;
    const order = Array.from({ length: this.length }, (_, index) => index);
    order.sort((a, b) => compare(values[a] ?? null, values[b] ?? null, sign));
    return this.#take(order);
  }

  *[Symbol.iterator](): Iterator<Row> {
    for (let index = 0; index < this.length; index++) yield this.#row(index);
  }

  /** The rows, so that `JSON.stringify(table)` is an array of objects. */
  toJSON(): Row[] {
    return this.rows();
  }

  /** Aligned text within the terminal's width (80 when there is none), at most `rows` (20) rows. */
  toString(options: PrintOptions = {}): string {
    return tableText([...this.#columns.values()], this.length, options);
  }

  /** An HTML table with everything escaped, at most `rows` (20) rows. */
  toHTML(options: PrintOptions = {}): string {
    return tableHtml([...this.#columns.values()], this.length, options);
  }

  /** What a notebook shows. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/html": this.toHTML(), "text/plain": this.toString() };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** An Arrow table; needs the package `apache-arrow`, else `missing-dependency`. JSON cells become text. */
  async toArrow<T = unknown>(): Promise<T> {
    return (await arrowOf([...this.#columns.values()])) as T;
  }

  /** A polars DataFrame; needs the package `nodejs-polars`, else `missing-dependency`. JSON cells become text. */
  async toPolars<T = unknown>(): Promise<T> {
    return (await polarsOf([...this.#columns.values()])) as T;
  }

  #get(name: string): ColumnValues {
    return this.#columns.get(name) ?? (pickColumns([...this.#columns.values()], [name])[0] as ColumnValues);
  }

  #row(index: number): Row {
    const row: Row = {};
    for (const { name, values } of this.#columns.values()) setCell(row, name, values[index] ?? null);
    return row;
  }

  #take(indexes: readonly number[]): Table {
    const columns = [...this.#columns.values()].map((column) =>
      withValues(
        column,
        indexes.map((index) => column.values[index] ?? null),
      ),
    );
    return new Table(columns, indexes.length);
  }
}

function withValues(column: ColumnValues, values: readonly Value[]): ColumnValues {
  return { ...column, values, nullable: column.nullable && values.includes(null) };
}

function columnsOfRows(rows: readonly object[]): ColumnDraft[] {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return Array.from(names, (name) => ({
    name,
    // own properties only: a column may be called "constructor"
    values: rows.map((row) => (Object.hasOwn(row, name) ? (row as Record<string, unknown>)[name] : null)),
  }));
}

function draftsOf(columns: Readonly<Record<string, ArrayLike<unknown>>>): ColumnDraft[] {
  return Object.entries(columns).map(([name, values]) => ({ name, values }));
}

function checkDrafts(drafts: readonly ColumnDraft[]): void {
  const names = new Set<string>();
  for (const { name, values } of drafts) {
    if (names.has(name))
      throw new LinealError("invalid", `two columns are called "${name}"`, { hint: "rename one of them" });
    names.add(name);
    const length = drafts[0]?.values.length;
    if (values.length !== length) {
      throw new LinealError("invalid", `column "${name}" has ${values.length} cells, the first column has ${length}`, {
        hint: "give every column the same number of cells; null stands for a missing one",
      });
    }
  }
}

function compare(a: Value, b: Value, sign: number): number {
  const lastA = a === null || Number.isNaN(a);
  const lastB = b === null || Number.isNaN(b);
  if (lastA || lastB) return Number(lastA) - Number(lastB);
  const [x, y] = [sortKey(a), sortKey(b)];
  return x < y ? -sign : x > y ? sign : 0;
}

function sortKey(value: Value): string | number | bigint | boolean {
  if (value instanceof Date) return value.getTime();
  return typeof value === "object" ? JSON.stringify(value) : value;
}
