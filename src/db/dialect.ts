/** Everything in which two databases differ. No other file asks which database this is. */
import type { Sql } from "sql-template-tag";
import type { Kind } from "../model/index.ts";
import type { Column } from "./tables.ts";

/** What a JSON test compares: the value at a path of keys. */
export interface JsonDialect {
  /** The value at `path` is there and is not JSON null. */
  present(column: Sql, path: readonly string[]): Sql;
  /** The value at `path` equals `value`, types included; objects whatever the order of their keys. */
  equals(column: Sql, path: readonly string[], value: unknown): Sql;
  /** A test of the value at `path` when it is of that type; `make` gets the SQL of the value. */
  compare(column: Sql, path: readonly string[], type: "number" | "string", make: (value: Sql) => Sql): Sql;
}

/** A way on from a row `w` of a recursive walk: the `id` found in `from`, which names tables and, after `where`, what joins them to `w`. */
export interface Arm {
  readonly id: Sql;
  readonly from: Sql;
}

export interface Dialect {
  readonly name: string;
  /** A column of a new table. */
  columnType(column: Column): string;
  encode(kind: Kind, value: unknown): unknown;
  decode(kind: Kind, value: unknown): unknown;
  /** Case folded after Unicode, for `i*` operators and search. */
  fold(text: Sql): Sql;
  contains(text: Sql, part: Sql): Sql;
  endsWith(text: Sql, part: Sql): Sql;
  matches(text: Sql, pattern: string): Sql;
  readonly json: JsonDialect;
  /** Waits for and takes named locks, in this order, until the transaction ends; undefined where writers are alone anyway. */
  lock(keys: readonly string[]): Sql | undefined;
  /** Locks the rows a select finds until the transaction ends. */
  readonly forUpdate: Sql;
  /** Keeps the rows a select finds as they are until the transaction ends. */
  readonly forShare: Sql;
  /** A list of bound integers as a table with the column `value`. */
  integers(values: readonly number[]): Sql;
  texts(values: readonly string[]): Sql;
  /** All values of a column of integers in one, as the text of a JSON array: much faster than as many rows. */
  list(column: string): Sql;
  /** What follows `from`: the rows of a table with these ids (in order) that fit, by index, whatever the planner thinks. */
  withIds(table: string, alias: string, ids: readonly number[], fits: Sql): Sql;
  /** What follows `join`: the rows of a table that fit, looked up by index for each row before it, whatever the planner thinks. */
  seek(table: string, alias: string, fits: Sql): Sql;
  /** What follows `cross join`: the column `get` of the rows `t` of a table of which the column `by` is `value`, found by index for each row before it, whatever the planner thinks; where it is known, no more than `most`. */
  each(table: string, get: string, by: string, value: Sql, most: number): Sql;
  /** What follows `from`: at least the first `most` rows `t0` of a table, by an index on `column`, whatever the planner thinks; `where` tells what more must hold. */
  beginning(table: Sql, column: Sql, down: boolean, order: Sql, rows: Sql, most: number): { from: Sql; where: Sql[] };
  /** A column whose index is not used, where the planner would choose it over a better one. */
  withoutIndex(column: Sql): Sql;
  /** What ends a subquery that must be asked for each row, whatever the planner thinks. */
  readonly apart: Sql;
  /** The recursive part of the walk `name(id)`, or `name(id, hop)` of so many hops: what every arm finds from a row `w`, by index; no more than `most` rows of it are read. */
  steps(name: string, arms: readonly Arm[], most: number, hops?: number): Sql;
  /** A time as the text that costs least. */
  timeText(column: Sql): Sql;
  /** What comes of `timeText`, or ISO text, as ISO text in UTC, with milliseconds. */
  isoTime(text: string): string;
  /** A new table may refer to one that comes later. */
  readonly forwardReferences: boolean;
  /** Whether a table exists. */
  hasTable(name: string): Sql;
  /** Statements that make a database refuse to write rows for which `when` holds. */
  refuse(at: "instead of insert" | "before update", table: string, when: string | undefined, message: string): Sql[];
  /** Statements after rows with fixed ids were inserted. */
  afterFixedIds(table: string): Sql | undefined;
}
