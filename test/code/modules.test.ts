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
    astHash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
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
  expect(modules.map(({ path, text, astHash }) => [path, text, astHash])).toEqual([
    ["broken.js", "const = ;", undefined],
    ["d.json", `{"import": "./x.js"}`, createHash("sha256").update(`{"import":"./x.js"}`).digest("hex")],
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
  expect(await moduleGraph(entry)).toEqual({
    modules: [],
    dynamic: [],
    computed: [],
    missing: [],
    astHash: expect.any(String),
    given: [{ names: [], sees: false }],
  });
});

test("a computed path stands for all files that fit it; where none can be told, its line is named", async () => {
  const entry = write({
    "main.ts": [
      "import(`./lib/${name}.ts`);",
      'import("./plugins/" + name + "/index.ts");',
      "import(`../shared/${name}`);",
      "import(`./lib/a.ts?v=${Date.now()}`);",
      "import(new URL(`./data/${name}.json`, import.meta.url).href, { with: { type: 'json' } });",
      'new Worker(new URL("work.ts", import.meta.url)); new Worker(file); new Map(entries);',
      "import(`lodash/${name}.js`); import(`node:${name}`);",
      "import(name);",
      "import(`${folder}/a.ts`);",
      "import(`./none/${name}.ts`);",
      "import(`./${a}/${b}/${c}.ts`); import(`/${a}/${b}`);",
      'import { later } from "./later.ts";',
    ].join("\n"),
    "lib/a.ts": "",
    "lib/b.ts": "",
    "lib/c.js": "",
    "lib/deep/d.ts": "",
    "plugins/one/index.ts": "",
    "plugins/two/index.ts": "",
    "plugins/index.ts": "",
    "../shared/x.mjs": "",
    "../shared/table.csv": "",
    "data/d.json": "{}",
    "work.ts": "",
    "later.ts": "\nexport const later = require(path);",
  });
  const { dynamic, computed } = await moduleGraph(entry);
  expect(dynamic).toEqual([
    "../shared/x.mjs",
    "data/d.json",
    "lib/a.ts",
    "lib/b.ts",
    "plugins/one/index.ts",
    "plugins/two/index.ts",
    "work.ts",
  ]);
  expect(computed).toEqual([
    { path: "later.ts", lines: [2] },
    { path: "main.ts", lines: [8, 9, 10, 11] },
  ]);
  for (let i = 0; i < 201; i++) write({ [`lib/many${i}.ts`]: "" });
  expect((await moduleGraph(entry)).computed[1]?.lines).toEqual([1, 8, 9, 10, 11]);
});

test("code whose place is named beside its importer is code on demand, wherever it stands; data and what is not there are not", async () => {
  const entry = write({
    "main.js": [
      'const file = new URL("./lib/work.js", import.meta.url); new Worker(file);',
      'execFileSync(process.execPath, [new URL("lib/child.js", import.meta.url).pathname]);',
      'fork(join(import.meta.dirname, "lib", "fork.js")); fork(path.resolve(__dirname, "lib/other.cjs"));',
      'import.meta.resolve("./lib/resolved.js"); new URL(`./steps/${name}.mjs`, import.meta.url);',
      'new URL("./lib/table.csv", import.meta.url); new URL("./lib", import.meta.url); new URL("./gone.js", import.meta.url); new URL("./lib/apart.js", base);',
      "new URL(name, import.meta.url); new URL(`./${name}`, import.meta.url); join(import.meta.dirname, name); new URL(`./none/${name}.js`, import.meta.url);",
    ].join("\n"),
    ...Object.fromEntries(
      [
        "lib/work.js",
        "lib/child.js",
        "lib/fork.js",
        "lib/other.cjs",
        "lib/resolved.js",
        "lib/index.js",
        "lib/table.csv",
        "lib/apart.js",
        "steps/a.mjs",
        "steps/b.mjs",
      ].map((name) => [name, ""]),
    ),
  });
  const { modules, dynamic, computed, missing } = await moduleGraph(entry);
  expect(dynamic).toEqual([
    "lib/child.js",
    "lib/fork.js",
    "lib/other.cjs",
    "lib/resolved.js",
    "lib/work.js",
    "steps/a.mjs",
    "steps/b.mjs",
  ]);
  expect([modules, computed, missing]).toEqual([[], [], []]);
});

test("follows what `createRequire` gives, under any name", async () => {
  const entry = write({
    "main.mjs": [
      'import module, { createRequire, createRequire as make } from "node:module";',
      'const load = createRequire(import.meta.url); load("./a.cjs"); load(name);',
      'let other; other = make(import.meta.url); other("./b.cjs"); module.createRequire(import.meta.url)("./c.cjs");',
      'load.resolve("./d.cjs"); unload("./e.cjs"); load("./a.cjs")("./f.cjs");',
    ].join("\n"),
    ...Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((name) => [`${name}.cjs`, ""])),
  });
  const { modules, dynamic, computed } = await moduleGraph(entry);
  expect(modules.map(({ path }) => path)).toEqual(["a.cjs", "b.cjs", "c.cjs"]);
  expect([dynamic, computed]).toEqual([["d.cjs"], [{ path: "main.mjs", lines: [2] }]]);
});

test("follows packages of one's own: itself, and those of its workspace, which are linked; not those that are installed", async () => {
  const entry = write({
    "apps/main/w.js": [
      'import "@acme/core"; import "@acme/core/deep.js"; import "@acme/map/one"; import "@acme/map/hidden.js"; import "plain/lib/x.js";',
      'import "main"; import "main/self/a"; import "#core"; import "installed"; import "fs"; import "linked"; import "unbuilt"; import "lineal"; await import("late");',
      "import(`@acme/core/${name}.js`); import(`@acme/none/${name}.js`); import(`installed/${name}.js`);",
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
  const { modules, dynamic, computed, missing } = await moduleGraph(entry);
  expect(modules.map(({ path }) => path)).toEqual([
    ...["core/deep.js", "core/start.js", "map/index.mjs", "map/one.js", "plain/lib/x.js", "shared/s.js"].map(
      (path) => `../../packages/${path}`,
    ),
    "index.js",
    "lib/a.js",
  ]);
  expect([dynamic, missing]).toEqual([["../../packages/late/index.js"], []]);
  expect(computed).toEqual([{ path: "w.js", lines: [3] }]);
});
