/** Environments of real folders. */

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeEnvironment, environmentText } from "../../src/track/environment.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "environment-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: object | string): string {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return join(folder, name);
}

const lock = (version: string) => ({ lockfileVersion: 3, packages: { "": {}, "node_modules/a": { version } } });

test("names runtime, platform and the packages of the nearest lock file", async () => {
  write("package-lock.json", lock("9.9.9"));
  const path = write("project/package-lock.json", lock("1.0.0"));
  write("project/sub/package.json", {});
  const environment = await describeEnvironment({ entry: write("project/sub/deep/main.ts", ""), cwd: folder });
  expect(environment).toEqual({
    runtime: { name: "node", version: process.versions.node },
    platform: { os: process.platform, arch: process.arch, release: expect.any(String) as unknown },
    packages: { a: "1.0.0" },
    lockfile: { path: "package-lock.json", hash: createHash("sha256").update(readFileSync(path)).digest("hex") },
    flags: process.execArgv,
  });
});

test("uses the working directory for a program without a file", async () => {
  write("package-lock.json", lock("9.9.9"));
  expect((await describeEnvironment({ cwd: folder })).packages).toEqual({ a: "9.9.9" });
});

test("falls back to what is installed when there is no readable lock file", async () => {
  const entry = write("main.ts", "");
  write("package.json", { dependencies: { b: "^1", "@s/a": "^2", gone: "1" }, devDependencies: { c: "*" } });
  for (const [name, version] of [
    ["b", "1.2.3"],
    ["@s/a", "2.0.0"],
    ["c", "3.0.0"],
    ["indirect", "4.0.0"],
  ]) {
    write(`node_modules/${name}/package.json`, { name, version });
  }
  const expected = { "@s/a": "2.0.0", b: "1.2.3", c: "3.0.0" };
  const without = await describeEnvironment({ entry, cwd: folder });
  expect(without.packages).toEqual(expected);
  expect("lockfile" in without).toBe(false);
  write("package-lock.json", `{ "half": `);
  expect((await describeEnvironment({ entry, cwd: folder })).packages).toEqual(expected);
  rmSync(join(folder, "package.json"));
  expect((await describeEnvironment({ entry, cwd: "/" })).packages).toEqual({});
});

test("is the same text wherever the checkout lies, and holds no environment variable", async () => {
  process.env.LINEAL_TEST_VALUE = "do-not-keep-me";
  write("one/package-lock.json", lock("1.0.0"));
  write("one/a.ts", "");
  write("one/sub/b.ts", "");
  cpSync(join(folder, "one"), join(folder, "two"), { recursive: true });
  const text = async (entry: string) =>
    environmentText(await describeEnvironment({ entry: join(folder, entry), cwd: folder }));
  const first = await text("one/a.ts");
  expect(await text("one/sub/b.ts")).toBe(first);
  expect(await text("two/a.ts")).toBe(first);
  expect(first).not.toContain("do-not-keep-me");
  expect(first).not.toContain(folder);
  delete process.env.LINEAL_TEST_VALUE;
});

test("reads our own lock file", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { packages } = await describeEnvironment({ entry: join(root, "src", "errors.ts"), cwd: root });
  expect(packages["@babel/parser"]).toMatch(/^\d+\.\d+\.\d+$/);
  expect(Object.keys(packages)).toEqual(Object.keys(packages).toSorted());
});
