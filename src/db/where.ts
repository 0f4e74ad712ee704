/** Conditions as SQL, with one meaning on both databases: every test is true or false, never unknown. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { type Condition, type Name, type Relation, relationOf, type Test } from "../model/index.ts";
import { columnOf, FALSE, identifier, shapeOf, startsWith, TRUE } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { leads, leadsToSome } from "./relations.ts";
import { tableOf } from "./tables.ts";
import { onBranchInSight, shownByRelations, type Viewer } from "./viewer.ts";

type TestOf<Is extends Condition["is"]> = Extract<Condition, { is: Is }>;

/**
 * Writes conditions; aliases are numbered so that nested ones never clash.
 * `rowByRow`: whatever the planner thinks, a row that was found in another way is only looked at.
 */
export class Conditions {
  readonly #dialect: Dialect;
  readonly #viewer: Viewer;
  readonly #rowByRow: boolean;
  #aliases = 0;

  constructor(dialect: Dialect, viewer: Viewer, options: { rowByRow?: boolean } = {}) {
    this.#dialect = dialect;
    this.#viewer = viewer;
    this.#rowByRow = options.rowByRow ?? false;
  }

  /** The condition on rows of `name` under `alias`. `must`: it holds of every row wanted, so it may be unknown instead of false. */
  of(name: Name, alias: string, condition: Condition, must = true): Sql {
    switch (condition.is) {
      case "all":
        return and(condition.of.map((one) => this.of(name, alias, one, must)));
      case "any":
        return or(condition.of.map((one) => this.of(name, alias, one, false)));
      case "not":
        // As it stands in the condition of an index of the rows that have a value.
        if (condition.of.is === "absent") return sql`${this.#columnOf(name, alias, condition.of.key)} is not null`;
        return sql`not ${this.of(name, alias, condition.of, false)}`;
      case "absent":
        return sql`(${this.#columnOf(name, alias, condition.key)} is null)`;
      case "test":
        return this.#test(name, alias, condition);
      case "json":
        return this.#json(columnOf(alias, fieldIn(name, condition.key).column), condition);
      case "related":
        return this.#related(relationOf(name, condition.key) as Relation, alias, condition.where, must);
    }
  }

  #columnOf(name: Name, alias: string, key: string): Sql {
    const column = columnOf(alias, fieldIn(name, key).column);
    return this.#rowByRow ? this.#dialect.withoutIndex(column) : column;
  }

  #test(name: Name, alias: string, { key, test, value }: TestOf<"test">): Sql {
    const { kind, field } = fieldIn(name, key);
    const column = this.#columnOf(name, alias, key);
    const bind = (one: unknown): unknown => this.#dialect.encode(kind, one);
    const passes = (): Sql => {
      if (test === "in") return isOneOf(column, (value as unknown[]).map(bind));
      // As it stands in the condition of an index of some rows.
      if (kind === "bool") return value ? column : sql`not ${column}`;
      return compare(this.#dialect, column, test, bind(value));
    };
    return field.options.optional ? sql`(${column} is not null and ${passes()})` : sql`(${passes()})`;
  }

  #json(column: Sql, { path, test, value }: TestOf<"json">): Sql {
    const { json } = this.#dialect;
    if (test === "eq") return json.equals(column, path, value);
    const number = typeof value === "number";
    const bound = number ? value : this.#dialect.encode("text", value);
    return json.compare(column, path, number ? "number" : "string", (found) =>
      compare(this.#dialect, found, test, bound),
    );
  }

  #related(relation: Relation, alias: string, where: Condition, must: boolean): Sql {
    const { to, many } = relation;
    const next = `t${++this.#aliases}`;
    const shown = many
      ? shownByRelations(this.#dialect, to, next, this.#viewer)
      : onBranchInSight(to, next, this.#viewer);
    const fits = and([shown, this.of(to, next, where, must)]);
    // Where few rows of the other registry fit, SQLite finds them first, but only when it is written so. Below `any` and
    // `not` PostgreSQL would go through the whole list for every row.
    const some = must && !this.#rowByRow && fits !== TRUE ? leadsToSome(relation, alias, next, fits) : undefined;
    const table = sql`${identifier(tableOf(to))} ${identifier(next)}`;
    const apart = this.#rowByRow ? this.#dialect.apart : empty;
    return some ?? sql`exists (select 1 from ${table} where ${leads(relation, alias, next)} and ${fits}${apart})`;
  }
}

function and(parts: readonly Sql[]): Sql {
  const real = parts.filter((part) => part !== TRUE);
  return real.length > 1 ? sql`(${join(real, " and ")})` : (real[0] ?? TRUE);
}

const or = (parts: Sql[]): Sql => (parts.length > 0 ? sql`(${join(parts, " or ")})` : FALSE);

const isOneOf = (column: Sql, values: unknown[]): Sql =>
  values.length > 0 ? sql`${column} in (${join(values)})` : FALSE;

function fieldIn(name: Name, key: string) {
  const found = shapeOf(name).fields.get(key);
  if (!found) throw new Error(`${name}.${key} is no column`);
  return found;
}

const SYMBOLS: Readonly<Record<string, string>> = { eq: "=", gt: ">", gte: ">=", lt: "<", lte: "<=" };

/** A test of a value that is not null; `% _ \` are literal. */
function compare(dialect: Dialect, value: Sql, test: Test, bound: unknown): Sql {
  const symbol = SYMBOLS[test];
  if (symbol) return sql`${value} ${raw(symbol)} ${bound}`;
  if (test === "startsWith") return startsWith(dialect, value, String(bound));
  if (test === "matches") return dialect.matches(value, String(bound));
  if (test === "endsWith") return dialect.endsWith(value, sql`${bound}`);
  if (test === "contains") return dialect.contains(value, sql`${bound}`);
  const folded = dialect.fold(value);
  const part = dialect.fold(sql`cast(${bound} as text)`);
  if (test === "iendsWith") return dialect.endsWith(folded, part);
  if (test === "icontains") return dialect.contains(folded, part);
  return sql`substr(${folded}, 1, length(${part})) = ${part}`;
}
