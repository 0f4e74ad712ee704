/** How one registry reaches another by a relation's name: a column, a link table, the inverse of either, or a derived way. */
import sql, { type Sql } from "sql-template-tag";
import { type Derived, type Link, model, type Name, names } from "../model/index.ts";
import { columnOf, identifier } from "./columns.ts";
import { columnNameOf, linkTableOf, snake, tableOf } from "./tables.ts";

export interface Relation {
  readonly to: Name;
  readonly many: boolean;
  /** The condition that joins row `a` of the one with row `b` of the other. */
  readonly on: (a: string, b: string) => Sql;
  /** The same for some row `b` that `fits`, from the far end: true, or false or unknown. */
  readonly among?: (a: string, b: string, fits: Sql) => Sql;
  /** The link table to write, when the relation is one: its columns for this side and the other. */
  readonly link?: LinkTable;
  /** The column of the other registry that points here, for inverses of references. */
  readonly inverseOf?: { readonly column: string };
}

export interface LinkTable {
  readonly table: string;
  readonly here: "from_id" | "to_id";
  readonly there: "from_id" | "to_id";
  readonly byFeature: boolean;
  /** Columns that repeat those of the row that `from_id` names, in the table `of`. */
  readonly repeats: { readonly of: string; readonly columns: readonly string[] };
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
    ...Object.values(model[other].columns).flatMap((c) =>
      c.is === "ref" && c.to === name && c.options.inverse ? [c.options.inverse] : [],
    ),
    ...Object.values(model[other].links ?? {}).flatMap((l) => (l.to === name ? [l.inverse] : [])),
  ]);
  return {
    ones: [...ones, ...Object.keys(derived ?? {})],
    manys: [...Object.keys(links ?? {}), ...inverses, ...(versioned ? ["versions"] : [])],
  };
}

function find(name: Name, key: string): Relation | undefined {
  const { columns, links, derived, versioned } = model[name];
  const column = Object.hasOwn(columns, key) ? columns[key] : undefined;
  if (column?.is === "ref") {
    const to = column.to as Name;
    const here = `${snake(key)}_id`;
    return {
      to,
      many: false,
      on: (a, b) => sql`${columnOf(b, "id")} = ${columnOf(a, here)}`,
      among: (a, b, fits) => sql`${columnOf(a, here)} in ${chosen(to, b, "id", fits)}`,
    };
  }
  const own = links && Object.hasOwn(links, key) ? links[key] : undefined;
  if (own) return linked(name, key, "from_id");
  const way = derived && Object.hasOwn(derived, key) ? derived[key] : undefined;
  if (way) return follow(name, way);
  if (key === "versions" && versioned)
    return { to: name, many: true, on: (a, b) => sql`${columnOf(b, "stem")} = ${columnOf(a, "stem")}` };
  for (const other of names) {
    for (const [k, c] of Object.entries(model[other].columns)) {
      if (c.is === "ref" && c.to === name && c.options.inverse === key) {
        const back = `${snake(k)}_id`;
        return {
          to: other,
          many: true,
          inverseOf: { column: back },
          on: (a, b) => sql`${columnOf(b, back)} = ${columnOf(a, "id")}`,
          among: (a, b, fits) => sql`${columnOf(a, "id")} in ${chosen(other, b, back, fits)}`,
        };
      }
    }
    for (const [k, l] of Object.entries(model[other].links ?? {})) {
      if (l.to === name && l.inverse === key) return linked(other, k, "to_id");
    }
  }
  return undefined;
}

const chosen = (name: Name, b: string, column: string, fits: Sql): Sql =>
  sql`(select ${columnOf(b, column)} from ${identifier(tableOf(name))} ${identifier(b)} where ${fits})`;

/** The link `key` of `owner`, from its own end or from the other. */
function linked(owner: Name, key: string, here: "from_id" | "to_id"): Relation {
  const { to: other, byFeature, repeats } = (model[owner].links as Readonly<Record<string, Link>>)[key] as Link;
  const table = linkTableOf(owner, key);
  const [to, there] = here === "from_id" ? [other as Name, "to_id" as const] : [owner, "from_id" as const];
  return {
    to,
    many: true,
    link: {
      table,
      here,
      there,
      byFeature,
      repeats: { of: tableOf(owner), columns: repeats.map((column) => columnNameOf(owner, column)) },
    },
    on: (a, b) =>
      sql`${columnOf(b, "id")} in (select ${identifier(there)} from ${identifier(table)} where ${identifier(here)} = ${columnOf(a, "id")})`,
    among: (a, b, fits) =>
      sql`${columnOf(a, "id")} in (select ${identifier(here)} from ${identifier(table)} where ${identifier(there)} in ${chosen(to, b, "id", fits)})`,
  };
}

function follow(name: Name, way: Derived): Relation {
  if (way.is === "newest") {
    const back = `${snake(way.by)}_id`;
    const table = identifier(tableOf(way.to as Name));
    return {
      to: way.to as Name,
      many: false,
      on: (a, b) =>
        sql`${columnOf(b, "id")} = (select max(id) from ${table} where ${identifier(back)} = ${columnOf(a, "id")})`,
    };
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
        id =
          i === 0
            ? columnOf(a, `${snake(key)}_id`)
            : sql`(select ${identifier(`${snake(key)}_id`)} from ${identifier(tableOf(registry))} where id = ${id})`;
        registry = column.to as Name;
      });
      return sql`${columnOf(b, "id")} = ${id}`;
    },
    among(a, b, fits) {
      const registries: Name[] = [name];
      for (const key of way.path) registries.push((model[registries.at(-1) as Name].columns[key] as { to: Name }).to);
      const [first = "", ...rest] = way.path;
      const found = rest.reduceRight(
        (rows, key, i) =>
          sql`(select id from ${identifier(tableOf(registries[i + 1] as Name))} where ${identifier(`${snake(key)}_id`)} in ${rows})`,
        chosen(way.to as Name, b, "id", fits),
      );
      return sql`${columnOf(a, `${snake(first)}_id`)} in ${found}`;
    },
  };
}
