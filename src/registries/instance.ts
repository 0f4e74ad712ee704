/** What the library does with instances as a whole. */
import { type ConnectOptions, connectTo, defaultConnection } from "../instance/connect.ts";
import { type InitOptions, initialise } from "../instance/init.ts";
import { log } from "../instance/log.ts";
import { setProcessUser } from "../instance/scope.ts";
import { profileOf, type UserProfile } from "../instance/users.ts";
import { type Instance, instanceOf } from "./bound.ts";
import { viewText } from "./view.ts";
import type { Name } from "../model/index.ts";

/**
 * Makes an instance of the current user and connects to it; one with the same storage and database is connected again.
 *
 * Throws `conflict` when the name is taken or the storage belongs to another instance.
 *
 * @example
 * await ln.init({ storage: "./mydata" });
 */
export async function init(options: InitOptions): Promise<Instance> {
  return instanceOf(await initialise(options));
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
  return instanceOf(await connectTo(target, options));
}

/** The instance that the library uses by default; connects when nothing is connected yet. */
export async function instance(): Promise<Instance> {
  return instanceOf(await defaultConnection());
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
