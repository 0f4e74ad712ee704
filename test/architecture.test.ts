/** Keeps the house in order: who may import whom, and the habits that ARCHITECTURE.md promises. */
import { describe, expect, test } from "vitest";
import { floorsOf } from "./support/floors.ts";
import * as rules from "./support/house-rules.ts";
import { readTree, type SourceFile, sourceFile } from "./support/source-tree.ts";

const files = readTree("src", "test", "tools", "bench", "examples");

describe("the house", () => {
  for (const [name, rule] of Object.entries(rules)) {
    test(spoken(name), () => {
      const breaches = rule(files);
      expect(breaches.length, `\n  ${breaches.join("\n  ")}\n`).toBe(0);
    });
  }
});

/** For each rule: files that break it, and how the breach is told. */
const broken: Record<keyof typeof rules, [Record<string, string>, RegExp][]> = {
  standOnlyOnLowerRooms: [
    [{ "src/model/a.ts": `import type { X } from "../db/x.ts";` }, /^src\/model\/a\.ts:1: model must not import db/],
    [
      { "src/storage/a.ts": `\nexport const load = () => import("../instance/scope.ts");` },
      /^src\/storage\/a\.ts:2: storage must not import instance/,
    ],
    [{ "src/db/a.ts": `type R = import("../registries/run.ts").Run;` }, /db must not import registries/],
    [{ "src/ground/errors.ts": `export { x } from "../model/x.ts";` }, /ground must not import model, only nothing/],
    [{ "src/track/a.ts": `import { save } from "lineal";` }, /track must not import index/],
    [{ "src/cli/a.ts": `import { serve } from "../server/serve.ts";` }, /lazily/],
    [{ "src/cellar/a.ts": "" }, /'cellar' is not in the table/],
    [{ "src/db/a.ts": `import { x } from "../../tools/x.js";` }, /src must not import what lies outside \(tools/],
  ],
  noNodeInPureRooms: [
    [
      { "src/lineage/a.ts": `import { join } from "node:path";` },
      /^src\/lineage\/a\.ts:1: a pure room must not import node:path$/,
    ],
    [{ "src/model/a.ts": `const load = () => import("node:fs");` }, /must not import node:fs/],
  ],
  noCircles: [
    [
      {
        "src/db/a.ts": `import type { B } from "./b.ts";`,
        "src/db/b.ts": `export * from "./c.ts";`,
        "src/db/c.ts": `const a = () => import("./a.ts");`,
      },
      /^src\/db\/a\.ts → src\/db\/b\.ts → src\/db\/c\.ts → src\/db\/a\.ts$/,
    ],
  ],
  noLongFiles: [[{ "tools/a.js": "\n".repeat(501) }, /^tools\/a\.js: 501 lines/]],
  startWithAComment: [[{ "src/db/a.ts": "export const a = 1;" }, /^src\/db\/a\.ts:1: the first line/]],
  noConsoleOutsideCli: [[{ "src/track/a.ts": `function f() { console.log(1); }` }, /^src\/track\/a\.ts:1: no console/]],
  noDialectOutsideDb: [
    [{ "src/instance/a.ts": `const kind = "sqlite";` }, /only db knows 'sqlite'/],
    [{ "src/instance/a.ts": `const isPostgres = true;` }, /only db knows 'Postgres'/],
    [{ "src/instance/a.ts": "const url = `postgres://x/${1}`;" }, /only db knows 'postgres'/],
    [{ "src/instance/a.ts": `type D = "sqlite";` }, /only db knows 'sqlite'/],
    [{ "src/instance/a.ts": `import { Client } from "pg";` }, /only db knows 'pg'/],
  ],
  noSqlOutsideDb: [
    [{ "src/registries/a.ts": "const q = `select ${'*'} from t`;" }, /SQL belongs in db/],
    [{ "src/registries/a.ts": `run("update artifact set a = 1");` }, /SQL belongs in db/],
    [{ "src/registries/a.ts": "const q = sql`a = 1`;" }, /SQL belongs in db: a template/],
  ],
  onlyStartRunSetsTheStatusOfARun: [
    [
      { "src/track/reap.ts": `\nimport { changeRun as write } from "../registries/runs/runs.ts";` },
      /^src\/track\/reap\.ts:2: only src\/track\/run\.ts begins and ends runs/,
    ],
    [{ "src/registries/a.ts": `const row = insert(dialect, "Run", values);` }, /call startRun/],
    [{ "src/registries/runs/runs.ts": `update(dialect, writer, "Run", 1, { status: "aborted" });` }, /call startRun/],
    [{ "src/cli/a.ts": `const close = (run) => run.update({ status: "completed" });` }, /call startRun/],
    [{ "src/cli/a.ts": `const open = (transform) => Run.save({ transform, "status": "started" });` }, /call startRun/],
  ],
  everyReadTakesAViewer: [
    [
      { "src/db/a.ts": "\nexport function* rows(dialect: Dialect): Operation<Row[]> {\n  return [];\n}" },
      /^src\/db\/a\.ts:2: rows reads rows and takes no Viewer/,
    ],
    [{ "src/registries/a.ts": "const all = { sees: null, lists: null };" }, /viewers are made in src\/instance/],
  ],
  onlyStorageOpensStoredBytes: [
    [{ "src/registries/a.ts": `import { unlinkSync } from "node:fs";` }, /only storage opens stored bytes/],
  ],
  noDefaultExport: [[{ "src/db/a.ts": "export default 1;" }, /by name, not by default/]],
  noAnyInExportedSignatures: [
    [{ "src/db/a.ts": "export function f(x: any): void {}" }, /'any' in an exported signature/],
    [{ "src/db/a.ts": "export const f = (x: string): Promise<any[]> => g(x);" }, /'any' in an exported signature/],
    [{ "src/db/a.ts": "export class C { m(): any { return 1; } }" }, /'any' in an exported signature/],
    [{ "src/db/a.ts": "export type T = { a: Record<string, any> };" }, /'any' in an exported signature/],
  ],
  noTopLevelAwait: [[{ "src/db/a.ts": "if (true) {\n  await f();\n}" }, /^src\/db\/a\.ts:2: no top-level await/]],
  noDeadExports: [
    [
      {
        "src/db/a.ts": "export const used = 1;\nexport const dead = 2;",
        "src/db/b.ts": `import { used } from "./a.ts";`,
      },
      /^src\/db\/a\.ts:2: nothing uses the export 'dead'$/,
    ],
    [
      { "src/db/a.ts": "export const dead = 1;", "test/db/a.test.ts": `import { dead } from "../../src/db/a.ts";` },
      /'dead'$/,
    ],
    [
      {
        "src/db/a.ts": "/** A. */\nexport type Dead = 1;\nexport interface Kept { a: 1 }\nfunction f(k: Kept): void {}",
      },
      /'Dead'$/,
    ],
    [
      { "src/db/a.ts": "export const a = 1, dead = 2;", "src/cli/b.ts": `import * as all from "../db/a.ts";\nall.a;` },
      /'dead'$/,
    ],
    [
      {
        "src/db/a.ts": "export const a = 1, dead = 2;",
        "src/cli/b.ts": `async function f() { const { a } = await import("../db/a.ts"); }`,
      },
      /'dead'$/,
    ],
    [
      {
        "src/db/a.ts": "export const a = 1, dead = 2;",
        "src/db/i.ts": `export * from "./a.ts";`,
        "src/db/c.ts": `import { a } from "./i.ts";`,
      },
      /'dead'$/,
    ],
  ],
};

describe("each rule sees its breach, once", () => {
  for (const [name, rule] of Object.entries(rules)) {
    test.each(broken[name as keyof typeof rules])(`${spoken(name)} %#`, (sources, message) => {
      const breaches = rule(tree(sources));
      expect(breaches).toEqual([expect.stringMatching(message)]);
    });
  }
});

test("what looks like a breach and is none", () => {
  const sources = {
    "src/index.ts": `/** All. */\nexport { a } from "./registries/a.ts";`,
    "src/registries/a.ts": `/** Comments may say sqlite or select x from y. */\nimport type { E } from "../ground/errors.ts";\nexport async function a(log: { console: E }): Promise<unknown> { const x: any = 1; await log.console; return ["update the description", "delete a record", "select one", "give a postgres:// URL"]; }`,
    "src/ground/errors.ts": "#!/usr/bin/env node\n/** Errors. */\nexport type E = 1;",
    "src/track/run.ts": `/** Run. */\nconst f = (run) => changeRun(run, { status: "completed" });`,
    "src/registries/runs/runs.ts": `/** Rows. */\nconst f = (values) => [insert(dialect, "Run", values), select({ where: { status: "started" } })];`,
    "src/cli/main.ts": `/** Main. */\nvoid import("./go.ts").then(({ go }) => go());`,
    "src/cli/go.ts": "/** Go. */\nexport const go = () => console.log(1);",
    "src/db/lite.ts": "/** Db. */\nconst sqlite = `select 1 from t`;",
  };
  expect(Object.values(rules).flatMap((rule) => rule(tree(sources)))).toEqual([]);
});

test("the table of rooms is read as it is written", () => {
  const rows = [
    "`a` | nothing",
    "`b` | a",
    "`c` | everything above, not b",
    "`d` | everything above, types of b, c only lazily",
  ];
  const table = `| room | may import |\n|---|---|\n${rows.map((row) => `| ${row} |`).join("\n")}\n\nAnd so on.`;
  expect(Object.fromEntries([...floorsOf(table)].map(([room, floor]) => [room, Object.fromEntries(floor)]))).toEqual({
    a: {},
    b: { a: "any" },
    c: { a: "any" },
    d: { a: "any", b: "types", c: "lazily" },
  });
  expect(() => floorsOf(table.replace("| a |", "| a or so |"))).toThrow('cannot read "a or so"');
});

function tree(sources: Record<string, string>): SourceFile[] {
  return Object.entries(sources).map(([path, text]) => sourceFile(path, text));
}

function spoken(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
