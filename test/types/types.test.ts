import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { compile } from "../support/compile.ts";
import { repository } from "../support/repository.ts";

/** Type instantiations that a small program may cost (decisions.md §12). */
const BUDGET = 400_000;

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "lineal-types-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** The model with one file changed, compiled; what the compiler says. */
async function spoilt(file: string, from: string, to: string): Promise<string> {
  const folder = temporary();
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  cpSync(join(repository, "src", "model"), join(folder, "model"), { recursive: true });
  cpSync(join(repository, "src", "ground"), join(folder, "ground"), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  const source = readFileSync(join(folder, "model", file), "utf8");
  expect(source).toContain(from);
  writeFileSync(join(folder, "model", file), source.replace(from, to));
  return compile([join(folder, "model", "index.ts")]);
}

test("wrong filters, orders and drafts do not compile, right ones do", async () => {
  expect(await compile([join(repository, "test", "types", "cases.ts")])).toBe("");
});

test("a small program stays within the budget", async () => {
  const told = await compile([join(repository, "test", "types", "consumer.ts")], "--extendedDiagnostics");
  const instantiations = Number(/Instantiations:\s+(\d+)/.exec(told)?.[1]);
  expect(told).not.toContain("error TS");
  expect(instantiations).toBeGreaterThan(10_000);
  expect(instantiations).toBeLessThan(BUDGET);
});

test.for([
  ["as it is", "run.ts", 'ref("Transform"', 'ref("Transform"', ""],
  ["a ref to nowhere", "run.ts", 'ref("Transform"', 'ref("Transfrom"', '"Transfrom"'],
  ["a link to nowhere", "run.ts", 'link("ULabel"', 'link("Label"', '"Label"'],
  [
    "an inverse taken from another registry",
    "artifact.ts",
    'link("Project", { inverse: "artifacts"',
    'link("Project", { inverse: "runs"',
    '"Project.runs"',
  ],
  ["an inverse taken twice in one registry", "run.ts", 'inverse: "reportOf"', 'inverse: "planOf"', '"Artifact.planOf"'],
  ["an inverse called like a column", "run.ts", '{ inverse: "runs" }', '{ inverse: "bundle" }', '"Transform.bundle"'],
  [
    "an inverse called like a link",
    "run.ts",
    '{ inverse: "runs" }',
    '{ inverse: "predecessors" }',
    '"Transform.predecessors"',
  ],
  [
    "an inverse called like a derived relation",
    "run.ts",
    '{ inverse: "runs" }',
    '{ inverse: "latestRun" }',
    '"Transform.latestRun"',
  ],
  ["an inverse called versions", "run.ts", '{ inverse: "runs" }', '{ inverse: "versions" }', '"Transform.versions"'],
] as const)("the guards of the model: %s", async ([, file, from, to, named]) => {
  const told = await spoilt(file, from, to);
  if (named === "") expect(told).toBe("");
  else expect(told).toContain(`Type '${named}' does not satisfy the constraint 'never'`);
});
