import { afterAll, beforeAll, expect, test } from "vitest";
import sql from "sql-template-tag";
import { type Artifact, why } from "../../../src/index.ts";
import { execute } from "../../../src/db/operation.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { refused } from "../lab.ts";
import { Workshop } from "../workshop.ts";

forEachDatabase((database) => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await Workshop.open(database);
    for (const name of ["plain.ts", "clean.ts", "plot.ts"]) shop.script(name);
  });
  afterAll(() => shop[Symbol.asyncDispose]());
  const make = async (...args: Parameters<Workshop["work"]>): Promise<Artifact> =>
    (await shop.work(...args)).made[0] ?? expect.fail("nothing was made");

  test("the same bytes, whatever their names", async () => {
    const a = await make("plain.ts", { makes: { "same.a": "s" } });
    expect(await why(a, a)).toEqual({ same: true, differences: [] });
    expect(await why(a, await shop.raw("same.b", "s"))).toEqual({ same: true, differences: [] });
  });

  test("code, parameters and packages, each by itself", async () => {
    const a = await make("plain.ts", {
      params: { lr: 1, deep: { x: 1, y: 2 } },
      environment: { packages: {} },
      makes: { out: "1" },
    });
    const b = await make("plain.ts", {
      params: { deep: { y: 2, x: 1 }, lr: 2 },
      environment: { packages: {} },
      makes: { out: "2" },
    });
    expect(await why(a, b)).toEqual({
      same: false,
      differences: [{ what: "params", name: "lr", a: "1", b: "2", chain: [a.uid] }],
    });
    const c = await make("plain.ts", {
      params: { deep: { y: 2, x: 1 }, lr: 2 },
      environment: { packages: { zod: "4" } },
      makes: { out: "3" },
    });
    expect((await why(b, c)).differences).toEqual([
      { what: "environment", name: "zod", a: null, b: "4", chain: [b.uid] },
    ]);
    shop.script("plain.ts", "export const changed = 1;\n");
    const d = await make("plain.ts", {
      params: { deep: { y: 2, x: 1 }, lr: 2 },
      environment: { packages: { zod: "4" } },
      makes: { out: "4" },
    });
    expect((await why(c, d)).differences).toEqual([
      { what: "code", a: (await c.transform)?.uid, b: (await d.transform)?.uid, chain: [c.uid] },
    ]);
    shop.script("plain.ts", "export const changed = 1; // a comment is no cause\n");
    const e = await make("plain.ts", {
      params: { deep: { y: 2, x: 1 }, lr: 2 },
      environment: { packages: { zod: "4" } },
      makes: { out: "5" },
    });
    expect((await why(d, e)).differences).toEqual([
      { what: "chance", a: (await d.run)?.uid, b: (await e.run)?.uid, chain: [d.uid] },
    ]);
  });

  test("what made the same bytes all the same is no cause", async () => {
    shop.script("same.ts");
    const [raw, other] = [await shop.raw("same.raw", "0"), await shop.raw("same.raw", "1")];
    const a = await make("same.ts", { reads: [raw], params: { lr: 1 }, makes: { "same.out": "1" } });
    shop.script("same.ts", "export const changed = 1;\n");
    expect((await make("same.ts", { reads: [other], params: { lr: 1 }, makes: { "same.out": "1" } })).uid).toBe(a.uid);
    const b = await make("same.ts", { reads: [other], params: { lr: 2 }, makes: { "same.out": "2" } });
    expect(await why(a, b)).toEqual({
      same: false,
      differences: [{ what: "params", name: "lr", a: "1", b: "2", chain: [a.uid] }],
    });
    expect((await why(b, a)).differences).toMatchObject([{ what: "params", a: "2", b: "1" }]);
    const pair = (await shop.work("same.ts", { reads: [other], makes: { "pair.a": "1", "pair.b": "2" } })).made as [
      Artifact,
      Artifact,
    ];
    await shop.work("same.ts", { reads: [other], makes: { "pair.a": "1" } });
    expect((await why(...pair)).differences).toMatchObject([{ what: "run" }]);
  });

  test("an input two steps back, through a diamond, is told once; what was read after saving is no input", async () => {
    const follow = async (text: string): Promise<{ raw: Artifact; clean: Artifact[]; end: Artifact }> => {
      const raw = await shop.raw("deep.raw", text);
      const unread = await shop.raw("deep.later", text);
      const { made } = await shop.work("clean.ts", {
        reads: [raw],
        makes: { "deep.left": `l${text}`, "deep.right": `r${text}` },
      });
      return {
        raw,
        clean: [...made],
        end: await make("plot.ts", { reads: made, makes: { "deep.end": `e${text}` }, readsLater: [unread] }),
      };
    };
    const [a, b] = [await follow("0"), await follow("1")];
    expect(await why(a.end, b.end)).toEqual({
      same: false,
      differences: [{ what: "input", a: a.raw.uid, b: b.raw.uid, chain: [a.end.uid, a.clean[0]?.uid, a.raw.uid] }],
    });
  });

  test("a sweep: inputs with other keys are known by how they were made, and the parameter is named", async () => {
    const [train, report] = [[], []] as Artifact[][];
    for (const lr of [1, 2])
      train?.push(
        await make("clean.ts", { params: { optimizer: { lr, beta: 0.9 } }, makes: { [`model/${lr}.json`]: `m${lr}` } }),
      );
    for (const [i, model] of (train ?? []).entries())
      report?.push(await make("plot.ts", { reads: [model], makes: { [`report/${i}.json`]: `r${i}` } }));
    const [a, b] = report as [Artifact, Artifact];
    expect(await why(a, b)).toEqual({
      same: false,
      differences: [{ what: "params", name: "optimizer.lr", a: "1", b: "2", chain: [a.uid, train?.[0]?.uid] }],
    });
  });

  test("arguments of the command line, entrypoints, modules, and two outputs of one run are no chance", async () => {
    const what = async (one: Artifact | undefined, other: Artifact | undefined) =>
      (await why(one as Artifact, other as Artifact)).differences.map(({ what, name, a, b }) => [what, name, a, b]);
    const a = await make("plot.ts", { cliArgs: "--n 1", makes: { facts: "1" } });
    const b = await make("plot.ts", { cliArgs: "--n 2", makes: { facts: "2" } });
    expect(await what(a, b)).toEqual([["arguments", undefined, "--n 1", "--n 2"]]);
    const c = await make("plot.ts", { cliArgs: "--n 2", entrypoint: "draw", makes: { facts: "3" } });
    expect(await what(b, c)).toEqual([["entrypoint", undefined, null, "draw"]]);
    const { made, run } = await shop.work("plot.ts", { makes: { one: "1", other: "2" } });
    expect(await what(made[0], made[1])).toEqual([["run", undefined, run.uid, run.uid]]);
    shop.script("w/part.ts", "export const part = 1;\n");
    shop.script("w/late.ts", "export const late = 1;\n");
    shop.script(
      "w/main.ts",
      'import { part } from "./part.ts";\nexport const late = () => import("./late.ts");\nexport const two = part;\n',
    );
    const d = await make("w/main.ts", { makes: { modules: "1" } });
    shop.script("w/part.ts", "export const part = 2;\n");
    const e = await make("w/main.ts", { makes: { modules: "2" } });
    expect(await what(d, e)).toEqual([["code", "part.ts", (await d.transform)?.uid, (await e.transform)?.uid]]);
    shop.script("w/late.ts", "export const late = 2;\n");
    const f = await make("w/main.ts", { makes: { modules: "3" } });
    expect(await what(e, f)).toEqual([
      ["code", "late.ts", expect.stringMatching(/^js1:/), expect.stringMatching(/^js1:/)],
    ]);
  });

  test("inputs that were deleted for good are told, and what they were made from", async () => {
    const raw = [await shop.raw("dead.raw", "0"), await shop.raw("dead.raw", "1")] as const;
    const step = [
      await make("clean.ts", { reads: [raw[0]], makes: { "dead.step": "s0" } }),
      await make("clean.ts", { reads: [raw[1]], makes: { "dead.step": "s1" } }),
    ] as const;
    const end = [
      await make("plot.ts", { reads: [step[0]], makes: { "dead.end": "e0" } }),
      await make("plot.ts", { reads: [step[1]], makes: { "dead.end": "e1" } }),
    ] as const;
    const wanted = await why(...end);
    expect(wanted.differences).toEqual([
      { what: "input", a: raw[0].uid, b: raw[1].uid, chain: [end[0].uid, step[0].uid, raw[0].uid] },
    ]);
    await step[0].delete({ permanent: true });
    expect(await why(...end)).toEqual(wanted);
    for (const one of [step[1], ...raw]) await one.delete({ permanent: true });
    expect(await why(...end)).toEqual(wanted);
    const more = [
      await make("plot.ts", { makes: { "dead.more": "m0" } }),
      await make("plot.ts", { reads: [await shop.raw("dead.only", "o")], makes: { "dead.more": "m1" } }),
    ] as const;
    const only = await shop.ln.Artifact.get({ key: "dead.only" });
    await only.delete({ permanent: true });
    expect((await why(...more)).differences).toEqual([{ what: "input", a: null, b: only.uid, chain: [more[0].uid] }]);
  });

  test("one that no run made; nothing in common; no artifact; one that is gone", async () => {
    const a = await make("plain.ts", { makes: { half: "1" } });
    const b = await shop.raw("half", "2");
    expect((await why(a, b)).differences).toEqual([{ what: "maker", a: (await a.run)?.uid, b: null, chain: [a.uid] }]);
    expect((await refused(why(a, await shop.raw("foreign", "f")), "invalid")).message).toContain("no common history");
    await refused(why(a, {} as never), "invalid");
    await b.delete({ permanent: true });
    await refused(why(a, b), "not-found");
  });

  test("histories ten thousand runs deep", { timeout: 240_000 }, async () => {
    const depth = 10_000;
    const [first, second] = [await shop.raw("chain", "first"), await shop.raw("chain", "second")];
    const { run } = await shop.work("plain.ts");
    const { connection } = shop.lab;
    const { dialect } = connection.database;
    const numbers = dialect.integers(Array.from({ length: depth }, (_, i) => i + 1));
    const ends: string[] = [];
    for (const [side, start] of [
      [1, first],
      [2, second],
    ] as const) {
      const uid = (text: string) =>
        sql`cast(${`${side}`} as text) || substr(cast(100000000000000 + i.value as text), 2) || cast(${text} as text)`;
      await connection.write(function* () {
        const [{ id } = { id: 0 }] = yield* execute(sql`select max(id) as id from run`);
        const [{ base } = { base: 0 }] = yield* execute(sql`select id as base from artifact where uid = ${start.uid}`);
        yield* execute(
          sql`insert into run (id, uid, created_at, transform_id, status, created_by_id, space_id, branch_id) select ${Number(id)} + i.value, ${uid("r")} || '0', r.created_at, r.transform_id, r.status, r.created_by_id, r.space_id, r.branch_id from run r cross join ${numbers} i where r.uid = ${run.uid}`,
        );
        yield* execute(sql`insert into artifact (id, uid, created_at, stem, revision, is_latest, "key", suffix, size, hash, hash_type, overwritten, storage_id, run_id, created_by_id, space_id, branch_id, internal, input_mark)
          select ${1_000_000 * side} + i.value, ${uid("a")} || '0000', a.created_at, ${uid("a")}, 0, a.is_latest, 'chain/' || i.value || '/' || ${side}, '', 1, ${`h${side}`} || i.value, 'sha256', a.overwritten, a.storage_id, ${Number(id)} + i.value, a.created_by_id, a.space_id, a.branch_id, a.internal, ${2 ** 31}
          from artifact a cross join ${numbers} i where a.id = ${Number(base)}`);
        yield* execute(
          sql`insert into artifact_input_of (from_id, to_id, created_at, run_id, input_mark) select case when i.value = 1 then ${Number(base)} else ${1_000_000 * side} + i.value - 1 end, ${Number(id)} + i.value, r.created_at, case when i.value > 1 then ${Number(id)} + i.value - 1 end, case when i.value = 1 then 0 else cast(${2 ** 31} as bigint) end from run r cross join ${numbers} i where r.uid = ${run.uid}`,
        );
      });
      ends.push(`${side}${String(depth).padStart(14, "0")}a0000`);
    }
    const [a, b] = [await shop.ln.Artifact.get(ends[0] as string), await shop.ln.Artifact.get(ends[1] as string)];
    const { differences } = await why(a, b);
    // No two steps have a key or a family in common: they are known by how they were made.
    expect(differences).toEqual([{ what: "input", a: first.uid, b: second.uid, chain: expect.any(Array) }]);
    expect(differences[0]?.chain).toHaveLength(depth + 1);
    expect(await a.staleness()).toMatchObject({
      stale: true,
      reasons: [{ code: "upstream-stale", subject: second.uid }],
    });
    expect((await a.staleness()).reasons[0]?.chain).toHaveLength(depth + 2);
    expect((await b.staleness()).stale).toBe(false);
  });
});
