/** The check of lineage on scripts as people write them: what they read and write untracked, and nothing else. */

import { describe, expect, test } from "vitest";
import { programs } from "../support/checked.ts";

const { untracked, python } = programs();
const files = (found: readonly string[]): string[] => found.map((it) => it.replace(/ \(line [^()]*\)$/, ""));
const js = async (text: string, name?: string): Promise<string[]> => files(await untracked(text, name));
const py = async (text: string): Promise<string[]> => files(await python(text));

describe("TypeScript and JavaScript", () => {
  test("a cleaning script: folders, streams, what is saved", async () => {
    expect(
      await js(`
import { readdir, readFile, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
const RAW = "data/raw";
async function load(file: string) { return (await readFile(join(RAW, file), "utf8")).split("\\n"); }
async function main() {
  for (const file of (await readdir(RAW)).filter((f) => path.extname(f) === ".csv")) {
    const rows = await load(file);
    const out = join("data", "clean", path.basename(file, ".csv") + ".json");
    await writeFile(out, JSON.stringify(rows));
    await ln.Artifact.save(out, { key: "clean/x.json" });
  }
  await pipeline(fs.createReadStream("data/all.csv"), fs.createWriteStream("archive/all.csv.gz"));
}
await main();`),
    ).toEqual(["archive/all.csv.gz", "data/all.csv", "data/raw/{…}"]);
  });

  test("patterns of files: what is found is used", async () => {
    expect(
      await js(`
import { glob } from "node:fs/promises"; import fg from "fast-glob"; import sharp from "sharp";
for await (const f of glob("images/**/*.png")) await sharp(f).toFile(f.replace("images", "thumbs"));
for (const f of await fg(["tables/*.xlsx", "!tables/~*"])) readFileSync(f);
fs.globSync("unused/*.csv");`),
    ).toEqual(["images/**/*.png", "tables/*.xlsx", "thumbs/**/*.png"]);
  });

  test("a class and its methods; a map, a set, an object put together; parts of a path", async () => {
    expect(
      await js(`
class Store {
  constructor(private readonly root: string) { this.root = root; }
  read(name: string) { return readFileSync(join(this.root, name)); }
  publish(name: string) { return ln.Artifact.save(join(this.root, name)); }
}
const store = new Store("work");
store.read("in.txt"); fs.writeFileSync("work/out.txt", ""); await store.publish("out.txt");
const places = new Map([["k", "map.csv"], ["l", "other.csv"]]);
readFileSync(places.get("k"));
for (const x of new Set(["set.csv"])) readFileSync(x);
readFileSync(Object.assign({}, { file: "assigned.csv" }).file);
readFileSync("pre/".concat("c.csv"));
["r1.csv", "r2.csv"].reduce((sum, p) => sum + readFileSync(p), "");
readFileSync(path.format({ dir: "out", base: "b.bin" })); readFileSync(path.format({ dir: "out", name: "n", ext: ".txt" }));
function* names() { for (const n of [1, 2]) yield "gen/" + n + ".csv"; }
function* all() { yield* names(); }
for (const name of all()) readFileSync(name);`),
    ).toEqual([
      "assigned.csv",
      "gen/{…}.csv",
      "map.csv",
      "out/b.bin",
      "out/n.txt",
      "pre/c.csv",
      "r1.csv",
      "r2.csv",
      "set.csv",
      "work/in.txt",
    ]);
  });

  test("what options stand for when nothing is said", async () => {
    expect(
      await js(`
import { parseArgs } from "node:util";
const { values } = parseArgs({ options: { input: { type: "string", default: "data/input.csv" }, level: { type: "string", default: "a/b" } } });
readFileSync(values.input!);`),
    ).toEqual(["data/input.csv"]);
  });

  test("command lines through promisify; words with spaces are one word", async () => {
    expect(
      await js(`
import { exec, execFile, spawnSync } from "node:child_process"; import { promisify } from "node:util";
const run = promisify(exec), runFile = promisify(execFile);
await run("samtools sort -o sorted.bam input.bam");
await runFile("bedtools", ["intersect", "-a", "a.bed"]);
spawnSync("tool", ["--message", "about data/x and y", "my data.csv"], { cwd: "repo/sub" });`),
    ).toEqual(["a.bed", "input.bam", "my data.csv", "sorted.bam"]);
  });

  test("command lines of execa, with and without options", async () => {
    expect(
      await js(`
import { execa, execaCommand, execaNode, $ } from "execa"; const cwd = { cwd: "work" };
await execa\`bwa mem ref.fa \${sample}.fq\`; await execaCommand("sort in.txt"); await execa(cwd)\`wc a.csv\`; await $({ cwd: "x" })\`wc b.csv\`;
await execaNode("step.ts", ["c.csv"]); await execa\`node fit.ts d.csv\`;`),
    ).toEqual(["a.csv", "b.csv", "c.csv", "d.csv", "in.txt", "ref.fa", "{…}.fq"]);
  });

  test("queries of a database", async () => {
    expect(
      await js(`
import duckdb from "duckdb"; const db = new duckdb.Database(":memory:"); const table = "joined.csv";
db.run("COPY (SELECT * FROM 'in.parquet') TO 'out.csv' (HEADER, NULL 'n/a.csv')"); db.all("select a.csv from read_csv_auto('x.csv') x join 'https://e.org/y.parquet' y");
await connection.query(\`
  with t as (select * from read_parquet(['p/1.parquet', 'p/2.parquet']))
  select * from t join '\${table}' where name = 'not/this.csv'
\`.trim());
db.exec("attach 'app.db' as app"); db.prepare("select * from t where path like '%/b.csv'").all("title"); client.query("select 1 from p.csv");
tool.run("kept.csv"); db.run("-- as a table\\ncreate or replace view v as from 'v.csv'"); ssh.exec("copy of.csv"); db.all("select x from t"); await Promise.all(["all.csv"]);`),
    ).toEqual([
      "app.db",
      "copy of.csv",
      "https://e.org/y.parquet",
      "in.parquet",
      "joined.csv",
      "kept.csv",
      "out.csv",
      "p/1.parquet",
      "p/2.parquet",
      "v.csv",
      "x.csv",
    ]);
  });

  test("what is applied; modules through createRequire; labels, marks and bytes", async () => {
    expect(
      await js(`
import { createRequire } from "node:module"; import { performance as clock } from "node:perf_hooks"; import * as d3 from "d3";
Reflect.apply(fs.writeFileSync, fs, ["reflect.csv", ""]); Reflect.apply(read, undefined, ["own.csv"]); function read(p) { readFileSync(p); }
const load = createRequire(import.meta.url); load("./lib/d.cjs"); load.resolve("./lib/e.cjs"); load("node:fs").readFileSync("loaded"); createRequire(import.meta.url)("./data.json");
svg.append("text").text("a/b.csv"); performance.mark("a/b.csv"); clock.measure("x.csv", "y.csv"); Buffer.from("text.csv");
await d3.text("fetched.csv");`),
    ).toEqual(["fetched.csv", "loaded", "own.csv", "reflect.csv"]);
    expect(
      await js(
        `import { createRequire } from "module"; const ln2 = createRequire(import.meta.url)("lineal"); readFileSync("a.csv"); ln2.Artifact.save("a.csv");`,
      ),
    ).toEqual([]);
  });

  test("callbacks and CommonJS", async () => {
    expect(
      await js(
        `
const { promises: fsp } = require("fs");
fs.readFile("in.csv", "utf8", (err, text) => { if (err) throw err; fs.writeFile("out.csv", text, () => console.log("wrote out2.csv")); });
Promise.all(["a", "b"].map(async (n) => fsp.readFile(\`in/\${n}.bin\`)));
const config = require("./lib/config");`,
        "script.js",
      ),
    ).toEqual(["in.csv", "in/a.bin", "in/b.bin", "out.csv"]);
  });

  test("nothing of what only looks like a path", async () => {
    expect(
      await js(`
import assert from "node:assert/strict";
const rows = await (await ln.Artifact.get({ key: "a.csv" })).load();
rows.groupBy(["cell/type", "batch.id"]).sortBy("mean/std"); rows.map((r) => r["height/weight"]).filter((v) => v !== "n/a");
assert.equal("a/b.csv", "a/b.csv"); new Headers({ "user-agent": "lineal/1.0", accept: "text/csv" });
if (rows.length === 0) throw new Failure("no data/x.csv");
console.table([{ file: "x/y.csv" }]); process.stdout.write("wrote data/z.csv\\n");`),
    ).toEqual([]);
  });
});

describe("Python", () => {
  test("pandas: folders, arguments, figures", async () => {
    expect(
      await py(`
import argparse
import matplotlib.pyplot as plt, seaborn as sns, numpy as np
DATA = Path(__file__).resolve().parent / "data"
OUT = DATA.parent / "results"
def read_all(folder: Path) -> pd.DataFrame:
    return pd.concat([pd.read_csv(file, sep="\\t", na_values=["n/a"]) for file in sorted(folder.glob("*.csv"))])
def main():
    parser = argparse.ArgumentParser(description="reads data/x.csv")
    parser.add_argument("--meta", default="meta/samples.tsv", help="see docs/help.md")
    df = read_all(DATA / "raw").merge(pd.read_csv(parser.parse_args().meta), on="sample/id", how="left")
    df["date"] = pd.to_datetime(df["date"], format="%d/%m/%Y")
    df.to_parquet(OUT / "merged.parquet"); df.to_csv(OUT / "merged.csv", index=False); np.save("arr.npy", df.values)
    sns.scatterplot(df, x="total/area", y="per/unit", hue="treat/ment"); plt.savefig("figs/a.png")
    ln.Artifact(OUT / "merged.parquet", key="merged.parquet").save()
main()`),
    ).toEqual(["./data/raw/*.csv", "./results/merged.csv", "arr.npy", "figs/a.png", "meta/samples.tsv"]);
  });

  test("open in every mode, with what writes into it", async () => {
    expect(
      await py(`
import csv, json, gzip, pickle, yaml
with open("in.csv", newline="") as f, open("out.tsv", "w") as g:
    csv.writer(g).writerows(csv.reader(f))
with open(os.path.join("models", "m.pkl"), mode="rb") as fh: model = pickle.load(fh)
with gzip.open(f"logs/{os.getpid()}.json.gz", "wt") as fh: json.dump({"path": "not/a/file.json"}, fh)
yaml.safe_dump({"out": "nor/this.csv"}, open("conf.yaml", "w"))
for name in ["x", "y"]:
    path = f"parts/{name}.txt"
    with open(path) as fh: print(fh.read())
places = {"raw": "raw.csv", "clean": "clean.csv"}
open(places.get("raw")); open(dict(a="kw.csv")["a"])
stack = ["s.csv"]
open(stack.pop())
def parts():
    for n in range(3):
        yield f"gen/{n}.csv"
def more():
    yield from parts()
for part in more(): open(part)`),
    ).toEqual([
      "conf.yaml",
      "gen/{…}.csv",
      "in.csv",
      "kw.csv",
      "logs/{…}.json.gz",
      "models/m.pkl",
      "out.tsv",
      "parts/x.txt",
      "parts/y.txt",
      "raw.csv",
      "s.csv",
    ]);
  });

  test("archives, and queries of a database", async () => {
    expect(
      await py(`
import duckdb, tarfile, zipfile, shutil
with zipfile.ZipFile("z.zip") as z: z.extractall("unz")
tarfile.open("t.tar").extractall(path="untar"); shutil.unpack_archive("u.zip", "into"); tar.extractall()
duckdb.sql("select * from 'p.parquet'").write_csv("o.csv"); con = duckdb.connect()
con.execute("""
  COPY (SELECT * FROM read_json('x.json'))
  TO 'out.csv'
""")
con.execute("insert into t values ('not/this.csv')"); con.sql(f"from '{name}.csv'")`),
    ).toEqual([
      "into",
      "o.csv",
      "out.csv",
      "p.parquet",
      "t.tar",
      "u.zip",
      "untar",
      "unz",
      "x.json",
      "z.zip",
      "{…}.csv",
    ]);
  });

  test("classes, dataclasses, async, partial", async () => {
    expect(
      await py(`
import asyncio, aiofiles, torch
from dataclasses import dataclass
from functools import partial
@dataclass
class Config:
    data_dir: Path = Path("data")
    checkpoint: str = "ckpt/best.pt"
    name: str = "resnet/50"
class Trainer:
    def __init__(self, cfg):
        self.cfg = cfg
        self.log = cfg.data_dir / "train.log"
    def save(self, model):
        torch.save(model, self.cfg.checkpoint)
        self.log.write_text("done")
    @staticmethod
    def plot(fig, out="figs/loss.png"):
        fig.axes[0].set_title("train/val"); fig.savefig(out)
cfg = Config(); trainer = Trainer(cfg); trainer.save(None); trainer.plot(None)
ln.Artifact(cfg.checkpoint).save()
async def fetch(dest):
    async with aiofiles.open(dest, "wb") as f: await f.write(b"")
async def main(): await asyncio.gather(*[fetch(f"dl/{i}.bin") for i in range(3)])
asyncio.run(main())
read = partial(open, mode="r"); read("part")`),
    ).toEqual(["data/train.log", "dl/{…}.bin", "figs/loss.png", "part"]);
  });

  test("subprocess in a flow", async () => {
    expect(
      await py(`
import subprocess, shlex
@ln.flow()
def align(sample: str, ref: str = "ref/hg38.fa"):
    fq = Path("fastq") / f"{sample}.fastq.gz"
    bam = Path("bam").joinpath(sample).with_suffix(".bam")
    subprocess.run(f"bwa mem -t 8 {ref} {fq} | samtools sort -o {bam}", shell=True, check=True)
    subprocess.run(shlex.split(f"samtools index {bam}"))
    subprocess.Popen(["fastqc", str(fq), "--outdir=qc/"], stdout=open("qc.log", "w"))
    ln.Artifact(bam).save()
for s in ("s1", "s2"): align(s)`),
    ).toEqual(["fastq/s1.fastq.gz", "fastq/s2.fastq.gz", "qc.log", "qc/", "ref/hg38.fa"]);
  });

  test("nothing of what only looks like a path: columns, labels, formats, messages", async () => {
    expect(
      await py(`
import click, re, json, requests, datetime as dt, matplotlib.pyplot as plt, statsmodels.formula.api as smf
df = ln.Artifact.get(key="x.csv").load()
df["height/weight"] = df["height.cm"] / df["weight.kg"]
df = df.rename(columns={"a/bb": "ab"}).drop(columns=["obs/var"]).sort_values(by="mean/std").set_index("sample/id")
df.groupby(["cell/type", "batch.id"])["count/total"].sum(); df.melt(id_vars=["id/xy"], value_name="val/ue"); df["path"].isin(["p/q.csv"])
plt.xlabel("log10(counts/cell)"); plt.ylabel("conc. [mg/mL]"); plt.title("TP/FP rate"); plt.legend(["on/off", "yes/no"])
smf.ols("y ~ x/z + C(group)", data=df).fit(); re.sub(r"a/bb", "c/dd", "e/ff"); dt.datetime.strptime("2020/01/02", "%Y/%m/%d")
json.dumps({"file": "x/y.csv"}); df.query("\`a.b\` > 3"); os.environ["DATA"] = "a/b.csv"
if df.empty: raise click.BadParameter("no data/x.csv")`),
    ).toEqual([]);
    expect(
      await py(
        `import requests\nrequests.get("https://e.org/api", headers={"User-Agent": "tool/beta", "Accept": "text/csv"})`,
      ),
    ).toEqual(["https://e.org/api"]);
  });
});

describe("scripts of classes", () => {
  test("a pipeline in TypeScript: what goes in past Lineal is named, what it saves is not", async () => {
    expect(
      await js(`
import { pipeline } from "node:stream/promises"; import { parse } from "csv-parse";
abstract class Step {
  constructor(protected readonly options: { input: string; outDir?: string }) {}
  get out() { return join(this.options.outDir ?? "out", this.name()); }
  abstract name(): string;
  async run() {
    await pipeline(fs.createReadStream(this.options.input), parse(), fs.createWriteStream(this.out));
    await ln.Artifact.save(this.out, { key: "clean.csv" });
  }
}
class Clean extends Step { name() { return "clean.csv"; } }
for (const input of ["data/a.csv", "data/b.csv"]) await new Clean({ input }).run();`),
    ).toEqual(["data/a.csv", "data/b.csv"]);
  });

  test("a data class and options of the command line in Python", async () => {
    expect(
      await py(`
import argparse
from dataclasses import dataclass
@dataclass
class Config:
    raw: str
    out: str = "out/table.parquet"
    def __post_init__(self):
        self.index = Path(self.raw).with_suffix(".tbi")
class Job:
    def __init__(self, config): self.config = config
    def __enter__(self): return self
    def __exit__(self, *error): pass
    def run(self):
        table = pd.read_csv(self.config.raw)
        use(self.config.index)
        table.to_parquet(self.config.out)
        ln.Artifact(self.config.out).save()
parser = argparse.ArgumentParser(description="reads x.csv")
parser.add_argument("--raw", default="data/raw.csv")
args = parser.parse_args()
ln.track()
with Job(Config(args.raw)) as job:
    job.run()`),
    ).toEqual(["data/raw.csv", "data/raw.tbi"]);
  });
});
