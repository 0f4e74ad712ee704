/** The package as users get it: packed, installed in an empty project, type-checked and run, without anything of the checkout. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repository } from "./support/repository.ts";
import { oldNode } from "./support/old-node.ts";
import { createDatabase } from "./support/postgres.ts";

const { version, devDependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  version: string;
  devDependencies: Record<string, string>;
};
const folder = mkdtempSync(join(tmpdir(), "lineal-package-"));
/** An empty project that has the packed package installed. */
const project = join(folder, "project");
const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
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

/** Saves a file of a size that workers hash, and leaves without a word. */
const leaves = `
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import * as ln from "lineal";

const bytes = Buffer.alloc(9 << 20, "lineal");
writeFileSync("big.bin", bytes);
await ln.track();
const { hash } = await ln.Artifact.save("big.bin", { key: "big.bin" });
if (hash !== createHash("sha256").update(bytes).digest("hex")) throw new Error("another hash: " + hash);
process.exit(3);
`;

beforeAll(() => {
  const said = run("npm", ["pack", "--json", "--loglevel=error", "--pack-destination", folder], repository);
  // The build in prepack prints before npm's own answer, which the JSON array or object ends.
  const answer = JSON.parse(said.slice(said.search(/^[[{]/m))) as unknown;
  packed = Object.values(answer as Record<string, typeof packed>)[0] as typeof packed;
  mkdirSync(project);
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "empty-project", private: true, type: "module" }),
  );
  writeFileSync(join(project, "consumer.ts"), consumer);
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  run("npm", ["install", ...flags, join(folder, packed.filename)], project);
  run("npm", ["install", ...flags, "--save-dev", `@types/node@${devDependencies["@types/node"]}`], project);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe("the package", () => {
  test("holds the built JavaScript, its types and the papers, and nothing else", () => {
    const paths = packed.files.map((file) => file.path).sort();
    expect(
      paths.filter((path) => !/^(dist\/.+\.(js|d\.ts)|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/.test(path)),
    ).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "dist/index.js",
        "dist/index.d.ts",
        "dist/bin.js",
        "dist/cli/bin.js",
      ]),
    );
    expect(packed.size, "bytes, packed").toBeLessThan(1_000_000);
  });

  test("brings no Node, no launcher and no optional library into the project", () => {
    const installed = readdirSync(join(project, "node_modules"));
    expect(installed).toContain("lineal");
    expect(
      installed.filter((name) => /^(node|node-.*|apache-arrow|nodejs-polars|vitest|typescript)$/.test(name)),
    ).toEqual([]);
    expect(readdirSync(join(project, "node_modules", "lineal")).sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist",
      "package.json",
    ]);
  });

  test("leads every resolver to its code and its types", async () => {
    const { messages } = await publint({ pkgDir: join(project, "node_modules", "lineal"), pack: false, strict: true });
    expect(messages).toEqual([]);
    // In a process of its own: the runner's conditions lead to this tool's unbuilt sources.
    const script = `import { readFileSync } from "node:fs";
      import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
      const { types, problems } = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(process.argv[1]))));
      console.log(JSON.stringify({ types: types && types.kind, problems }));`;
    const tarball = join(folder, packed.filename);
    const said = JSON.parse(run(process.execPath, ["--input-type=module", "-e", script, tarball], repository)) as {
      types: unknown;
      problems: { kind: string }[];
    };
    // A module that is required: every Node that we run on can.
    const problems = said.problems.filter(({ kind }) => kind !== "CJSResolvesToESM");
    expect({ ...said, problems }).toEqual({ types: "included", problems: [] });
  });

  test.each([
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])(
    "type-checks with module %s and resolution %s, its own declarations and the README's programs included",
    (module, moduleResolution) => {
      const compilerOptions = {
        module,
        moduleResolution,
        target: "es2024",
        lib: ["es2024", "esnext.disposable"],
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        types: ["node"],
      };
      writeFileSync(
        join(project, "tsconfig.json"),
        JSON.stringify({ compilerOptions, files: ["consumer.ts", ...readmePrograms()] }),
      );
      run(
        process.execPath,
        [join(repository, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.json"],
        project,
      );
    },
  );

  test("runs a tracked script", () => {
    const said = run(process.execPath, ["consumer.ts"], project);
    expect(said).toContain("connected lineal: anonymous/mydata");
    expect(said).toMatch(/created Transform\('\w+', key='consumer\.ts'\), started new Run\('\w+'\)/);
    expect(said).toContain("code: not-found");
    expect(said).toContain("made: penguins/masses.parquet");
  });

  test("can be required: nothing in it waits at the top level", () => {
    expect(
      run(process.execPath, ["--input-type=commonjs", "-p", "typeof require('lineal').Artifact.save"], project).trim(),
    ).toBe("function");
  });

  test("has the command lineal", () => {
    expect(run("npx", ["--no-install", "lineal", "--version"], project).trim()).toBe(version);
    expect(run("npx", ["--no-install", "lineal", "--help"], project)).toContain("lineage");
  });

  test("tells an older Node which one it needs, and how to get it", () => {
    const node = join(oldNode(), "node");
    const result = spawnSync(node, [join(project, "node_modules", "lineal", "dist", "bin.js"), "--version"], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, NODE_OPTIONS: "" },
    });
    expect(result.status).toBe(1);
    expect(result.stdout).toBe("");
    expect(result.stderr).toMatch(
      /^Error: lineal needs Node 24 or newer; this is v\d+\.\d+\.\d+\.\nInstall it from https:\/\/nodejs\.org or .+\n$/,
    );
  });

  test("hashes big files in workers, and ends a run in a process of its own when its process cannot wait", {
    timeout: 120_000,
  }, async () => {
    const database = await createDatabase();
    try {
      writeFileSync(join(project, "leaves.ts"), leaves);
      const env = { LINEAL_HOME: join(folder, "leaves") };
      run("npx", ["--no-install", "lineal", "init", "--storage", "./far", "--db", database.url], project, env);
      expect(run(process.execPath, ["leaves.ts"], project, env, 3)).toMatch(/→ errored Run\('\w+'\) after \d/);
      const listed = JSON.parse(run("npx", ["--no-install", "lineal", "list", "run", "--json"], project, env)) as {
        items: { status: string }[];
      };
      expect(listed.items.map(({ status }) => status)).toEqual(["errored"]);
    } finally {
      await database.drop();
    }
  });

  test("runs the README's five minutes, which say what the README says", { timeout: 240_000 }, () => {
    const tour = join(project, "five-minutes");
    for (const part of ["tour", "draw.ts"])
      cpSync(join(repository, "examples", part), join(tour, "examples", part), { recursive: true });
    mkdirSync(join(tour, "node_modules", "@resvg"), { recursive: true });
    // What the examples draw with, and the penguins; lineal itself is the installed one, in the folder above.
    for (const name of ["vega", "vega-lite", "vega-datasets", "@resvg/resvg-js", "dejavu-fonts-ttf"])
      symlinkSync(join(repository, "node_modules", name), join(tour, "node_modules", name), "junction");
    const env = {
      LINEAL_HOME: join(folder, "five-minutes"),
      PATH: [join(project, "node_modules", ".bin"), path].join(delimiter),
    };
    const blocks = fiveMinutes();
    expect(blocks.length).toBeGreaterThan(3);
    for (const { script, output } of blocks) {
      const said = run("bash", ["-euc", script], tour, env);
      expect(still(said), script).toMatch(pattern(still(output)));
    }
  });
});

/** The README's TypeScript, written into the project; their names. */
function readmePrograms(): string[] {
  const blocks = [...readFileSync(join(repository, "README.md"), "utf8").matchAll(/```ts\n(.*?)```/gs)].map(
    ([, code = ""]) => code,
  );
  expect(blocks.length).toBeGreaterThan(2);
  return blocks.map((code, index) => {
    const name = `readme-${index + 1}.ts`;
    writeFileSync(
      join(project, name),
      code.includes('from "lineal"') ? code : `import * as ln from "lineal";\n${code}`,
    );
    return name;
  });
}

/** Each bash block of the README's tour, with the output shown after it. */
function fiveMinutes(): { script: string; output: string }[] {
  const section = /\n## Five minutes\n(.*?)\n## /s.exec(readFileSync(join(repository, "README.md"), "utf8"))?.[1] ?? "";
  return [...section.matchAll(/```bash\n(.*?)```\n```\n(.*?)```/gs)].map(([, script = "", output = ""]) => ({
    script,
    output,
  }));
}

/** Output without what differs each time: uids, times, how long it took. */
function still(output: string): string {
  return output
    .replace(/(?<=\b(?:run|uid) )\w{8}\b|(?<=\b(?:Artifact|Run|Transform)\(')\w{8}(?=')/g, "uid")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC/g, "then")
    .replace(/ after \d+s /g, " after a while ");
}

/** These lines and no others; a line of three dots stands for any number of lines. */
function pattern(text: string): RegExp {
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => (line === "…" ? "(?:.*\\n)*" : `${line.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}\\n`));
  return new RegExp(`^${lines.join("")}$`);
}

/** Runs a program as somebody who has this Node first on PATH and no settings; fails with what it said unless it ends with `code`. */
function run(program: string, args: string[], cwd: string, more: Record<string, string> = {}, code = 0): string {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(LINEAL_|VITEST|NODE_ENV$|NODE_OPTIONS$|FORCE_COLOR$|npm_(config_(local|global)_prefix|package|lifecycle))/.test(
          name,
        ),
    ),
  );
  const env = { ...inherited, LINEAL_HOME: join(folder, "home"), NO_COLOR: "1", PATH: path, ...more };
  const result = spawnSync(program, args, {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 26,
  });
  expect(result.status, `${program} ${args.join(" ")}\n${result.error ?? ""}${result.stdout}${result.stderr}`).toBe(
    code,
  );
  return result.stdout;
}
