/** Name → class. Each class file adds its line to `Registries`, so that nothing below imports any of them. */
import type { Row } from "../../db/columns.ts";
import type { Connection } from "../../instance/connection.ts";
import type { Name } from "../../model/index.ts";

/** Filled by module augmentation: `interface Registries { Artifact: Artifact }`. */
// biome-ignore lint/suspicious/noEmptyInterface: the class files add to it.
export interface Registries {}

/** The record class of a registry. */
export type Of<N extends Name> = N extends keyof Registries ? Registries[N] : never;

type Constructor = new (connection: Connection, row: Row) => object;
const table = new Map<Name, Constructor>();

/** Sets the class of each registry; called once, by the room's index. */
export function fill(classes: { readonly [N in Name]: Constructor }): void {
  for (const [name, type] of Object.entries(classes)) table.set(name as Name, type);
}

/** The record of a row. */
export function make<N extends Name>(connection: Connection, name: N, row: Row): Of<N> {
  const type = table.get(name);
  if (!type) throw new Error(`${name} has no class`);
  return new type(connection, row) as Of<N>;
}
