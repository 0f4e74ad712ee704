/** The commands around instances and settings. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cli } from "../support/cli.ts";
import type { Finished } from "../support/command-line.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
let root: string;
let home: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "lineal-cli-")));
  home = join(root, "home");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function run(
  line: string,
  { cwd = root, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Finished> {
  return cli(line.split(" "), { cwd, env: { LINEAL_HOME: home, LINEAL_CACHE_DIR: "/cache", ...env } });
}

/** What a person sees: paths and ids that differ from run to run are named. */
function seen({ stdout, stderr, code }: Finished): string {
  const text = `${stdout}${stderr && `[stderr]\n${stderr}`}${code === 0 ? "" : `[exit ${code}]`}`;
  return text
    .replaceAll(root, "ROOT")
    .replaceAll(version, "VERSION")
    .replaceAll(/"uid":"\w+"/g, '"uid":"UID"')
    .trimEnd();
}

describe("without an instance", () => {
  test("--version is the package's, and help lists every command within 80 columns", async () => {
    expect((await run("--version")).stdout).toBe(`${version}\n`);
    const help = await run("--help");
    expect(Math.max(...help.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(help.stdout).toMatchSnapshot();
  });

  test("misuse exits with 2 and says what was meant", async () => {
    expect(seen(await run("lsit artifact"))).toMatchInlineSnapshot(`
      "[stderr]
      Error: unknown command 'lsit'
      did you mean: lineal list
      [exit 2]"
    `);
    expect(seen(await run("init --storge x"))).toMatchInlineSnapshot(`
      "[stderr]
      Error: unknown option --storge
      did you mean --storage?
      [exit 2]"
    `);
    expect(seen(await run("list artefact --json"))).toMatchInlineSnapshot(`
      "[stderr]
      {"error":{"code":"invalid","message":"unknown registry 'artefact'","hint":"did you mean artifact?"}}
      [exit 2]"
    `);
    expect(seen(await run("settings set dev-dri ."))).toMatchInlineSnapshot(`
      "[stderr]
      Error: unknown setting 'dev-dri'
      did you mean dev-dir?
      [exit 2]"
    `);
  });

  test("commands that need an instance exit with 1 and say how to get one", async () => {
    expect(seen(await run("list artifact"))).toMatchInlineSnapshot(`
      "[stderr]
      Error: no instance is connected
      Run \`lineal init --storage ./mydata\` for a new one, or \`lineal connect owner/name\`.
      [exit 1]"
    `);
    const failed = await run("settings set branch x --json");
    expect(failed).toMatchObject({ code: 1, stdout: "" });
    expect(JSON.parse(failed.stderr)).toMatchObject({
      error: { code: "not-connected", hint: expect.stringContaining("lineal init") },
    });
    expect(seen(await run("info"))).toContain("instance  none");
  });

  test("colour only where it is asked for", async () => {
    expect((await run("lsit", { env: { NO_COLOR: "", FORCE_COLOR: "1" } })).stderr).toContain("\u001b[31mError:");
  });
});

test("from login to delete", { timeout: 180_000 }, async () => {
  expect(seen(await run("login testuser1 --name Ada"))).toBe("→ logged in testuser1");
  expect(seen(await run("init --storage ./mydata"))).toBe("→ connected lineal: testuser1/mydata");
  expect(seen(await run("init --storage ./mydata --quiet"))).toBe("");
  expect(seen(await run("init --storage ./other --name mydata"))).toMatchInlineSnapshot(`
    "[stderr]
    Error: testuser1/mydata is there already, with the storage ROOT/mydata
    Choose another name with --name, or connect to it: lineal connect testuser1/mydata
    [exit 1]"
  `);
  expect(seen(await run("info"))).toMatchInlineSnapshot(`
    "instance  testuser1/mydata
    storage   ROOT/mydata
    db        ROOT/mydata/.lineal/lineal.db
    dev-dir   none
    branch    main
    space     all
    user      testuser1 (Ada)
    settings  ROOT/home
    cache     /cache
    version   VERSION"
  `);
  expect(seen(await run("info --json"))).toMatchInlineSnapshot(
    `"{"instance":{"slug":"testuser1/mydata","uid":"UID","storage":"ROOT/mydata","db":"ROOT/mydata/.lineal/lineal.db","devDir":null,"branch":"main","space":"all","chosenBy":"settings","directory":null},"user":{"handle":"testuser1","name":"Ada","uid":"UID"},"settings":"ROOT/home","cache":"/cache","version":"VERSION"}"`,
  );
  expect(seen(await run("migrate --check"))).toBe("→ testuser1/mydata is up to date");

  const work = join(root, "work");
  mkdirSync(join(work, "deep"), { recursive: true });
  expect(seen(await run("init --storage ./second"))).toBe("→ connected lineal: testuser1/second");
  expect(seen(await run("connect mydata --here", { cwd: work }))).toMatchInlineSnapshot(`
    "→ connected lineal: testuser1/mydata
    → set dev-dir: ROOT/work"
  `);
  expect(JSON.parse((await run("info --json", { cwd: join(work, "deep") })).stdout)).toMatchObject({
    instance: { slug: "testuser1/mydata", chosenBy: "marker", directory: work },
  });
  const connected = await run("connect ./second --json");
  expect(JSON.parse(connected.stdout)).toMatchObject({
    slug: "testuser1/second",
    db: join(root, "second", ".lineal", "lineal.db"),
  });
  expect(connected.stderr).toBe("→ connected lineal: testuser1/second\n");
  expect(seen(await run("connect nowhere"))).toMatchInlineSnapshot(`
    "[stderr]
    Error: there is no instance nowhere
    Run \`lineal connect\` with owner/name, a folder or a postgres:// URL; \`lineal init\` makes a new one.
    [exit 1]"
  `);

  expect(seen(await run("disconnect", { cwd: work }))).toMatchInlineSnapshot(`
    "→ disconnected lineal: testuser1/second
    → ROOT/work still chooses testuser1/mydata"
  `);
  expect(seen(await run("disconnect --here", { cwd: join(work, "deep") }))).toMatchInlineSnapshot(
    `"→ disconnected lineal: testuser1/mydata from ROOT/work"`,
  );
  expect(existsSync(join(work, ".lineal", "instance"))).toBe(false);
  expect(seen(await run("disconnect"))).toBe("→ no instance was connected");

  expect(seen(await run("delete --force second"))).toMatchInlineSnapshot(`"• deleting instance testuser1/second"`);
  rmSync(join(root, "mydata"), { recursive: true });
  expect(seen(await run("delete testuser1/mydata"))).toMatchInlineSnapshot(`"• deleting instance testuser1/mydata"`);
  expect(seen(await run("delete mydata"))).toMatchInlineSnapshot(`
    "[stderr]
    Error: there is no instance mydata
    \`lineal info\` shows the current one.
    [exit 1]"
  `);
  expect(existsSync(join(root, "second"))).toBe(false);
  expect(seen(await run("logout"))).toBe("→ logged out");
  expect(seen(await run("logout"))).toBe("→ already logged out");
});

test("settings are set, shown and unset", { timeout: 180_000 }, async () => {
  const env = { LINEAL_HOME: join(root, "home2") };
  const tell = async (line: string): Promise<string> => seen(await run(line, { env }));
  await tell("init --storage ./third");
  expect(await tell("settings set dev-dir ./work")).toBe("→ set dev-dir: ROOT/work");
  expect(readFileSync(join(root, "work", ".lineal", "instance"), "utf8")).toBe("anonymous/third\n");
  expect(await tell("settings set verbosity loud")).toContain("[exit 2]");
  expect(await tell("settings set verbosity debug")).toBe("→ set verbosity: debug");
  expect(await tell("settings")).toMatchInlineSnapshot(`
    "dev-dir    ROOT/work
    branch     none
    space      none
    cache-dir  /cache
    verbosity  debug"
  `);
  expect(await tell("settings get dev-dir")).toBe("ROOT/work");
  expect(await tell("settings unset dev-dir --json")).toBe('{"dev-dir":null}');
  expect(existsSync(join(root, "work", ".lineal", "instance"))).toBe(false);
  expect(await tell("settings get dev-dir")).toBe("none");
  writeFileSync(join(root, "home2", "settings.json"), "{ half");
  expect(await tell("settings get verbosity")).toMatchInlineSnapshot(`
    "[stderr]
    Error: the settings file ROOT/home2/settings.json is not valid JSON
    Mend the file, or delete it: rm 'ROOT/home2/settings.json'
    [exit 1]"
  `);
});
