/** The check of lineage: every rule on small programs in both languages, the examples of this repository, and hostile files. */

import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkLineage } from "../../src/code/check.ts";
import { programs } from "../support/checked.ts";
import { repository } from "../support/repository.ts";

const { path: inFolder, missing, untracked, python } = programs();

describe("files that cannot be checked", () => {
  test("a missing file", async () => {
    const message = `File not found: ${inFolder("none.ts")}`;
    expect(await checkLineage(inFolder("none.ts"))).toEqual({
      status: "error",
      isFullyTracked: false,
      missingLineage: [message],
      error: expect.objectContaining({ code: "not-found", message }),
    });
    expect((await checkLineage(inFolder("none.py"))).missingLineage).toEqual([
      `File not found: ${inFolder("none.py")}`,
    ]);
  });

  test("one that does not parse", async () => {
    expect(await missing("const = 1;", "broken.ts")).toEqual([
      expect.stringMatching(/^Syntax error while parsing FILE: .*\(1:6\)$/),
    ]);
    expect(await missing("x = 1\ndef f(:\n", "broken.py")).toEqual([
      "Syntax error while parsing FILE: unexpected input (line 2)",
    ]);
  });

  test("a folder", async () => {
    for (const name of ["folder", "folder.py"]) {
      const path = inFolder(name);
      mkdirSync(path, { recursive: true });
      await expect(checkLineage(path)).rejects.toMatchObject({
        code: "invalid",
        message: `${path} is a folder`,
        hint: expect.stringContaining("scripts in it"),
      });
    }
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
    `\uFEFFimport * as ln from "lineal"; await ln.track();`,
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
    ["\uFEFFimport lamindb as ln\nln.track()\nln.finish()\n", []],
    ["import lamindb as ln\nln.track()\n", [noFinish]],
    ["import lamindb as ln\nln.finish()\n", [noTrack]],
    ["import lamindb as ln\n@ln.step()\ndef f():\n    pass\n", [noTrack, noFinish]],
    ["import other as ln\nln.track()\nln.finish()\n", [noTrack, noFinish]],
    ["# ln.track()\n'ln.finish()'\n", [noTrack, noFinish]],
    ["from other import *\ntrack()\nfinish()\n", [noTrack, noFinish]],
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
    "Sepal.Width",
    "km/h",
    "mg/dL",
    "cell.type",
    "div.class",
    "%Y/%m/%d",
    "%d/%m/%Y %H:%M",
    "yyyy/MM/dd",
    "DD/MM/YYYY HH:mm",
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
    expect(await untracked(`loadModel("model.weights"); use("model.weights2");`)).toEqual(["model.weights (line 2)"]);
  });

  test.each([
    [
      `readFileSync("data"); fs.promises.writeFile("out", "text"); fs.copyFileSync("a", "b");`,
      ["a", "b", "data", "out"],
    ],
    [`readFileSync(0); readFileSync(""); writeFile("out"); other.readFile("data");`, []],
  ])("what is opened is one without any suffix: %s", async (text, expected) => {
    expect((await untracked(text)).map((it) => it.replace(/ \(.*/, ""))).toEqual(expected);
  });

  test("so it is in Python", async () => {
    expect(
      await python(
        `open("data")\nimport gzip, shutil\ngzip.open("more")\nshutil.copy("a", "b")\nPath("c").read_text()\nzipped.open("part")`,
      ),
    ).toEqual(["a (line 5)", "b (line 5)", "c (line 6)", "data (line 2)", "more (line 4)"]);
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
    `readFileSync("a.csv"); await ln.Artifact.save(clean(readFileSync("a.csv")));`,
    "for (const i of some()) { fs.writeFileSync(`out/${i}.csv`, ''); await ln.Artifact.save(`./out/${i}.csv`); }",
    `fs.writeFileSync(join(import.meta.dirname, "a.csv"), ""); await ln.Artifact.save(new URL("a.csv", import.meta.url));`,
    `const artifact = await ln.Artifact.get("x"); readFileSync(join(await artifact.cache(), "part.csv")); readFileSync(\`\${await artifact.cache()}/b.csv\`);`,
    `for (const a of await ln.Artifact.filter({}).all()) readFileSync(join(await a.cache(), "part.csv"));`,
    `(await ln.Artifact.filter({}).all()).map(async (a) => readFileSync(join(await a.cache(), "part.csv")));`,
  ])("%s", async (text) => {
    expect(await untracked(text)).toEqual([]);
  });

  test.each([
    [`readFileSync("a.csv");`, ["a.csv (line 2)"]],
    [`await ln.Artifact.save("b.csv"); readFileSync("a.csv");`, ["a.csv (line 2)"]],
    [
      `readFileSync("b.csv");\nfs.writeFileSync("a.csv", "");\nreadFileSync("b.csv");`,
      ["a.csv (line 3)", "b.csv (line 2, line 4)"],
    ],
    [`const rows = await (await ln.Artifact.get("x")).load(); rows.save("a.csv");`, ["a.csv (line 2)"]],
    [`const rows = readCsv("a.csv"); await ln.Artifact.save(rows);`, ["a.csv (line 2)"]],
    [`ln.flow(async () => { readFileSync("a.csv"); });`, ["a.csv (line 2)"]],
    [`fs.writeFileSync("other/a.csv", ""); await ln.Artifact.saveDir("results");`, ["other/a.csv (line 2)"]],
    [`{ const ln = other; ln.save("a.csv"); }`, ["a.csv (line 2)"]],
  ])("not %s", async (text, expected) => {
    expect(await untracked(text)).toEqual(expected);
  });

  test("in Python", async () => {
    expect(
      await python(`ln.Artifact("a.csv", key="k/b.csv").save()\nart = ln.Artifact("c.csv")\nart.save("d.csv")`),
    ).toEqual([]);
    expect(await python(`df = pd.read_csv("a.csv")\ndf.to_csv("b.csv")\nln.Artifact("b.csv").save()`)).toEqual([
      "a.csv (line 2)",
    ]);
    expect(await python(`img = ln.Artifact.get("x").load()\nimg.save("a.png")`)).toEqual(["a.png (line 3)"]);
    expect(
      await python(`curator = ln.curators.DataFrameCurator(df, schema)\ncurator.save_artifact(key="my/x.parquet")`),
    ).toEqual([]);
    expect(
      await python(
        `p = ln.Artifact.get("x").cache()\npd.read_csv(p / "a.csv")\nfor f in Path(p).glob("*.csv"):\n    pd.read_csv(f)`,
      ),
    ).toEqual([]);
    expect(
      await missing(
        `from lamindb import track, finish, Artifact as A\ntrack()\nA("a.csv").save()\nfinish()\n`,
        "script.py",
      ),
    ).toEqual([]);
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
    `const logger = pino(); logger.info("wrote a.csv"); log.error("x/y.csv");`,
    `format(day, "yyyy/MM/dd"); document.querySelector("ul.nav");`,
  ])("%s", async (text) => {
    expect(await untracked(text)).toEqual([]);
  });

  test.each([
    `p = Path("data/a.csv"); p.mkdir(); Path("b.csv").exists(); Path("~/x").expanduser().resolve(); list(Path("data/x").glob("*.csv"))`,
    `os.path.exists("a.csv"); os.makedirs("data/raw"); sys.path.insert(0, str("lib/x")); importlib.import_module("a.py")`,
    `os.environ["DATA"] = make("data/a.csv")`,
    `print("a.csv"); raise ValueError("data/a.csv")`,
    `import logging; logger = logging.getLogger(__name__); logger.info("saved a.csv"); parser.add_argument("--in", help="such as a.csv")`,
    `artifact = ln.Artifact.get("x"); artifact.open().read("inner/a.csv")`,
    `from datetime import datetime; datetime.now().strftime("%Y/%m/%d"); pd.to_datetime(x, format="%Y/%m/%d"); sc.pl.umap(adata, color="cell.type")`,
    `"data/a.csv".endswith("a.csv"); d = {}; d.get("a.csv")`,
  ])("Python: %s", async (text) => {
    expect(await python(text)).toEqual([]);
  });

  test("but what is called inside talk does, and so do look-alikes", async () => {
    expect(await untracked(`console.log(readFileSync("a.csv")); axios.get("https://example.com/b.csv");`)).toEqual([
      "a.csv (line 2)",
      "https://example.com/b.csv (line 2)",
    ]);
    expect(
      await python(
        `print(open("a.csv").read())\nimport requests\nrequests.get("https://example.com/b")\nos.environment["X"] = make("c.csv")`,
      ),
    ).toEqual(["a.csv (line 2)", "c.csv (line 5)", "https://example.com/b (line 4)"]);
  });
});

describe("the examples of this repository", () => {
  const examples = ["tour", "project-flow"].flatMap((name) =>
    readdirSync(join(repository, "examples", name)).map((file) => `${name}/${file}`),
  );
  const noTrack = "Missing ln.track() call in script.";
  /** Modules of ours, and programs that track nothing on purpose: one asks after the tour, one registers by hand. */
  const without = /\/(chart|means|analysis|charts|count-reads|generate|genes|random|compare|register-cellranger)\.ts$/;

  const files: Record<string, string[]> = {
    "tour/deliver.ts": ["raw/penguins.csv (line 24, line 29)"],
  };

  test.each(examples)("%s", async (name) => {
    const expected = [
      ...(without.test(name) || files[name] ? [noTrack] : []),
      ...(files[name] ?? []).map((it) => `File not tracked in lineal: ${it}`),
    ];
    expect((await checkLineage(join(repository, "examples", name))).missingLineage).toEqual(expected);
  });
});

test("looks into loops, comprehensions, defaults, assertions and namespaces", async () => {
  const used = ["a.csv (line 2)", "b.csv (line 2)"];
  for (const text of [
    `for f in ["a.csv", "b.csv"]: open(f)`,
    `x = [pd.read_csv(f) for f in ["a.csv", "b.csv"]]`,
    `x = {f: pd.read_csv(f) for f in ["a.csv", "b.csv"]}`,
    `x = list(pd.read_csv(f) for f in ["a.csv", "b.csv"])`,
    `def f(a=open("a.csv"), *, b=open("b.csv")): pass`,
  ])
    expect(await python(text), text).toEqual(used);
  for (const text of [
    `for (const f of ["a.csv", "b.csv"]) readFileSync(f);`,
    `function f(a = readFileSync("a.csv"), { b = readFileSync("b.csv") }) {}`,
    `class A { constructor(private a = readFileSync("a.csv"), readonly b = readFileSync("b.csv")) {} }`,
    `readFileSync(<string>"a.csv"); readFileSync("b.csv" satisfies string);`,
    `namespace N { export const a = readFileSync("a.csv"); readFileSync("b.csv"); }`,
  ])
    expect(await untracked(text), text).toEqual(used);
});
