/** What filters of columns and of JSON values have in common: operators and tests of text. */
import sql, { type Sql } from "sql-template-tag";
import type { Dialect } from "./dialect.ts";
import { checkPattern } from "./regex-subset.ts";

/** A filter as data: what `Where<N>` is at run time. */
export type Filter = Readonly<Record<string, unknown>>;

export const TEXT_OPERATORS = [
  "startsWith",
  "endsWith",
  "contains",
  "istartsWith",
  "iendsWith",
  "icontains",
  "matches",
];
export const ORDER_OPERATORS = { gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;
export const OPERATORS = ["eq", "ne", "in", "notIn", ...Object.keys(ORDER_OPERATORS), ...TEXT_OPERATORS];

export const isPlain = (value: unknown): value is Filter =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);

/** A text operator on a value that is not null; `% _ \` are literal. */
export function textTest(dialect: Dialect, column: Sql, operator: string, value: string): Sql {
  const bound = dialect.encode("text", value);
  if (operator === "startsWith") return startsWith(dialect, column, value);
  if (operator === "endsWith") return dialect.endsWith(column, sql`${bound}`);
  if (operator === "contains") return dialect.contains(column, sql`${bound}`);
  if (operator === "matches") return dialect.matches(column, checkPattern(value));
  const folded = dialect.fold(column);
  const part = dialect.fold(sql`cast(${bound} as text)`);
  if (operator === "icontains") return dialect.contains(folded, part);
  if (operator === "iendsWith") return dialect.endsWith(folded, part);
  return sql`substr(${folded}, 1, length(${part})) = ${part}`;
}

/** A prefix as a range of bytes, which an index can answer. */
export function startsWith(dialect: Dialect, column: Sql, prefix: string): Sql {
  const bound = dialect.encode("text", prefix);
  return sql`${column} >= ${bound} and ${column} < ${`${bound}\u{10ffff}`}`;
}
