/** callerFile in real programs: which file it names, and when it names none. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isInside, ownCodeRoots } from "../../src/code/own-code.ts";
import { callerFile } from "../../src/track/caller.ts";

const module = new URL("../../src/track/caller.ts", import.meta.url);
let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "caller-")));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const print = `console.log(callerFile() ?? "none")`;
const importIt = `import { callerFile } from ${JSON.stringify(module.href)};`;

function node(args: string[], input?: string): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    ...(input === undefined ? {} : { input }),
  });
  expect(stderr.replace(/\(node:\d+\).*Warning[^]*?trace-warnings.*\n/g, ""), stderr).toBe("");
  expect(status).toBe(0);
  return stdout.trim();
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("callerFile", () => {
  test.each(["a.ts", "a.mts", "a.mjs"])("names the %s file that calls it", (name) => {
    const path = file(name, `${importIt} ${print}`);
    expect(node([path])).toBe(path);
  });

  test("names a CommonJS caller", () => {
    const path = file("a.cjs", `const { callerFile } = require(${JSON.stringify(fileURLToPath(module))}); ${print}`);
    expect(node([path])).toBe(path);
  });

  test("names the file that calls, not the main file", () => {
    const inner = file("inner.mjs", `${importIt} export const who = () => callerFile();`);
    const main = file("outer.mjs", `import { who } from "./inner.mjs"; console.log(who())`);
    expect(node([main])).toBe(inner);
  });

  test("is right after an await too", () => {
    const path = file("later.mjs", `${importIt} await new Promise((done) => setTimeout(done, 5)); ${print}`);
    expect(node([path])).toBe(path);
  });

  test("falls back to the main file, symbolic links resolved, when no frame is the caller's", () => {
    const path = file("bare.mjs", `${importIt} Promise.resolve(undefined).then(callerFile).then(console.log)`);
    symlinkSync(path, join(folder, "link.mjs"));
    expect(node([join(folder, "link.mjs")])).toBe(path);
  });

  test("names nothing for -e, modules from the command line and standard input", () => {
    expect(node(["--input-type=module", "-e", `${importIt} ${print}`])).toBe("none");
    expect(node(["-e", `const { callerFile } = require(${JSON.stringify(fileURLToPath(module))}); ${print}`])).toBe(
      "none",
    );
    expect(node(["--input-type=module", "-"], `${importIt} ${print}`)).toBe("none");
  });

  test("names the file around an eval", () => {
    const path = file("evaluates.mjs", `${importIt} eval(${JSON.stringify(print)})`);
    expect(node([path])).toBe(path);
  });

  test("names nothing when only our own code is running", () => {
    const path = file(
      "own.mjs",
      `${importIt} console.log(callerFile([${JSON.stringify(folder)}, ${JSON.stringify(fileURLToPath(new URL("../../src", import.meta.url)))}]) ?? "none")`,
    );
    expect(node([path])).toBe("none");
  });

  test("skips frames inside the given roots", () => {
    expect(callerFile()).toBe(fileURLToPath(import.meta.url));
    expect(callerFile([fileURLToPath(new URL(".", import.meta.url))])).not.toBe(fileURLToPath(import.meta.url));
  });
});

describe("ownCodeRoots", () => {
  test("is src and dist of our package, wherever a chunk of it lies", () => {
    const root = join(folder, "node_modules", "lineal");
    mkdirSync(join(root, "dist", "chunks"), { recursive: true });
    writeFileSync(join(root, "package.json"), `{ "name": "lineal" }`);
    writeFileSync(join(root, "dist", "package.json"), `{ "type": "module" }`);
    const roots = ownCodeRoots(pathToFileURL(join(root, "dist", "chunks", "x.js")).href);
    expect(roots).toEqual([join(root, "src"), join(root, "dist")]);
    expect(isInside(join(root, "dist", "chunks", "x.js"), roots)).toBe(true);
    expect(isInside(join(root, "distance", "x.js"), roots)).toBe(false);
  });

  test("is nothing when bundled into another package", () => {
    writeFileSync(join(folder, "package.json"), `{ "name": "someone-else" }`);
    expect(ownCodeRoots(pathToFileURL(join(folder, "dist", "bundle.js")).href)).toEqual([]);
    expect(ownCodeRoots("data:text/javascript,1")).toEqual([]);
    rmSync(join(folder, "package.json"));
  });
});
