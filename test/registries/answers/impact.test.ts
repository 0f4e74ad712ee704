import { afterAll, beforeAll, expect, test } from "vitest";
import sql from "sql-template-tag";
import { execute } from "../../../src/db/operation.ts";
import { encode } from "../../../src/formats/index.ts";
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
  test("seed 0-43 as a list: all that was made from it, nearest first, by which run, by whom and when", async () => {
    const raw = await shop.raw("raw", "0");
    const a = await shop.work("step.ts", { reads: [raw], makes: { "b-side": "1", "a-side": "2" } });
    const b = await shop.work("step.ts", { reads: [a.made[0] as never, a.made[1] as never], makes: { end: "3" } });
    // The end was also made from raw itself on a second way: the shortest way counts.
    const c = await shop.work("step.ts", { reads: [raw, b.made[0] as never], makes: { last: "4" } });
    const impact = await raw.impact();
    expect(impact.rows().map(({ key, hops, via }) => [key, hops, via])).toEqual([
      ["a-side", 1, a.run.uid],
      ["b-side", 1, a.run.uid],
      ["last", 1, c.run.uid],
      ["end", 2, b.run.uid],
    ]);
    expect(impact.columns.map(({ name, type }) => [name, type])).toEqual([
      ["uid", "text"],
      ["kind", "text"],
      ["key", "text"],
      ["hops", "int"],
      ["via", "text"],
      ["createdBy", "text"],
      ["createdAt", "time"],
      ["type", "text"],
      ["version", "text"],
    ]);
    expect(impact.rows()[3]).toMatchObject({
      uid: b.made[0]?.uid,
      createdBy: "testuser1",
      createdAt: b.made[0]?.createdAt,
    });
    expect((await (c.made[0] as typeof raw).impact()).length).toBe(0);
    expect((await raw.impact({ hops: 1 })).column("key")).toEqual(["a-side", "b-side", "last"]);
    expect((await raw.impact({ hops: 0 })).length).toBe(0);
    await (a.made[1] as typeof raw).update({ kind: "model" });
    expect((await raw.impact({ kind: "model" })).column("key")).toEqual(["a-side"]);
    expect((await raw.impact({ kind: "nothing" })).length).toBe(0);
    const plain = (await raw.impact()).rows().filter((row) => row.kind === null);
    expect((await raw.impact({ kind: "artifact" })).rows()).toEqual(plain);
    const text = Buffer.from((await encode(impact, ".csv")).bytes)
      .toString("utf8")
      .split("\n");
    expect(text[0]).toBe("uid,kind,key,hops,via,createdBy,createdAt,type,version");
    expect(text[4]).toBe(
      `${b.made[0]?.uid},,end,2,${b.run.uid},testuser1,${b.made[0]?.createdAt.toISOString()},artifact,0000`,
    );
    expect((await raw.impact({ createdBy: "testuser1" })).length).toBe(4);
    expect((await refused(raw.impact({ createdBy: "testuser2" }), "not-found")).hint).toBe("Did you mean testuser1?");
    expect((await refused(raw.impact({ createdBy: "ada" }), "not-found")).hint).toBe("Users here: testuser1.");
    const last = c.made[0]?.createdAt as Date;
    expect((await raw.impact({ since: last })).column("key")).toEqual(["last"]);
    expect((await raw.impact({ until: new Date(last.getTime() - 1) })).column("key")).toEqual([
      "a-side",
      "b-side",
      "end",
    ]);
    expect((await raw.impact({ until: "2026-01-01", kind: "model" })).column("key")).toEqual(["a-side"]);
    await refused(raw.impact({ since: "yesterday" }), "invalid");
    await refused(raw.impact({ hops: -1 }), "invalid");
    await refused(raw.impact({ hops: 1.5 }), "invalid");
  });

  test("collections and records are listed too, and asked of; of runs and transforms what they made, and on", async () => {
    const { ln, lab } = shop;
    const raw = await shop.raw("c0", "c0");
    const { run, transform, within } = await lab.run();
    await within(() => raw.cache());
    const cohort = await within(() => ln.Collection.save({ key: "cohort" }));
    const type = await ln.Record.save({ name: "Sample", isType: true });
    const sample = await within(() => ln.Record.save({ name: "sample 1", type }));
    const next = await shop.work("step.ts", { makes: { c1: "c1" } });
    await next.run.inputCollections.add(cohort);
    const last = await shop.work("step.ts", { makes: { c2: "c2" } });
    await last.run.inputRecords.add(sample);
    const listed = async (entry: { impact: typeof raw.impact }, options?: Parameters<typeof raw.impact>[0]) =>
      (await entry.impact(options))
        .rows()
        .map(({ type: sort, kind, key, hops, via, version }) => [sort, kind, key, hops, via, version]);
    const made = [
      ["collection", null, "cohort", 1, run.uid, "0000"],
      ["record", "Sample", "sample 1", 1, run.uid, null],
    ];
    const beyond = (hops: number) => [
      ["artifact", null, "c1", hops, next.run.uid, "0000"],
      ["artifact", null, "c2", hops, last.run.uid, "0000"],
    ];
    expect(await listed(raw)).toEqual([...made, ...beyond(2)]);
    expect(await listed(cohort)).toEqual([beyond(1)[0]]);
    expect(await listed(sample)).toEqual([beyond(1)[1]]);
    expect(await listed(run)).toEqual([...made, ...beyond(2)]);
    expect(await listed(raw, { kind: "Sample" })).toEqual([made[1]]);
    expect(await listed(raw, { hops: 1 })).toEqual(made);
    // Two runs of one transform, the second of which made one thing nearer.
    const again = await lab.runOf(transform);
    await again.run.inputCollections.add(cohort);
    const third = await again.within(() => ln.Collection.save({ key: "another cohort" }));
    expect(await listed(transform)).toEqual([
      ["collection", null, "another cohort", 1, again.run.uid, "0000"],
      ...made,
      ...beyond(2),
    ]);
    expect(await listed(third)).toEqual([]);
    await sample.delete();
    expect((await raw.impact({ kind: "Sample" })).length).toBe(0);
  });

  test("what a run only made again was not made from its inputs; what it read after saving is no source", async () => {
    const [first, second, third] = [await shop.raw("r1", "r1"), await shop.raw("r2", "r2"), await shop.raw("r3", "r3")];
    const { made } = await shop.work("step.ts", { reads: [first], makes: { out: "o" }, readsLater: [third] });
    await shop.work("step.ts", { reads: [second], makes: { out: "o" } });
    expect((await first.impact()).column("uid")).toEqual([made[0]?.uid]);
    expect((await second.impact()).length).toBe(0);
    expect((await third.impact()).length).toBe(0);
  });

  test("what is in the trash is not listed, what was made from it is", async () => {
    const raw = await shop.raw("d0", "d0");
    const one = await shop.work("step.ts", { reads: [raw], makes: { d1: "d1" } });
    await shop.work("step.ts", { reads: one.made, makes: { d2: "d2" } });
    await one.made[0]?.delete();
    expect((await raw.impact()).rows().map(({ key, hops }) => [key, hops])).toEqual([["d2", 2]]);
    await one.made[0]?.restore();
    expect((await raw.impact()).column("key")).toEqual(["d1", "d2"]);
  });

  test("a hundred thousand outputs of one run are all listed", { timeout: 240_000 }, async () => {
    const raw = await shop.raw("wide", "wide");
    const { run, made } = await shop.work("step.ts", { reads: [raw], makes: { "wide.0": "w" } });
    const [row] = await shop.lab.rows(sql`select id, input_mark from artifact where uid = ${made[0]?.uid}`);
    const { dialect } = shop.lab.connection.database;
    await shop.lab.connection.write(() =>
      execute(sql`insert into artifact (uid, created_at, stem, revision, is_latest, "key", suffix, size, hash, hash_type, overwritten, storage_id, run_id, created_by_id, space_id, branch_id, internal, input_mark)
        select substr(cast(10000000000000000 + i.value as text), 2) || '0000', a.created_at, substr(cast(10000000000000000 + i.value as text), 2), 0, a.is_latest, 'wide/' || i.value, '', 1, 'h' || i.value, 'sha256', a.overwritten, a.storage_id, a.run_id, a.created_by_id, a.space_id, a.branch_id, a.internal, a.input_mark
        from artifact a cross join ${dialect.integers(Array.from({ length: 100_000 }, (_, i) => i))} i where a.id = ${row?.id}`),
    );
    const impact = await raw.impact();
    expect(impact.length).toBe(100_001);
    expect(new Set(impact.column("via"))).toEqual(new Set([run.uid]));
    expect(new Set(impact.column("uid")).size).toBe(100_001);
  });
});
