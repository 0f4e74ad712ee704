/** Types as a part of the product: what an editor shows of the package's declarations, and what they cost a compiler. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../support/repository.ts";
import { edit } from "./editor.ts";

/** Type instantiations that a program may cost its author (decisions.md §12). */
const BUDGET = 400_000;

const tsc = join(repository, "node_modules", "typescript", "bin", "tsc");
/** A project of a user: the package's declarations, Node's types, and one program. */
const project = realpathSync(mkdtempSync(join(tmpdir(), "lineal-hover-")));
const program = join(project, "program.ts");

beforeAll(() => {
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, "lineal"), { recursive: true });
  compile(repository, "-p", "tsconfig.build.json", "--outDir", join(modules, "lineal", "dist"));
  copyFileSync(join(repository, "package.json"), join(modules, "lineal", "package.json"));
  symlinkSync(join(repository, "node_modules", "@types"), join(modules, "@types"), "junction");
  copyFileSync(join(import.meta.dirname, "program.ts"), program);
  const compilerOptions = {
    module: "nodenext",
    target: "es2024",
    lib: ["es2024", "esnext.disposable"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
  };
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
});
afterAll(() => rmSync(project, { recursive: true, force: true, maxRetries: 5 }));

test("an editor shows names that a person knows, not the machinery behind them", async () => {
  using editor = await edit(tsc, program);
  expect(await editor.hover("artifact")).toMatchInlineSnapshot(`"const artifact: ln.Artifact"`);
  expect(await editor.hover("key")).toMatchInlineSnapshot(`"const key: string | null"`);
  expect(await editor.hover("run")).toMatchInlineSnapshot(`"const run: ln.Run | null"`);
  expect(await editor.hover("inputs")).toMatchInlineSnapshot(`"const inputs: ln.Artifact[]"`);
  expect(await editor.hover("query")).toMatchInlineSnapshot(`"const query: ln.Query<"Artifact">"`);
});

test("a program over the public entry stays within the budget", () => {
  const told = compile(project, "-p", "tsconfig.json", "--extendedDiagnostics");
  const instantiations = Number(/Instantiations:\s+(\d+)/.exec(told)?.[1]);
  expect(instantiations).toBeGreaterThan(10_000);
  expect(instantiations).toBeLessThan(BUDGET);
});

/** What the compiler says; fails with it when anything does not compile. */
function compile(cwd: string, ...args: string[]): string {
  const { status, stdout, error } = spawnSync(process.execPath, [tsc, "--pretty", "false", ...args], {
    cwd,
    encoding: "utf8",
    timeout: 50_000,
    killSignal: "SIGKILL",
  });
  expect(status, `${error ?? ""}${stdout}`).toBe(0);
  return stdout;
}
