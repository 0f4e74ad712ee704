/** The SQL of relations: how a row of one table leads to rows of another. */
import sql, { type Sql } from "sql-template-tag";
import { type Link, model, type Name, type Relation, relationOf } from "../model/index.ts";
import { columnOf, identifier } from "./columns.ts";
import { columnNameOf, linkTableOf, tableOf } from "./tables.ts";

/** A table in which `here` holds the id of a row and `there` that of the other: the row's own, the other's, or one of links. */
export interface Join {
  readonly table: string;
  readonly here: string;
  readonly there: string;
}

/** The table that joins the two ends of a relation by their ids, or undefined when none does. */
export function joinOf({ of, to, way }: Relation): Join | undefined {
  if (way.is === "ref") return { table: tableOf(of), here: "id", there: columnNameOf(of, way.key) };
  if (way.is === "inverse") return { table: tableOf(to), here: columnNameOf(to, way.key), there: "id" };
  if (way.is !== "link") return undefined;
  const table = linkTableOf(way.owner, way.key);
  return way.end === "from" ? { table, here: "from_id", there: "to_id" } : { table, here: "to_id", there: "from_id" };
}

/** The condition that a relation leads from row `a` to row `b`. */
export function leads(relation: Relation, a: string, b: string): Sql {
  const { of, to, way } = relation;
  if (way.is === "versions") return sql`${columnOf(b, "stem")} = ${columnOf(a, "stem")}`;
  if (way.is === "newest")
    return sql`${columnOf(b, "id")} = (select max(id) from ${identifier(tableOf(to))} where ${identifier(columnNameOf(to, way.by))} = ${columnOf(a, "id")} and removed_at is null)`;
  if (way.is === "via") {
    // From the far end inwards: each step is the id that the previous one points to.
    let registry = of;
    const id = way.path.reduce((id: Sql | undefined, key) => {
      const { to, way } = relationOf(registry, key) as Relation;
      if (way.is !== "ref") throw new Error(`${registry}.${key} is no reference`);
      const column = columnNameOf(registry, key);
      const next = id
        ? sql`(select ${identifier(column)} from ${identifier(tableOf(registry))} where id = ${id})`
        : columnOf(a, column);
      registry = to;
      return next;
    }, undefined);
    return sql`${columnOf(b, "id")} = ${id}`;
  }
  const { table, here, there } = joinOf(relation) as Join;
  if (way.is === "ref") return sql`${columnOf(b, "id")} = ${columnOf(a, there)}`;
  if (way.is === "inverse") return sql`${columnOf(b, here)} = ${columnOf(a, "id")}`;
  return sql`${columnOf(b, "id")} in (select ${identifier(there)} from ${identifier(table)} where ${identifier(here)} = ${columnOf(a, "id")})`;
}

/** The condition that a relation leads from row `a` to one of the rows `b` that fit, found from the far end; undefined where that is no help. It is true, or false or unknown. */
export function leadsToSome(relation: Relation, a: string, b: string, fits: Sql): Sql | undefined {
  const { to, way } = relation;
  const join = joinOf(relation);
  if (!join) return undefined;
  const rows = (column: string): Sql =>
    sql`(select ${columnOf(b, column)} from ${identifier(tableOf(to))} ${identifier(b)} where ${fits})`;
  if (way.is === "ref") return sql`${columnOf(a, join.there)} in ${rows("id")}`;
  if (way.is === "inverse") return sql`${columnOf(a, "id")} in ${rows(join.here)}`;
  return sql`${columnOf(a, "id")} in (select ${identifier(join.here)} from ${identifier(join.table)} where ${identifier(join.there)} in ${rows("id")})`;
}

export interface LinkTable extends Join {
  readonly here: "from_id" | "to_id";
  readonly there: "from_id" | "to_id";
  /** Columns that repeat those of the row that `from_id` names, in the table `of`. */
  readonly repeats: { readonly of: string; readonly columns: readonly string[] };
}

/** The table of links that a relation writes; throws when it is none of links. */
export function linkTable(name: Name, key: string): LinkTable {
  const relation = relationOf(name, key);
  if (relation?.way.is !== "link") throw new Error(`${name}.${key} is no link`);
  const { owner, key: own } = relation.way;
  const { repeats } = (model[owner].links as Readonly<Record<string, Link>>)[own] as Link;
  const columns = repeats.map((column) => columnNameOf(owner, column));
  return { ...(joinOf(relation) as LinkTable), repeats: { of: tableOf(owner), columns } };
}
