/** The registries as a command line sees them: chosen by name, with what all records have in common. */

import type { Connection } from "../instance/connection.ts";
import { type Name, names, printName } from "../model/index.ts";
import { Misuse, suggestion } from "./command.ts";

/** What every record can do. */
export interface AnyRecord {
  readonly uid: string;
  toJSON(): Record<string, unknown>;
  describe(): Promise<string>;
  delete(options?: { permanent?: boolean }): Promise<unknown>;
}

/** What every query can do. */
export interface AnyQuery extends PromiseLike<AnyRecord[]> {
  orderBy(...columns: string[]): AnyQuery;
  limit(rows: number): AnyQuery;
  offset(rows: number): AnyQuery;
  count(): Promise<number>;
}

/** What every registry can do. */
export interface AnyRegistry {
  get(uidOrWhere: string | Readonly<Record<string, unknown>>, options?: { asOf?: string }): Promise<AnyRecord>;
  filter(where?: Readonly<Record<string, unknown>>): AnyQuery;
  search(text: string): AnyQuery;
}

/** The registry that a word means: `artifact`, `artifacts` and `Artifact` are one. */
export function registryName(word: string): Name {
  const name = findRegistryName(word);
  if (name !== undefined) return name;
  const words = names.map((known) => known.toLowerCase());
  const near = suggestion(word, words);
  throw new Misuse(
    `unknown registry '${word}'`,
    near === undefined ? `the registries are ${words.join(", ")}` : `did you mean ${near}?`,
  );
}

/** Like {@link registryName}, but undefined for a word that means no registry. */
export function findRegistryName(word: string): Name | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_]/g, "");
  return names.find((name) => plain(name) === plain(word) || plural(plain(name)) === plain(word));
}

/** `artifacts`, `branches`: the registry in prose. */
export function plural(name: string): string {
  return name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}${/(s|ch)$/.test(name) ? "es" : "s"}`;
}

/** The registry of that name in the connected instance. */
export async function openRegistry(name: Name): Promise<AnyRegistry> {
  const ln = await import("../index.ts");
  if (name === "Run") await closeLostRuns();
  return (ln as unknown as Readonly<Record<Name, AnyRegistry>>)[name];
}

/** Connections that were asked already. */
const looked = new WeakSet<Connection>();

/** Who asks for runs learns of those whose process is gone; who may only read still gets the answer. */
async function closeLostRuns(): Promise<void> {
  const [{ defaultConnection }, { reap }] = await Promise.all([
    import("../instance/connect.ts"),
    import("../track/run.ts"),
  ]);
  const connection = await defaultConnection();
  if (looked.has(connection)) return;
  looked.add(connection);
  await reap(connection).catch(() => {});
}

/** A record in a sentence: `Artifact('AsXmTxA3', key='x.csv')`. */
export const recordText = (name: Name, record: AnyRecord): string =>
  printName(name, record as AnyRecord & Readonly<Record<string, unknown>>);
