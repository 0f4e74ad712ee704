/** Process identities and shells, with real children. */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAlive, processIdentity, processInfo, type ShellProcess, shellAncestor } from "../../src/track/process.ts";

const module = new URL("../../src/track/process.ts", import.meta.url).href;

test("this process is alive, and knows itself", () => {
  const self = processIdentity();
  expect(self).toMatchObject({ host: hostname(), pid: process.pid });
  expect(self.startedAt).not.toBe("");
  expect(processIdentity()).toEqual(self);
  expect(isAlive(self)).toBe(true);
});

test("a later process with the same pid is another one", () => {
  const self = processIdentity();
  expect(isAlive({ ...self, startedAt: self.startedAt.replace(/\d+$/, "1") })).toBe(false);
});

test("nothing is said about other hosts and other containers, and a reboot ends everything", () => {
  const self = processIdentity();
  expect(isAlive({ ...self, host: "elsewhere" })).toBeUndefined();
  if (process.platform !== "linux") return;
  expect(isAlive({ ...self, startedAt: self.startedAt.replace(/pid:\[\d+\]/, "pid:[1]") })).toBeUndefined();
  expect(isAlive({ ...self, startedAt: self.startedAt.replace(/^boot:./, "boot:x") })).toBe(false);
});

test("a killed child is dead", async () => {
  const child = spawn(process.execPath, [
    "--input-type=module",
    "-e",
    `import { processIdentity } from ${JSON.stringify(module)}; console.log(JSON.stringify(processIdentity())); setInterval(() => {}, 1000)`,
  ]);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const identity = JSON.parse(line.toString()) as ReturnType<typeof processIdentity>;
  expect(isAlive(identity)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isAlive(identity)).toBe(false);
});

test.skipIf(process.platform === "win32")("ps tells the same as /proc", () => {
  const info = processInfo(process.pid, "ps");
  expect(info).toMatchObject({ pid: process.pid, parent: process.ppid, zombie: false });
  expect(info?.startedAt).toMatch(/^\w{3} \w{3}\s+\d+ \d\d:\d\d:\d\d \d{4}$/);
  expect(info?.args[0]).toContain("node");
  if (process.platform === "linux") expect(info?.name).toBe(processInfo(process.pid)?.name);
  expect(processInfo(2 ** 30, "ps")).toBeUndefined();
  expect(processInfo(2 ** 30)).toBeUndefined();
});

describe.skipIf(process.platform === "win32")("shellAncestor", () => {
  let folder = "";
  let probe = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "shell-"));
    probe = join(folder, "probe.mjs");
    writeFileSync(
      probe,
      `import { shellAncestor, shellAncestors } from ${JSON.stringify(module)}; console.log(JSON.stringify([shellAncestor(), ...shellAncestors()]));`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function shell(script: string): { shellPid: number; found: ShellProcess[][] } {
    const path = join(folder, "script.sh");
    writeFileSync(path, `#!/bin/bash\necho $$\n${script.replaceAll("PROBE", `"${process.execPath}" "${probe}"`)}\n:\n`);
    chmodSync(path, 0o755);
    const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
    const [pid, ...lines] = execFileSync(path, {
      encoding: "utf8",
      env,
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
    })
      .trim()
      .split("\n");
    const found = lines.filter((line) => line.startsWith("[")).map((line) => JSON.parse(line) as ShellProcess[]);
    return { shellPid: Number(pid), found };
  }

  test("is the shell that runs the script, the same for every command in it", () => {
    const { shellPid, found } = shell("PROBE\nPROBE | cat\nx=$(PROBE); echo $x");
    expect(found).toHaveLength(3);
    expect(found.map(([nearest]) => nearest?.pid)).toEqual([shellPid, shellPid, shellPid]);
    expect(new Set(found.map(([nearest]) => nearest?.key)).size).toBe(1);
    // scripts are named for their file, or for their interpreter: either way this one is bash
    expect(found[0]?.[0]).toMatchObject({
      startedAt: expect.any(String) as unknown,
      key: expect.stringMatching(new RegExp(`^${shellPid}-[0-9a-f]{12}$`)) as unknown,
    });
  });

  test("in a subshell, the shell around it is further up", () => {
    const { shellPid, found } = shell("( PROBE; : )");
    const [nearest, ...all] = found[0] ?? [];
    expect(nearest?.pid).not.toBe(shellPid);
    expect(all.slice(0, 2).map((ancestor) => ancestor.pid)).toEqual([nearest?.pid, shellPid]);
  });

  test("passes over the `sh -c` that npm makes for a script line", () => {
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ scripts: { probe: `"${process.execPath}" probe.mjs && true` } }),
    );
    const { shellPid, found } = shell("npm run --silent probe");
    expect(found[0]?.[0]?.pid).toBe(shellPid);
  });

  test("takes any other `sh -c` for a shell of its own", () => {
    const { shellPid, found } = shell(`sh -c 'PROBE; :'`.replaceAll("PROBE", `"${process.execPath}" "${probe}"`));
    expect(found[0]?.[0]).toMatchObject({ name: expect.stringMatching(/sh$/) as unknown });
    expect(found[0]?.[0]?.pid).not.toBe(shellPid);
  });
});

test("outside of a shell it may be undefined, never this process", () => {
  expect(shellAncestor()?.pid).not.toBe(process.pid);
});
