/** The check of lineage on paths that are only known when a program runs: a note tells where, unless Lineal is given the same variable. */

import { describe, expect, test } from "vitest";
import { programs } from "../support/checked.ts";

const { check } = programs();

/** What is said of a program in lines after the head, which is line 1: `W2` for a write in line 2, `R3` for a read in line 3. */
async function said(text: string, name: string): Promise<string[]> {
  const { status, missingLineage, notes } = await check(text, name);
  expect({ status, missingLineage }).toEqual({ status: "tracked", missingLineage: [] });
  return notes.flatMap((it) => {
    const [, way, lines = ""] =
      /^(Reads|Writes to) a path that is only known when it runs \((.*)\): make sure that it is (tracked|saved)\.$/.exec(
        it,
      ) ?? expect.fail(it);
    return lines.split(", ").map((line) => line.replace(/^line /, way?.charAt(0) ?? ""));
  });
}

describe("TypeScript and JavaScript", () => {
  test.each([
    [`fs.writeFileSync(process.argv[2]!, "x");`, ["W2"]],
    [
      "const cfg = JSON.parse(fs.readFileSync(0, 'utf8')); fs.writeFileSync(cfg.out, 'x'); fs.writeFileSync(`${cfg.dir}`, 'x');",
      ["W2"],
    ],
    [
      `const out = process.argv[2]!;\nfs.createWriteStream(out).write("x");\nreadFileSync(process.env.IN!);`,
      ["R4", "W3"],
    ],
    [`const [, , from, to] = process.argv;\nfs.copyFileSync(from, to);`, ["R3", "W3"]],
    [`for (const f of fs.readdirSync(process.argv[2]!)) readFileSync(join(process.argv[2]!, f));`, ["R2"]],
    [`export function keep(path: string) {\n  fs.writeFileSync(path, "x");\n}`, ["W3"]],
    [
      `import sharp from "sharp";\nawait sharp(pixels).toFile(process.argv[3]!); await fs.promises.writeFile(await nextPath(), "x");`,
      ["W3"],
    ],
    [
      `const write = (p: string) => fs.writeFileSync(p, "x");\nwrite(process.argv[2]!); write(process.argv[3]!); await ln.Artifact.save(process.argv[2]!);`,
      ["W2"],
    ],
    [`const { values } = parse();\nfs.writeFileSync(values.out, "x"); await ln.Artifact.save(values.other);`, ["W3"]],
    [`await ln.track({ params: { out: process.argv[2] } }); fs.writeFileSync(process.argv[2]!, "x");`, ["W2"]],
    [`fs.writeFileSync(join(process.argv[2]!, name), "x"); await ln.Artifact.save(join(other, "x.csv"));`, ["W2"]],
  ])("%s", async (text, expected) => {
    expect(await said(text, "script.ts")).toEqual(expected);
  });

  test.each([
    `const out = process.argv[2]!; fs.writeFileSync(out, "x"); await ln.Artifact.save(out);`,
    `fs.writeFileSync(process.argv[2]!, "x"); await ln.Artifact.save(process.argv[2]!, { key: "a.csv" });`,
    `const out = process.argv[2]!; fs.writeFileSync(out, "x"); await ln.Artifact.save(process.argv[2]!);`,
    `const out = process.argv[2]!; fs.writeFileSync(process.argv[2]!, "x"); await ln.Artifact.save(path.resolve(out));`,
    `const [, , out] = process.argv; fs.writeFileSync(out!, "x"); await ln.Artifact.save(process.argv[2]!);`,
    `const { values } = parse(); const { out } = values; fs.writeFileSync(values.out, "x"); await ln.Artifact.save(out);`,
    `const dir = process.argv[2]!; for (const f of names) fs.writeFileSync(join(dir, f), "x"); await ln.Artifact.saveDir(dir);`,
    `const write = (p: string) => fs.writeFileSync(p, "x"); write(process.argv[2]!); await ln.Artifact.save(process.argv[2]!);`,
    `const write = (p: string) => fs.writeFileSync(p, "x"); write("/dev/null"); write(process.argv[2]!); await ln.Artifact.save("/dev/null"); await ln.Artifact.save(process.argv[2]!);`,
    `async function keep(p: string) { await ln.Artifact.save(p); } fs.writeFileSync(cfg.out, "x"); await keep(cfg.out);`,
    `class Job { out = process.argv[2]!; write() { fs.writeFileSync(this.out, "x"); } async keep() { await ln.Artifact.save(this.out); } }`,
    `export const fit = ln.flow(async ({ out }: { out: string }) => { fs.writeFileSync(out, "x"); await ln.Artifact.save(out); });`,
    `fs.writeFileSync(await (await ln.Artifact.get("x")).cache(), "x"); readFileSync(0); fs.writeFileSync(1, "x"); fs.readFileSync(process.stdin.fd);`,
    `const file = await fs.promises.open("/dev/null"); await file.readFile(); ln.Artifact.save("/dev/null"); fs.writeFileSync(os.devNull, "x");`,
    `other.writeFile(); rows.toString(); await fetch(url); store.write(row); const fd = fs.openSync("/dev/null"); fs.readFileSync(fd); ln.Artifact.save("/dev/null");`,
  ])("not %s", async (text) => {
    expect(await said(text, "script.ts")).toEqual([]);
  });
});

describe("Python", () => {
  const ARGS = "import argparse, csv, io, gzip, numpy as np, torch\nargs = argparse.ArgumentParser().parse_args()\n";
  test.each([
    [`w = csv.writer(open(sys.argv[1], "w"))`, ["W4"]],
    [`df.to_csv(args.out)\npd.read_csv(args.table)`, ["R5", "W4"]],
    [`with open(args.path) as f, gzip.open(args.out, mode="wb") as g:\n    g.write(f.read())`, ["R4", "W4"]],
    [
      `out = Path(args.out)\nout.write_text("x")\nwith (out / args.name).open("w") as f:\n    f.write("x")`,
      ["W5", "W6"],
    ],
    [`np.save(args.out, x)\ntorch.save(model, args.model)\nfig.savefig(fname=args.figure)`, ["W4", "W5", "W6"]],
    [`import zipfile\nzipfile.ZipFile(args.archive).extractall(path=args.dir)`, ["R5", "W5"]],
    [`for line in open("/dev/null"):\n    open(line.strip())\nln.Artifact("/dev/null")`, ["R5"]],
    [
      `def write(df, path):\n    df.to_parquet(path)\nwrite(df, args.out)\nwrite(df, args.other)\nln.Artifact(args.other).save()`,
      ["W5"],
    ],
  ])("%j", async (text, expected) => {
    expect(await said(ARGS + text, "script.py")).toEqual(expected);
  });

  test.each([
    `df.to_csv(args.out)\nln.Artifact(args.out, key="x.csv").save()`,
    `out = Path(args.out) / args.name\nout.write_text("x")\nln.Artifact(out).save()`,
    `Path(args.out).write_text("x")\nln.Artifact(str(args.out)).save()`,
    `def write(df, path):\n    df.to_csv(path, index=False)\nwrite(df, args.out)\nln.Artifact(args.out).save()`,
    `out = os.environ.get("OUT")\ndf.to_csv(out)\nln.Artifact(os.environ.get("OUT")).save()`,
    `text = df.to_csv()\nbuffer = io.StringIO()\ndf.to_csv(buffer)\ndf.to_csv(sys.stdout, index=False)\nopen(0)\nopen(os.devnull, "w")\ndf.to_json(orient="records")`,
    `with open("/dev/null") as f:\n    pd.read_csv(f)\nln.Artifact("/dev/null")\npd.read_csv(ln.Artifact.get("x").cache())`,
    `window.open(url)\nzipped.open(name)\ndf.rename(columns)\nstore.load(args.x)`,
  ])("not %j", async (text) => {
    expect(await said(ARGS + text, "script.py")).toEqual([]);
  });
});

test("a long chain of variables comes to an end", { timeout: 60_000 }, async () => {
  const chain = Array.from({ length: 5_000 }, (_, i) => `const v${i + 1} = v${i};`).join("\n");
  expect(
    (await said(`${chain}\nfs.writeFileSync(v5000, ""); const calls = x${".y(1)".repeat(20_000)};`, "script.ts"))
      .length,
  ).toBe(1);
});

test("of many lines the first are told, and other files are told as before", async () => {
  const { notes } = await check(
    Array.from({ length: 20 }, () => "readFileSync(process.argv[2]!);").join("\n"),
    "script.ts",
  );
  expect(notes).toEqual([
    "Reads a path that is only known when it runs (line 2, line 3, line 4, line 5, line 6, line 7, … 14 more): make sure that it is tracked.",
  ]);
  expect(
    await check(
      "fs.writeFileSync(`${process.argv[2]}/a.csv`, ''); fs.writeFileSync(process.argv[2] ?? 'b.csv', '');",
      "script.ts",
    ),
  ).toMatchObject({
    status: "untracked",
    missingLineage: ["File not tracked in lineal: b.csv (line 2)", "File not tracked in lineal: {…}/a.csv (line 2)"],
    notes: [],
  });
});
