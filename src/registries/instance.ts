/** Instances for people: their names, and the registries bound to them. */
import { type ConnectOptions, connectTo, defaultConnection } from "../instance/connect.ts";
import type { Connection } from "../instance/connection.ts";
import { type InitOptions, initialise } from "../instance/init.ts";
import { log } from "../instance/log.ts";
import { setProcessUser } from "../instance/scope.ts";
import { maskPassword } from "../instance/settings.ts";
import { profileOf, type UserProfile } from "../instance/users.ts";
import { classes } from "./index.ts";
import { viewText } from "./view.ts";
import type { Name } from "../model/index.ts";

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
export function bind(connection: Connection): Instance {
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

/**
 * Makes an instance of the current user and connects to it; one with the same storage and database is connected again.
 *
 * Throws `conflict` when the name is taken or the storage belongs to another instance.
 *
 * @example
 * await ln.init({ storage: "./mydata" });
 */
export async function init(options: InitOptions): Promise<Instance> {
  return bind(await initialise(options));
}

/**
 * Connects to an instance by `owner/name`, folder or `postgres://` URL, and makes it the default.
 *
 * Throws `not-found` for an unknown one, `unavailable` when the server cannot be reached.
 *
 * @example
 * const mine = await ln.connect("testuser1/mydata");
 */
export async function connect(target: string, options: ConnectOptions = {}): Promise<Instance> {
  return bind(await connectTo(target, options));
}

/** The instance that the library uses by default; connects when nothing is connected yet. */
export async function instance(): Promise<Instance> {
  return bind(await defaultConnection());
}

/**
 * Switches the user of this process; what it writes from now on is theirs.
 *
 * @example
 * await ln.login("testuser2");
 */
export async function login(handle: string): Promise<UserProfile> {
  const profile = profileOf(handle);
  setProcessUser(profile.handle);
  log("success", `logged in ${profile.handle}`);
  return profile;
}

/**
 * Prints the newest rows of every registry, and returns what it printed.
 *
 * @example
 * await ln.view({ limit: 3 });
 */
export async function view(options: { limit?: number; registries?: readonly Name[] } = {}): Promise<string> {
  const text = await viewText(await defaultConnection(), options);
  process.stdout.write(`${text}\n`);
  return text;
}
