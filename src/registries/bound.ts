/** An instance for people: its names, and the registries bound to it. */
import type { Connection } from "../instance/connection.ts";
import { maskPassword } from "../instance/settings.ts";
import { classes } from "./index.ts";

type Classes = typeof classes;

/**
 * A connected instance; its registries are those of the library, bound to it.
 *
 * @example
 * await using team = await ln.connect("testuser2/team", { default: false });
 * const raw = await team.Artifact.filter({ key: { startsWith: "raw/" } });
 */
export interface Instance extends Classes, AsyncDisposable {
  /** `owner/name` */
  readonly slug: string;
  readonly owner: string;
  readonly name: string;
  readonly uid: string;
  /** Absolute root of the default storage. */
  readonly storage: string;
  /** The database: a file, or a URL with the password masked. */
  readonly db: string;
  /** Ends its connections. */
  close(): Promise<void>;
}

const instances = new WeakMap<Connection, Instance>();

/** The public side of a connection. */
export function instanceOf(connection: Connection): Instance {
  const known = instances.get(connection);
  if (known) return known;
  const { settings } = connection;
  const bound = Object.fromEntries(
    Object.entries(classes).map(([name, type]) => {
      const Bound = class extends (type as unknown as new (...args: never[]) => object) {
        static readonly connection = connection;
      };
      Object.defineProperty(Bound, "name", { value: name });
      return [name, Bound];
    }),
  ) as unknown as Classes;
  const instance: Instance = {
    ...bound,
    slug: connection.slug,
    owner: settings.owner,
    name: settings.name,
    uid: settings.uid,
    storage: settings.storage,
    db: maskPassword(connection.database.place),
    close: () => connection.close(),
    [Symbol.asyncDispose]: () => connection.close(),
  };
  instances.set(connection, instance);
  return instance;
}
