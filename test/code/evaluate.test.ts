/** The values of programs are followed to the calls that use them, in both languages. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { samePlace } from "../../src/code/paths.ts";
import { programs } from "../support/checked.ts";

const { untracked, python } = programs();

describe("values are followed", () => {
  test.each([
    [`const a = "a.csv"; readFileSync(a);`, ["a.csv"]],
    [`let a = "a.csv"; a = "b.csv"; readFileSync(a);`, ["b.csv"]],
    [`let a = "a.csv"; a = unknown(); readFileSync(a);`, []],
    [`let a = "a.csv"; if (x) a = "b.csv"; readFileSync(a);`, ["a.csv", "b.csv"]],
    [`let a; if (x) { a = "a.csv"; } else a = "b.csv"; readFileSync(a);`, ["a.csv", "b.csv"]],
    [`const a = x ? "a.csv" : y ?? "b.csv"; readFileSync(a);`, ["a.csv", "b.csv"]],
    [`const [a, b = "b.csv"] = ["a.csv"]; readFileSync(a); readFileSync(b);`, ["a.csv", "b.csv"]],
    [
      `const { a, b: { c } } = { a: "a.csv", b: { c: "c.csv", d: "d.csv" } }; readFileSync(a); readFileSync(c);`,
      ["a.csv", "c.csv"],
    ],
    [
      `const config = { in: "a.csv", out: "b.csv" }; readFileSync(config.in); readFileSync(config["out"]);`,
      ["a.csv", "b.csv"],
    ],
    [`const config = {}; config.in = "a.csv"; readFileSync(config.in);`, ["a.csv"]],
    [`read({ from: "a.csv", nested: { list: ["b.csv"] } });`, ["a.csv", "b.csv"]],
    [`readFileSync("data/" + "a" + ".csv");`, ["data/a.csv"]],
    [`let a = "data"; a += "/a.csv"; readFileSync(a);`, ["data/a.csv"]],
    ["const d = 'data'; readFileSync(`${d}/a.csv`); readFileSync(`${unknown()}/b.csv`);", ["data/a.csv", "{…}/b.csv"]],
    [`readFileSync(join("data", "a.csv")); readFileSync(path.resolve("x", "b.csv"));`, ["data/a.csv", "x/b.csv"]],
    [`import { join as j } from "path"; readFileSync(j("data", "a.csv"));`, ["data/a.csv"]],
    [`readFileSync(new URL("./a.csv", import.meta.url));`, ["./a.csv"]],
    [`for (const f of ["a.csv", "b.csv"]) readFileSync(f);`, ["a.csv", "b.csv"]],
    [`["a", "b"].map((f) => readFileSync(\`\${f}.csv\`));`, ["a.csv", "b.csv"]],
    [`const files = []; files.push("a.csv"); files.forEach((f) => readFileSync(f));`, ["a.csv"]],
    [`await Promise.all(["a.csv"].map(async (f) => fs.promises.readFile(f)));`, ["a.csv"]],
    [`const a = ("a.csv" as string)!; readFileSync(a satisfies string);`, ["a.csv"]],
    [`const unused = "a.csv"; const all = ["b.csv"];`, []],
    [
      "readFileSync(`${import.meta.dirname}/a.csv`); readFileSync(path.resolve(__dirname, '..', 'b.csv'));",
      ["../b.csv", "./a.csv"],
    ],
    [`const here = path.dirname(fileURLToPath(import.meta.url)); readFileSync(join(here, "a.csv"));`, ["./a.csv"]],
    [
      "for (const i of some()) readFileSync(`data/part_${i}.csv`); readFileSync(join(process.argv[2], 'b.csv'));",
      ["data/part_{…}.csv", "{…}/b.csv"],
    ],
    [
      "t(`${ns}.title`); use(`${a}/${b}`); say(`${n}/10 of ${x}.csv`); readFileSync(`${a}${b}`); require(`./x/${name}.js`);",
      [],
    ],
    [`for (const f of fs.readdirSync("data")) readFileSync(join("data", f));`, ["data/{…}"]],
    [
      `readFileSync(["data", "a.csv"].join("/")); readFileSync("b.csv".replace(".csv", ".json"));`,
      ["b.json", "data/a.csv"],
    ],
    [`["a.csv"].map(readFileSync); ["b.csv"].forEach(path.basename);`, ["a.csv"]],
    [`fs.readFile("a.csv", "utf8", (error, text) => use(text));`, ["a.csv"]],
    ["for (const [a, b] of Object.entries({ x: 'y.csv' })) readFileSync(`${a}/${b}`);", ["x/y.csv"]],
    [
      `readFileSync("data" + path.sep + "a.csv"); enum Files { B = "b.csv" } readFileSync(Files.B);`,
      ["b.csv", "data/a.csv"],
    ],
    [
      "readFileSync(`${process.argv[2] ?? ''}/a.csv`); const [, , b = 'b.csv'] = process.argv; readFileSync(b);",
      ["b.csv", "{…}/a.csv"],
    ],
    [`class Config { static path = "a.csv"; } readFileSync(Config.path);`, ["a.csv"]],
    [`class Config { constructor(p) { this.p = p; } } readFileSync(new Config("a.csv").p);`, ["a.csv"]],
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
    [`d = "data"\npd.read_csv(f"{d}/a{1}.csv")\nuse(f"{d}/b.csv")`, ["data/a{…}.csv", "data/b.csv"]],
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
    [
      `Path("a.csv").write_text("x")\n(Path("b") / "c.csv").open("w")\np = Path("d.csv")\np.open()`,
      ["a.csv", "b/c.csv", "d.csv"],
    ],
    [
      `ROOT = Path(__file__).parent\nuse(ROOT / "data" / "a.csv")\nuse(ROOT.parent / "b.csv")`,
      ["../b.csv", "./data/a.csv"],
    ],
    [`use(Path(__file__).resolve().parents[1] / "a.csv")\nuse(Path.cwd() / "b.csv")`, ["../a.csv", "./b.csv"]],
    [`use(os.path.join(os.path.dirname(os.path.abspath(__file__)), "a.csv"))\nopen(__file__)`, ["./a.csv"]],
    [`open(os.path.join(args.out, "a.csv"), "w")`, ["{…}/a.csv"]],
    [
      `for i in range(3):\n    use(f"data/part_{i}.csv")\n    use("b/{}.csv".format(i))\n    use("c/%03d.csv" % i)`,
      ["b/{…}.csv", "c/{…}.csv", "data/part_{…}.csv"],
    ],
    [
      `use("data/{}_{x}.csv".format("a", x="b"))\nuse("c/%s.%s" % ("d", "csv"))\nuse("e/%(n)s.csv" % {"n": "f"})`,
      ["c/d.csv", "data/a_b.csv", "e/f.csv"],
    ],
    [`use("/".join(["data", "a.csv"]))\nuse(now.strftime("logs/%Y/%m.log"))`, ["data/a.csv", "logs/{…}/{…}.log"]],
    [
      `p = Path("data/a.csv")\nuse(p.with_suffix(".json"))\nuse(p.with_name("b.csv"))\nuse(p.joinpath("c.csv"))`,
      ["data/a.csv/c.csv", "data/a.json", "data/b.csv"],
    ],
    [
      `for f in sorted(Path("data").glob("*.csv")):\n    pd.read_csv(f)\nfor f in Path("more").iterdir():\n    open(f)`,
      ["data/*.csv", "more/{…}"],
    ],
    [
      `use(*"a.csv b.csv".split())\nuse("c.csv".split(".")[0] + ".json")\nuse("data" + os.sep + "d.csv")`,
      ["a.csv", "b.csv", "c.json", "data/d.csv"],
    ],
    [`list(map(pd.read_csv, ["a.csv"]))\nfor i, f in enumerate(["b.csv"] + more):\n    use(f)`, ["a.csv", "b.csv"]],
    [
      `class C:\n    path = "a.csv"\n    other: str = "b.csv"\n    def read(self):\n        use(self.path)\nuse(C.other)\nuse(C().other)`,
      ["a.csv", "b.csv"],
    ],
    [`class A:\n    path = "a.csv"\nclass B(A):\n    def read(self):\n        use(self.path)`, ["a.csv"]],
    [
      `import logging\nlogging.basicConfig(filename="run.log")\nlogging.info("a.csv")\nlogging.FileHandler("b.log")`,
      ["b.log", "run.log"],
    ],
  ])("Python: %j", async (text, expected) => {
    expect((await python(text)).map((it) => it.replace(/ \(.*/, ""))).toEqual(expected);
  });

  test.each([
    [`function load(p) {\n  return readFileSync(p);\n}\nload("a.csv");`, ["a.csv (line 3, line 5)"]],
    [
      `const load = ({ from = "b.csv" }) => readFileSync(from); load({ from: "a.csv" }); load({});`,
      ["a.csv (line 2)", "b.csv (line 2)"],
    ],
    [`const at = (name) => join("data", name); readFileSync(at("a.csv"));`, ["data/a.csv (line 2)"]],
    [`function again(p) { again(p); readFileSync(p); } again("a.csv");`, ["a.csv (line 2)"]],
    [
      `class Reader { path = "b.csv"; read(p) { readFileSync(p); readFileSync(this.path); } } new Reader().read("a.csv");`,
      ["a.csv (line 2)", "b.csv (line 2)"],
    ],
    [`class Keeper { async keep(p) { await ln.Artifact.save(p); } } await new Keeper().keep("a.csv");`, []],
    [
      `const train = ln.flow(async ({ data }) => { readFileSync(data); }); await train({ data: "a.csv" });`,
      ["a.csv (line 2)"],
    ],
    [`function ignore(p) {} ignore("a.csv");`, []],
    [`export function never() { readFileSync("a.csv"); }`, ["a.csv (line 2)"]],
    [
      `let p = "a.csv"; const read = () => readFileSync(p); read(); p = "b.csv"; read();`,
      ["a.csv (line 2)", "b.csv (line 2)"],
    ],
  ])("through functions: %s", async (text, expected) => {
    expect(await untracked(text)).toEqual(expected);
  });

  test.each([
    [
      `def load(p, sep=","):\n    return pd.read_csv(p)\nload("a.csv")\nload(p="b.csv")`,
      ["a.csv (line 3, line 4)", "b.csv (line 3, line 5)"],
    ],
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

describe("one path is one path, however it is put together", () => {
  const part = fc.constantFrom("data", "raw", "deep", "x1");
  const parts = fc.tuple(part, part, fc.constantFrom("a.csv", "b.parquet", "c.tar.gz"));
  const hole = fc.boolean();
  const quote = (text: string): string => JSON.stringify(text);
  /** Each takes the folders and the name; the first folder may be a variable of which nothing is known. */
  const spellings: ((first: string, second: string, name: string) => string)[] = [
    (a, b, c) => `${a} + ${quote(`/${b}/${c}`)}`,
    (a, b, c) => `join(${a}, ${quote(b)}, ${quote(c)})`,
    (a, b, c) => `path.resolve(join(${a}, ${quote(`${b}/sub`)}, "..", ${quote(c)}))`,
    (a, b, c) => `\`\${${a}}/${b}/${c}\``,
    (a, b, c) => `[${a}, ${quote(b)}, ${quote(c)}].join("/")`,
    (a, b, c) => `((folder) => folder + ${quote(`/${c}`)})(join(${a}, ${quote(b)}))`,
  ];
  const pythonSpellings: typeof spellings = [
    (a, b, c) => `${a} + ${quote(`/${b}/${c}`)}`,
    (a, b, c) => `os.path.join(${a}, ${quote(b)}, ${quote(c)})`,
    (a, b, c) => `Path(${a}) / ${quote(b)} / "other.txt" / ".." / ${quote(c)}`,
    (a, b, c) => `f"{${a}}/${b}/${c}"`,
    (a, b, c) => `"{}/${b}/{}".format(${a}, ${quote(c)})`,
    (a, b, c) => `"%s/${b}/%s" % (${a}, ${quote(c)})`,
    (a, b, c) => `(Path(${a}) / ${quote(b)} / "other").with_name(${quote(c)})`,
  ];

  test.each([
    [
      "TypeScript",
      untracked,
      spellings,
      (one: string) => `readFileSync(${one});`,
      (one: string) => `await ln.Artifact.save(${one});`,
    ],
    ["Python", python, pythonSpellings, (one: string) => `open(${one})`, (one: string) => `ln.Artifact(${one}).save()`],
  ] as const)("%s", { timeout: 60_000 }, async (_, found, ways, read, save) => {
    const way = fc.constantFrom(...ways);
    await fc.assert(
      fc.asyncProperty(parts, hole, way, way, fc.boolean(), async ([a, b, c], isUnknown, one, other, isSaved) => {
        const first = isUnknown ? "where" : quote(a);
        const lines = [read(one(first, b, c)), isSaved ? save(other(first, b, c)) : ""];
        const missing = (await found(lines.join("\n"))).map((it) => samePlace(it.replace(/ \(.*/, "")));
        expect(missing).toEqual(isSaved ? [] : [`${isUnknown ? "{…}" : a}/${b}/${c}`]);
      }),
      { numRuns: 60 },
    );
  });
});
