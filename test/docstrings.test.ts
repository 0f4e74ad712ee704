/** Every `@example` of a docstring compiles, and runs in an instance with sample data. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runScript } from "./support/child.ts";
import { compile } from "./support/compile.ts";
import { examplesOf, programOf } from "./support/examples.ts";
import { repository } from "./support/repository.ts";
import { readTree, sourceFile } from "./support/source-tree.ts";

const files = readTree("src");
const examples = files.flatMap(examplesOf);
const folder = mkdtempSync(join(tmpdir(), "lineal-examples-"));
const program = join(folder, "examples.ts");
let failures: Record<string, string>;

beforeAll(async () => {
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(program, programOf(files));
  const runner = join(repository, "test", "support", "run-examples.ts");
  const ended = await runScript(runner, { cwd: folder, args: [program] });
  expect(ended.code, ended.stdout + ended.stderr).toBe(0);
  failures = JSON.parse(readFileSync(join(folder, "failures.json"), "utf8")) as Record<string, string>;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("examples compile", async () => {
  expect(await compile([program])).toBe("");
});

test.each(examples)("$where runs", ({ where }) => {
  expect(failures[where]).toBeUndefined();
});

test("examples are found in comments of one line and of many, and end at the next tag", () => {
  const text = `/** One. @example f(1) */
export const f = (n: number) => n;
/**
 * Two.
 *
 * @example
 * f(2);
 *   f(3); // three
 * @example
 * f(4);
 * @returns nothing
 */
export const g = "/** @example no */";
// @example no
`;
  expect(examplesOf(sourceFile("src/f.ts", text))).toEqual([
    { where: "src/f.ts:1", code: "f(1)" },
    { where: "src/f.ts:6", code: "f(2);\n  f(3); // three" },
    { where: "src/f.ts:9", code: "f(4);" },
  ]);
});
