import { afterAll, beforeAll, expect, test } from "vitest";
import { type Artifact, type Collection, type Run, status, why } from "../../../src/index.ts";
import { withScope } from "../scope.ts";
import { rowOf } from "../../../src/registries/record/row.ts";
import { endRun } from "../../../src/track/run.ts";
import { standingStatusOf } from "../../../src/registries/answers/staleness.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { gather } from "../gather.ts";
import { FRESH, only, Workshop } from "../workshop.ts";

forEachDatabase((database) => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await Workshop.open(database);
    for (const name of ["use.ts", "collect.ts", "measure.ts", "parts.ts"]) shop.script(name);
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  const within = async <T>(run: Run, body: () => Promise<T>): Promise<T> =>
    withScope({ instance: shop.ln.uid, run: rowOf(run), transform: rowOf(await run.transform) }, body);
  /** An output of a run that had these as inputs. */
  const use = async (
    key: string,
    text: string,
    inputs: { collections?: readonly Collection[]; records?: readonly { uid: string }[] },
  ): Promise<Artifact> => {
    const { run } = await shop.work("use.ts", { end: "open" });
    for (const one of inputs.collections ?? []) await run.inputCollections.add(one);
    for (const one of inputs.records ?? []) await run.inputRecords.add(one as never);
    const output = await within(run, () => shop.ln.Artifact.save(Buffer.from(text), { key }));
    await endRun(shop.lab.connection, rowOf(run), "completed", undefined);
    return output;
  };

  test("a newer version of a collection, of its members, and what they were made from", async () => {
    const raw = await shop.raw("c.raw", "0");
    const part = only((await shop.work("parts.ts", { reads: [raw], makes: { "c.part": "p0" } })).made);
    const { run } = await shop.work("collect.ts", { reads: [part] });
    const set = await gather(shop, "c.set", [part, await shop.raw("c.other", "o")], { run });
    const out = await use("c.out", "out", { collections: [set] });
    expect(await out.staleness()).toEqual(FRESH);
    expect(await set.staleness()).toEqual(FRESH);

    const newer = await shop.raw("c.raw", "1");
    expect((await set.staleness()).reasons).toMatchObject([
      { code: "upstream-stale", chain: [set.uid, part.uid, raw.uid, newer.uid] },
    ]);
    expect((await out.staleness()).reasons).toEqual([
      {
        code: "upstream-stale",
        subject: newer.uid,
        chain: [out.uid, set.uid, part.uid, raw.uid, newer.uid],
        detail: "c.set is out of date itself: c.raw has a newer version",
      },
    ]);
    const next = only((await shop.work("parts.ts", { reads: [newer], makes: { "c.part": "p1" } })).made);
    expect((await set.staleness()).reasons).toMatchObject([
      { code: "input-newer", chain: [set.uid, part.uid, next.uid], detail: "c.part has a newer version" },
      { code: "upstream-stale" },
    ]);

    const again = await gather(shop, "c.set", [next, await shop.ln.Artifact.get({ key: "c.other" })], {
      run: (await shop.work("collect.ts", { reads: [next] })).run,
      after: set,
    });
    expect(await again.staleness()).toEqual(FRESH);
    expect((await out.staleness()).reasons[0]).toEqual({
      code: "input-newer",
      subject: again.uid,
      chain: [out.uid, set.uid, again.uid],
      detail: "c.set has a newer version",
    });
    const made = await use("c.out", "out 2", { collections: [again] });
    expect(await made.staleness()).toEqual(FRESH);

    const all = await status();
    for (const one of [again, made])
      expect(
        all.find(({ uid }) => uid === one.uid),
        String(one),
      ).toMatchObject({ key: one.key, stale: false });
    expect((await standingStatusOf(again)).stale).toBe(false);
    expect((await why(out, made)).differences).toMatchObject([
      { what: "input", a: raw.uid, b: newer.uid, chain: [out.uid, set.uid, part.uid, raw.uid] },
    ]);
    expect((await why(set, again)).differences).toMatchObject([{ what: "input", a: raw.uid, b: newer.uid }]);
  });

  test("a collection that no run made is what is in it", async () => {
    const [a, b, c] = [await shop.raw("n.a", "a"), await shop.raw("n.b", "b"), await shop.raw("n.c", "c")];
    const [set, other] = [await gather(shop, "n.set", [a, b]), await gather(shop, "n.others", [a, c])];
    expect(await why(set, other)).toEqual({
      same: false,
      differences: [
        { what: "input", a: b.uid, b: null, chain: [set.uid] },
        { what: "input", a: null, b: c.uid, chain: [set.uid] },
      ],
    });
    const [out, result] = [
      await use("n.out", "1", { collections: [set] }),
      await use("n.result", "2", { collections: [other] }),
    ];
    expect((await why(out, result)).differences.map(({ what, chain }) => [what, chain])).toEqual([
      ["input", [out.uid, set.uid]],
      ["input", [out.uid, set.uid]],
    ]);
    expect((await status()).find(({ uid }) => uid === set.uid)).toMatchObject({ stale: false });
    await shop.raw("n.a", "a2");
    expect((await status()).find(({ uid }) => uid === set.uid)).toMatchObject({
      stale: true,
      reasons: [{ code: "input-newer" }],
    });
  });

  test("through records, as long as they are; what no longer lies between keeps its sense", async () => {
    const raw = await shop.raw("r.raw", "0");
    const { run } = await shop.work("measure.ts", { reads: [raw] });
    const sample = await within(run, () => shop.ln.Record.save({ name: "sample 1" }));
    expect((await (await shop.ln.Record.get(sample.uid)).run)?.uid).toBe(run.uid);
    const out = await use("r.out", "out", { records: [sample] });
    for (const one of [sample, out]) expect(await one.staleness()).toEqual(FRESH);
    const newer = await shop.raw("r.raw", "1");
    expect((await sample.staleness()).reasons).toMatchObject([
      { code: "input-newer", chain: [sample.uid, raw.uid, newer.uid] },
    ]);
    expect((await out.staleness()).reasons).toMatchObject([
      {
        code: "upstream-stale",
        chain: [out.uid, sample.uid, raw.uid, newer.uid],
        detail: "sample 1 is out of date itself: r.raw has a newer version",
      },
    ]);
    await sample.delete({ permanent: true });
    expect((await out.staleness()).reasons).toMatchObject([{ code: "upstream-stale", subject: newer.uid }]);
  });

  test("a collection that was deleted for good still leads to what its run had read", async () => {
    const raw = await shop.raw("d.raw", "0");
    const run: Run = (await shop.work("collect.ts", { reads: [raw] })).run;
    const set = await gather(shop, "d.set", [await shop.raw("d.part", "0")], { run });
    const out = await use("d.out", "out", { collections: [set] });
    await set.delete({ permanent: true });
    expect(await out.staleness()).toEqual(FRESH);
    const newer = await shop.raw("d.raw", "1");
    expect((await out.staleness()).reasons).toMatchObject([
      { code: "upstream-stale", chain: [out.uid, set.uid, raw.uid, newer.uid] },
    ]);
  });
});
