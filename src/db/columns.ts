/** What the columns of each registry are called, how they are read and how rows come back. */
import sql, { join, raw, type Sql } from "sql-template-tag";
import { type AnyField, fieldsOf, type Kind, model, type Name } from "../model/index.ts";
import type { Dialect } from "./dialect.ts";
import type { Raw } from "./operation.ts";
import { columnNameOf, snake, tableOf } from "./tables.ts";

/** A to-one relation in a row: the id for the database, the uid for people. */
export interface RowRef {
  readonly id: number;
  readonly uid: string;
}
/** A row of any registry: own columns in camelCase, references as id and uid. */
export interface Row {
  readonly id: number;
  readonly uid: string;
  readonly createdAt: Date;
  readonly [column: string]: unknown;
}

interface Scalar {
  readonly key: string;
  readonly column: string;
  readonly kind: Kind;
  readonly field: AnyField;
}
interface Reference {
  readonly key: string;
  readonly column: string;
  readonly to: Name;
  readonly optional: boolean;
}
/** The columns of one registry, told apart once. */
export interface Shape {
  readonly name: Name;
  readonly table: Sql;
  readonly scalars: readonly Scalar[];
  readonly refs: readonly Reference[];
  readonly fields: ReadonlyMap<string, Scalar>;
}

const shapes = new Map<Name, Shape>();

export function shapeOf(name: Name): Shape {
  let shape = shapes.get(name);
  if (shape) return shape;
  const scalars = [...fieldsOf(name)].map(([key, field]) => ({ key, column: snake(key), kind: field.kind, field }));
  const refs = Object.entries(model[name].columns).flatMap(([key, column]) =>
    column.is === "ref"
      ? [{ key, column: columnNameOf(name, key), to: column.to as Name, optional: column.options.optional ?? false }]
      : [],
  );
  shape = { name, table: identifier(tableOf(name)), scalars, refs, fields: new Map(scalars.map((s) => [s.key, s])) };
  shapes.set(name, shape);
  return shape;
}

export const TRUE = sql`1 = 1`;
export const FALSE = sql`1 = 0`;

/** A quoted name from the model; never from outside. */
export function identifier(name: string): Sql {
  return raw(`"${name.replaceAll('"', '""')}"`);
}

/** `"t0"."key"` */
export const columnOf = (alias: string, column: string): Sql => raw(`"${alias}"."${column}"`);

/** A prefix as a range of bytes, which an index can answer. */
export function startsWith(dialect: Dialect, column: Sql, prefix: string): Sql {
  const bound = dialect.encode("text", prefix);
  return sql`${column} >= ${bound} and ${column} < ${`${bound}\u{10ffff}`}`;
}

const selections = new Map<string, Sql>();

/** The columns that a read of this registry selects: all but lazy ones, and the uids of to-one relations. */
export function selection(name: Name, alias: string): Sql {
  const id = `${name} ${alias}`;
  let columns = selections.get(id);
  if (columns) return columns;
  const { scalars, refs } = shapeOf(name);
  columns = join([
    columnOf(alias, "id"),
    ...scalars.filter((s) => !s.field.options.lazy).map((s) => columnOf(alias, s.column)),
    ...refs.flatMap((r) => [
      columnOf(alias, r.column),
      sql`(select uid from ${identifier(tableOf(r.to))} where id = ${columnOf(alias, r.column)}) as ${identifier(`${r.column}_uid`)}`,
    ]),
  ]);
  selections.set(id, columns);
  return columns;
}

/** A row as the database gave it, decoded. */
export function decodeRow(dialect: Dialect, name: Name, rawRow: Raw): Row {
  const { scalars, refs } = shapeOf(name);
  const row: Record<string, unknown> = { id: rawRow.id };
  for (const { key, column, kind, field } of scalars)
    if (!field.options.lazy) row[key] = dialect.decode(kind, rawRow[column]);
  for (const { key, column } of refs)
    row[key] = rawRow[column] === null ? null : { id: rawRow[column], uid: rawRow[`${column}_uid`] };
  return row as unknown as Row;
}
