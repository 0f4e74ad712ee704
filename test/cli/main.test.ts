/** Many command lines in one process: each with its own streams and state, and nothing of it stays. */
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ln from "lineal";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setDefault } from "../../src/instance/connect.ts";
import { verbosity } from "../../src/instance/log.ts";
import { Lab } from "../registries/lab.ts";
import { cli } from "../support/cli.ts";
import { freshPlace } from "../support/dialects.ts";

let root: string;
let env: Record<string, string>;

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "lineal-main-")));
  env = { LINEAL_HOME: join(root, "home") };
  expect((await cli(["init", "--storage", "./mydata"], { cwd: root, env })).code).toBe(0);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("the program around it keeps its directory, environment, instance, user and log", async () => {
  await using lab = await Lab.open({ name: "sqlite", fresh: () => freshPlace("sqlite") });
  const before = { cwd: process.cwd(), env: { ...process.env }, verbosity: verbosity(), slug: lab.ln.slug };
  ln.settings.trackRunInputs = false;
  try {
    const info = await cli(["info", "--json", "--quiet"], { cwd: root, env });
    expect(JSON.parse(info.stdout)).toMatchObject({
      instance: { slug: "anonymous/mydata" },
      user: { handle: "anonymous" },
    });
    expect((await cli(["list", "user"], { cwd: root, env })).stderr).toBe("→ connected lineal: anonymous/mydata\n");
    expect({
      cwd: process.cwd(),
      env: { ...process.env },
      verbosity: verbosity(),
      slug: (await ln.instance()).slug,
    }).toEqual(before);
    expect(ln.settings.trackRunInputs).toBe(false);
  } finally {
    ln.settings.trackRunInputs = true;
  }
});

test("a command line knows nothing of the one before it", async () => {
  await setDefault(undefined);
  const lines = [
    ["list", "user", "--quiet"],
    ["list", "user"],
    ["list", "user", "--json"],
    ["list", "user"],
  ];
  const said = await Promise.all(lines.map((line) => cli(line, { cwd: root, env })));
  expect(said.map(({ stderr }) => stderr)).toEqual(
    ["", 1, 1, 1].map((line) => line && "→ connected lineal: anonymous/mydata\n"),
  );
  expect((await cli(["list", "user"], { cwd: root })).stderr).toContain("no instance is connected");
});

test("the database is closed when the command line is over", async () => {
  await cli(["list", "user"], { cwd: root, env });
  const files = ["lineal.db", "lineal.db-wal"].map((name) => existsSync(join(root, "mydata", ".lineal", name)));
  expect(files).toEqual([true, false]);
});
