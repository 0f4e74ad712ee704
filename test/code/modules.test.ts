/** The module graph of real folders. */

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { moduleGraph } from "../../src/code/modules.ts";

let folder = "";
beforeEach(() => {
  folder = join(realpathSync(mkdtempSync(join(tmpdir(), "modules-"))), "work");
  mkdirSync(folder);
});
afterEach(() => rmSync(dirname(folder), { recursive: true, force: true }));

function write(files: Record<string, string | Buffer>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return join(folder, Object.keys(files)[0] ?? "");
}

async function paths(entry: string): Promise<string[]> {
  return (await moduleGraph(entry)).modules.map((module) => module.path);
}

test("follows relative imports through folders and cycles, in order of path", async () => {
  const entry = write({
    "app/main.ts": `import "./lib/z.ts"; import { b } from "../shared/b.ts"; export * from "./a.ts"; import "node:fs"; import "yaml";`,
    "app/lib/z.ts": `import "../a.ts"; import "../main.ts";`,
    "app/a.ts": `import "./lib/z.ts"; export const a = 1;`,
    "shared/b.ts": `export const b = 2;`,
    "shared/unused.ts": "",
  });
  const { modules, dynamic, missing } = await moduleGraph(entry);
  expect(modules.map((module) => module.path)).toEqual(["../shared/b.ts", "a.ts", "lib/z.ts"]);
  expect(modules[0]).toEqual({
    path: "../shared/b.ts",
    absolute: join(folder, "shared/b.ts"),
    hash: createHash("sha256").update("export const b = 2;").digest("hex"),
    codeHash: expect.stringMatching(/^js1:[0-9a-f]{64}$/) as unknown,
    text: "export const b = 2;",
  });
  expect([dynamic, missing]).toEqual([[], []]);
});

test("leaves type-only imports out, lists dynamic ones without walking them, and names what is missing", async () => {
  const entry = write({
    "main.ts": `import type { T } from "./types.ts"; await import("./lazy.ts"); import("./both.ts"); import "./both.ts"; import "./gone.ts"; import("./gone-too.ts");`,
    "types.ts": "",
    "lazy.ts": `import "./behind.ts"`,
    "behind.ts": "",
    "both.ts": "",
  });
  const graph = await moduleGraph(entry);
  expect(graph.modules.map((module) => module.path)).toEqual(["both.ts"]);
  expect(graph.dynamic).toEqual(["gone-too.ts", "lazy.ts"]);
  expect(graph.missing).toEqual(["gone.ts"]);
});

test("finds the TypeScript behind a .js specifier, but prefers the exact file", async () => {
  const entry = write({
    "main.ts": `import "./a.js"; import "./b.js"; import "./c.mjs";`,
    "a.ts": "",
    "b.js": "",
    "b.ts": "",
    "c.mts": "",
  });
  expect(await paths(entry)).toEqual(["a.ts", "b.js", "c.mts"]);
});

test("follows require through suffixes, folders and package.json main", async () => {
  const entry = write({
    "main.cjs": `require("./a"); require("./dir"); require("./pkg"); require("./data"); require("fs"); require(name);`,
    "a.js": `module.exports = require("..${"/"}outside")`,
    "dir/index.js": "",
    "pkg/package.json": `{ "main": "lib/start" }`,
    "pkg/lib/start.js": "",
    "data.json": `{}`,
  });
  expect(await paths(entry)).toEqual(["a.js", "data.json", "dir/index.js", "pkg/lib/start.js"]);
});

test("follows file URLs, query strings and the imports field of the nearest package.json", async () => {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), "modules-url-")));
  writeFileSync(join(outside, "u.mjs"), "");
  const entry = write({
    "src/main.ts": `import "#config"; import "#lib/deep/x.ts"; import "#pkg"; import "./q.ts?v=1"; import "${pathToFileURL(join(outside, "u.mjs")).href}";`,
    "package.json": JSON.stringify({
      imports: {
        "#config": { browser: "./no.ts", import: "./config/node.ts", default: "./no.ts" },
        "#lib/*": "./lib/*",
        "#pkg": "yaml",
      },
    }),
    "config/node.ts": "",
    "lib/deep/x.ts": "",
    "src/q.ts": "",
  });
  const found = await paths(entry);
  rmSync(outside, { recursive: true });
  expect(found).toHaveLength(4);
  expect(found).toEqual(expect.arrayContaining(["../config/node.ts", "../lib/deep/x.ts", "q.ts"]));
  expect(found.some((path) => path.endsWith("/u.mjs"))).toBe(true);
});

test("hashes data without reading it as code", async () => {
  const wasm = Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]);
  const entry = write({
    "main.mjs": `import data from "./d.json" with { type: "json" }; import "./m.wasm"; import "./t.txt"; import "./broken.js";`,
    "d.json": `{"import": "./x.js"}`,
    "m.wasm": wasm,
    "t.txt": `import "./not.js"`,
    "broken.js": `const = ;`,
  });
  const { modules, missing } = await moduleGraph(entry);
  expect(modules.map(({ path, text, codeHash }) => [path, text, codeHash])).toEqual([
    ["broken.js", "const = ;", undefined],
    ["d.json", `{"import": "./x.js"}`, undefined],
    ["m.wasm", "", undefined],
    ["t.txt", `import "./not.js"`, undefined],
  ]);
  expect(modules[2]?.hash).toBe(createHash("sha256").update(wasm).digest("hex"));
  expect(missing).toEqual([]);
});

test("never enters node_modules, even through a link, nor our own code", async () => {
  const own = fileURLToPath(new URL("../../src/ground/errors.ts", import.meta.url));
  const entry = write({
    "main.ts": `import "./node_modules/p/index.js"; import "./linked/index.js"; import ${JSON.stringify(pathToFileURL(own).href)};`,
    "node_modules/p/index.js": "",
  });
  symlinkSync(join(folder, "node_modules", "p"), join(folder, "linked"));
  expect(await moduleGraph(entry)).toEqual({ modules: [], dynamic: [], missing: [] });
});

test("a file of code that is named by its URL is on demand, wherever it stands; data and what is not there are not", async () => {
  const entry = write({
    "main.js": [
      'const file = new URL("./lib/work.js", import.meta.url); new Worker(file); new Worker(new URL("beside.js", import.meta.url));',
      "import(`./lib/lazy.js`); import(`./lib/${name}.js`); import(new URL(`./data.json`, import.meta.url).href);",
      'new URL("./lib/table.csv", import.meta.url); new URL("./lib", import.meta.url); new URL("./gone.js", import.meta.url); new URL("./lib/apart.js", base);',
    ].join("\n"),
    ...Object.fromEntries(
      ["lib/work.js", "lib/lazy.js", "beside.js", "lib/table.csv", "lib/apart.js"].map((name) => [name, ""]),
    ),
  });
  const { modules, dynamic, missing } = await moduleGraph(entry);
  expect(dynamic).toEqual(["beside.js", "lib/lazy.js", "lib/work.js"]);
  expect([modules, missing]).toEqual([[], []]);
});

test("follows packages of one's own: itself, and those of its workspace, which are linked; not those that are installed", async () => {
  const entry = write({
    "apps/main/w.js": [
      'import "@acme/core"; import "@acme/core/deep.js"; import "@acme/map/one"; import "@acme/map/hidden.js"; import "plain/lib/x.js";',
      'import "main"; import "main/self/a"; import "#core"; import "installed"; import "fs"; import "linked"; import "unbuilt"; import "lineal"; await import("late");',
    ].join("\n"),
    "apps/main/package.json": JSON.stringify({
      name: "main",
      exports: { ".": "./index.js", "./self/*": "./lib/*.js" },
      imports: { "#core": "@acme/map" },
    }),
    "apps/main/index.js": "",
    "apps/main/lib/a.js": "",
    "packages/core/package.json": JSON.stringify({ name: "@acme/core", main: "start" }),
    "packages/core/start.js": 'import "../shared/s.js";',
    "packages/core/deep.js": "",
    "packages/shared/s.js": "",
    "packages/map/package.json": JSON.stringify({
      name: "@acme/map",
      exports: { ".": { types: "./none.d.ts", require: "./none.cjs", import: "./index.mjs" }, "./one": ["./one.js"] },
    }),
    "packages/map/index.mjs": "",
    "packages/map/one.js": "",
    "packages/map/hidden.js": "",
    "packages/plain/lib/x.js": "",
    "packages/unbuilt/package.json": JSON.stringify({ exports: "./dist/index.js" }),
    "packages/late/index.js": "",
    // Who works on Lineal has it linked: it is no part of what it tracks.
    "packages/lineal/index.js": "",
    "node_modules/installed/index.js": "",
    "node_modules/.store/linked/index.js": "",
    "node_modules/@acme/none.txt": "",
  });
  const link = (name: string, to: string) => symlinkSync(join(folder, to), join(folder, "node_modules", name));
  for (const name of ["core", "map"]) link(`@acme/${name}`, `packages/${name}`);
  for (const name of ["plain", "unbuilt", "late", "lineal"]) link(name, `packages/${name}`);
  link("linked", "node_modules/.store/linked");
  const { modules, dynamic, missing } = await moduleGraph(entry);
  expect(modules.map(({ path }) => path)).toEqual([
    ...["core/deep.js", "core/start.js", "map/index.mjs", "map/one.js", "plain/lib/x.js", "shared/s.js"].map(
      (path) => `../../packages/${path}`,
    ),
    "index.js",
    "lib/a.js",
  ]);
  expect([dynamic, missing]).toEqual([["../../packages/late/index.js"], []]);
});
