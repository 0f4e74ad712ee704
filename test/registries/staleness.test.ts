import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { status, type Artifact } from "../../src/index.ts";
import { stalenessOf } from "../../src/registries/staleness.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { Workshop } from "./workshop.ts";

const codes = async (artifact: Artifact): Promise<string[]> => (await artifact.staleness()).reasons.map((reason) => reason.code);
const FRESH = { stale: false, reasons: [] };

forEachDatabase((database) => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await Workshop.open(database);
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  const only = ([artifact]: readonly Artifact[]): Artifact => artifact ?? expect.fail("nothing was made");

  describe("inputs", () => {
    test("a newer version of an input, with the chain to it; the old output's successor is fresh", async () => {
      shop.script("in1.ts");
      const v0 = await shop.raw("in1.csv", "a0");
      const out = only((await shop.work("in1.ts", { reads: [v0], makes: { "out1.csv": "b0" } })).made);
      expect(await out.staleness()).toEqual(FRESH);
      const v1 = await shop.raw("in1.csv", "a1");
      expect(await out.staleness()).toEqual({
        stale: true,
        reasons: [{ code: "input-newer", subject: v1.uid, chain: [out.uid, v0.uid, v1.uid], detail: "in1.csv has a newer version" }],
      });
      const next = only((await shop.work("in1.ts", { reads: [v1], makes: { "out1.csv": "b1" } })).made);
      expect(await next.staleness()).toEqual(FRESH);
      // The newest version counts, not the next one.
      const v2 = await shop.raw("in1.csv", "a2");
      expect((await out.staleness()).reasons[0]?.subject).toBe(v2.uid);
    });

    test("a newer version with the same bytes cuts it off, and so does a run that made the same bytes from the newer one", async () => {
      shop.script("cut.ts");
      const v0 = await shop.raw("cut.csv", "a0");
      const out = only((await shop.work("cut.ts", { reads: [v0], makes: { "cut.out": "b" } })).made);
      const v1 = await shop.raw("cut.csv", "a1");
      expect(await codes(out)).toEqual(["input-newer"]);
      const again = await shop.work("cut.ts", { reads: [v1], makes: { "cut.out": "b" } });
      expect(only(again.made).uid).toBe(out.uid);
      expect(await out.staleness()).toEqual(FRESH);

      const w0 = await shop.raw("same.csv", "s0");
      const same = only((await shop.work("cut.ts", { reads: [w0], makes: { "same.out": "t" } })).made);
      await shop.raw("same.csv", "s1");
      expect(await codes(same)).toEqual(["input-newer"]);
      // Trash is no match for a save: the first bytes become a third version.
      await w0.delete();
      const w2 = await shop.raw("same.csv", "s0");
      expect(w2.uid).toBe(`${w0.uid.slice(0, -1)}2`);
      expect(await same.staleness()).toEqual(FRESH);
    });

    test("a run that made it again and failed, or is still going on, does not count", async () => {
      shop.script("fails.ts");
      const v0 = await shop.raw("fails.csv", "f0");
      const out = only((await shop.work("fails.ts", { reads: [v0], makes: { "fails.out": "g" } })).made);
      const v1 = await shop.raw("fails.csv", "f1");
      for (const end of ["fail", "open"] as const) {
        await shop.work("fails.ts", { reads: [v1], makes: { "fails.out": "g" }, end });
        expect(await codes(out)).toEqual(["input-newer"]);
      }
      await shop.work("fails.ts", { reads: [v1], makes: { "fails.out": "g" } });
      expect(await out.staleness()).toEqual(FRESH);
    });

    test("what a run read after it had saved an output is no input of that output", async () => {
      shop.script("later.ts");
      const [early, late] = [await shop.raw("early.csv", "e0"), await shop.raw("late.csv", "l0")];
      const out = only((await shop.work("later.ts", { reads: [early], makes: { "later.out": "x" }, readsLater: [late] })).made);
      await shop.raw("late.csv", "l1");
      expect(await out.staleness()).toEqual(FRESH);
      await shop.raw("early.csv", "e1");
      expect(await codes(out)).toEqual(["input-newer"]);
    });

    test("a version in the trash is not newer, and the older one left is not newer either", async () => {
      shop.script("trash.ts");
      const v0 = await shop.raw("trash.csv", "t0");
      const first = only((await shop.work("trash.ts", { reads: [v0], makes: { "trash.0": "u0" } })).made);
      const v1 = await shop.raw("trash.csv", "t1");
      const second = only((await shop.work("trash.ts", { reads: [v1], makes: { "trash.1": "u1" } })).made);
      expect(await codes(first)).toEqual(["input-newer"]);
      await v1.delete();
      expect(await first.staleness()).toEqual(FRESH);
      expect(await second.staleness()).toEqual(FRESH);
      await v1.restore();
      expect(await codes(first)).toEqual(["input-newer"]);
      await v1.delete({ permanent: true });
      expect(await first.staleness()).toEqual(FRESH);
      expect(await second.staleness()).toEqual(FRESH);
    });

    test("upstream-stale through three levels, each with the chain to where it begins", async () => {
      for (const name of ["l1.ts", "l2.ts", "l3.ts"]) shop.script(name);
      const raw = await shop.raw("l0", "0");
      const one = only((await shop.work("l1.ts", { reads: [raw], makes: { l1: "1" } })).made);
      const two = only((await shop.work("l2.ts", { reads: [one], makes: { l2: "2" } })).made);
      const three = only((await shop.work("l3.ts", { reads: [two], makes: { l3: "3" } })).made);
      const newer = await shop.raw("l0", "0'");
      expect((await three.staleness()).reasons).toEqual([
        { code: "upstream-stale", subject: newer.uid, chain: [three.uid, two.uid, one.uid, raw.uid, newer.uid], detail: "l2 is out of date itself: l0 has a newer version" },
      ]);
      expect((await two.staleness()).reasons).toMatchObject([{ code: "upstream-stale", chain: [two.uid, one.uid, raw.uid, newer.uid] }]);
      // The first step is repeated and gives the same bytes: everything after it is fresh again.
      await shop.work("l1.ts", { reads: [newer], makes: { l1: "1" } });
      for (const output of [one, two, three]) expect(await output.staleness()).toEqual(FRESH);
    });

    test("what no run made is fresh, whatever happens", async () => {
      const plain = await shop.raw("plain.csv", "p0");
      expect(await plain.staleness()).toEqual(FRESH);
      await shop.raw("plain.csv", "p1");
      expect(await plain.staleness()).toEqual(FRESH);
    });
  });

  describe("code", () => {
    test("a comment, white space or types change nothing; other code does", async () => {
      shop.script("code.ts", "export const f = (x: number) => x + 1;\n");
      const out = only((await shop.work("code.ts", { makes: { "code.out": "c0" } })).made);
      for (const same of [
        "// why\nexport const f =\n  (x: number) => x + 1;\n",
        "export const f = (x: bigint | number): any => (x as number) + 1;\n",
        "interface Row { id: number }\nexport type Id = Row['id'];\nexport const f = (x: Id) => x! + 1;\n",
      ]) {
        shop.script("code.ts", same);
        const { transform } = await shop.work("code.ts", { makes: { "code.other": same } });
        expect(transform.uid).not.toBe((await (await out.run)?.transform)?.uid);
        expect(await out.staleness(), same).toEqual(FRESH);
      }
      shop.script("code.ts", "export const f = (x: number) => x + 2;\n");
      const { transform } = await shop.work("code.ts", { makes: { "code.third": "e" } });
      const made = await (await out.run)?.transform;
      expect(await out.staleness()).toEqual({
        stale: true,
        reasons: [{ code: "code-changed", subject: transform.uid, chain: [out.uid, made?.uid, transform.uid], detail: "the code of code.ts has changed" }],
      });
      await shop.work("code.ts", { makes: { "code.out": "c0" } });
      expect(await out.staleness()).toEqual(FRESH);
    });

    test("a changed local module flags, a comment in it does not", async () => {
      shop.script("module/helper.ts", "export const two = 2;\n");
      shop.script("module/main.ts", 'import { two } from "./helper.ts";\nexport const four = two * 2;\n');
      const out = only((await shop.work("module/main.ts", { makes: { "module.out": "4" } })).made);
      shop.script("module/helper.ts", "/** Two. */\nexport const two = 2;\n");
      await shop.work("module/main.ts");
      expect(await out.staleness()).toEqual(FRESH);
      shop.script("module/helper.ts", "export const two = 3;\n");
      await shop.work("module/main.ts");
      expect(await codes(out)).toEqual(["code-changed"]);
    });

    test("a refactor of script and module changes nothing, in `status` neither; what it means does", async () => {
      const main = (text: string) => shop.script("refactor/main.ts", text);
      const helper = (text: string) => shop.script("refactor/lib/helper.ts", text);
      main('import { scale } from "./lib/helper.ts";\nconst rows = [{ id: 1, v: 2 }];\nexport const out = rows.map((row) => scale(row));\n');
      helper("export function scale(row: any): any {\n  const factor = 2;\n  return { ...row, v: row.v * factor };\n}\n");
      shop.script("refactor/lib/types.ts", "export interface Row { id: number; v: number }\n");
      const out = only((await shop.work("refactor/main.ts", { makes: { "refactor.out": "4" } })).made);
      const reasons = async () => (await status()).find((one) => one.uid === out.uid)?.reasons.map((reason) => reason.code);

      main('import { scale as times } from "./lib/helper.ts";\nimport type { Row } from "./lib/types.ts";\nconst data: Row[] = [{ id: 1, v: 2 }];\nexport const out = data.map((item: Row): Row => times(item) as Row);\n');
      helper('import type { Row } from "./types.ts";\ntype Scaled = Row;\nexport function scale(input: Row): Scaled {\n  const by = 2 as const;\n  return { ...input, v: input.v * by } satisfies Scaled;\n}\n');
      const refactored = await shop.work("refactor/main.ts");
      expect(refactored.transform.uid).not.toBe((await (await out.run)?.transform)?.uid);
      expect(await out.staleness()).toEqual(FRESH);
      expect(await reasons()).toEqual([]);

      helper("export function scale(input: any) {\n  const by = 2;\n  return { ...input, v: by * by };\n}\n");
      await shop.work("refactor/main.ts");
      expect(await codes(out)).toEqual(["code-changed"]);
      expect(await reasons()).toEqual(["code-changed"]);
    });

    test("code that went back to what it was is not changed", async () => {
      const [first, second] = ["export const v = 1;\n", "export const v = 2;\n"];
      shop.script("back.ts", first);
      const out = only((await shop.work("back.ts", { makes: { "back.out": "1" } })).made);
      shop.script("back.ts", second);
      await shop.work("back.ts", { makes: { "back.2": "2" } });
      expect(await codes(out)).toEqual(["code-changed"]);
      shop.script("back.ts", first);
      const two = await shop.ln.Artifact.get({ key: "back.2" });
      await shop.work("back.ts");
      expect(await out.staleness()).toEqual(FRESH);
      expect(await codes(two)).toEqual(["code-changed"]);
    });

    test("code that has only failed makes nothing stale", async () => {
      shop.script("bad.ts", "export const ok = true;\n");
      const out = only((await shop.work("bad.ts", { makes: { "bad.out": "ok" } })).made);
      shop.script("bad.ts", "export const ok = false;\n");
      await shop.work("bad.ts", { end: "fail" });
      expect(await out.staleness()).toEqual(FRESH);
      await shop.work("bad.ts");
      expect(await codes(out)).toEqual(["code-changed"]);
    });

    test("a file in the dev-dir that is newer than any run flags; reverted, or with a comment more, it does not", async () => {
      const { settings } = shop.lab.connection;
      Object.assign(settings, { devDir: shop.lab.place.work });
      try {
        const code = "export const deep = { a: 1 };\n";
        shop.script("dev/disk.ts", code);
        const out = only((await shop.work("dev/disk.ts", { makes: { "disk.out": "z" } })).made);
        expect(await out.staleness()).toEqual(FRESH);
        shop.script("dev/disk.ts", "export const deep = { a: 2 };\n");
        const uid = (await (await out.run)?.transform)?.uid;
        expect(await out.staleness()).toEqual({ stale: true, reasons: [{ code: "code-changed", subject: uid, chain: [out.uid, uid], detail: "dev/disk.ts has changed on disk since" }] });
        shop.script("dev/disk.ts", `// nothing\n${code}`);
        expect(await out.staleness()).toEqual(FRESH);
        await shop.work("dev/disk.ts");
        shop.script("dev/disk.ts", "export const deep = { a: 3 };\n");
        const { transform } = await shop.work("dev/disk.ts");
        expect(await out.staleness()).toMatchObject({ reasons: [{ code: "code-changed", subject: transform.uid }] });
        shop.script("dev/disk.ts", code);
        expect(await out.staleness()).toEqual(FRESH);
        // A file that does not parse is compared as it is; a folder or a missing file says nothing.
        shop.script("dev/disk.ts", "export const = ;\n");
        expect(await codes(out)).toEqual(["code-changed"]);
      } finally {
        Object.assign(settings, { devDir: undefined });
      }
    });
  });

  describe("parameters and environment", () => {
    test("other parameters of the last run for the same output; the other outputs of a sweep are not stale", async () => {
      shop.script("sweep.ts");
      const made: Artifact[] = [];
      for (const lr of [1, 2, 3]) made.push(only((await shop.work("sweep.ts", { params: { lr, nested: { a: 1, b: 2 } }, makes: { [`sweep/${lr}.json`]: `${lr}` } })).made));
      for (const output of made) expect(await output.staleness()).toEqual(FRESH);
      const first = only(made);
      const later = await shop.work("sweep.ts", { params: { lr: 9, nested: { b: 2, a: 1 } }, makes: { "sweep/1.json": "9" } });
      expect(await first.staleness()).toEqual({ stale: true, reasons: [{ code: "params-differ", subject: later.run.uid, chain: [first.uid, later.run.uid], detail: "the last run for this output had other parameters" }] });
      expect(await only(later.made).staleness()).toEqual(FRESH);
      expect(await (made[1] as Artifact).staleness()).toEqual(FRESH);
      // The order of keys is none of the parameters.
      await shop.work("sweep.ts", { params: { nested: { b: 2, a: 1 }, lr: 2 }, makes: { "sweep/2.json": "2'" } });
      expect(await (made[1] as Artifact).staleness()).toEqual(FRESH);
      // Made again by its first parameters: the last maker of these bytes is the last run for the output.
      await shop.work("sweep.ts", { params: { lr: 1, nested: { a: 1, b: 2 } }, makes: { "sweep/1.json": "1" } });
      expect(await first.staleness()).toEqual(FRESH);
      expect(await codes(only(later.made))).toEqual(["params-differ"]);
    });

    test("another entrypoint, and a last run that failed, are not compared", async () => {
      shop.script("entry.ts");
      const out = only((await shop.work("entry.ts", { entrypoint: "a", params: { x: 1 }, makes: { "entry.out": "1" } })).made);
      await shop.work("entry.ts", { entrypoint: "b", params: { x: 2 }, makes: { "entry.out": "2" } });
      expect(await out.staleness()).toEqual(FRESH);
      await shop.work("entry.ts", { entrypoint: "a", params: { x: 3 }, makes: { "entry.out": "3" }, end: "fail" });
      expect(await out.staleness()).toEqual(FRESH);
      await shop.work("entry.ts", { entrypoint: "a", makes: { "entry.out": "4" } });
      expect(await codes(out)).toEqual(["params-differ"]);
    });

    test("another environment is listed and makes nothing stale, neither here nor downstream", async () => {
      shop.script("env.ts");
      const out = only((await shop.work("env.ts", { environment: { packages: { a: "1" } }, makes: { "env.out": "1" } })).made);
      const user = only((await shop.work("env.ts", { reads: [out], makes: { "env.user": "2" } })).made);
      const later = await shop.work("env.ts", { environment: { packages: { a: "2" } }, makes: { "env.out": "1'" } });
      expect(await out.staleness()).toEqual({
        stale: false,
        reasons: [{ code: "environment-differs", subject: later.run.uid, chain: [out.uid, later.run.uid], detail: "the last run for this output had other packages" }],
      });
      expect(await codes(user)).toEqual(["input-newer"]);
    });
  });

  test("all outputs at once give what each gives by itself", async () => {
    const { connection } = shop.lab;
    const all = await stalenessOf(connection);
    expect(all.length).toBeGreaterThan(15);
    for (const { uid, key, stale, reasons } of all) expect({ key, stale, reasons }).toEqual({ key, ...(await (await shop.ln.Artifact.get(uid)).staleness()) });
    expect((await status()).map((one) => one.uid)).toEqual(all.map((one) => one.uid));
    const listed = new Set(all.map((one) => one.uid));
    for (const artifact of await shop.ln.Artifact.filter()) expect(listed.has(artifact.uid), String(artifact)).toBe(artifact.isLatest && (await artifact.run) !== null);
  });

  test("runs that make each other's inputs again are no endless circle, and nothing is stale because of itself", async () => {
    await using other = await Workshop.open(database);
    for (const name of ["x.ts", "y.ts"]) other.script(name);
    const x = only((await other.work("x.ts", { makes: { x: "1" } })).made);
    const y = only((await other.work("y.ts", { reads: [x], makes: { y: "2" } })).made);
    await other.work("x.ts", { reads: [y], makes: { x: "1" } });
    for (const output of [x, y]) expect(await output.staleness()).toEqual(FRESH);
    other.script("y.ts", "export const changed = 1;\n");
    await other.work("y.ts");
    expect(await codes(x)).toEqual(["upstream-stale"]);
    expect(await codes(y)).toEqual(["code-changed"]);
    expect((await stalenessOf(other.lab.connection)).map((one) => one.reasons.map((reason) => reason.code))).toEqual([["upstream-stale"], ["code-changed"]]);
  });
});
