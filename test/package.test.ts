/** The package as users get it: packed, installed in an empty project, type-checked and run, without anything of the checkout. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repository } from "./support/child.ts";
import { oldNode } from "./support/old-node.ts";

const { version, devDependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string; devDependencies: Record<string, string> };
const folder = mkdtempSync(join(tmpdir(), "lineal-package-"));
/** An empty project that has the packed package installed. */
const project = join(folder, "project");
let packed: { filename: string; size: number; files: { path: string }[] };

const consumer = `
import * as ln from "lineal";
import { LinealError } from "lineal";

await ln.init({ storage: "./mydata" });
await ln.track();
const artifact = await ln.Artifact.save([{ species: "Adelie", mass: 3750 }, { species: "Gentoo", mass: 5050 }], { key: "penguins/masses.parquet" });
const again: ln.Artifact = await ln.Artifact.get({ key: "penguins/masses.parquet" });
const uid: string = artifact.uid;
if (again.uid !== uid) throw new Error("another artifact came back");
const made = await ln.Artifact.filter({ run: { transform: { key: "consumer.ts" } } });
try {
  await ln.Artifact.get("nosuchartifact00");
} catch (error) {
  if (!(error instanceof LinealError)) throw error;
  console.log("code:", error.code);
}
console.log("made:", made.map((one) => one.key).join());
export async function wrong(): Promise<void> {
  // @ts-expect-error there is no such field
  await ln.Artifact.filter({ nosuchfield: 1 });
  // @ts-expect-error a key is a text
  await ln.Artifact.filter({ key: 1 });
}
`;

beforeAll(() => {
  const said = run("npm", ["pack", "--json", "--loglevel=error", "--pack-destination", folder], repository);
  // The build in prepack prints before npm's own answer, which the JSON array or object ends.
  const answer = JSON.parse(said.slice(said.search(/^[[{]/m))) as unknown;
  packed = Object.values(answer as Record<string, typeof packed>)[0] as typeof packed;
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty-project", private: true, type: "module" }));
  writeFileSync(join(project, "consumer.ts"), consumer);
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  run("npm", ["install", ...flags, join(folder, packed.filename)], project);
  run("npm", ["install", ...flags, "--save-dev", `@types/node@${devDependencies["@types/node"]}`], project);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe("the package", () => {
  test("holds the built JavaScript, its types and the papers, and nothing else", () => {
    const paths = packed.files.map((file) => file.path).sort();
    expect(paths.filter((path) => !/^(dist\/.+\.(js|d\.ts)|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/.test(path))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(["LICENSE", "README.md", "CHANGELOG.md", "dist/index.js", "dist/index.d.ts", "dist/bin.js", "dist/cli/main.js"]));
    expect(packed.size, "bytes, packed").toBeLessThan(1_000_000);
  });

  test("brings no Node, no launcher and no optional library into the project", () => {
    const installed = readdirSync(join(project, "node_modules"));
    expect(installed).toContain("lineal");
    expect(installed.filter((name) => /^(node|node-.*|apache-arrow|nodejs-polars|vitest|typescript)$/.test(name))).toEqual([]);
    expect(readdirSync(join(project, "node_modules", "lineal")).sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json"]);
  });

  test.each([
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])("type-checks with module %s and resolution %s, its own declarations included", (module, moduleResolution) => {
    const compilerOptions = { module, moduleResolution, target: "es2024", lib: ["es2024", "esnext.disposable"], strict: true, noEmit: true, skipLibCheck: false, types: ["node"] };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
    run(process.execPath, [join(repository, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.json"], project);
  });

  test("runs a tracked script", () => {
    const said = run(process.execPath, ["consumer.ts"], project);
    expect(said).toContain("connected lineal: anonymous/mydata");
    expect(said).toMatch(/created Transform\('\w+', key='consumer\.ts'\), started new Run\('\w+'\)/);
    expect(said).toContain("code: not-found");
    expect(said).toContain("made: penguins/masses.parquet");
  });

  test("can be required: nothing in it waits at the top level", () => {
    expect(run(process.execPath, ["--input-type=commonjs", "-p", "typeof require('lineal').Artifact.save"], project).trim()).toBe("function");
  });

  test("has the command lineal", () => {
    expect(run("npx", ["--no-install", "lineal", "--version"], project).trim()).toBe(version);
    expect(run("npx", ["--no-install", "lineal", "--help"], project)).toContain("lineage");
  });

  test("tells an older Node which one it needs, and how to get it", () => {
    const node = join(oldNode(), "node");
    const result = spawnSync(node, [join(project, "node_modules", "lineal", "dist", "bin.js"), "--version"], { encoding: "utf8", env: { PATH: process.env.PATH, NODE_OPTIONS: "" } });
    expect(result.status).toBe(1);
    expect(result.stdout).toBe("");
    expect(result.stderr).toMatch(/^Error: lineal needs Node 24 or newer; this is v\d+\.\d+\.\d+\.\nInstall it from https:\/\/nodejs\.org or .+\n$/);
  });

  // The README's five-minute tour goes here: its code blocks, run in `project` one after the other.
});

/** Runs a program as somebody who has this Node first on PATH and no settings; fails with what it said. */
function run(program: string, args: string[], cwd: string): string {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(LINEAL_|VITEST|NODE_ENV$|NODE_OPTIONS$|FORCE_COLOR$|npm_(config_(local|global)_prefix|package|lifecycle))/.test(name)));
  const env = { ...inherited, LINEAL_HOME: join(folder, "home"), NO_COLOR: "1", PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) };
  const result = spawnSync(program, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 26 });
  expect(result.status, `${program} ${args.join(" ")}\n${result.error ?? ""}${result.stdout}${result.stderr}`).toBe(0);
  return result.stdout;
}
