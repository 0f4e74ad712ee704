/** Folders, instances and databases of a bench; all of it goes when the benches end. */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as ln from "../src/index.ts";
import { createDatabase } from "../test/support/postgres.ts";
import { type PostgresServer, startPostgres } from "../test/support/postgres-server.ts";
import { runProgram } from "./measure.ts";

export type DatabaseName = "SQLite" | "PostgreSQL";

const root = realpathSync(mkdtempSync(join(tmpdir(), "lineal-bench-")));
let count = 0;
let server: Promise<PostgresServer | string> | undefined;

/** The built package, as users get it. */
export const dist = fileURLToPath(new URL("../dist", import.meta.url));

/** A new empty folder. */
export function freshFolder(): string {
  const folder = join(root, String(++count));
  mkdirSync(folder);
  return folder;
}

/** A folder where `import "lineal"` is the package as it is packed and installed. */
export function packedProject(): string {
  const folder = freshFolder();
  const modules = join(folder, "node_modules");
  const repository = fileURLToPath(new URL("..", import.meta.url));
  runProgram("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: repository });
  const [archive = ""] = readdirSync(folder);
  mkdirSync(join(modules, "lineal"), { recursive: true });
  runProgram("tar", ["-xzf", join(folder, archive), "-C", join(modules, "lineal"), "--strip-components", "1"]);
  for (const name of readdirSync(join(repository, "node_modules")))
    if (name !== "lineal") symlinkSync(join(repository, "node_modules", name), join(modules, name), "junction");
  return folder;
}

/** Settings of the benches' own for this process and all that it starts. */
export function useOwnHome(): void {
  const home = freshFolder();
  Object.assign(process.env, {
    LINEAL_HOME: join(home, "home"),
    LINEAL_CACHE_DIR: join(home, "cache"),
    LINEAL_VERBOSITY: "error",
    NO_COLOR: "1",
  });
}

/** SQLite, and PostgreSQL where a server can be started; `missing` says why there is none. */
export async function databases(): Promise<{ names: DatabaseName[]; missing?: string }> {
  server ??= startPostgres().catch((error: Error) => error.message);
  const started = await server;
  if (typeof started === "string") return { names: ["SQLite"], missing: started };
  process.env.LINEAL_TEST_POSTGRES = started.url;
  return { names: ["SQLite", "PostgreSQL"] };
}

/** The URL of a new empty database, or undefined for a file under the storage. */
export const freshDatabase = async (name: DatabaseName): Promise<string | undefined> =>
  name === "SQLite" ? undefined : (await createDatabase()).url;

/** A new instance in a folder of its own, not the default; close it. */
export async function freshInstance(
  name: DatabaseName = "SQLite",
  storage: string = freshFolder(),
  db?: string,
): Promise<ln.Instance> {
  const url = db ?? (await freshDatabase(name));
  const made = await ln.init({ storage, name: `bench${++count}`, ...(url ? { db: url } : {}) });
  return ln.connect(made.slug, { default: false });
}

/** Stops the server and removes every folder. */
export async function leave(): Promise<void> {
  const started = await server;
  if (typeof started === "object") await started.stop();
  rmSync(root, { recursive: true, force: true });
}
