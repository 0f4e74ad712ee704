/** The check of lineage: every rule on small programs in both languages, the examples of this repository, and hostile files. */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkLineage } from "../../src/code/check.ts";
import { repository } from "../support/child.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lineal-check-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is missing in a program; the path of its file is `FILE`. */
async function missing(text: string, name: string): Promise<string[]> {
  const path = join(folder, name);
  writeFileSync(path, text);
  const { isFullyTracked, missingLineage } = await checkLineage(path);
  expect(isFullyTracked).toBe(missingLineage.length === 0);
  return missingLineage.map((it) => it.replaceAll(path, "FILE"));
}

const head = `import * as ln from "lineal"; import fs, { readFileSync, existsSync, mkdirSync } from "node:fs"; import path, { join } from "node:path"; await ln.track();`;
const pythonHead = "import lamindb as ln; import os, sys, importlib; import pandas as pd; from pathlib import Path; ln.track(); ln.finish()";

/** The files that a program uses without tracking them, with lines counted after the head (in line 1). */
const untracked = async (text: string, name = "script.ts"): Promise<string[]> =>
  (await missing(`${name.endsWith(".py") ? pythonHead : head}\n${text}\n`, name)).map((it) => it.replace(/^File not tracked in lineal: /, ""));
const python = (text: string): Promise<string[]> => untracked(text, "script.py");

describe("files that cannot be checked", () => {
  test("a missing file", async () => {
    expect(await checkLineage(join(folder, "none.ts"))).toEqual({ isFullyTracked: false, missingLineage: [`File not found: ${join(folder, "none.ts")}`] });
    expect((await checkLineage(`${folder}/none.py`)).missingLineage).toEqual([`File not found: ${folder}/none.py`]);
  });

  test("one that does not parse", async () => {
    expect(await missing("const = 1;", "broken.ts")).toEqual([expect.stringMatching(/^Syntax error while parsing FILE: .*\(1:6\)$/)]);
    expect(await missing("x = 1\ndef f(:\n", "broken.py")).toEqual(["Syntax error while parsing FILE: unexpected input (line 2)"]);
  });

  test("other languages are refused", async () => {
    await expect(checkLineage("script.R")).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("track and finish", () => {
  test.each([
    `import * as ln from "lineal"; await ln.track();`,
    `import * as lineal from "lineal"; await lineal.track({ params: {} });`,
    `import { track } from "lineal"; await track();`,
    `import { track as begin } from "lineal"; await begin("T0T28btuB0PG");`,
    `const ln = await import("lineal"); await ln.track();`,
    `const { track } = await import("lineal"); await track();`,
    `import("lineal").then((ln) => ln.track());`,
    `const ln = require("lineal"); ln.track();`,
    `import * as ln from "lineal"; export const ingest = ln.flow(async function ingest() {});`,
    `import { flow } from "lineal"; export const train = flow({ key: "train" }, async () => {});`,
    `import * as ln from "lineal"; async function main() { await ln.track(); } main();`,
    `import * as ln from "lineal"; if (process.argv[2]) await ln.track();`,
  ])("TypeScript: %s", async (text) => {
    expect(await missing(text, "script.ts")).toEqual([]);
  });

  test.each([
    `import * as ln from "lineal"; await ln.login("me");`,
    `import * as ln from "other"; await ln.track();`,
    `import { step } from "lineal"; export const one = step(async () => {});`,
    `import * as ln from "lineal"; const other = { track() {} }; other.track(); // ln.track()`,
    `const ln = { track() {} }; ln.track();`,
    `import type * as ln from "lineal"; "ln.track()";`,
    "",
  ])("not TypeScript: %s", async (text) => {
    expect(await missing(text, "script.ts")).toEqual(["Missing ln.track() call in script."]);
  });

  const [noTrack, noFinish] = ["Missing ln.track() call in script.", "Missing ln.finish() call in script."] as const;
  test.each([
    ["import lamindb as ln\nln.track()\nln.finish()\n", []],
    ["import lineal\nlineal.track()\nlineal.finish()\n", []],
    ["from lamindb import track as begin, finish\nbegin()\nfinish()\n", []],
    ["import lamindb as ln\n@ln.flow()\ndef f():\n    pass\n", []],
    ["from lamindb import flow\n@flow\ndef f():\n    pass\n", []],
    ["import lamindb as ln\nln.track()\n", [noFinish]],
    ["import lamindb as ln\nln.finish()\n", [noTrack]],
    ["import lamindb as ln\n@ln.step()\ndef f():\n    pass\n", [noTrack, noFinish]],
    ["import other as ln\nln.track()\nln.finish()\n", [noTrack, noFinish]],
    ["# ln.track()\n'ln.finish()'\n", [noTrack, noFinish]],
  ])("Python: %j", async (text, expected) => {
    expect(await missing(text, "script.py")).toEqual(expected);
  });
});

describe("what names a file", () => {
  test.each([
    "s3://bucket/a.csv",
    "https://example.com/a",
    "/data/raw",
    "./raw",
    "../raw/a",
    "~/raw",
    "data/raw",
    "data/",
    "a.csv",
    "my data.csv",
    "a.R",
    "data/*.csv",
    "ünï/ä.csv",
    "C:\\data\\a.csv",
    "a.tar.gz",
  ])("%j", async (name) => {
    expect(await untracked(`use(${JSON.stringify(name)});`)).toEqual([`${name} (line 2)`]);
    expect(await python(`use(${JSON.stringify(name)})`)).toEqual([`${name} (line 2)`]);
  });

  test.each([
    "raw",
    "1.2.3",
    "v1.2.3",
    "3.14",
    "text/html",
    "application/vnd.api+json",
    "m/s",
    "01/02/2024",
    "Europe/Berlin",
    "example.com",
    "Sepal.Length",
    "e.g",
    "either/or of them",
    "Done.",
    "a/b\nc",
    "/",
    "./",
    "</p>",
    "",
  ])("not %j", async (name) => {
    expect(await untracked(`use(${JSON.stringify(name)});`)).toEqual([]);
    expect(await python(`use(${JSON.stringify(name)})`)).toEqual([]);
  });

  test("any suffix is one for a call that reads or writes", async () => {
    expect(await untracked(`readFileSync("model.weights"); use("model.weights2");`)).toEqual(["model.weights (line 2)"]);
  });
});

describe("what counts as tracked", () => {
  test.each([
    `await ln.Artifact.save("a.csv", { key: "b.csv" });`,
    `readFileSync("a.csv"); await ln.Artifact.save("a.csv");`,
    `readFileSync("./data/a.csv"); await ln.Artifact.save("data/a.csv");`,
    `const out = "a.csv"; fs.writeFileSync(out, ""); await ln.Artifact.save(out);`,
    `fs.writeFileSync("a.csv", ""); await ln.Artifact.save(x, { key: "a.csv" });`,
    `fs.writeFileSync("results/a.csv", ""); await ln.Artifact.saveDir("./results/");`,
    `await ln.Artifact.save(readFileSync("a.csv"));`,
    `const artifact = await ln.Artifact.get("raw/a.csv"); const p = await artifact.cache(); readFileSync(p);`,
    `(await ln.Artifact.filter({ key: "raw/a.csv" }).first()).load({ as: "x/y.csv" });`,
    `const team = await ln.connect("me/lab"); await team.Artifact.save("a.csv");`,
    `const { Artifact: A } = ln; await A.save("a.csv");`,
    `const artifact = ln.Artifact.get("x"); (await artifact).replace("a.csv");`,
    `const out = draw("plot.png"); await ln.Artifact.save(out);`,
    `async function keep(file) { await ln.Artifact.save(file); } await keep("a.csv");`,
  ])("%s", async (text) => {
    expect(await untracked(text)).toEqual([]);
  });

  test.each([
    [`readFileSync("a.csv");`, ["a.csv (line 2)"]],
    [`await ln.Artifact.save("b.csv"); readFileSync("a.csv");`, ["a.csv (line 2)"]],
    [`readFileSync("b.csv");\nfs.writeFileSync("a.csv", "");\nreadFileSync("b.csv");`, ["a.csv (line 3)", "b.csv (line 2, line 4)"]],
    [`const rows = await (await ln.Artifact.get("x")).load(); rows.save("a.csv");`, ["a.csv (line 2)"]],
    [`const rows = readCsv("a.csv"); await ln.Artifact.save(rows);`, ["a.csv (line 2)"]],
    [`ln.flow(async () => { readFileSync("a.csv"); });`, ["a.csv (line 2)"]],
    [`fs.writeFileSync("other/a.csv", ""); await ln.Artifact.saveDir("results");`, ["other/a.csv (line 2)"]],
    [`{ const ln = other; ln.save("a.csv"); }`, ["a.csv (line 2)"]],
  ])("not %s", async (text, expected) => {
    expect(await untracked(text)).toEqual(expected);
  });

  test("in Python", async () => {
    expect(await python(`ln.Artifact("a.csv", key="k/b.csv").save()\nart = ln.Artifact("c.csv")\nart.save("d.csv")`)).toEqual([]);
    expect(await python(`df = pd.read_csv("a.csv")\ndf.to_csv("b.csv")\nln.Artifact("b.csv").save()`)).toEqual(["a.csv (line 2)"]);
    expect(await python(`img = ln.Artifact.get("x").load()\nimg.save("a.png")`)).toEqual(["a.png (line 3)"]);
    expect(await missing(`from lamindb import track, finish, Artifact as A\ntrack()\nA("a.csv").save()\nfinish()\n`, "script.py")).toEqual([]);
  });
});

describe("values are followed", () => {
  test.each([
    [`const a = "a.csv"; readFileSync(a);`, ["a.csv"]],
    [`let a = "a.csv"; a = "b.csv"; readFileSync(a);`, ["b.csv"]],
    [`let a = "a.csv"; a = unknown(); readFileSync(a);`, []],
    [`let a = "a.csv"; if (x) a = "b.csv"; readFileSync(a);`, ["a.csv", "b.csv"]],
    [`let a; if (x) { a = "a.csv"; } else a = "b.csv"; readFileSync(a);`, ["a.csv", "b.csv"]],
    [`const a = x ? "a.csv" : y ?? "b.csv"; readFileSync(a);`, ["a.csv", "b.csv"]],
    [`const [a, b = "b.csv"] = ["a.csv"]; readFileSync(a); readFileSync(b);`, ["a.csv", "b.csv"]],
    [`const { a, b: { c } } = { a: "a.csv", b: { c: "c.csv", d: "d.csv" } }; readFileSync(a); readFileSync(c);`, ["a.csv", "c.csv"]],
    [`const config = { in: "a.csv", out: "b.csv" }; readFileSync(config.in); readFileSync(config["out"]);`, ["a.csv", "b.csv"]],
    [`const config = {}; config.in = "a.csv"; readFileSync(config.in);`, ["a.csv"]],
    [`read({ from: "a.csv", nested: { list: ["b.csv"] } });`, ["a.csv", "b.csv"]],
    [`readFileSync("data/" + "a" + ".csv");`, ["data/a.csv"]],
    [`let a = "data"; a += "/a.csv"; readFileSync(a);`, ["data/a.csv"]],
    ["const d = 'data'; readFileSync(`${d}/a.csv`); readFileSync(`${unknown()}/b.csv`);", ["data/a.csv"]],
    [`readFileSync(join("data", "a.csv")); readFileSync(path.resolve("x", "b.csv"));`, ["data/a.csv", "x/b.csv"]],
    [`import { join as j } from "path"; readFileSync(j("data", "a.csv"));`, ["data/a.csv"]],
    [`readFileSync(new URL("./a.csv", import.meta.url));`, ["./a.csv"]],
    [`for (const f of ["a.csv", "b.csv"]) readFileSync(f);`, ["a.csv", "b.csv"]],
    [`["a", "b"].map((f) => readFileSync(\`\${f}.csv\`));`, ["a.csv", "b.csv"]],
    [`const files = []; files.push("a.csv"); files.forEach((f) => readFileSync(f));`, ["a.csv"]],
    [`await Promise.all(["a.csv"].map(async (f) => fs.promises.readFile(f)));`, ["a.csv"]],
    [`const a = ("a.csv" as string)!; readFileSync(a satisfies string);`, ["a.csv"]],
    [`const unused = "a.csv"; const all = ["b.csv"];`, []],
    [`function f() { const a = "a.csv"; } readFileSync(a);`, []],
  ])("%s", async (text, expected) => {
    expect((await untracked(text)).map((it) => it.replace(/ \(.*/, ""))).toEqual(expected);
  });

  test.each([
    [`a = "a.csv"\npd.read_csv(a)`, ["a.csv"]],
    [`a = "a.csv"\na = "b.csv"\npd.read_csv(a)`, ["b.csv"]],
    [`a, (b, *c) = "a.csv", ("b.csv", "c.csv")\n*d, e = c\nuse(b)\nuse(c)`, ["b.csv", "c.csv"]],
    [`a = b = "a.csv"\nuse(b)`, ["a.csv"]],
    [`pd.read_csv(filepath="a.csv")`, ["a.csv"]],
    [`d = Path("data")\npd.read_csv(d / "raw" / "a.csv")`, ["data/raw/a.csv"]],
    [`d = "data/"\npd.read_csv(d + "a.csv")`, ["data/a.csv"]],
    [`d = "data"\npd.read_csv(f"{d}/a{1}.csv")\nuse(f"{d}/b.csv")`, ["data/b.csv"]],
    [`use(os.path.join("data", "a.csv"))`, ["data/a.csv"]],
    [`use("data/" "a.csv")\nuse(r'x\\y.csv')\nuse(b"b.csv")`, ["data/a.csv", "x\\y.csv"]],
    [`with open("a.csv") as f, open("b.csv"):\n    f.read()`, ["a.csv", "b.csv"]],
    [`with (open("a.csv") as f, open("b.csv") as self.g):\n    yield`, ["a.csv", "b.csv"]],
    [`[use(f + ".csv") for f in ["a", "b"]]`, ["a.csv", "b.csv"]],
    [`files = []\nfiles.append("a.csv")\nfor f in files:\n    use(f)`, ["a.csv"]],
    [`if (n := "a.csv"):\n    use(n)`, ["a.csv"]],
    [`a = "a.csv" if x else "b.csv"\nuse(a)`, ["a.csv", "b.csv"]],
    [`config = {"in": "a.csv", "out": "b.csv"}\nuse(config["in"])`, ["a.csv"]],
    [`a = "a.csv"\ndef f():\n    a = "b.csv"\nf()\nuse(a)`, ["a.csv"]],
    [`a = "a.csv"\ndef f():\n    global a\n    a = "b.csv"\nf()\nuse(a)`, ["b.csv"]],
  ])("Python: %j", async (text, expected) => {
    expect((await python(text)).map((it) => it.replace(/ \(.*/, ""))).toEqual(expected);
  });

  test.each([
    [`function load(p) {\n  return readFileSync(p);\n}\nload("a.csv");`, ["a.csv (line 3, line 5)"]],
    [`const load = ({ from = "b.csv" }) => readFileSync(from); load({ from: "a.csv" }); load({});`, ["a.csv (line 2)", "b.csv (line 2)"]],
    [`const at = (name) => join("data", name); readFileSync(at("a.csv"));`, ["data/a.csv (line 2)"]],
    [`function again(p) { again(p); readFileSync(p); } again("a.csv");`, ["a.csv (line 2)"]],
    [
      `class Reader { path = "b.csv"; read(p) { readFileSync(p); readFileSync(this.path); } } new Reader().read("a.csv");`,
      ["a.csv (line 2)", "b.csv (line 2)"],
    ],
    [`class Keeper { async keep(p) { await ln.Artifact.save(p); } } await new Keeper().keep("a.csv");`, []],
    [`const train = ln.flow(async ({ data }) => { readFileSync(data); }); await train({ data: "a.csv" });`, ["a.csv (line 2)"]],
    [`function ignore(p) {} ignore("a.csv");`, []],
    [`export function never() { readFileSync("a.csv"); }`, ["a.csv (line 2)"]],
    [`let p = "a.csv"; const read = () => readFileSync(p); read(); p = "b.csv"; read();`, ["a.csv (line 2)", "b.csv (line 2)"]],
  ])("through functions: %s", async (text, expected) => {
    expect(await untracked(text)).toEqual(expected);
  });

  test.each([
    [`def load(p, sep=","):\n    return pd.read_csv(p)\nload("a.csv")\nload(p="b.csv")`, ["a.csv (line 3, line 4)", "b.csv (line 3, line 5)"]],
    [`def load(p="a.csv"):\n    return pd.read_csv(p)\nload()`, ["a.csv (line 3)"]],
    [`def keep(p):\n    ln.Artifact(p).save()\nkeep("a.csv")`, []],
    [
      `class R:\n    def __init__(self, p):\n        self.p = p\n    def read(self):\n        return pd.read_csv(self.p)\nR("a.csv").read()`,
      ["a.csv (line 6, line 7)"],
    ],
    [`use = lambda p: pd.read_csv(p)\nuse("a.csv")`, ["a.csv (line 2, line 3)"]],
  ])("through Python functions: %j", async (text, expected) => {
    expect(await python(text)).toEqual(expected);
  });
});

describe("preparation and talk do not count", () => {
  test.each([
    `if (!existsSync("out/a.csv")) mkdirSync("out/sub", { recursive: true });`,
    `fs.statSync("a.csv"); fs.rmSync("./out"); fs.readdirSync("data/raw"); await fs.promises.mkdir("a/bc");`,
    `import { glob } from "glob"; await glob("data/*.csv"); process.chdir("/tmp");`,
    `import { x } from "./lib/a.ts"; await import("./lib/b.ts"); require("./lib/c.js");`,
    `path.basename("data/a.csv"); new URL("./a.csv", import.meta.url); mkdirSync(fix("out/a.csv"));`,
    `console.log("wrote data/a.csv"); throw new Error("a.csv"); console.error("./a.csv");`,
    `"x".split("a/bc"); name.endsWith("a.csv"); const map = new Map(); map.get("a.csv"); new RegExp("a/b.csv"); assert.equal(x, "a.csv");`,
    `process.env.DATA = String("data/a.csv");`,
  ])("%s", async (text) => {
    expect(await untracked(text)).toEqual([]);
  });

  test.each([
    `p = Path("data/a.csv"); p.mkdir(); Path("b.csv").exists(); Path("~/x").expanduser().resolve(); list(Path("data/x").glob("*.csv"))`,
    `os.path.exists("a.csv"); os.makedirs("data/raw"); sys.path.insert(0, str("lib/x")); importlib.import_module("a.py")`,
    `os.environ["DATA"] = make("data/a.csv")`,
    `print("a.csv"); raise ValueError("data/a.csv")`,
    `"data/a.csv".endswith("a.csv"); d = {}; d.get("a.csv")`,
  ])("Python: %s", async (text) => {
    expect(await python(text)).toEqual([]);
  });

  test("but what is called inside talk does, and so do look-alikes", async () => {
    expect(
      await untracked(`console.log(readFileSync("a.csv")); axios.get("https://example.com/b.csv"); const my = {}; my.x = String("c.csv"); save(my.x);`),
    ).toEqual(["a.csv (line 2)", "c.csv (line 2)", "https://example.com/b.csv (line 2)"]);
    expect(await python(`print(open("a.csv").read())\nimport requests\nrequests.get("https://example.com/b")\nos.environment["X"] = make("c.csv")`)).toEqual([
      "a.csv (line 2)",
      "c.csv (line 5)",
      "https://example.com/b (line 4)",
    ]);
  });
});

describe("the examples of this repository", () => {
  const programs = ["tour", "project-flow"].flatMap((name) => readdirSync(join(repository, "examples", name)).map((file) => `${name}/${file}`));
  const noTrack = "Missing ln.track() call in script.";
  /** Modules of ours, and programs that track nothing on purpose: one delivers before the tour, one asks after it, one registers by hand. */
  const without = /\/(chart|means|analysis|charts|count-reads|generate|genes|random|compare|register-cellranger)\.ts$/;

  test.each(programs)("%s", async (name) => {
    const expected =
      name === "tour/deliver.ts" ? [noTrack, "File not tracked in lineal: raw/penguins.csv (line 20, line 25)"] : without.test(name) ? [noTrack] : [];
    expect((await checkLineage(join(repository, "examples", name))).missingLineage).toEqual(expected);
  });
});

describe("hostile files come to an end", () => {
  const tooDeep = expect.stringMatching(/^Syntax error while parsing FILE: /);
  const tooMuch = "Too much to follow in FILE: its functions call each other in too many ways.";
  test.each([
    ["parentheses", "js", `${"(".repeat(20_000)}1${")".repeat(20_000)}`, tooDeep],
    ["parentheses", "py", `x = ${"(".repeat(20_000)}1${")".repeat(20_000)}\n`, tooDeep],
    ["functions in functions", "js", `${"(()=>{".repeat(3000)}${"})()".repeat(3000)}`, tooDeep],
    ["a long chain", "js", `a${".b(1)".repeat(20_000)}.c("a.csv")`, "File not tracked in lineal: a.csv (line 1)"],
    ["a long sum", "js", `read(${Array(1000).fill('"a"').join("+")}+"/b.csv")`, expect.stringMatching(/^File not tracked in lineal: a{1000}\/b\.csv/)],
    ["a long sum", "py", `read(${Array(500).fill('"a"').join("+")}+"/b.csv")\n`, expect.stringMatching(/^File not tracked in lineal: a{500}\/b\.csv/)],
    ["a long else-if", "js", `${"if(a)x='a.csv';else ".repeat(500)}y();read(x)`, "File not tracked in lineal: a.csv (line 1)"],
    [
      "helpers that call each other twice",
      "js",
      Array.from({ length: 60 }, (_, i) => `function f${i}(p){${i ? `f${i - 1}(p+"a");f${i - 1}(p+"b")` : "read(p)"}}`)
        .concat('f59("x.csv")')
        .join(";"),
      tooMuch,
    ],
    ["texts that double", "js", `let a=c?'a':'b';${"a=a+(c?'a':'b');".repeat(20_000)}`, tooMuch],
    ["objects in objects", "js", `let a={};${"a={x:a,y:a};".repeat(10_000)}read(a,"a.csv")`, "File not tracked in lineal: a.csv (line 1)"],
    ["junk", "py", "case 1. yield ( match\n".repeat(5_000), tooDeep],
  ])("%s (%s)", { timeout: 60_000 }, async (_, suffix, text, expected) => {
    expect(await missing(text, `hostile.${suffix}`)).toContainEqual(expected);
  });

  test("a megabyte of small functions", { timeout: 60_000 }, async () => {
    const text = Array.from({ length: 16_000 }, (_, i) => `function g${i}(t,n){var e=n(${i});return t?g${i + 1}(e):n("x${i}.js")}`).join(";");
    expect(text.length).toBeGreaterThan(900_000);
    expect(await missing(text, "hostile.js")).toContainEqual("File not tracked in lineal: x15999.js (line 1)");
  });
});
