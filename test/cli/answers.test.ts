/** Impact, staleness, differences and times from the command line: what people read, what programs read, and exit codes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Artifact } from "../../src/index.ts";
import { displayWidth } from "../../src/ground/width.ts";
import { Workshop } from "../registries/workshop.ts";
import { cli } from "../support/cli.ts";
import type { Finished } from "../support/command-line.ts";
import { forEachDatabase } from "../support/dialects.ts";

/** Many processes on a machine that may be busy. */
const patience = 240_000;

const within80 = (text: string): string[] => text.split("\n").filter((line) => line.length > 80);

forEachDatabase((database) => {
  /** raw.csv → clean.ts → clean.csv → plot.ts → figure.svg, all with parameters. */
  const open = async () => {
    const shop = await Workshop.open(database);
    for (const name of ["clean.ts", "plot.ts"]) shop.script(name);
    const raw = await shop.raw("raw.csv", "r0");
    const clean = await shop.work("clean.ts", {
      params: { threshold: 1 },
      environment: { packages: { zod: "4.0.0" } },
      reads: [raw],
      makes: { "clean.csv": "c0" },
    });
    const plot = await shop.work("plot.ts", { reads: clean.made, makes: { "figure.svg": "f0" } });
    const { home, work } = shop.lab.place;
    const run = (...words: string[]): Promise<Finished> =>
      cli(words, { cwd: work, env: { LINEAL_HOME: home, LINEAL_CACHE_DIR: join(home, "cache") } });
    const text = async (...words: string[]): Promise<string> => {
      const { stdout, stderr, code } = await run(...words);
      if (!words.includes("--csv")) expect(within80(stdout)).toEqual([]);
      return `${stdout.replace(/^→ connected lineal: .*\n/, "")}${stderr.replace(/^→ connected lineal: .*\n/, "")}[exit ${code}]`;
    };
    const json = async (...words: string[]): Promise<{ code: number | null; value: Record<string, unknown> }> => {
      const { stdout, stderr, code } = await run(...words, "--json");
      return { code, value: JSON.parse(stdout || stderr.replace(/^→.*\n/, "")) as Record<string, unknown> };
    };
    return { shop, raw, clean, plot, text, json };
  };
  const first = ({ made: [artifact] }: { made: readonly Artifact[] }): Artifact =>
    artifact ?? expect.fail("nothing was made");

  test("seed 0-43: impact as a table, as CSV and as JSON", { timeout: patience }, async () => {
    const { shop, raw, clean, plot, text, json } = await open();
    await using _ = shop;
    const table = await text("impact", "raw.csv");
    expect(
      table
        .split("\n")
        .slice(2, 4)
        .map((line) => line.trim().split(/ {2,}/).slice(0, 5)),
    ).toEqual([
      ["clean.csv", "artifact", "1", clean.run.uid.slice(0, 8), "testuser1"],
      ["figure.svg", "artifact", "2", plot.run.uid.slice(0, 8), "testuser1"],
    ]);
    expect((await text("impact", "raw.csv", "--csv", "--hops", "1")).split("\n")).toEqual([
      "uid,kind,key,hops,via,createdBy,createdAt,type,version",
      `${first(clean).uid},,clean.csv,1,${clean.run.uid},testuser1,${first(clean).createdAt.toISOString()},artifact,0000`,
      "[exit 0]",
    ]);
    expect(await json("impact", "raw.csv")).toMatchObject({
      code: 0,
      value: {
        total: 2,
        items: [
          {
            uid: first(clean).uid,
            kind: null,
            key: "clean.csv",
            hops: 1,
            via: clean.run.uid,
            createdBy: "testuser1",
            createdAt: first(clean).createdAt.toISOString(),
            type: "artifact",
            version: "0000",
          },
          { hops: 2 },
        ],
      },
    });
    expect(await text("impact", "figure.svg")).toBe("nothing was made from it\n[exit 0]");
    expect(await text("impact", "raw.csv", "--hops", "0")).toBe(
      "0 runs away there is nothing: --hops 1 lists what was made from it\n[exit 0]",
    );
    // A new version was used for nothing yet; what people want to know is what the older ones were used for.
    const corrected = await shop.raw("raw.csv", "corrected");
    expect(await text("impact", "raw.csv")).toBe(
      `nothing was made from it, but 2 things from its version 0000:\n  lineal impact ${raw.uid}\n[exit 0]`,
    );
    await corrected.delete({ permanent: true });
    expect(await text("impact", "raw.csv", "--kind", "model")).toBe(
      "nothing that fits was made from it, of 2 in all\n[exit 0]",
    );
    // Two versions of a key are told apart, long names keep their end, and no column is lost.
    const long = `${"a-long-folder/".repeat(6)}clean.csv`;
    const more = await shop.work("clean.ts", { reads: [raw], makes: { "clean.csv": "c2", [long]: "l" } });
    await first(more).update({ kind: "a kind of long name" });
    expect((await text("impact", "raw.csv")).split("\n")).toEqual([
      expect.stringMatching(/^what +kind +hops +via +by +at$/),
      expect.anything(),
      expect.stringMatching(/^…[a-z/-]*\/clean\.csv +artifact +1 /),
      expect.stringMatching(/^clean\.csv v0000 +artifact +1 /),
      expect.stringMatching(/^clean\.csv v0001 +…/),
      expect.stringMatching(/^figure\.svg +artifact +2 /),
      "[exit 0]",
    ]);
    expect(await text("impact", clean.run.uid, "--hops", "1", "--by", "testuser1")).toMatch(
      /^clean\.csv +artifact +1 /m,
    );
    expect(await text("impact", "clean.ts", "--hops", "1", "--csv")).toMatch(/^uid.*(\n.*){3}\n\[exit 0\]$/);
    expect((await json("impact", "nothing.csv")).value).toMatchObject({ error: { code: "not-found" } });
  });

  test("status exits with 1 when something is stale, and says so of each", { timeout: patience }, async () => {
    const { shop, raw, clean, plot, text, json } = await open();
    await using _ = shop;
    expect(await text("status", "--all")).toBe("2 looked at, 0 stale\n[exit 0]");
    expect(await text("status", "figure.svg")).toBe("fresh  figure.svg\n[exit 0]");
    const newer = await shop.raw("raw.csv", "r1");
    const [c, f] = [first(clean), first(plot)];
    expect(await text("status", "--all")).toBe(
      [
        "stale  clean.csv",
        "       input-newer: raw.csv has a newer version",
        "       clean.csv v0000 ← raw.csv v0000 ← raw.csv v0001",
        "stale  figure.svg",
        "       upstream-stale: clean.csv is out of date itself: raw.csv has a newer",
        "       version",
        "       figure.svg v0000 ← clean.csv v0000 ← raw.csv v0000 ← raw.csv v0001",
        "2 looked at, 2 stale\n[exit 1]",
      ].join("\n"),
    );
    const inputNewer = {
      code: "input-newer",
      subject: newer.uid,
      chain: [c.uid, raw.uid, newer.uid],
      detail: "raw.csv has a newer version",
    };
    expect(await json("status", "clean.csv")).toEqual({
      code: 1,
      value: { uid: c.uid, key: "clean.csv", stale: true, reasons: [inputNewer] },
    });
    expect(await json("status", "--all")).toMatchObject({
      code: 1,
      value: {
        total: 2,
        items: [
          { key: "clean.csv", stale: true },
          { key: "figure.svg", reasons: [{ code: "upstream-stale", chain: [f.uid, ...inputNewer.chain] }] },
        ],
      },
    });
    expect(await json("status", "raw.csv", "clean.csv")).toMatchObject({
      code: 1,
      value: { total: 2, items: [{ stale: false }, { stale: true }] },
    });
    expect(await text("status")).toBe(await text("status", "--all"));
    expect(await json("status")).toEqual(await json("status", "--all"));
    expect(await text("status", "--all", "clean.csv")).toContain("[exit 2]");
    // A missing artifact is told from a stale one by its error, and does not take the other answers with it.
    expect(await json("status", "nothing")).toMatchObject({ code: 1, value: { error: { code: "not-found" } } });
    expect(await json("status", "raw.csv", "nothing", "clean.csv")).toMatchObject({
      code: 1,
      value: {
        total: 2,
        items: [{ key: "raw.csv" }, { key: "clean.csv" }],
        errors: [{ ref: "nothing", code: "not-found", hint: expect.any(String) }],
      },
    });
    expect(await text("status", "raw.csv", "nothing")).toBe(
      "fresh  raw.csv\nerror  nothing\n       nothing is called 'nothing' among Artifact, Collection or Record\n1 looked at, 0 stale, 1 not found\n[exit 1]",
    );
  });

  test("status by key is about what was made last, and tells of runs that failed; a whole uid means that version", {
    timeout: patience,
  }, async () => {
    const { shop, plot, text, json } = await open();
    await using _ = shop;
    const again = (n: number, end?: "errored") =>
      shop.work("plot.ts", { reads: [], params: { n }, makes: { "again.svg": `${n}` }, ...(end ? { end } : {}) });
    const [one, two] = [first(await again(1)), first(await again(2))];
    await again(1);
    expect(await text("status", "again.svg")).toBe(
      "fresh  again.svg\n       v0000 was made again after the latest version, v0001\n[exit 0]",
    );
    expect(await json("status", "again.svg")).toEqual({
      code: 0,
      value: { uid: one.uid, key: "again.svg", stale: false, reasons: [], latest: two.uid },
    });
    expect(await json("status", two.uid)).toMatchObject({
      code: 1,
      value: { uid: two.uid, stale: true, reasons: [{ code: "params-differ" }] },
    });
    expect((await json("status")).value).toMatchObject({
      items: [{}, {}, { uid: one.uid, stale: false, latest: two.uid }],
    });
    // Every output is judged without a reference too, whatever has to be read for it.
    for (const version of ["1.0.0", "2.0.0"])
      await shop.work("plot.ts", {
        params: { n: 1 },
        environment: { packages: { "left-pad": version } },
        makes: { "again.svg": "1", "packed.svg": `p${version}` },
      });
    expect((await json("status")).value).toMatchObject({
      total: 4,
      items: expect.arrayContaining([expect.objectContaining({ key: "packed.svg", stale: false })]),
    });
    const failed = first(
      await shop.work("plot.ts", { reads: plot.made, makes: { "failed.svg": "x" }, end: "errored" }),
    );
    expect(await text("status")).toBe(
      "unsure  failed.svg\n       the run that made it errored\n5 looked at, 0 stale, 1 unsure\n[exit 0]",
    );
    expect(await json("status", "failed.svg")).toEqual({
      code: 0,
      value: { uid: failed.uid, key: "failed.svg", stale: false, reasons: [], detail: "the run that made it errored" },
    });
  });

  test("of many unsure outputs the first are shown, of stale ones and of those asked for by name all", {
    timeout: patience,
  }, async () => {
    const { shop, text, json } = await open();
    await using _ = shop;
    const keys = Array.from({ length: 22 }, (_, i) => `open/${i}.svg`);
    await shop.work("plot.ts", { makes: Object.fromEntries(keys.map((key) => [key, key])), end: "open" });
    await shop.work("plot.ts", { makes: { "late.svg": "x" }, end: "errored" });
    await shop.raw("raw.csv", "r1");
    const lines = (await text("status")).split("\n");
    expect(lines.filter((line) => line.startsWith("unsure"))).toEqual(keys.slice(0, 20).map((key) => `unsure  ${key}`));
    expect(lines.filter((line) => line.startsWith("stale"))).toEqual(["stale  clean.csv", "stale  figure.svg"]);
    expect(lines.slice(-3)).toEqual(["… 3 more unsure", "25 looked at, 2 stale, 23 unsure", "[exit 1]"]);
    expect((await json("status")).value).toMatchObject({ total: 25 });
    expect((await text("status", ...keys)).match(/^unsure /gm)).toHaveLength(22);
  });

  test("diff and why of two runs and their outputs", { timeout: patience }, async () => {
    const { shop, clean, text, json } = await open();
    await using _ = shop;
    shop.script("clean.ts", `export const name = "clean.ts";\nexport const ${"long".repeat(10)} = 1;\n`);
    const long = "x".repeat(200);
    const newer = await shop.raw("raw.csv", "r1");
    const again = await shop.work("clean.ts", {
      params: { threshold: long, extra: true },
      environment: { packages: { zod: "4.1.0" } },
      reads: [newer],
      makes: { "clean.csv": "c1" },
    });
    const [a, b] = [first(clean), first(again)];
    const shown = await text("diff", clean.run.uid, again.run.uid);
    expect(shown).toContain("code\n--- a/clean.ts\n+++ b/clean.ts\n");
    expect(shown).toContain("params\n+ extra: true\n~ threshold: 1 → xxx");
    expect(shown).toContain("environment\n~ zod: 4.0.0 → 4.1.0\n");
    expect(shown).toContain(`outputs\n~ clean.csv: ${a.hash.slice(0, 8)} → ${b.hash.slice(0, 8)}\n`);
    expect(shown).toMatch(/\[exit 0\]$/);
    const { value } = await json("diff", clean.run.uid, again.run.uid);
    expect(Object.keys(value).sort()).toEqual([
      "code",
      "duration",
      "environment",
      "inputs",
      "modules",
      "outputs",
      "params",
      "user",
    ]);
    expect(value).toMatchObject({
      modules: null,
      user: null,
      params: { added: { extra: true }, removed: {}, changed: { threshold: { a: 1, b: long } } },
      inputs: { changed: { "raw.csv": {} } },
    });
    expect(await text("diff", again.run.uid, again.run.uid)).toBe("the runs are alike\n[exit 0]");
    const [good, bad] = [await shop.work("plot.ts", {}), await shop.work("plot.ts", { end: "errored" })];
    expect((await text("diff", good.run.uid, bad.run.uid)).split("\n")[0]).toBe("status completed → errored");

    expect((await text("why", a.uid, b.uid)).split("\n").filter((line) => /^\w+:/.test(line))).toEqual([
      "code: other code",
      "params: other parameters",
      "environment: another environment",
      "input: another input",
    ]);
    expect(await text("why", a.uid, b.uid)).toContain(
      "environment: another environment\n  zod: 4.0.0 → 4.1.0\n  by clean.csv v0000\ninput: another input\n  raw.csv v0000 → raw.csv v0001\n  by clean.csv v0000 ← raw.csv v0000\n[exit 0]",
    );
    expect(await text("why", a.uid, b.uid)).toContain(
      "code: other code\n  clean.ts v0000 → clean.ts v0001\n  by clean.csv v0000\n",
    );
    expect((await json("why", a.uid, b.uid)).value).toMatchObject({
      same: false,
      differences: [
        { what: "code", chain: [a.uid] },
        { what: "params", name: "extra", a: null, b: "true" },
        { what: "params", name: "threshold", a: "1" },
        { what: "environment", name: "zod" },
        { what: "input", b: newer.uid },
      ],
    });
    expect(await json("why", a.uid, a.uid)).toEqual({ code: 0, value: { same: true, differences: [] } });
    await shop.raw("foreign", "f");
    expect(await json("why", a.uid, "foreign")).toMatchObject({ code: 2, value: { error: { code: "invalid" } } });
  });

  test("diff tells what was renamed, and versions of collections", { timeout: patience }, async () => {
    const { shop, clean, text } = await open();
    await using _ = shop;
    const again = await shop.work("clean.ts", {
      params: { threshold: 1 },
      environment: { packages: { zod: "4.0.0" } },
      reads: [await shop.raw("same.csv", "r0")],
      makes: { "cleaner.csv": "c1" },
    });
    for (const { run } of [clean, again])
      await run.inputCollections.add(await shop.ln.Collection.save({ key: "cohort", version: run.uid }));
    const [collection] = await shop.ln.Collection.filter({ key: "cohort", isLatest: true });
    const stem = collection?.uid.slice(0, 8);
    const [a, b] = [first(clean), first(again)].map(({ hash }) => hash.slice(0, 8));
    expect(await text("diff", clean.run.uid, again.run.uid)).toContain(
      [
        "inputs",
        `~ cohort: ${stem} v0000 → ${stem} v0001`,
        "~ raw.csv → same.csv: same bytes",
        "outputs",
        `~ clean.csv → cleaner.csv: ${a} → ${b}`,
      ].join("\n"),
    );
  });

  test("why tells what differs on many ways once, and of many places the nearest", { timeout: patience }, async () => {
    const { shop, text, json } = await open();
    await using _ = shop;
    shop.script("sample.ts");
    shop.script("merge.ts");
    const merged = async (tag: string, raws: readonly Artifact[]): Promise<Artifact> => {
      const samples = [];
      for (const [i, raw] of raws.entries())
        samples.push(
          first(
            await shop.work("sample.ts", { params: { tag }, reads: [raw], makes: { [`sample/${i}`]: `${tag}${i}` } }),
          ),
        );
      return first(await shop.work("merge.ts", { reads: samples, makes: { merged: tag } }));
    };
    const raws = async (tag: string): Promise<Artifact[]> => {
      const made = [];
      for (let i = 0; i < 25; i++) made.push(await shop.raw(`raw/${i}`, `${tag}${i}`));
      return made;
    };
    const same = await raws("x");
    const [a, b] = [await merged("A", same), await merged("B", same)];
    expect(await text("why", a.uid, b.uid)).toBe(
      'params: other parameters\n  tag: "A" → "B"\n  by merged v0000 ← sample/0 v0000\n  and 24 other ways\n[exit 0]',
    );
    expect((await json("why", a.uid, b.uid)).value).toMatchObject({ differences: { length: 25 } });
    const c = await merged("C", await raws("y"));
    const lines = (await text("why", a.uid, c.uid)).split("\n");
    expect(lines.filter((line) => line === "input: another input")).toHaveLength(19);
    expect(lines.slice(-2)).toEqual(["… 6 more: --json lists them", "[exit 0]"]);
  });

  test("diff and why keep to 80 columns, on one line each, and show where long values differ", {
    timeout: patience,
  }, async () => {
    const { shop, text } = await open();
    await using _ = shop;
    const long = "w".repeat(150);
    const work = (side: string, cliArgs: string) =>
      shop.work("plot.ts", {
        cliArgs,
        params: {
          nested: { deep: { list: [1, side], same: 1 }, same: 2 },
          [`name${long}`]: `${long}${side}${long}`,
          lines: `one\ntwo ${side}`,
          幅: `${"全角".repeat(40)}${side}`,
          type: side === "a" ? "1" : 1,
          [`only${side}`]: `${"全角".repeat(40)}\n`,
        },
        environment: { packages: { [`@scope/${long}`]: `1-${side}` } },
        makes: { [`${"長い名前/".repeat(20)}${long}.svg`]: side },
      });
    const [a, b] = [await work("a", `--n 1 --file ${long}`), await work("b", `--n 2 --file ${long}`)];
    const shown = await text("diff", a.run.uid, b.run.uid);
    for (const line of shown.split("\n")) expect(displayWidth(line), line).toBeLessThanOrEqual(80);
    const lines = shown.split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "params",
      expect.stringMatching(/^- onlya: 全角.*…$/),
      expect.stringMatching(/^\+ onlyb: 全角.*…$/),
    ]);
    expect(lines).toContain('~ nested.deep.list: [1,"a"] → [1,"b"]');
    expect(lines).toContain("~ lines: one\\ntwo a → one\\ntwo b");
    expect(lines).toContain('~ type: "1" → 1');
    expect(shown).toMatch(/~ command line: --n 1 --file w+… → --n 2 --file w+…/);
    expect(shown).toMatch(/~ …w{35}: …w{4}aw+… → …w{4}bw+…/);
    expect(shown).toMatch(/~ 幅: …[^ ]{4}a → …[^ ]{4}b/);
    expect(shown).toMatch(/~ …w+: 1-a → 1-b/);
    expect(shown).toMatch(/~ …w+\.svg: [0-9a-f]{8} → [0-9a-f]{8}/);
    // Both took no time that anybody would see.
    expect(shown).not.toContain("1.0 s → 1.0 s");
    const because = await text("why", first(a).uid, first(b).uid);
    for (const line of because.split("\n")) expect(displayWidth(line), line).toBeLessThanOrEqual(80);
    expect(because).toContain("arguments: other arguments on the command line\n  --n 1");
    expect(because).toMatch(/ {2}nested\.deep\.list: \[1,"a"\] → \[1,"b"\]\n/);
    expect(because).toMatch(/ {2}幅: …[^ ]{4}a" → …[^ ]{4}b"\n/);
  });

  test("seed 1-13, 1-26: lineage as of a time, of transforms, with siblings", { timeout: patience }, async () => {
    const { shop, plot, json, text } = await open();
    await using _ = shop;
    const then = shop.time.toISOString();
    await shop.work("plot.ts", { reads: plot.made, makes: { "later.svg": "l", "sibling.svg": "s" } });
    const labels = async (...words: string[]): Promise<string[]> =>
      ((await json("lineage", ...words)).value.nodes as { label: string }[]).map(({ label }) => label).sort();
    expect(await labels("raw.csv", "--as-of", then)).toEqual([
      "clean.csv",
      "clean.ts",
      "figure.svg",
      "plot.ts",
      "raw.csv",
    ]);
    expect(await labels("later.svg", "--up", "1")).toEqual(["figure.svg", "later.svg", "plot.ts"]);
    expect(await labels("later.svg", "--up", "1", "--siblings")).toEqual([
      "figure.svg",
      "later.svg",
      "plot.ts",
      "sibling.svg",
    ]);
    expect(await labels("figure.svg", "--level", "transform")).toEqual(["clean.ts", "plot.ts"]);
    expect(await text("lineage", "raw.csv", "--as-of", "2100-01-01")).toContain("in the future");
    expect(await text("lineage", "raw.csv", "--since", "2100-01-01")).toMatch(/in the future[^]*\[exit 2\]$/);
    expect(await text("lineage", "raw.csv", "--status", "errored")).toMatch(
      /^● raw\.csv .*\nnothing before or after it fits what was asked for\n\[exit 0\]$/,
    );
    expect(await text("lineage", "raw.csv", "--status", "Errored")).toMatch(/did you mean errored[^]*\[exit 2\]$/);
    await shop.work("plot.ts", { reads: plot.made, makes: { "a.svg": "a", "b.svg": "b", "c.svg": "c" } });
    expect(await text("lineage", "c.svg", "--siblings", "--fan", "1")).toContain("also made a.svg, b.svg");
    expect(await text("lineage", "figure.svg", "--fan", "1")).toMatch(/├─ a\.svg .*\n {3}└─ … 2 more\n/);
    const drawn = async (...looks: string[]): Promise<string> => {
      const file = join(shop.lab.place.work, "drawn.svg");
      await text("lineage", "figure.svg", "-o", file, ...looks);
      return readFileSync(file, "utf8");
    };
    const right = await drawn("--theme", "dark", "--direction", "right");
    expect(right).toContain('class="lineal-dark"');
    expect(right).not.toBe(await drawn("--theme", "dark", "--direction", "down"));
    expect(await text("lineage", "figure.svg", "--theme", "dark")).toMatch(
      /--direction and --theme are for pictures, not for tree[^]*\[exit 2\]$/,
    );
    expect(await text("lineage", "figure.svg", "--fan", "1", "--format", "dot")).toMatch(
      /--fan is for trees and pictures[^]*\[exit 2\]$/,
    );
    // A key means what it meant then.
    const old = await shop.ln.Artifact.get({ key: "figure.svg" });
    await shop.work("plot.ts", { makes: { "figure.svg": "f1" } });
    const newer = await shop.ln.Artifact.get({ key: "figure.svg" });
    await newer.update({ key: "renamed.svg" });
    const focus = async (...words: string[]): Promise<unknown> => (await json("lineage", ...words)).value.focus;
    expect(await focus("figure.svg", "--as-of", then)).toBe(`artifact:${old.uid}`);
    expect(await focus("renamed.svg")).toBe(`artifact:${newer.uid}`);
    expect(await json("lineage", "renamed.svg", "--as-of", then)).toMatchObject({
      code: 1,
      value: { error: { code: "not-found" } },
    });
    expect((await json("get", "figure.svg", "--as-of", then)).value).toMatchObject({ uid: old.uid, isLatest: true });
    const file = join(shop.lab.place.work, "graph.json");
    const printed = (await json("lineage", "renamed.svg", "-o", file)).value;
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(printed);
    const picture = join(shop.lab.place.work, "graph.svg");
    expect((await json("lineage", "renamed.svg", "-o", picture)).value).toEqual(printed);
    expect(readFileSync(picture, "utf8")).toContain("<svg");
    await shop.ln.Collection.save({ key: "cohort" });
    expect(await text("lineage", "cohort")).toContain("cohort");
    // What was deleted for good since is said to be.
    const named = shop.time.toISOString();
    await newer.delete({ permanent: true });
    for (const command of ["get", "lineage"])
      expect(await text(command, "renamed.svg", "--as-of", named)).toMatch(
        /^error: Artifact renamed\.svg, as it was at .*\n?.* was deleted for good at [^]*\[exit 1\]$/im,
      );
  });
});
