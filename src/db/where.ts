/** Filters to SQL, with one meaning on both databases: every test is true or false, never unknown. */
import sql, { join, type Sql } from "sql-template-tag";
import { closest, LinealError } from "../ground/errors.ts";
import { coerce, model, type Name } from "../model/index.ts";
import { type AnyField, columnOf, identifier, shapeOf } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { jsonTest } from "./json-where.ts";
import { relationOf, relationsOf } from "./relations.ts";
import { tableOf } from "./tables.ts";
import { type Filter, isPlain, OPERATORS, ORDER_OPERATORS, TEXT_OPERATORS, textTest } from "./where-shared.ts";

/** Which rows are seen without asking: these branches' (ids), and no internal ones. */
export interface Visibility {
  readonly branches: readonly number[];
  readonly internal: boolean;
}

export const TRUE = sql`1 = 1`;
export const FALSE = sql`1 = 0`;

const invalid = (message: string, hint: string): LinealError => new LinealError("invalid", message, { hint });
/** Records carry their uid and are no plain objects. */
const isRecord = (value: unknown): value is { uid: string } =>
  isPlain(value) &&
  Object.getPrototypeOf(value) !== Object.prototype &&
  Object.getPrototypeOf(value) !== null &&
  typeof (value as { uid?: unknown }).uid === "string";

/** Compiles filters; aliases are numbered so that nested ones never clash. */
export class Filters {
  readonly #dialect: Dialect;
  readonly #hidden: readonly number[];
  #aliases = 0;

  /** `hidden`: ids of the branches that relations do not show (trash, archive). */
  constructor(dialect: Dialect, hidden: readonly number[]) {
    this.#dialect = dialect;
    this.#hidden = hidden;
  }

  /** The condition that `where` puts on rows of `name` under `alias`; `must`: it holds of every row wanted, so it may be unknown instead of false. */
  condition(name: Name, alias: string, where: Filter, path: string = name, must = true): Sql {
    const parts = Object.entries(where).map(([key, test]) =>
      this.#entry(name, alias, key, test, `${path}.${key}`, must),
    );
    return parts.length === 0 ? TRUE : parts.length === 1 ? (parts[0] as Sql) : sql`(${join(parts, " and ")})`;
  }

  /** The rows that are seen without asking. */
  visible(name: Name, alias: string, { branches, internal }: Visibility): Sql {
    const parts: Sql[] = [];
    const { columns } = model[name];
    if (columns.branch && branches.length > 0) parts.push(sql`${columnOf(alias, "branch_id")} in (${join(branches)})`);
    if (columns.internal && !internal)
      parts.push(sql`${columnOf(alias, "internal")} = ${this.#dialect.encode("bool", false)}`);
    return parts.length > 0 ? sql`(${join(parts, " and ")})` : TRUE;
  }

  #entry(name: Name, alias: string, key: string, test: unknown, path: string, must: boolean): Sql {
    if (test === undefined) throw invalid(`${path} is undefined`, "Leave the key out, or use null for absent values.");
    if (key === "any") {
      if (!Array.isArray(test)) throw invalid(`${path} must be a list of filters`, "Write any: [{ … }, { … }].");
      return test.length === 0
        ? FALSE
        : sql`(${join(
            test.map((one, i) => this.condition(name, alias, plain(one, `${path}[${i}]`), path, false)),
            " or ",
          )})`;
    }
    if (key === "not") return sql`not ${this.condition(name, alias, plain(test, path), path, false)}`;
    const scalar = shapeOf(name).fields.get(key);
    if (scalar && !scalar.field.options.hidden) {
      const column = columnOf(alias, scalar.column);
      return scalar.kind === "json"
        ? jsonTest(this.#dialect, column, test, path)
        : this.#scalar(column, scalar.field, test, path);
    }
    const { columns } = model[name];
    const relation = Object.hasOwn(columns, key) && columns[key]?.options.hidden ? undefined : relationOf(name, key);
    if (!relation) throw unknownField(name, key, path);
    return this.#related(relation, alias, test, path, must);
  }

  #related(
    relation: NonNullable<ReturnType<typeof relationOf>>,
    alias: string,
    test: unknown,
    path: string,
    must: boolean,
  ): Sql {
    const { to, many } = relation;
    const next = `t${++this.#aliases}`;
    const exists = (condition: Sql): Sql => {
      const fits = sql`${many ? this.#notHidden(to, next) : TRUE} and ${condition}`;
      // Where few rows of the other registry fit, SQLite finds them first, but only when it is written so. Below `any` and
      // `not` PostgreSQL would go through the whole list for every row.
      if (must && condition !== TRUE && relation.among) return relation.among(alias, next, fits);
      return sql`exists (select 1 from ${identifier(tableOf(to))} ${identifier(next)} where ${relation.on(alias, next)} and ${fits})`;
    };
    if (test === null) return sql`not ${exists(TRUE)}`;
    if (isRecord(test)) return exists(sql`${columnOf(next, "uid")} = ${test.uid}`);
    if (typeof test === "string" && (to === "Branch" || to === "Space"))
      return exists(sql`${columnOf(next, "name")} = ${test}`);
    const filter = plain(test, path, to);
    if (Object.keys(filter).length === 1 && "not" in filter && filter.not === null) return exists(TRUE);
    return exists(this.condition(to, next, filter, path, must));
  }

  #notHidden(name: Name, alias: string): Sql {
    const branch =
      model[name].columns.branch && this.#hidden.length > 0
        ? sql`${columnOf(alias, "branch_id")} not in (${join(this.#hidden as number[])})`
        : TRUE;
    return model[name].columns.internal
      ? sql`${branch} and ${columnOf(alias, "internal")} = ${this.#dialect.encode("bool", false)}`
      : branch;
  }

  #scalar(column: Sql, field: AnyField, test: unknown, path: string): Sql {
    if (test === null) return sql`${column} is null`;
    if (!isPlain(test)) return sql`(${column} is not null and ${column} = ${this.#bind(field, test, path)})`;
    const entries = Object.entries(test);
    if (entries.length === 0)
      throw invalid(`${path} has no operator`, `Give a value, or one of: ${OPERATORS.join(", ")}.`);
    const parts = entries.map(([operator, value]) =>
      this.#operator(column, field, operator, value, `${path}.${operator}`),
    );
    return sql`(${join(parts, " and ")})`;
  }

  #operator(column: Sql, field: AnyField, operator: string, value: unknown, path: string): Sql {
    if (value === undefined) throw invalid(`${path} is undefined`, "Leave the key out, or use null for absent values.");
    if (operator === "eq") return this.#scalar(column, field, isPlain(value) ? fail(path) : value, path);
    if (operator === "ne") return sql`not ${this.#operator(column, field, "eq", value, path)}`;
    if (operator === "in" || operator === "notIn") {
      if (!Array.isArray(value)) throw invalid(`${path} must be a list`, "Write in: [ … ].");
      const values = value.filter((one) => one !== null).map((one) => this.#bind(field, one, path));
      const some = values.length > 0 ? sql`(${column} is not null and ${column} in (${join(values)}))` : FALSE;
      const found = value.includes(null) ? sql`(${some} or ${column} is null)` : some;
      return operator === "in" ? found : sql`not ${found}`;
    }
    if (Object.hasOwn(ORDER_OPERATORS, operator) && field.kind !== "bool") {
      const bound = this.#bind(field, value, path);
      const symbol = ORDER_OPERATORS[operator as keyof typeof ORDER_OPERATORS];
      const test =
        symbol === ">"
          ? sql`${column} > ${bound}`
          : symbol === ">="
            ? sql`${column} >= ${bound}`
            : symbol === "<"
              ? sql`${column} < ${bound}`
              : sql`${column} <= ${bound}`;
      return sql`(${column} is not null and ${test})`;
    }
    if (field.kind === "text" && TEXT_OPERATORS.includes(operator)) {
      if (typeof value !== "string") throw invalid(`${path} must be text`, `Write { ${operator}: "…" }.`);
      return sql`(${column} is not null and ${textTest(this.#dialect, column, operator, value)})`;
    }
    const known = field.kind === "text" ? OPERATORS : OPERATORS.filter((o) => !TEXT_OPERATORS.includes(o));
    const near = closest(operator, known);
    throw invalid(
      `${path}: no operator "${operator}" for this column`,
      near && near !== operator ? `Did you mean ${near}?` : `One of: ${known.join(", ")}.`,
    );
  }

  #bind(field: AnyField, value: unknown, path: string): unknown {
    if (value === undefined) throw invalid(`${path} is undefined`, "Leave the key out, or use null for absent values.");
    const canonical = coerce(field, value);
    if (canonical === undefined || canonical === null)
      throw invalid(
        `${path} cannot be compared with ${typeof value === "object" ? "an object" : JSON.stringify(value)}`,
        `The column holds ${field.kind} values.`,
      );
    if (field.values && !field.options.open && !field.values.includes(canonical as string))
      throw invalid(`${path} is never ${JSON.stringify(value)}`, `One of: ${field.values.join(", ")}.`);
    return this.#dialect.encode(field.kind, canonical);
  }
}

function plain(test: unknown, path: string, to?: Name): Filter {
  if (isPlain(test)) return test;
  const hint = to ? `Write { ${model[to].title}: ${JSON.stringify(test) ?? "…"} }, or give a record.` : "Write { … }.";
  throw invalid(`${path} must be a filter, not ${JSON.stringify(test)}`, hint);
}

function fail(path: string): never {
  throw invalid(`${path} must be a value`, "Write { eq: value }.");
}

function unknownField(name: Name, key: string, path: string): LinealError {
  const { ones, manys } = relationsOf(name);
  const known = [
    ...[...shapeOf(name).fields.values()].filter((s) => !s.field.options.hidden).map((s) => s.key),
    ...ones,
    ...manys,
  ];
  const near = closest(key, known);
  return invalid(
    `${name} has no field "${key}" (${path})`,
    near ? `Did you mean ${near}?` : `Fields: ${known.join(", ")}.`,
  );
}
