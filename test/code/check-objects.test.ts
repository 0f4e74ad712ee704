/** The check of lineage through objects: fields, getters, bases, options, workers, tags; and what looks like a path but is none. */

import { describe, expect, test } from "vitest";
import { programs } from "../support/checked.ts";

const { untracked, python } = programs();
const named = (found: readonly string[]): string[] => found.map((it) => it.replace(/ \(.*/, ""));

describe("files that objects hold", () => {
  test.each([
    [
      `class R { constructor(private readonly file: string) {} load() { return readFileSync(this.file); } } new R("a.csv").load();`,
      ["a.csv"],
    ],
    [
      `class R { constructor(public file = "a.csv") {} load() { return readFileSync(this.file); } } new R().load();`,
      ["a.csv"],
    ],
    [
      "class D { root = 'data'; get file() { return `${this.root}/a.csv`; } load() { return readFileSync(this.file); } }",
      ["data/a.csv"],
    ],
    [
      "class D { static root = 'data'; static get file() { return `${this.root}/a.csv`; } } readFileSync(D.file);",
      ["data/a.csv"],
    ],
    [
      "const d = { root: 'data', get file() { return `${this.root}/a.csv`; } }; const { file } = d; readFileSync(file);",
      ["data/a.csv"],
    ],
    [
      `class D { set file(it) { this.path = it; } load() { readFileSync(this.path); } } const d = new D(); d.file = "a.csv"; d.load();`,
      ["a.csv"],
    ],
    [`const s = { file: "a.csv", load() { return readFileSync(this.file); } }; s.load();`, ["a.csv"]],
    [`export default { file: "a.csv", load: function () { return readFileSync(this.file); } };`, ["a.csv"]],
    [`const s = { load() { return readFileSync(this.file); } }; s.file = "a.csv"; s.load();`, ["a.csv"]],
    [
      `class R { constructor(p) { this.p = p; } read() { readFileSync(this.p); } } const a = new R("a.csv"); const b = new R("b.csv"); a.read(); b.read();`,
      ["a.csv", "b.csv"],
    ],
    [
      `class R { constructor(p) { this.p = p; } read() { readFileSync(this.p); } keep() { ln.Artifact.save(this.p); } }
       const a = new R("a.csv"); const b = new R("b.csv"); a.read(); b.keep();`,
      ["a.csv"],
    ],
    [
      `class R { open(p) { this.p = p; return this; } read() { readFileSync(this.p); } } const r = new R(); r.open("a.csv"); const same = r; same.read();`,
      ["a.csv"],
    ],
    [
      `class A { constructor(p) { this.p = p; } } class B extends A { constructor(p) { super(join("data", p)); } read() { readFileSync(this.p); } } new B("a.csv").read();`,
      ["data/a.csv"],
    ],
    [
      "class A { run() { readFileSync(this.path()); } } class B extends A { path() { return 'a.csv'; } } new B().run();",
      ["a.csv"],
    ],
    [
      `class A { path() { return "data"; } } class B extends A { path() { return super.path() + "/a.csv"; } } readFileSync(new B().path());`,
      ["data/a.csv"],
    ],
    [`const config = { paths: {} }; config.paths.raw = "a.csv"; readFileSync(config.paths.raw);`, ["a.csv"]],
    [
      `class C { constructor(options) { Object.assign(this, options); } read() { readFileSync(this.file); } } new C({ file: "a.csv" }).read();`,
      ["a.csv"],
    ],
    [`const o = {}; Object.defineProperty(o, "file", { value: "a.csv" }); readFileSync(o.file);`, ["a.csv"]],
    [
      `function R(p) { this.p = p; } R.prototype.load = function () { return readFileSync(this.p); }; new R("a.csv").load();`,
      ["a.csv"],
    ],
    [`class E extends Error { constructor(m) { super(m); } } throw new E("a.csv");`, []],
    [`const show = { text: "a.csv", print() { console.log(this.text); } }; show.print();`, []],
  ])("%s", async (text, expected) => {
    expect(named(await untracked(text))).toEqual(expected);
  });

  test.each([
    [
      `class D:\n    root = "data"\n    @property\n    def file(self):\n        return f"{self.root}/a.csv"\n    def load(self):\n        return pd.read_csv(self.file)`,
      ["data/a.csv"],
    ],
    [
      `import functools\nclass D:\n    def __init__(self, root):\n        self.root = root\n    @functools.cached_property\n    def file(self):\n        return f"{self.root}/a.csv"\npd.read_csv(D("data").file)`,
      ["data/a.csv"],
    ],
    [
      `class D:\n    @file.setter\n    def file(self, it):\n        self._file = it\n    def load(self):\n        pd.read_csv(self._file)\nd = D()\nd.file = "a.csv"\nd.load()`,
      ["a.csv"],
    ],
    [
      `class A:\n    def __init__(self, p):\n        self.p = Path("data") / p\nclass B(A):\n    def __init__(self, p):\n        super().__init__(p)\n    def load(self):\n        pd.read_csv(self.p)\nB("a.csv").load()`,
      ["data/a.csv"],
    ],
    [
      `class A:\n    def __init__(self, p):\n        self.p = Path("data") / p\nclass B(A):\n    def __init__(self, p):\n        A.__init__(self, p)\nB("a.csv").p.read_text()`,
      ["data/a.csv"],
    ],
    [
      `from dataclasses import dataclass\n@dataclass\nclass C:\n    path: str\n    out: str = "b.csv"\nc = C("a.csv")\npd.read_csv(c.path)\nuse(c.out)`,
      ["a.csv", "b.csv"],
    ],
    [
      `@dataclass\nclass C:\n    root: str = "data"\n    def __post_init__(self):\n        self.file = Path(self.root) / "a.csv"\nC().file.read_text()`,
      ["data/a.csv"],
    ],
    [
      `@dataclass\nclass A:\n    path: str\n@dataclass\nclass B(A):\n    sep: str = ","\nuse(B("a.csv").path)\nuse(B(path="b.csv").path)`,
      ["a.csv", "b.csv"],
    ],
    [`@dataclass\nclass B(elsewhere.A):\n    sep: str = ","\nB("a.csv")`, ["a.csv"]],
    [`@dataclass\nclass C:\n    path: str\nc = C(path="a.csv")\nln.Artifact(c.path).save()`, []],
    [`from enum import Enum\nclass E(Enum):\n    A = "a.csv"\npd.read_csv(E.A.value)`, ["a.csv"]],
    [`setattr(config, "path", "a.csv")`, ["a.csv"]],
    [
      `class C:\n    path = "a.csv"\npd.read_csv(getattr(C, "path"))\nuse(getattr(C, "other", "b.csv"))`,
      ["a.csv", "b.csv"],
    ],
    [
      `@dataclass\nclass C:\n    more: list = field(default_factory=lambda: ["a.csv"])\nfor p in C().more:\n    pd.read_csv(p)`,
      ["a.csv"],
    ],
    [
      `class N:\n    def __init__(self, p, following=None):\n        self.p, self.following = p, following\n    def load(self):\n        self.following.load()\n        pd.read_csv(self.p)\nN("a.csv", N("b.csv")).load()`,
      ["a.csv", "b.csv"],
    ],
    [
      `class C:\n    def __init__(self):\n        if x:\n            self.p = "a.csv"\n        else:\n            self.p = "b.csv"\n${Array.from({ length: 80 }, (_, i) => `    def m${i}(self):\n        pass\n`).join("")}    def load(self):\n        pd.read_csv(self.p)\nC().load()`,
      ["a.csv", "b.csv"],
    ],
  ])("Python: %j", async (text, expected) => {
    expect(named(await python(text))).toEqual(expected);
  });
});

describe("files among many arguments", () => {
  test.each([
    [`def load(**options):\n    return pd.read_csv(options["path"])\nload(path="a.csv")`, ["a.csv"]],
    [`def load(sep=",", **options):\n    return pd.read_csv(**options)\nload(sep="b.csv", path="a.csv")`, ["a.csv"]],
    [`def load(*paths, title="none"):\n    return pd.read_csv(paths[1])\nload("a.csv", "b.csv")`, ["b.csv"]],
    [
      `def read(p):\n    return pd.read_csv(p)\ndef load(*args, **options):\n    return read(*args, **options)\nload("a.csv")\nload(p="b.csv")`,
      ["a.csv", "b.csv"],
    ],
    [
      `import argparse\np = argparse.ArgumentParser()\np.add_argument("-i", "--in-file", default="a.csv", help="b.csv")\nargs = p.parse_args()\nln.Artifact(args.in_file).save()`,
      [],
    ],
  ])("Python: %j", async (text, expected) => {
    expect(named(await python(text))).toEqual(expected);
  });

  test.each([
    [`new Worker(new URL("./work.ts", import.meta.url), { workerData: { file: "a.csv" } });`, ["a.csv"]],
    [`import { Worker } from "node:worker_threads"; new Worker("./work.ts", { argv: ["a.csv"] });`, ["a.csv"]],
    ["const read = (texts) => readFileSync(texts[0]); read`a.csv`;", ["a.csv"]],
    [
      "const read = (texts, ...more) => readFileSync(String.raw(texts, ...more)); const n = 'a'; read`data/${n}.csv`;",
      ["data/a.csv"],
    ],
    ["readFileSync(String.raw`C:\\data\\a.csv`);", ["C:\\data\\a.csv"]],
    ["readFileSync(String.raw`data/${'a'}.csv`);", ["data/a.csv"]],
    [`function load() { return readFileSync(arguments[0]); } load("a.csv");`, ["a.csv"]],
    [`bus.emit("a/b", "a.csv");`, ["a.csv"]],
    [`const o = {}; function fill(it) { it.file = "a.csv"; } fill(o); readFileSync(o.file);`, ["a.csv"]],
    [`const files = []; function fill(list) { list.push("a.csv"); } fill(files); files.map(readFileSync);`, ["a.csv"]],
    ["css`a.csv`; html`<p>${'b.csv'}</p>`;", []],
    [
      `function load(p) { if (p === "all") return load("a.csv"); return readFileSync(p); } load("all");`,
      ["a.csv", "all"],
    ],
  ])("%s", async (text, expected) => {
    expect(named(await untracked(text))).toEqual(expected);
  });
});

describe("no files", () => {
  test.each(["%.4f", "%.3f", "%d", "%5.2f, %-3d", "%s/%s", ",.2f", "0.2f"])(
    "the pattern of a number: %j",
    async (text) => {
      expect(await untracked(`use(${JSON.stringify(text)});`)).toEqual([]);
      expect(
        await python(`table.to_csv(out, float_format=${JSON.stringify(text)})\nuse(${JSON.stringify(text)})`),
      ).toEqual([]);
    },
  );

  test.each([
    `/x/.exec("a.csv");`,
    `const x = new RegExp("x"); x.exec("a.csv");`,
    `String("a.csv");`,
    `await Promise.resolve("a.csv");`,
  ])("%s", async (text) => {
    expect(await untracked(text)).toEqual([]);
  });

  test("what compiled patterns are matched with", async () => {
    expect(await python(`import re\nx = re.compile("x")\nx.match("a.csv")\nx.sub("b.csv", text)`)).toEqual([]);
  });

  test("a pair of words as an option, or for what is made from one", async () => {
    expect(
      await python(
        `set_theme(look="white/grid", style="a.csv")\ncsv.DictWriter(f, fieldnames=["a.x"])\nModel.from_pretrained("bert/base")`,
      ),
    ).toEqual([]);
    expect(await untracked(`chart({ look: "white/grid" });`)).toEqual([]);
    expect(
      named(
        await python(
          `open("data/raw")\nbuild("data/b")\ntrain(data_dir="data/c")\nModel.from_pretrained("./bert")\nload("data/d", look="data/e")`,
        ),
      ),
    ).toEqual(["./bert", "data/b", "data/c", "data/d", "data/e", "data/raw"]);
  });
});

describe("hostile classes come to an end", () => {
  const many = (count: number, part: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => part(i)).join("\n");
  test.each([
    [
      "methods that set fields",
      `class X { ${many(200, (i) => `m${i}() { this.x = "f${i}.csv"; this.m${i + 1}(); this.y${i} = this.x; this.m${i + 1}(); }`)} } new X().m0();`,
    ],
    [
      "getters that double",
      `class X { ${many(200, (i) => `get g${i}() { return this.g${i + 1} + this.g${i + 1}; }`)} get g200() { return "a"; } } readFileSync(new X().g0);`,
    ],
    [
      "objects that hold each other",
      `class N { constructor(n) { this.n = n; } read() { this.n.read(); } }\nlet x;\n${many(1000, () => "x = new N(x);")} x.o = x; x.read();`,
    ],
    [
      "bases of bases",
      `class A0 {}\n${many(200, (i) => `class A${i + 1} extends A${i} { m(p) { super.m(p); super.m(p + "a"); } }`)}\nnew A200().m("b.csv");`,
    ],
  ])("%s", { timeout: 30_000 }, async (_, text) => {
    await expect(untracked(text)).resolves.toBeInstanceOf(Array);
  });
});
