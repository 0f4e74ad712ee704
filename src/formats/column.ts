/** Columns of a table: which values they hold, and how a type is found from all of them. */
import { closest, LinealError } from "../ground/errors.ts";

/** What a column holds: the field vocabulary, and `bigint` for integers beyond ±(2⁵³ − 1). */
export type ColumnType = "text" | "int" | "bigint" | "real" | "bool" | "time" | "json";

/** One cell. `time` cells are `Date`, `json` cells any JSON value, a missing cell is `null`. */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | Date
  | null
  | readonly unknown[]
  | { readonly [key: string]: unknown };

/** One row: column name → cell. */
export type Row = Record<string, Value>;

/** A column's name and type; `nullable` when at least one cell is `null`. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/** A column together with its cells. */
export interface ColumnValues extends Column {
  readonly values: readonly Value[];
}

/** A column before its cells are checked; without `type` it is inferred. */
export interface ColumnDraft {
  readonly name: string;
  readonly type?: ColumnType | undefined;
  readonly values: ArrayLike<unknown>;
}

const SEEN = { text: 1, int: 2, bigint: 4, real: 8, bool: 16, time: 32, json: 64 } as const;

/**
 * A column from raw cells: nulls unified, integers as numbers where that is exact, one type for all cells.
 *
 * Inference looks at every cell: integers → `int` (`bigint` as soon as one needs it), other numbers → `real`, `Date` →
 * `time`, mixed → `json`, nothing but nulls → `text`. A given `int` becomes `bigint` when a cell needs it; any other
 * given type must fit every cell, else `invalid`.
 */
export function columnOf({ name, type, values }: ColumnDraft): ColumnValues {
  const seen = look(values);
  const found = type === undefined ? infer(seen) : type === "int" && (seen & SEEN.bigint) !== 0 ? "bigint" : type;
  const cells = new Array<Value>(values.length);
  let nullable = false;
  for (let i = 0; i < values.length; i++) {
    const raw = values[i];
    if (isMissing(raw)) {
      cells[i] = null;
      nullable = true;
      continue;
    }
    const cell = convert(found, raw);
    if (cell === undefined) {
      throw new LinealError("invalid", `column "${name}", row ${i + 1}: ${show(raw)} is not ${found}`, {
        hint: "leave the type out to have it inferred, or correct the value",
      });
    }
    cells[i] = cell;
  }
  return { name, type: found, nullable, values: cells };
}

/** The columns of these names, in their order, all by default; `invalid` with a suggestion for one that is not there. */
export function pickColumns<C extends { readonly name: string }>(
  columns: readonly C[],
  names?: readonly string[],
): C[] {
  if (names === undefined) return [...columns];
  return names.map((name) => {
    const column = columns.find((each) => each.name === name);
    if (column) return column;
    const all = columns.map((each) => each.name);
    const near = closest(name, all);
    const hint = near === undefined ? `the columns are: ${all.join(", ")}` : `did you mean "${near}"?`;
    throw new LinealError("invalid", `no column "${name}"`, { hint });
  });
}

/** Adds a cell to a row; safe for any column name, `__proto__` included. */
export function setCell(row: Row, name: string, value: Value): void {
  if (name !== "__proto__") row[name] = value;
  else Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
}

/** A bigint as a number where that is exact. */
export function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || (value instanceof Date && Number.isNaN(value.getTime()));
}

function look(values: ArrayLike<unknown>): number {
  let seen = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!isMissing(value)) seen |= SEEN[typeOf(value)];
  }
  return seen;
}

function typeOf(value: unknown): ColumnType {
  switch (typeof value) {
    case "string":
      return "text";
    case "boolean":
      return "bool";
    case "number":
      return Number.isSafeInteger(value) ? "int" : "real";
    case "bigint":
      return typeof narrow(value) === "number" ? "int" : "bigint";
    default:
      return value instanceof Date ? "time" : "json";
  }
}

function infer(seen: number): ColumnType {
  if (seen === 0) return "text";
  if (seen === (SEEN.int | SEEN.real)) return "real";
  if (seen === (SEEN.int | SEEN.bigint)) return "bigint";
  for (const type of Object.keys(SEEN) as ColumnType[]) if (seen === SEEN[type]) return type;
  return "json";
}

/** The cell as its column's type holds it, or undefined when it does not fit. */
function convert(type: ColumnType, raw: unknown): Value | undefined {
  const value = typeof raw === "bigint" && type !== "bigint" ? narrow(raw) : raw;
  switch (type) {
    case "text":
      return typeof value === "string" ? value : undefined;
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "time":
      return value instanceof Date ? value : undefined;
    case "real":
      return typeof value === "number" ? value : undefined;
    case "int":
      // + 0 turns -0 into 0: an integer has no signed zero
      return typeof value === "number" && Number.isSafeInteger(value) ? value + 0 : undefined;
    case "bigint":
      return typeof value === "bigint" ? value : Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
    case "json":
      return typeof value === "function" || typeof value === "symbol" ? undefined : (value as Value);
  }
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : typeof value === "object" ? "an object" : String(value);
}
