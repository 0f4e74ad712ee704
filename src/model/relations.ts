/** What a registry has: columns that hold values, and relations that lead to other registries, as data. */
import { type AnyField, type Derived, type Link, text, time } from "./field.ts";
import { model, names } from "./model.ts";
import type { Name } from "./types.ts";

/** How a relation leads from a row to rows of another registry. */
export type Way =
  /** The column `key` of this row refers to the other. */
  | { readonly is: "ref"; readonly key: string }
  /** The column `key` of the other row refers to this one. */
  | { readonly is: "inverse"; readonly key: string }
  /** The link `key` of `owner` joins the two; this row is `from` or `to`. */
  | { readonly is: "link"; readonly owner: Name; readonly key: string; readonly end: "from" | "to" }
  /** The other row is a version of the same family. */
  | { readonly is: "versions" }
  | Derived;

export interface Relation {
  readonly of: Name;
  readonly to: Name;
  readonly many: boolean;
  readonly way: Way;
}

const UID: AnyField = text({ unique: true, editable: false });
const CREATED_AT: AnyField = time({ editable: false });
const fields = new Map<Name, ReadonlyMap<string, AnyField>>();

/** The columns of a registry that hold values, hidden ones too: `uid` and `createdAt`, which all have, then those declared. */
export function fieldsOf(name: Name): ReadonlyMap<string, AnyField> {
  let found = fields.get(name);
  if (!found) {
    const declared = Object.entries(model[name].columns).flatMap(([key, column]) =>
      column.is === "field" ? [[key, column] as const] : [],
    );
    fields.set(name, (found = new Map([["uid", UID], ["createdAt", CREATED_AT], ...declared])));
  }
  return found;
}

const relations = new Map<Name, ReadonlyMap<string, Relation>>();

/** The relation `key` of a registry, or undefined when people see none of that name. */
export const relationOf = (name: Name, key: string): Relation | undefined => all(name).get(key);

/** The names of a registry's relations: to one, and to many. */
export function relationsOf(name: Name): { ones: string[]; manys: string[] } {
  const found = [...all(name)];
  const keys = (many: boolean) => found.flatMap(([key, relation]) => (relation.many === many ? [key] : []));
  return { ones: keys(false), manys: keys(true) };
}

function all(name: Name): ReadonlyMap<string, Relation> {
  let found = relations.get(name);
  if (!found) relations.set(name, (found = new Map(declared(name))));
  return found;
}

function* declared(of: Name): Generator<[string, Relation]> {
  const { columns, links, derived, versioned } = model[of];
  const one = (key: string, to: string, way: Way): [string, Relation] => [
    key,
    { of, to: to as Name, many: false, way },
  ];
  const many = (key: string, to: string, way: Way): [string, Relation] => [
    key,
    { of, to: to as Name, many: true, way },
  ];
  for (const [key, column] of Object.entries(columns))
    if (column.is === "ref" && !column.options.hidden) yield one(key, column.to, { is: "ref", key });
  for (const [key, way] of Object.entries(derived ?? {})) yield one(key, way.to, way);
  for (const [key, { to }] of Object.entries<Link>(links ?? {}))
    yield many(key, to, { is: "link", owner: of, key, end: "from" });
  for (const other of names) {
    for (const [key, column] of Object.entries(model[other].columns))
      if (column.is === "ref" && column.to === of && column.options.inverse)
        yield many(column.options.inverse, other, { is: "inverse", key });
    for (const [key, link] of Object.entries<Link>(model[other].links ?? {}))
      if (link.to === of) yield many(link.inverse, other, { is: "link", owner: other, key, end: "to" });
  }
  if (versioned) yield many("versions", of, { is: "versions" });
}
