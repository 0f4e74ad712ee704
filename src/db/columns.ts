/** What the columns of each registry are called, how they are read and how rows come back. */
import sql, { join, raw, type Sql } from "sql-template-tag";
import { type Field, type Kind, model, type Name, type Options, text, time } from "../model/index.ts";
import type { Dialect } from "./dialect.ts";
import type { Raw } from "./operation.ts";
import { snake, tableOf } from "./tables.ts";

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

export type AnyField = Field<unknown, Options>;
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

const UID: AnyField = text({ unique: true, editable: false }) as AnyField;
const CREATED_AT: AnyField = time({ editable: false }) as AnyField;
const shapes = new Map<Name, Shape>();

export function shapeOf(name: Name): Shape {
  let shape = shapes.get(name);
  if (shape) return shape;
  const scalars: Scalar[] = [
    { key: "uid", column: "uid", kind: "text", field: UID },
    { key: "createdAt", column: "created_at", kind: "time", field: CREATED_AT },
  ];
  const refs: Reference[] = [];
  for (const [key, column] of Object.entries(model[name].columns)) {
    if (column.is === "ref")
      refs.push({ key, column: `${snake(key)}_id`, to: column.to as Name, optional: column.options.optional ?? false });
    else scalars.push({ key, column: snake(key), kind: column.kind, field: column });
  }
  shape = { name, table: identifier(tableOf(name)), scalars, refs, fields: new Map(scalars.map((s) => [s.key, s])) };
  shapes.set(name, shape);
  return shape;
}

/** A quoted name from the model; never from outside. */
export function identifier(name: string): Sql {
  return raw(`"${name.replaceAll('"', '""')}"`);
}

/** `"t0"."key"` */
export const columnOf = (alias: string, column: string): Sql => raw(`"${alias}"."${column}"`);

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
