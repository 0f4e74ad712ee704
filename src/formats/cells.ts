/** Cells of text tables: which type a column of strings has, and each cell as that type. */
import type { ColumnType, Value } from "./column.ts";

/** A cell as read: null when nothing stood there, `""` when an empty text was quoted. */
export type Cell = string | null;

const TEXT = 1;
const INT = 2;
const BIG = 4;
const REAL = 8;
const ODD = 16; // NaN and infinities as others spell them: numbers only in a column of numbers
const BOOL = 32;
const TIME = 64;
const UNREAL = 128; // NaN and infinities as they are written here: numbers, even alone

const INTEGER = /^(?:0|-?[1-9]\d*)$/;
const NUMBER = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const UNREAL_NUMBER = /^(?:NaN|-?Infinity)$/;
const ODD_NUMBER = /^(?:[Nn]a[Nn]|[+-]?(?:Infinity|[Ii]nf))$/;
const BOOLEAN = /^(?:true|false|True|False|TRUE|FALSE)$/;
const DATE_TIME = /^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Finds the type of each column from all its cells, one at a time.
 *
 * Integers, decimal numbers, true/false and ISO times with a zone get a type of their own. What would lose something
 * stays text: `007`, dates without a zone, integers beyond 64 bits, times finer than a millisecond.
 */
export class CellTypes {
  readonly #seen: number[];
  readonly #nullable: boolean[];

  constructor(columns: number) {
    this.#seen = new Array<number>(columns).fill(0);
    this.#nullable = new Array<boolean>(columns).fill(false);
  }

  /** Looks at one more cell of a column. */
  add(column: number, cell: Cell): void {
    if (cell === null || cell === "") {
      this.#nullable[column] = true;
      return;
    }
    const seen = this.#seen[column] ?? 0;
    if ((seen & TEXT) === 0) this.#seen[column] = seen | classify(cell);
  }

  /** The column's type as of the cells seen. */
  type(column: number): ColumnType {
    return typeOfSeen(this.#seen[column] ?? 0);
  }

  /** Whether a cell of the column was empty. */
  nullable(column: number): boolean {
    return this.#nullable[column] ?? false;
  }
}

/** A cell as its column's type; a quoted empty cell is `""` in text columns and null elsewhere. */
export function parseCell(type: ColumnType, cell: Cell): Value {
  if (cell === null) return null;
  if (type === "text" || type === "json") return cell;
  if (cell === "") return null;
  if (type === "int") return Number(cell);
  if (type === "bigint") return BigInt(cell);
  if (type === "bool") return cell.charAt(0) === "t" || cell.charAt(0) === "T";
  if (type === "time") return new Date(cell);
  return /^[+-]?[Ii]nf$/.test(cell) ? (cell.startsWith("-") ? -Infinity : Infinity) : Number(cell);
}

/** A value as a cell's text, before quoting; null for nothing. */
export function printCell(value: Value): string | null {
  if (value === null) return null;
  if (typeof value === "string") return value;
  if (typeof value === "number") return printNumber(value);
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A number that reads back as the same number and type: whole numbers beyond 2⁵³ keep an exponent. */
function printNumber(value: number): string {
  if (Object.is(value, -0)) return "-0";
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

function classify(cell: string): number {
  if (INTEGER.test(cell)) return Number.isSafeInteger(Number(cell)) ? INT : fits64(cell) ? BIG : TEXT;
  if (NUMBER.test(cell)) return Number.isFinite(Number(cell)) ? REAL : TEXT;
  if (BOOLEAN.test(cell)) return BOOL;
  if (UNREAL_NUMBER.test(cell)) return UNREAL;
  if (ODD_NUMBER.test(cell)) return ODD;
  const time = DATE_TIME.exec(cell);
  return time !== null && isDay(Number(time[1]), Number(time[2]), Number(time[3])) && !Number.isNaN(Date.parse(cell))
    ? TIME
    : TEXT;
}

function typeOfSeen(seen: number): ColumnType {
  if (seen === INT) return "int";
  if (seen === BIG || seen === (INT | BIG)) return "bigint";
  if ((seen & (INT | REAL | UNREAL)) !== 0 && (seen & ~(INT | REAL | UNREAL | ODD)) === 0) return "real";
  if (seen === BOOL) return "bool";
  return seen === TIME ? "time" : "text";
}

function fits64(digits: string): boolean {
  return digits.length <= 20 && BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);
}

/** Whether a day exists: the language's own parser takes 30 February for 1 March. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
