import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { status, type Artifact } from "../../../src/index.ts";
import { rowOf } from "../../../src/registries/record/row.ts";
import { type Status, standingStatusOf, statusOfAll } from "../../../src/registries/answers/staleness.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { codes, FRESH, only, Workshop } from "../workshop.ts";

forEachDatabase((database) => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await Workshop.open(database);
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  describe("inputs", () => {
    test("a newer version of an input, with the chain to it; the old output's successor is fresh", async () => {
      shop.script("in1.ts");
      const v0 = await shop.raw("in1.csv", "a0");
      const out = only((await shop.work("in1.ts", { reads: [v0], makes: { "out1.csv": "b0" } })).made);
      expect(await out.staleness()).toEqual(FRESH);
      const v1 = await shop.raw("in1.csv", "a1");
      expect(await out.staleness()).toEqual({
        stale: true,
        reasons: [
          {
            code: "input-newer",
            subject: v1.uid,
            chain: [out.uid, v0.uid, v1.uid],
            detail: "in1.csv has a newer version",
          },
        ],
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
      for (const end of ["errored", "open"] as const) {
        await shop.work("fails.ts", { reads: [v1], makes: { "fails.out": "g" }, end });
        expect(await codes(out)).toEqual(["input-newer"]);
      }
      await shop.work("fails.ts", { reads: [v1], makes: { "fails.out": "g" } });
      expect(await out.staleness()).toEqual(FRESH);
    });

    test("a version that a failed run left is no newer one, until one that completes makes it too; an older good one is", async () => {
      for (const name of ["left.ts", "uses.ts"]) shop.script(name);
      const v0 = only((await shop.work("left.ts", { makes: { "left.in": "l0" } })).made);
      const out = only((await shop.work("uses.ts", { reads: [v0], makes: { "left.out": "m0" } })).made);
      const broken = only((await shop.work("left.ts", { makes: { "left.in": "broken" }, end: "errored" })).made);
      expect(await out.staleness()).toEqual(FRESH);
      expect((await status()).find(({ uid }) => uid === out.uid)).toMatchObject({ stale: false });
      const good = only((await shop.work("left.ts", { makes: { "left.in": "l1" } })).made);
      await shop.work("left.ts", { makes: { "left.in": "broken 2" }, end: "errored" });
      expect((await out.staleness()).reasons).toMatchObject([{ code: "input-newer", subject: good.uid }]);
      expect((await status()).find(({ uid }) => uid === out.uid)?.reasons).toMatchObject([
        { code: "input-newer", subject: good.uid },
      ]);
      await shop.work("left.ts", { makes: { "left.in": "broken" } });
      expect((await out.staleness()).reasons).toMatchObject([{ code: "input-newer", subject: broken.uid }]);
    });

    test("who read two versions of a file wanted both; a third one is newer", async () => {
      for (const name of ["old.ts", "compare.ts"]) shop.script(name);
      const v0 = only((await shop.work("old.ts", { makes: { "both.csv": "0" } })).made);
      shop.script("old.ts", "export const changed = 1;\n");
      const v1 = only((await shop.work("old.ts", { makes: { "both.csv": "1" } })).made);
      const out = only((await shop.work("compare.ts", { reads: [v0, v1], makes: { "both.out": "0 and 1" } })).made);
      expect(await out.staleness()).toEqual(FRESH);
      const v2 = only((await shop.work("old.ts", { makes: { "both.csv": "2" } })).made);
      expect((await out.staleness()).reasons).toMatchObject([
        { code: "input-newer", chain: [out.uid, v1.uid, v2.uid] },
      ]);
    });

    test("what a run read after it had saved an output is no input of that output", async () => {
      shop.script("later.ts");
      const [early, late] = [await shop.raw("early.csv", "e0"), await shop.raw("late.csv", "l0")];
      const out = only(
        (await shop.work("later.ts", { reads: [early], makes: { "later.out": "x" }, readsLater: [late] })).made,
      );
      await shop.raw("late.csv", "l1");
      expect(await out.staleness()).toEqual(FRESH);
      await shop.raw("early.csv", "e1");
      expect(await codes(out)).toEqual(["input-newer"]);
    });

    test("nor for what a run made again before it read it", async () => {
      shop.script("again.ts");
      const [early, late] = [await shop.raw("again.early", "e0"), await shop.raw("again.late", "l0")];
      const work = async (reads: readonly Artifact[]) =>
        only((await shop.work("again.ts", { reads, makes: { "again.out": "x" }, readsLater: [late] })).made);
      const out = await work([early]);
      for (const _ of [1, 2]) expect((await work([early])).uid).toBe(out.uid);
      await shop.raw("again.late", "l1");
      expect(await out.staleness()).toEqual(FRESH);
      expect((await statusOfAll(shop.lab.connection)).find(({ uid }) => uid === out.uid)).toMatchObject(FRESH);
      const newer = await shop.raw("again.early", "e1");
      expect(await codes(out)).toEqual(["input-newer"]);
      expect((await statusOfAll(shop.lab.connection)).find(({ uid }) => uid === out.uid)?.reasons).toMatchObject([
        { subject: newer.uid },
      ]);
    });

    test("a version in the trash is not newer, and the older one left is not newer either; that it was deleted is told of all that came of it", async () => {
      shop.script("trash.ts");
      const v0 = await shop.raw("trash.csv", "t0");
      const first = only((await shop.work("trash.ts", { reads: [v0], makes: { "trash.0": "u0" } })).made);
      const v1 = await shop.raw("trash.csv", "t1");
      const second = only((await shop.work("trash.ts", { reads: [v1], makes: { "trash.1": "u1" } })).made);
      expect(await codes(first)).toEqual(["input-newer"]);
      const beyond = only((await shop.work("trash.ts", { reads: [second], makes: { "trash.2": "u2" } })).made);
      expect(await second.staleness()).toEqual(FRESH);
      await v1.delete();
      const detail = "trash.csv was deleted since, and an older version is the latest again";
      expect(await first.staleness()).toEqual(FRESH);
      for (const one of [second, beyond]) expect(await one.staleness()).toEqual({ ...FRESH, detail });
      await v1.restore();
      expect(await codes(first)).toEqual(["input-newer"]);
      for (const one of [second, beyond]) expect(await one.staleness()).toEqual(FRESH);
      await v1.delete({ permanent: true });
      expect(await first.staleness()).toEqual(FRESH);
      for (const one of [second, beyond]) expect(await one.staleness()).toEqual({ ...FRESH, detail });
      // Of what is gone altogether there is no other version.
      await v0.delete();
      expect(await second.staleness()).toEqual(FRESH);
    });

    test("reasons stand in the order in which inputs were read, for one output as among all", async () => {
      shop.script("order.ts");
      const [early, late] = [await shop.raw("order.early", "e"), await shop.raw("order.late", "l")];
      const out = only((await shop.work("order.ts", { reads: [late, early], makes: { "order.out": "o" } })).made);
      await shop.raw("order.early", "e1");
      await shop.raw("order.late", "l1");
      const { reasons } = await out.staleness();
      expect(reasons.map(({ chain }) => chain[1])).toEqual([late.uid, early.uid]);
      const among = (await statusOfAll(shop.lab.connection)).find(({ uid }) => uid === out.uid);
      expect(among?.reasons).toEqual(reasons);
    });

    test("upstream-stale through three levels, each with the chain to where it begins", async () => {
      for (const name of ["l1.ts", "l2.ts", "l3.ts"]) shop.script(name);
      const raw = await shop.raw("l0", "0");
      const one = only((await shop.work("l1.ts", { reads: [raw], makes: { l1: "1" } })).made);
      const two = only((await shop.work("l2.ts", { reads: [one], makes: { l2: "2" } })).made);
      const three = only((await shop.work("l3.ts", { reads: [two], makes: { l3: "3" } })).made);
      const newer = await shop.raw("l0", "0'");
      expect((await three.staleness()).reasons).toEqual([
        {
          code: "upstream-stale",
          subject: newer.uid,
          chain: [three.uid, two.uid, one.uid, raw.uid, newer.uid],
          detail: "l2 is out of date itself: l0 has a newer version",
        },
      ]);
      expect((await two.staleness()).reasons).toMatchObject([
        { code: "upstream-stale", chain: [two.uid, one.uid, raw.uid, newer.uid] },
      ]);
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

  describe("parameters and environment", () => {
    test("other parameters of the last run for the same output; the other outputs of a sweep are not stale", async () => {
      shop.script("sweep.ts");
      const made: Artifact[] = [];
      for (const lr of [1, 2, 3])
        made.push(
          only(
            (
              await shop.work("sweep.ts", {
                params: { lr, nested: { a: 1, b: 2 } },
                makes: { [`sweep/${lr}.json`]: `${lr}` },
              })
            ).made,
          ),
        );
      for (const output of made) expect(await output.staleness()).toEqual(FRESH);
      const first = only(made);
      const later = await shop.work("sweep.ts", {
        params: { lr: 9, nested: { b: 2, a: 1 } },
        makes: { "sweep/1.json": "9" },
      });
      expect(await first.staleness()).toEqual({
        stale: true,
        reasons: [
          {
            code: "params-differ",
            subject: later.run.uid,
            chain: [first.uid, later.run.uid],
            detail: "the last run for this output had other parameters",
          },
        ],
      });
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
      const out = only(
        (await shop.work("entry.ts", { entrypoint: "a", params: { x: 1 }, makes: { "entry.out": "1" } })).made,
      );
      await shop.work("entry.ts", { entrypoint: "b", params: { x: 2 }, makes: { "entry.out": "2" } });
      expect(await out.staleness()).toEqual(FRESH);
      await shop.work("entry.ts", { entrypoint: "a", params: { x: 3 }, makes: { "entry.out": "3" }, end: "errored" });
      expect(await out.staleness()).toEqual(FRESH);
      await shop.work("entry.ts", { entrypoint: "a", makes: { "entry.out": "4" } });
      expect(await codes(out)).toEqual(["params-differ"]);
    });

    test("another environment is listed and makes nothing stale, neither here nor downstream", async () => {
      shop.script("env.ts");
      const out = only(
        (await shop.work("env.ts", { environment: { packages: { a: "1" } }, makes: { "env.out": "1" } })).made,
      );
      const user = only((await shop.work("env.ts", { reads: [out], makes: { "env.user": "2" } })).made);
      const later = await shop.work("env.ts", { environment: { packages: { a: "2" } }, makes: { "env.out": "1'" } });
      expect(await out.staleness()).toEqual({
        stale: false,
        reasons: [
          {
            code: "environment-differs",
            subject: later.run.uid,
            chain: [out.uid, later.run.uid],
            detail: "the last run for this output had another environment: a 1 → 2",
          },
        ],
      });
      expect(await codes(user)).toEqual(["input-newer"]);
    });
  });

  describe("what was made last for a key", () => {
    /** What `lineal status KEY` judges, and that `--all` says the same. */
    const byKey = async (key: string): Promise<Status> => {
      const artifact = await shop.ln.Artifact.get({ key });
      const found = await standingStatusOf(artifact);
      expect((await status()).filter((one) => one.key === key)).toEqual([found]);
      return found;
    };

    test.each(["code", "params", "inputs"])(
      "%s that changed and changed back: the run that made the first bytes again counts",
      async (what) => {
        const key = `aba.${what}`;
        const [script, raw] = [`aba-${what}.ts`, `aba-${what}.raw`];
        const states = [0, 1, 0].map((n, i) => async () => {
          shop.script(script, `export const v = ${what === "code" ? n : 0};\n`);
          shop.script("aba-source.ts");
          const source = only(
            (await shop.work("aba-source.ts", { makes: { [raw]: what === "inputs" ? `${n}` : "0" } })).made,
          );
          return {
            i,
            artifact: only(
              (
                await shop.work(script, {
                  reads: [source],
                  params: { p: what === "params" ? n : 0 },
                  makes: { [key]: `${n}` },
                })
              ).made,
            ),
          };
        });
        const [first, second, third] = [await states[0]?.(), await states[1]?.(), await states[2]?.()];
        expect(third?.artifact.uid).toBe(first?.artifact.uid);
        expect(await byKey(key)).toEqual({ uid: first?.artifact.uid, key, ...FRESH, latest: second?.artifact.uid });
        // What was made from the version that does not count any more is out of date, what was made from the other is not.
        shop.script("aba-user.ts");
        await shop.work("aba-user.ts", { reads: [third?.artifact as Artifact], makes: { [`${key}.good`]: "g" } });
        const bad = await shop.work("aba-user.ts", {
          reads: [second?.artifact as Artifact],
          makes: { [`${key}.bad`]: "b" },
        });
        expect(await byKey(`${key}.good`)).toMatchObject(FRESH);
        expect((await only(bad.made).staleness()).reasons[0]).toMatchObject({
          code: "input-newer",
          subject: first?.artifact.uid,
          chain: [only(bad.made).uid, second?.artifact.uid, first?.artifact.uid],
        });
      },
    );

    test("bytes that were made from each of two inputs hold whichever of them is the one now", async () => {
      for (const name of ["turn.ts", "count.ts"]) shop.script(name);
      const turn = async (text: string): Promise<Artifact> =>
        only((await shop.work("turn.ts", { params: { text }, makes: { "turn.in": text } })).made);
      const a = await turn("a");
      const out = only((await shop.work("count.ts", { reads: [a], makes: { "turn.out": "one letter" } })).made);
      const b = await turn("b");
      expect((await out.staleness()).reasons[0]).toMatchObject({ code: "input-newer", subject: b.uid });
      await shop.work("count.ts", { reads: [b], makes: { "turn.out": "one letter" } });
      expect(await byKey("turn.out")).toMatchObject(FRESH);
      expect((await turn("a")).uid).toBe(a.uid);
      // By key one still gets the version in between.
      expect(await byKey("turn.out")).toMatchObject(FRESH);
      await shop.work("count.ts", { reads: [b], makes: { "turn.out": "one letter" } });
      expect(await byKey("turn.out")).toMatchObject(FRESH);
      const c = await turn("c");
      expect((await byKey("turn.out")).reasons[0]).toMatchObject({ code: "input-newer", subject: c.uid });
    });

    test("a failed run in between, and one after which nothing was made again", async () => {
      shop.script("between.ts");
      const first = only((await shop.work("between.ts", { makes: { "between.out": "1" } })).made);
      const failed = only((await shop.work("between.ts", { makes: { "between.out": "2" }, end: "errored" })).made);
      expect(await byKey("between.out")).toEqual({
        uid: first.uid,
        key: "between.out",
        ...FRESH,
        latest: failed.uid,
        detail: "the run that made the latest version, v0001, errored",
      });
      const { made } = await shop.work("between.ts", { reads: [failed], makes: { "between.user": "u" } });
      expect(await only(made).staleness()).toEqual({ ...FRESH, detail: "the run that made between.out errored" });
      await shop.work("between.ts", { makes: { "between.out": "1" } });
      expect(await byKey("between.out")).toEqual({ uid: first.uid, key: "between.out", ...FRESH, latest: failed.uid });
      // Who had read what the failed run left has read what is none any more.
      expect((await only(made).staleness()).reasons).toEqual([
        {
          code: "input-newer",
          subject: first.uid,
          chain: [only(made).uid, failed.uid, first.uid],
          detail: expect.stringContaining("made again since"),
        },
      ]);
      const open = await shop.work("between.ts", { makes: { "between.open": "1" }, end: "open" });
      expect(await only(open.made).staleness()).toEqual({ ...FRESH, detail: "the run that made it has not ended" });
    });

    test("a newer version on the current branch does not stand for the latest one on main", async () => {
      shop.script("branch.ts");
      const [v0, v1] = [await shop.raw("branch.raw", "0"), await shop.raw("branch.raw", "1")];
      const first = only((await shop.work("branch.ts", { reads: [v0], makes: { "branch.out": "1" } })).made);
      const second = only((await shop.work("branch.ts", { reads: [v1], makes: { "branch.out": "2" } })).made);
      const side = await shop.ln.Branch.save({ name: "side" });
      await second.update({ branch: side });
      const { branches } = shop.lab.connection;
      const { current } = branches;
      try {
        Object.assign(branches, { current: rowOf(side) });
        const found = (await statusOfAll(shop.lab.connection)).filter((one) => one.key === "branch.out");
        expect(found.map(({ uid, stale }) => [uid, stale])).toEqual([
          [first.uid, true],
          [second.uid, false],
        ]);
        expect((await standingStatusOf(second)).uid).toBe(second.uid);
      } finally {
        Object.assign(branches, { current });
      }
    });

    test("an older version that was made again and lies in the trash does not count", async () => {
      shop.script("binned.ts");
      const first = only((await shop.work("binned.ts", { params: { p: 1 }, makes: { "binned.out": "1" } })).made);
      const second = only((await shop.work("binned.ts", { params: { p: 2 }, makes: { "binned.out": "2" } })).made);
      await shop.work("binned.ts", { params: { p: 1 }, makes: { "binned.out": "1" } });
      await first.delete();
      expect(await byKey("binned.out")).toEqual({ uid: second.uid, key: "binned.out", ...FRESH });
    });
  });

  describe("outputs that go on", () => {
    test("from their own earlier version are not stale because of themselves; what read an earlier one is", async () => {
      shop.script("count.ts");
      const versions: Artifact[] = [];
      for (const n of [0, 1, 2, 3])
        versions.push(
          only((await shop.work("count.ts", { reads: versions.slice(-1), makes: { "count.json": `${n}` } })).made),
        );
      for (const one of versions) expect(await one.staleness()).toEqual(FRESH);
      const user = only(
        (await shop.work("count.ts", { reads: versions.slice(1, 2), makes: { "count.user": "u" } })).made,
      );
      expect(await codes(user)).toEqual(["input-newer"]);
      // Old versions are what the new one starts from: their code and inputs do not matter any more.
      shop.script("count.ts", "export const changed = 1;\n");
      const day = await shop.raw("count.day", "1");
      await shop.raw("count.day", "2");
      const next = only(
        (await shop.work("count.ts", { reads: [versions.at(-1) as Artifact], makes: { "count.json": "4" } })).made,
      );
      expect(await next.staleness()).toEqual(FRESH);
      const late = await shop.work("count.ts", { reads: [next, day], makes: { "count.json": "5" } });
      expect(await codes(only(late.made))).toEqual(["input-newer"]);
    });

    test("through another output: neither is stale because of what came of it", async () => {
      for (const name of ["model.ts", "prompt.ts"]) shop.script(name);
      let model = only((await shop.work("model.ts", { makes: { "loop.model": "m0" } })).made);
      let prompt: Artifact | undefined;
      const old: Artifact[] = [];
      for (const n of [1, 2, 3]) {
        prompt = only((await shop.work("prompt.ts", { reads: [model], makes: { "loop.prompt": `p${n}` } })).made);
        model = only((await shop.work("model.ts", { reads: [prompt], makes: { "loop.model": `m${n}` } })).made);
        old.push(prompt, model);
      }
      for (const one of old) expect(await one.staleness(), String(one)).toEqual(FRESH);
      const aside = only(
        (await shop.work("prompt.ts", { reads: [old[1] as Artifact], makes: { "loop.aside": "a" } })).made,
      );
      expect(await codes(aside)).toEqual(["input-newer"]);
    });

    test("an input that was deleted for good still has newer versions", async () => {
      shop.script("gone.ts");
      const v0 = await shop.raw("gone.csv", "g0");
      const step = only((await shop.work("gone.ts", { reads: [v0], makes: { "gone.step": "1" } })).made);
      const out = only((await shop.work("gone.ts", { reads: [step], makes: { "gone.out": "2" } })).made);
      await v0.delete({ permanent: true });
      await step.delete({ permanent: true });
      expect(await out.staleness()).toEqual(FRESH);
      // All versions are gone: what has the key now is another family.
      await shop.raw("gone.csv", "g1");
      expect(await out.staleness()).toEqual(FRESH);
      const w0 = await shop.raw("lost.csv", "l0");
      const other = only((await shop.work("gone.ts", { reads: [w0], makes: { "lost.step": "1" } })).made);
      const end = only((await shop.work("gone.ts", { reads: [other], makes: { "lost.out": "2" } })).made);
      const w1 = await shop.raw("lost.csv", "l1");
      await other.delete({ permanent: true });
      await w0.delete({ permanent: true });
      expect((await end.staleness()).reasons).toMatchObject([
        { code: "upstream-stale", subject: w1.uid, chain: [end.uid, other.uid, w0.uid, w1.uid] },
      ]);
    });
  });

  test("all outputs at once give what each gives by itself", async () => {
    const { connection } = shop.lab;
    const all = await statusOfAll(connection);
    expect(all.length).toBeGreaterThan(15);
    for (const { uid, latest, ...one } of all) {
      const { key, detail, ...own } = one;
      expect({ key, ...own, ...(latest === undefined && detail !== undefined ? { detail } : {}) }).toEqual({
        key,
        ...(await (await shop.ln.Artifact.get(uid)).staleness()),
      });
    }
    expect((await status()).map((one) => one.uid)).toEqual(all.map((one) => one.uid));
    const listed = new Set(all.map((one) => one.uid));
    const superseded = new Set(all.flatMap(({ latest }) => latest ?? []));
    expect(superseded.size).toBeGreaterThan(3);
    for (const artifact of await shop.ln.Artifact.filter({ isLatest: true, run: { not: null } }))
      expect(listed.has(artifact.uid), String(artifact)).toBe(!superseded.has(artifact.uid));
    expect(all).toHaveLength(await shop.ln.Artifact.filter({ isLatest: true, run: { not: null } }).count());
  });
});
