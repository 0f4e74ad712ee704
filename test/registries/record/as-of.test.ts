import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Artifact, LinealError } from "../../../src/index.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { refused } from "../lab.ts";
import { Workshop } from "../workshop.ts";

forEachDatabase((database) => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await Workshop.open(database);
    shop.script("step.ts");
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  const get = (wanted: Parameters<Workshop["ln"]["Artifact"]["get"]>[0], asOf: Date | string): Promise<Artifact> =>
    shop.ln.Artifact.get(wanted, { asOf });

  test("the latest version there was, by key, by uid and by the beginning of one; the version itself by its uid", async () => {
    const before = shop.time;
    const v0 = await shop.raw("v.csv", "0");
    const one = shop.time;
    const v1 = await shop.raw("v.csv", "1");
    const two = shop.time;
    const v2 = await shop.raw("v.csv", "2");
    const three = shop.time;
    const stem = v0.uid.slice(0, 16);
    for (const [at, latest] of [
      [one, v0],
      [two, v1],
      [three, v2],
    ] as const) {
      for (const wanted of [{ key: "v.csv" }, stem, stem.slice(0, 8)])
        expect((await get(wanted, at)).uid).toBe(latest.uid);
      expect((await get({ key: "v.csv" }, at)).isLatest).toBe(true);
      expect((await get({ key: "v.csv", isLatest: true }, at)).uid).toBe(latest.uid);
    }
    expect((await get(v0.uid, three)).isLatest).toBe(false);
    expect((await get(v0.uid, one)).isLatest).toBe(true);
    expect((await get(v0.uid, one.toISOString())).uid).toBe(v0.uid);
    for (const wanted of [{ key: "v.csv" }, stem, v0.uid]) await refused(get(wanted, before), "not-found");
    await refused(get(v2.uid, two), "not-found");
  });

  test("with the columns it had: renames and descriptions are taken back, one after the other", async () => {
    const artifact = await shop.raw("old.csv", "renamed");
    const first = shop.time;
    await artifact.update({ description: "one" });
    const second = shop.time;
    await artifact.update({ key: "new.csv", description: "two" });
    const third = shop.time;
    await artifact.update({ kind: "dataset" });
    expect(await get({ key: "old.csv" }, first)).toMatchObject({ uid: artifact.uid, description: null, kind: null });
    expect(await get({ key: "old.csv" }, second)).toMatchObject({ uid: artifact.uid, description: "one" });
    expect(await get(artifact.uid, second)).toMatchObject({ key: "old.csv", description: "one" });
    expect(await get({ description: "one" }, second)).toMatchObject({ uid: artifact.uid });
    await refused(get({ key: "new.csv" }, second), "not-found");
    await refused(get({ key: "old.csv" }, third), "not-found");
    expect(await get({ key: "new.csv" }, third)).toMatchObject({ uid: artifact.uid, description: "two", kind: null });
    expect(await get({ kind: null, key: "new.csv" }, third)).toMatchObject({ uid: artifact.uid });
    // Another one took the key that was free: each at its time.
    const other = await shop.raw("old.csv", "another");
    expect((await get({ key: "old.csv" }, second)).uid).toBe(artifact.uid);
    expect((await get({ key: "old.csv" }, shop.time)).uid).toBe(other.uid);
  });

  test("trash hides from a filter and not from a uid, at its time only; what was deleted for good is said to be", async () => {
    const artifact = await shop.raw("bin.csv", "bin");
    const there = shop.time;
    await artifact.delete();
    const away = shop.time;
    await artifact.restore();
    const back = shop.time;
    expect((await get({ key: "bin.csv" }, there)).uid).toBe(artifact.uid);
    await refused(get({ key: "bin.csv" }, away), "not-found");
    expect((await get(artifact.uid, away)).isLatest).toBe(false);
    expect((await get({ key: "bin.csv" }, back)).isLatest).toBe(true);
    await artifact.delete({ permanent: true });
    for (const wanted of [{ key: "bin.csv" }, artifact.uid])
      expect((await refused(get(wanted, back), "not-found")).hint).toMatch(/^It was deleted for good at 2026-/);
  });

  test("a family without a latest: what can be seen goes before what is in trash, now and then", async () => {
    const v0 = await shop.raw("held.csv", "first");
    const v1 = await shop.raw("held.csv", "second");
    await v1.update({ key: "renamed.csv" });
    const other = await shop.raw("other.csv", "third");
    await other.update({ key: "held.csv" });
    const before = shop.time;
    await v1.delete();
    const stem = v0.uid.slice(0, 16);
    const [now, then] = [await shop.ln.Artifact.get(stem), await get(stem, shop.time)];
    for (const one of [now, then]) expect(one).toMatchObject({ uid: v0.uid, isLatest: false });
    expect(await get(stem, before)).toMatchObject({ uid: v1.uid, isLatest: true });
    expect(await get({ key: "held.csv" }, shop.time)).toMatchObject({ uid: other.uid, isLatest: true });
    expect(await get({ key: "held.csv", isLatest: false }, shop.time)).toMatchObject({ uid: v0.uid });
  });

  test("runs and transforms too, with the status they had", async () => {
    const { run } = await shop.work("step.ts", { end: "open" });
    const open = shop.time;
    await run.update({ name: "late name", status: "completed" });
    expect(await shop.ln.Run.get(run.uid, { asOf: open })).toMatchObject({ name: null, status: "started" });
    expect(await shop.ln.Run.get(run.uid, { asOf: shop.time })).toMatchObject({
      name: "late name",
      status: "completed",
    });
    expect((await shop.ln.Transform.get({ key: "step.ts" }, { asOf: open })).uid).toBe((await run.transform).uid);
  });

  test("any filter is asked of what there was: operators, alternatives, references, whatever changed since", async () => {
    const { ln } = shop;
    const first = await ln.Artifact.save(Buffer.from("any 1"), { key: "x.csv", description: "first", run: false });
    const one = shop.time;
    const second = await ln.Artifact.save(Buffer.from("any two"), { key: "x.csv", description: "second", run: false });
    const two = shop.time;
    await second.update({ key: "y.csv", description: "%_ renamed" });
    await first.delete();
    for (const where of [
      { key: "x.csv" },
      { key: { eq: "x.csv" } },
      { any: [{ key: "x.csv" }, { key: "none" }] },
      { key: { startsWith: "x", endsWith: ".csv" } },
      { not: { key: { ne: "x.csv" } } },
      { key: { in: ["x.csv"] }, size: { lt: 9 } },
    ]) {
      expect([JSON.stringify(where), (await ln.Artifact.get(where, { asOf: one })).uid]).toEqual([
        JSON.stringify(where),
        first.uid,
      ]);
      expect([JSON.stringify(where), (await ln.Artifact.get(where, { asOf: two })).uid]).toEqual([
        JSON.stringify(where),
        second.uid,
      ]);
      await refused(ln.Artifact.get(where), "not-found");
    }
    expect((await ln.Artifact.get({ description: { icontains: "SECOND" } }, { asOf: two })).key).toBe("x.csv");
    await refused(ln.Artifact.get({ description: { contains: "renamed" } }, { asOf: two }), "not-found");
    expect(
      (await ln.Artifact.get({ key: { startsWith: "x" }, createdBy: { handle: "testuser1" } }, { asOf: two })).uid,
    ).toBe(second.uid);
    // Who made it was told later.
    const orphan = await ln.Artifact.save(Buffer.from("3"), { key: "orphan", run: false });
    const before = shop.time;
    const run = await ln.Run.save({ transform: await ln.Transform.save({ key: "made.ts", kind: "script" }) });
    await ln.Artifact.save(Buffer.from("3"), { key: "orphan", run });
    expect((await ln.Artifact.get({ run: null, key: "orphan" }, { asOf: before })).uid).toBe(orphan.uid);
    await refused(ln.Artifact.get({ run: { not: null }, key: "orphan" }, { asOf: before }), "not-found");
    await refused(ln.Artifact.get({ transform: { key: "made.ts" } }, { asOf: before }), "not-found");
    expect((await ln.Artifact.get({ transform: { key: "made.ts" } })).uid).toBe(orphan.uid);
    await refused(ln.Artifact.get({ key: "orphan" }, { asof: before } as never), "invalid");
  });

  test("the latest there was, deleted for good since: said so, and no older version in its place", async () => {
    const v0 = await shop.raw("buried.csv", "b0");
    const one = shop.time;
    const v1 = await shop.raw("buried.csv", "b1");
    const two = shop.time;
    await v1.delete({ permanent: true });
    for (const wanted of [{ key: "buried.csv" }, v0.uid.slice(0, 16), v1.uid]) {
      const error = await refused(get(wanted, two), "not-found");
      expect(error.hint).toContain("deleted for good");
    }
    expect((await get({ key: "buried.csv" }, one)).uid).toBe(v0.uid);
    expect((await get(v0.uid, two)).uid).toBe(v0.uid);
    expect((await shop.ln.Artifact.get({ key: "buried.csv" })).uid).toBe(v0.uid);
  });

  test("wrong questions are refused as without a time", async () => {
    const artifact = await shop.raw("q.csv", "q");
    const now = shop.time;
    for (const wrong of ["tomorrow", "2026-13-45", 12 as never, null as never, new Date(Number.NaN)])
      await refused(get(artifact.uid, wrong), "invalid");
    await refused(get(artifact.uid, new Date("2100-01-01")), "invalid");
    await refused(artifact.lineage({ asOf: "2100-01-01" }), "invalid");
    await refused(get(null as never, now), "invalid");
    await refused(get("no/uid", now), "not-found");
    await refused(get({ nothing: 1 } as never, now), "invalid");
    await shop.raw("twin-1.csv", "t1");
    await shop.raw("twin-2.csv", "t2");
    await refused(get({ suffix: ".csv", description: null }, shop.time), "ambiguous");
  });

  test("lineage hides links, runs and versions that came later, and says what there was as it was", async () => {
    const raw = await shop.raw("lin.raw", "r");
    const start = shop.time;
    const one = await shop.work("step.ts", { reads: [raw], makes: { "lin.one": "1" } });
    const middle = shop.time;
    const made = one.made[0] as Artifact;
    const open = await shop.work("step.ts", { reads: [made], makes: { "lin.two": "2" }, end: "open" });
    const going = shop.time;
    await open.run.update({ status: "completed", finishedAt: new Date(shop.time) } as never);
    await shop.raw("lin.raw", "r2");
    await made.update({ key: "renamed.one" });
    await made.delete();
    const labels = async (asOf: Date): Promise<string[]> =>
      (await raw.lineage({ asOf })).nodes
        .map(
          (node) =>
            `${node.label}${node.kind === "artifact" ? (node.isLatest ? " latest" : "") : ` ${(node as { status?: string }).status}`}${node.deleted ? " deleted" : ""}`,
        )
        .sort();
    expect(await labels(start)).toEqual(["lin.raw latest"]);
    expect(await labels(middle)).toEqual(["lin.one latest", "lin.raw latest", "step.ts completed"]);
    expect(await labels(going)).toEqual([
      "lin.one latest",
      "lin.raw latest",
      "lin.two latest",
      "step.ts completed",
      "step.ts started",
    ]);
    expect(await labels(shop.time)).toEqual([
      "lin.raw",
      "lin.two latest",
      "renamed.one deleted",
      "step.ts completed",
      "step.ts completed",
    ]);
    await refused(made.lineage({ asOf: start }), "not-found");
    // What has been deleted for good since was there then, as it was then.
    const trashed = shop.time;
    await made.delete({ permanent: true });
    expect(await labels(middle)).toEqual(["lin.one latest", "lin.raw latest", "step.ts completed"]);
    expect(await labels(going)).toEqual([
      "lin.one latest",
      "lin.raw latest",
      "lin.two latest",
      "step.ts completed",
      "step.ts started",
    ]);
    expect(await labels(trashed)).toEqual([
      "lin.raw",
      "lin.two latest",
      "renamed.one deleted",
      "step.ts completed",
      "step.ts completed",
    ]);
    expect(await labels(shop.time)).toEqual([
      "lin.raw",
      "lin.two latest",
      "renamed.one deleted",
      "step.ts completed",
      "step.ts completed",
    ]);
  });

  const operation = fc.oneof(
    fc.record({ do: fc.constant("save" as const), key: fc.nat({ max: 2 }), text: fc.nat({ max: 4 }) }),
    fc.record({
      do: fc.constantFrom("rename" as const, "describe" as const),
      which: fc.nat({ max: 5 }),
      key: fc.nat({ max: 2 }),
    }),
    fc.record({ do: fc.constantFrom("delete" as const, "restore" as const), which: fc.nat({ max: 5 }) }),
  );

  test("any history: as of each step all is as it was seen at that step", { timeout: 240_000 }, async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 3, maxLength: 10 }), async (operations) => {
        round++;
        const name = (key: number): string => `round${round}/${key}.txt`;
        const uids = new Set<string>();
        /** What can be seen now, or could be then. */
        const seen = async (asOf?: Date): Promise<Record<string, unknown>> => {
          const options = asOf ? { asOf } : {};
          const ask = async (wanted: string | { key: string }): Promise<unknown> =>
            shop.ln.Artifact.get(wanted, options).then(
              (artifact) => artifact.toJSON(),
              (error: unknown) => (error instanceof LinealError ? error.code : error),
            );
          const wanted = [
            ...[0, 1, 2].map((key) => ({ key: name(key) })),
            ...uids,
            ...new Set([...uids].map((uid) => uid.slice(0, 16))),
          ];
          return Object.fromEntries(
            await Promise.all(wanted.map(async (one) => [typeof one === "string" ? one : one.key, await ask(one)])),
          );
        };
        const steps: { at: Date; saw: Record<string, unknown> }[] = [];
        for (const one of operations) {
          const artifact =
            "which" in one && uids.size > 0
              ? await shop.ln.Artifact.get([...uids][one.which % uids.size] as string)
              : undefined;
          const done = (async () => {
            if (one.do === "save") uids.add((await shop.raw(name(one.key), `${round} ${one.text}`)).uid);
            else if (one.do === "rename") await artifact?.update({ key: name(one.key) });
            else if (one.do === "describe") await artifact?.update({ description: `${one.key}` });
            else if (one.do === "delete") await artifact?.delete();
            else await artifact?.restore();
          })();
          // A key may be taken: then nothing happened.
          await done.catch((error: unknown) => expect(error).toMatchObject({ code: "conflict" }));
          steps.push({ at: shop.time, saw: await seen() });
        }
        for (const { at, saw } of steps) expect(await seen(at)).toMatchObject(saw);
      }),
      { numRuns: database.name === "sqlite" ? 60 : 12 },
    );
  });
});
