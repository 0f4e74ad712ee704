/** Operations: bodies that yield SQL and get rows, so that one text runs synchronously on SQLite and asynchronously on PostgreSQL. */
import type { Sql } from "sql-template-tag";
import type { Dialect } from "./dialect.ts";

/** A row as the driver gives it, columns in snake case. */
export type Raw = Record<string, unknown>;

/** Yields statements, receives their rows, returns `T`. Never awaits: files, hashes and networks come before. */
export type Operation<T> = Generator<Sql, T, Raw[]>;

/** Runs one statement inside an operation. */
export function* execute(statement: Sql): Operation<Raw[]> {
  return yield statement;
}

const takers = new WeakMap<Sql, Take>();
/** Gets a row as a list of its values. */
export type Take = (row: unknown[]) => void;

/** Who gets the rows of a statement one by one, if anyone: it is then asked in the same words often, and answered with no rows. */
export const takerOf = (statement: Sql): Take | undefined => takers.get(statement);

/** Like `execute` for many rows of one of a few statements: each is handed over as soon as it is there, and not kept. */
export function* executeEach(statement: Sql, take: Take): Operation<void> {
  takers.set(statement, take);
  yield statement;
}

const often = new WeakSet<Sql>();

/** A statement whose plan does not depend on its values, asked in the same words often: it may be kept prepared. */
export const askedOften = (statement: Sql): Sql => {
  often.add(statement);
  return statement;
};
export const isAskedOften = (statement: Sql): boolean => often.has(statement) || takers.has(statement);

/** A connection to one database. */
export interface Database {
  readonly dialect: Dialect;
  /** Where it is, for people; passwords masked. */
  readonly place: string;
  /** Runs an operation that only reads. */
  read<T>(body: () => Operation<T>): Promise<T>;
  /** Runs an operation in one write transaction; repeated when it loses a race. */
  write<T>(body: () => Operation<T>): Promise<T>;
  /** Like `write`, before it returns; undefined where the driver cannot wait. */
  readonly writeSync: (<T>(body: () => Operation<T>) => T) | undefined;
  close(): Promise<void>;
}

/** U+0000 cannot be stored by every database: it is written as the six characters `\\u0000`. */
export const escapeNul = (text: string): string => (text.includes("\0") ? text.replaceAll("\0", "\\u0000") : text);

/** JSON text that every database takes. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  if (!text.includes("\\u0000")) return text;
  const escape = (inner: unknown): unknown => {
    if (typeof inner === "string") return escapeNul(inner);
    if (Array.isArray(inner)) return inner.map(escape);
    if (inner !== null && typeof inner === "object")
      return Object.fromEntries(Object.entries(inner).map(([key, part]) => [escapeNul(key), escape(part)]));
    return inner;
  };
  return JSON.stringify(escape(JSON.parse(text)));
}

/** JSON text with sorted keys: equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
