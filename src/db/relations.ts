/** How one registry reaches another by a relation's name: a column, a link table, the inverse of either, or a derived way. */
import sql, { type Sql } from "sql-template-tag";
import { type Derived, model, type Name, names } from "../model/index.ts";
import { columnOf, identifier } from "./columns.ts";
import { linkTableOf, snake, tableOf } from "./tables.ts";

export interface Relation {
  readonly to: Name;
  readonly many: boolean;
  /** The condition that joins row `a` of the one with row `b` of the other. */
  readonly on: (a: string, b: string) => Sql;
  /** The link table to write, when the relation is one: its columns for this side and the other. */
  readonly link?: { readonly table: string; readonly here: "from_id" | "to_id"; readonly there: "from_id" | "to_id"; readonly byFeature: boolean };
  /** The column of the other registry that points here, for inverses of references. */
  readonly inverseOf?: { readonly column: string };
}

const cache = new Map<string, Relation | undefined>();

/** The relation `key` of a registry, or undefined when there is none of that name. */
export function relationOf(name: Name, key: string): Relation | undefined {
  const id = `${name}.${key}`;
  if (!cache.has(id)) cache.set(id, find(name, key));
  return cache.get(id);
}

/** The names of a registry's relations. */
export function relationsOf(name: Name): { ones: string[]; manys: string[] } {
  const { columns, links, derived, versioned } = model[name];
  const ones = Object.entries(columns).flatMap(([key, c]) => (c.is === "ref" && !c.options.hidden ? [key] : []));
  const inverses = names.flatMap((other) => [
    ...Object.values(model[other].columns).flatMap((c) => (c.is === "ref" && c.to === name && c.options.inverse ? [c.options.inverse] : [])),
    ...Object.values(model[other].links ?? {}).flatMap((l) => (l.to === name ? [l.inverse] : [])),
  ]);
  return { ones: [...ones, ...Object.keys(derived ?? {})], manys: [...Object.keys(links ?? {}), ...inverses, ...(versioned ? ["versions"] : [])] };
}

function find(name: Name, key: string): Relation | undefined {
  const { columns, links, derived, versioned } = model[name];
  const column = Object.hasOwn(columns, key) ? columns[key] : undefined;
  if (column?.is === "ref") return { to: column.to as Name, many: false, on: (a, b) => sql`${columnOf(b, "id")} = ${columnOf(a, `${snake(key)}_id`)}` };
  const own = links && Object.hasOwn(links, key) ? links[key] : undefined;
  if (own) return linked(own.to as Name, linkTableOf(name, key), "from_id", "to_id", own.byFeature);
  const way = derived && Object.hasOwn(derived, key) ? derived[key] : undefined;
  if (way) return follow(name, way);
  if (key === "versions" && versioned) return { to: name, many: true, on: (a, b) => sql`${columnOf(b, "stem")} = ${columnOf(a, "stem")}` };
  for (const other of names) {
    for (const [k, c] of Object.entries(model[other].columns)) {
      if (c.is === "ref" && c.to === name && c.options.inverse === key) {
        const back = `${snake(k)}_id`;
        return { to: other, many: true, inverseOf: { column: back }, on: (a, b) => sql`${columnOf(b, back)} = ${columnOf(a, "id")}` };
      }
    }
    for (const [k, l] of Object.entries(model[other].links ?? {})) {
      if (l.to === name && l.inverse === key) return linked(other, linkTableOf(other, k), "to_id", "from_id", l.byFeature);
    }
  }
  return undefined;
}

function linked(to: Name, table: string, here: "from_id" | "to_id", there: "from_id" | "to_id", byFeature: boolean): Relation {
  return {
    to,
    many: true,
    link: { table, here, there, byFeature },
    on: (a, b) => sql`${columnOf(b, "id")} in (select ${identifier(there)} from ${identifier(table)} where ${identifier(here)} = ${columnOf(a, "id")})`,
  };
}

function follow(name: Name, way: Derived): Relation {
  if (way.is === "newest") {
    const back = `${snake(way.by)}_id`;
    const table = identifier(tableOf(way.to as Name));
    return { to: way.to as Name, many: false, on: (a, b) => sql`${columnOf(b, "id")} = (select max(id) from ${table} where ${identifier(back)} = ${columnOf(a, "id")})` };
  }
  return {
    to: way.to as Name,
    many: false,
    on(a, b) {
      // From the far end inwards: each step is the id that the previous one points to.
      let registry = name;
      let id: Sql = columnOf(a, "id");
      way.path.forEach((key, i) => {
        const column = model[registry].columns[key];
        if (column?.is !== "ref") throw new Error(`${registry}.${key} is no reference`);
        id = i === 0 ? columnOf(a, `${snake(key)}_id`) : sql`(select ${identifier(`${snake(key)}_id`)} from ${identifier(tableOf(registry))} where id = ${id})`;
        registry = column.to as Name;
      });
      return sql`${columnOf(b, "id")} = ${id}`;
    },
  };
}
