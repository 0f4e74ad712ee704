/** Tests of JSON columns: walked by bound keys, compared with types (`true` is not 1, "0.01" is not 0.01). */
import sql, { join, type Sql } from "sql-template-tag";
import { LinealError } from "../ground/errors.ts";
import type { Dialect } from "./dialect.ts";
import { isPlain, OPERATORS, textTest } from "./where-shared.ts";

const invalid = (message: string, hint: string): LinealError => new LinealError("invalid", message, { hint });
const literal = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);

/** The condition that `test` puts on a JSON column: a literal, operators, or an object of paths. */
export function jsonTest(dialect: Dialect, column: Sql, test: unknown, path: string): Sql {
  if (test === null) return sql`${column} is null`;
  return sql`(${column} is not null and ${inner(dialect, column, [], test, path)})`;
}

function inner(dialect: Dialect, column: Sql, keys: readonly string[], test: unknown, path: string): Sql {
  if (test === undefined) throw invalid(`${path} is undefined`, "Leave the key out, or use null for absent values.");
  if (!isPlain(test)) return equals(dialect, column, keys, test, path);
  const entries = Object.entries(test);
  if (entries.length > 0 && entries.every(([key]) => OPERATORS.includes(key))) {
    return sql`(${join(
      entries.map(([operator, value]) => operation(dialect, column, keys, operator, value, `${path}.${operator}`)),
      " and ",
    )})`;
  }
  if (entries.length === 0) return sql`1 = 1`;
  return sql`(${join(
    entries.map(([key, value]) => inner(dialect, column, [...keys, key], value, `${path}.${key}`)),
    " and ",
  )})`;
}

function equals(dialect: Dialect, column: Sql, keys: readonly string[], value: unknown, path: string): Sql {
  if (value === undefined) throw invalid(`${path} is undefined`, "Leave the key out, or use null for absent values.");
  if (typeof value === "number" && !Number.isFinite(value))
    throw invalid(`${path} is ${value}, which JSON cannot hold`, "Compare with a finite number.");
  if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint")
    throw invalid(`${path} is no JSON value`, "Compare with text, numbers, true, false, null, lists or objects.");
  if (keys.length === 0)
    throw invalid(
      `${path} needs a key to compare`,
      `Write { ${path.split(".").at(-1) ?? "params"}: { name: value } }.`,
    );
  return dialect.json.equals(column, keys, literal(value));
}

function operation(
  dialect: Dialect,
  column: Sql,
  keys: readonly string[],
  operator: string,
  value: unknown,
  path: string,
): Sql {
  if (value === undefined) throw invalid(`${path} is undefined`, "Leave the key out, or use null for absent values.");
  if (operator === "eq") return equals(dialect, column, keys, value, path);
  if (operator === "ne") return sql`not ${equals(dialect, column, keys, value, path)}`;
  if (operator === "in" || operator === "notIn") {
    if (!Array.isArray(value)) throw invalid(`${path} must be a list`, "Write in: [ … ].");
    const found =
      value.length === 0
        ? sql`1 = 0`
        : sql`(${join(
            value.map((one) => equals(dialect, column, keys, one, path)),
            " or ",
          )})`;
    return operator === "in" ? found : sql`not ${found}`;
  }
  const bound = literal(value);
  if (typeof bound === "number" && Number.isNaN(bound)) throw invalid(`${path} is NaN`, "Compare with a number.");
  if (keys.length === 0) throw invalid(`${path} needs a key to compare`, "Write { params: { name: { gt: 1 } } }.");
  if (operator === "gt" || operator === "gte" || operator === "lt" || operator === "lte") {
    if (typeof bound !== "number" && typeof bound !== "string")
      throw invalid(`${path} must be a number or text`, "Compare sizes of numbers or texts only.");
    const type = typeof bound === "number" ? "number" : "string";
    return dialect.json.compare(column, keys, type, (found) =>
      operator === "gt"
        ? sql`${found} > ${bound}`
        : operator === "gte"
          ? sql`${found} >= ${bound}`
          : operator === "lt"
            ? sql`${found} < ${bound}`
            : sql`${found} <= ${bound}`,
    );
  }
  if (typeof bound !== "string") throw invalid(`${path} must be text`, `Write { ${operator}: "…" }.`);
  return dialect.json.compare(column, keys, "string", (found) => textTest(dialect, found, operator, bound));
}
