/** The split of the tests into projects: what a file imports decides, through its helpers too. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { importsOf, projectsOf } from "./support/projects.ts";

test("a file that starts processes is `process`, one that opens a database `database`, all others are `unit`", () => {
  const root = mkdtempSync(join(tmpdir(), "lineal-projects-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const files = {
    "src/db/open.ts": "export const openDatabase = () => {};",
    "src/track/git.ts": 'import { execFile } from "node:child_process";',
    "test/support/postgres.ts": "export {};",
    "test/support/child.ts": 'import { spawn } from "node:child_process";',
    "test/support/dialects.ts": 'import { createDatabase } from "./postgres.ts";',
    "test/both.ts": 'export * from "./support/child.ts"; import "./both.ts";',
    "examples/start.ts": 'import { spawn } from "node:child_process";',
    "test/a.test.ts":
      'import { test } from "vitest";\nimport type { X } from "./support/child.ts";\nimport "../src/track/git.ts";',
    "test/b.test.ts": 'import {\n  a,\n  b,\n} from "./support/dialects.ts";',
    "test/c.test.ts": 'import { openDatabase } from "../src/db/open.ts";',
    "test/deep/d.test.ts": 'import "../support/dialects.ts";\nimport { a } from "../both.ts";',
    "test/e.test.ts": 'const { run } = await import("../examples/start.ts");',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  expect(projectsOf(root)).toEqual({
    unit: ["test/a.test.ts"],
    database: ["test/b.test.ts", "test/c.test.ts"],
    process: ["test/deep/d.test.ts", "test/e.test.ts"],
  });
});

test("imports are read in every form; those of types alone are none", () => {
  const text = `import a from "a";
import * as b from "b";
import { type c, d } from "c";
import "d";
export { e } from "e";
export * from "f";
import type { g } from "g";
export type { h } from "h";
const i = await import("i");
const text = 'import j from "j"';
// import k from "k";
export const from = "l";`;
  expect(importsOf(text)).toEqual(["a", "b", "c", "d", "e", "f", "i"]);
});
