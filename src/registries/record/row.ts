/** A record: a snapshot of one row and the instance it came from. */
import type { Row, RowRef } from "../../db/columns.ts";
import { shapeOf } from "../../db/columns.ts";
import { rowNumber, kindNamed } from "../../db/lineage-kinds.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { model, type Name, printValue } from "../../model/index.ts";

interface State {
  readonly connection: Connection;
  readonly name: Name;
  row: Row;
}
let stateOfEntry: (entry: Entry) => State;

export class Entry {
  readonly #state: State;

  constructor(connection: Connection, name: Name, row: Row) {
    this.#state = { connection, name, row };
  }

  static {
    stateOfEntry = (entry) => entry.#state;
  }

  /** Own columns, and relations as uids. */
  toJSON(): Record<string, unknown> {
    return plainRow(this.#state.name, this.#state.row);
  }

  toString(): string {
    return printEntry(this.#state.name, this.#state.row);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** Whether a value is a record (of the registry `name`, when given). */
export function isEntry(value: unknown, name?: Name): value is Entry & { uid: string } {
  return value instanceof Entry && (name === undefined || stateOfEntry(value).name === name);
}

export const connectionOf = (entry: object): Connection => stateOfEntry(entry as Entry).connection;
export const nameOf = (entry: object): Name => stateOfEntry(entry as Entry).name;
export const rowOf = (entry: object): Row => stateOfEntry(entry as Entry).row;

/** The number of data, a run or a transform among all of them (see `db/lineage-kinds.ts`). */
export const numberOf = (entry: object): number => rowNumber(kindNamed(nameOf(entry)), rowOf(entry).id);

/** After a write: the same object, refreshed. */
export function refresh(entry: object, row: Row): void {
  stateOfEntry(entry as Entry).row = row;
}

/** The id and uid of a record, for writing; refuses records of another instance. */
export function refOf(entry: object, connection: Connection): RowRef {
  const state = stateOfEntry(entry as Entry);
  if (state.connection.settings.uid !== connection.settings.uid) {
    throw new LinealError("invalid", `this ${state.name} belongs to another instance, ${state.connection.slug}`, {
      hint: `Use a record of ${connection.slug}.`,
    });
  }
  return { id: state.row.id, uid: state.row.uid };
}

/** Refuses filters with records of another instance: their uids mean nothing here. */
export function checkRecords(filter: unknown, connection: Connection): void {
  if (filter instanceof Entry) refOf(filter, connection);
  else if (Array.isArray(filter)) for (const one of filter) checkRecords(one, connection);
  else if (filter !== null && typeof filter === "object" && !(filter instanceof Date))
    for (const one of Object.values(filter)) checkRecords(one, connection);
}

/** Own columns that people see, then relations as uids. */
function plainRow(name: Name, row: Row): Record<string, unknown> {
  const { scalars, refs } = shapeOf(name);
  const { columns } = model[name];
  const plain: Record<string, unknown> = {};
  for (const { key, field } of scalars) if (!field.options.hidden && !field.options.lazy) plain[key] = row[key];
  for (const { key } of refs) if (!columns[key]?.options.hidden) plain[key] = (row[key] as RowRef | null)?.uid ?? null;
  return plain;
}

function printEntry(name: Name, row: Row): string {
  const parts = Object.entries(plainRow(name, row))
    .filter(([key, value]) => {
      const { minor, default: usual } = model[name].columns[key]?.options ?? {};
      return value !== null && minor !== true && !(minor === "by default" && value === usual);
    })
    .map(([key, value]) => `${key}=${printed(value)}`);
  return `${name}(${parts.join(", ")})`;
}

function printed(value: unknown): string {
  return typeof value === "string" ? `'${value.length > 80 ? `${value.slice(0, 77)}…` : value}'` : printValue(value);
}
