import { afterAll, beforeAll, expect, test } from "vitest";
import { type Artifact, type Collection, diff, type Record as RecordEntry } from "../../../src/index.ts";
import { setProcessUser } from "../../../src/instance/scope.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { refused } from "../lab.ts";
import { Workshop } from "../workshop.ts";

const EQUAL = {
  code: null,
  modules: null,
  params: null,
  environment: null,
  inputs: null,
  outputs: null,
  duration: null,
  user: null,
};

forEachDatabase((database) => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await Workshop.open(database);
    shop.script("plain.ts");
  });
  afterAll(() => shop[Symbol.asyncDispose]());
  const work = async (...args: Parameters<Workshop["work"]>) => (await shop.work(...args)).run;
  /** What differs besides the time that it took. */
  const differing = async (...[a, b]: Parameters<typeof diff>) => {
    const { duration: _, ...rest } = await diff(a, b);
    return Object.fromEntries(Object.entries(rest).filter(([, part]) => part !== null));
  };

  test("a run and itself are equal in every part", async () => {
    const run = await work("plain.ts", { params: { a: 1 }, makes: { p: "1" } });
    expect(await diff(run, run)).toEqual(EQUAL);
  });

  test("code as a unified diff, local modules by path", async () => {
    shop.script("d/helper.ts", "export const one = 1;\n");
    shop.script("d/main.ts", 'import { one } from "./helper.ts";\nconsole.log(one);\n');
    const first = await work("d/main.ts");
    shop.script("d/helper.ts", "export const one = 1.5;\n");
    const second = await work("d/main.ts");
    expect(await differing(first, second)).toEqual({
      modules: {
        "helper.ts":
          "--- a/helper.ts\n+++ b/helper.ts\n@@ -1,1 +1,1 @@\n-export const one = 1;\n+export const one = 1.5;\n",
      },
    });
    shop.script("d/main.ts", "console.log(2);\n");
    const third = await work("d/main.ts");
    const { code, modules } = await diff(second, third);
    expect(code).toBe(
      '--- a/d/main.ts\n+++ b/d/main.ts\n@@ -1,2 +1,1 @@\n-import { one } from "./helper.ts";\n-console.log(one);\n+console.log(2);\n',
    );
    expect(modules?.["helper.ts"]).toContain("-export const one = 1.5;");
  });

  test("modules that are imported on demand are named, with the hashes that are kept of them", async () => {
    shop.script("l/late.ts", "export const late = 1;\n");
    shop.script("l/main.ts", 'export const late = () => import("./late.ts");\n');
    const first = await work("l/main.ts");
    expect(first.dynamicModules).toEqual([
      {
        path: "late.ts",
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        codeHash: expect.stringMatching(/^js1:[0-9a-f]{64}$/),
      },
    ]);
    shop.script("l/late.ts", "export const late = 2;\n");
    const second = await work("l/main.ts");
    const [one, two] = [first, second].map((run) => run.dynamicModules?.[0]?.hash);
    expect(await differing(first, second)).toEqual({
      modules: { "late.ts": `--- a/late.ts\n+++ b/late.ts\n-sha256 ${one}\n+sha256 ${two}\n` },
    });
  });

  test("arguments of the command line are among the parameters", async () => {
    const [a, b, c] = [
      await work("plain.ts", { cliArgs: "--n 1", params: { p: 1 } }),
      await work("plain.ts", { cliArgs: "--n 2", params: { p: 1 } }),
      await work("plain.ts", { params: { p: 1 } }),
    ];
    expect(await differing(a, b)).toEqual({
      params: { added: {}, removed: {}, changed: { "command line": { a: "--n 1", b: "--n 2" } } },
    });
    expect(await differing(a, c)).toEqual({ params: { added: {}, removed: { "command line": "--n 1" }, changed: {} } });
  });

  test("nested parameters by name, whatever the order of their keys", async () => {
    const a = await work("plain.ts", {
      params: { same: { x: 1, y: [1, { p: 1, q: 2 }] }, lr: 0.1, gone: null, text: "1" },
    });
    const b = await work("plain.ts", {
      params: { same: { y: [1, { q: 2, p: 1 }], x: 1 }, lr: 0.2, more: true, text: 1 },
    });
    expect(await differing(a, b)).toEqual({
      params: {
        added: { more: true },
        removed: { gone: null },
        changed: { lr: { a: 0.1, b: 0.2 }, text: { a: "1", b: 1 } },
      },
    });
  });

  test("runtime, platform and packages by name", async () => {
    const environment = (node: string, packages: Record<string, string>) => ({
      runtime: { name: "node", version: node },
      platform: { os: "linux" },
      packages,
    });
    const a = await work("plain.ts", {
      environment: environment("24.1.0", { zod: "4.0.0", old: "1.0.0", same: "2.0.0" }),
    });
    const b = await work("plain.ts", {
      environment: environment("24.2.0", { zod: "4.1.0", new: "1.0.0", same: "2.0.0" }),
    });
    expect(await differing(a, b)).toEqual({
      environment: {
        added: { new: "1.0.0" },
        removed: { old: "1.0.0" },
        changed: { node: { a: "24.1.0", b: "24.2.0" }, zod: { a: "4.0.0", b: "4.1.0" } },
      },
    });
  });

  test("a run that kept no environment: that is said instead of all packages", async () => {
    const [a, b] = [await work("plain.ts", { environment: { packages: { zod: "4.0.0" } } }), await work("plain.ts")];
    expect(await differing(a, b)).toEqual({
      environment: { added: {}, removed: {}, changed: { environment: { a: "kept", b: "none kept" } } },
    });
    expect(await differing(b, await work("plain.ts"))).toEqual({});
  });

  test("inputs and outputs that were deleted for good are compared as before", async () => {
    const [x0, x1] = [await shop.raw("dead.csv", "0"), await shop.raw("dead.csv", "1")];
    const a = await shop.work("plain.ts", { reads: [x0], makes: { "dead.out": "o0" } });
    const b = await shop.work("plain.ts", { reads: [x1], makes: { "dead.out": "o1" } });
    const wanted = await differing(a.run, b.run);
    expect(Object.keys(wanted)).toEqual(["inputs", "outputs"]);
    for (const one of [x0, ...a.made]) await one.delete({ permanent: true });
    expect(await differing(a.run, b.run)).toEqual(wanted);
  });

  test("inputs and outputs by hash under their keys, what is in the trash too; several with one key by uid", async () => {
    const [x0, y] = [await shop.raw("x.csv", "x0"), await shop.raw("y.csv", "y")];
    const x1 = await shop.raw("x.csv", "x1");
    const a = await shop.work("plain.ts", { reads: [x0, y], makes: { "o.csv": "o0", "same.csv": "s" } });
    const b = await shop.work("plain.ts", { reads: [x1, y], makes: { "o.csv": "o1", "same.csv": "s" } });
    const wanted = {
      inputs: { added: {}, removed: {}, changed: { "x.csv": { a: x0.hash, b: x1.hash } } },
      outputs: { added: {}, removed: {}, changed: { "o.csv": { a: a.made[0]?.hash, b: b.made[0]?.hash } } },
    };
    expect(await differing(a.run, b.run)).toEqual(wanted);
    await y.delete();
    expect(await differing(a.run, b.run)).toEqual(wanted);
    const c = await work("plain.ts", { reads: [x0, x1] });
    expect((await diff(a.run, c)).inputs).toEqual({
      added: { [x1.uid]: x1.hash },
      removed: { "y.csv": y.hash },
      changed: {},
    });
    const nameless = await shop.ln.Artifact.save(Buffer.from("n"), { description: "without a key", run: false });
    const d = await work("plain.ts", { reads: [nameless as Artifact] });
    expect((await diff(c, d)).inputs?.added).toEqual({ [nameless.uid]: nameless.hash });
  });

  test("renamed ones stand for each other: by family, by bytes, and the only output that is left of its sort", async () => {
    const before = await shop.raw("family-old.csv", "f0");
    const after = await shop.ln.Artifact.save(Buffer.from("f1"), {
      key: "family-new.csv",
      revises: before,
      run: false,
    });
    const [same, copy] = [await shop.raw("bytes-old.csv", "same"), await shop.raw("bytes-new.csv", "same")];
    const a = await shop.work("plain.ts", {
      reads: [before, same],
      makes: { "kept.csv": "k", "place-old.csv": "p0", "gone.txt": "g" },
    });
    const b = await shop.work("plain.ts", {
      reads: [after, copy],
      makes: { "kept.csv": "k", "place-new.csv": "p1", "gone.txt": "g" },
    });
    expect(await differing(a.run, b.run)).toEqual({
      inputs: {
        added: {},
        removed: {},
        changed: {
          "family-old.csv → family-new.csv": { a: before.hash, b: after.hash },
          "bytes-old.csv → bytes-new.csv": { a: same.hash, b: copy.hash },
        },
      },
      outputs: {
        added: {},
        removed: {},
        changed: { "place-old.csv → place-new.csv": { a: a.made[1]?.hash, b: b.made[1]?.hash } },
      },
    });
    // Of another program, of another sort, or one of several: that is said as it is.
    shop.script("elsewhere.ts");
    const c = await shop.work("elsewhere.ts", { makes: { "place-other.csv": "p2" } });
    const d = await shop.work("plain.ts", { makes: { "place.txt": "p3" } });
    const e = await shop.work("plain.ts", { makes: { "place-1.csv": "p4" } });
    const f = await shop.work("plain.ts", { makes: { "place-2.csv": "p5", "place-3.csv": "p6" } });
    for (const [one, other] of [
      [e, c],
      [e, d],
      [e, f],
    ] as const)
      expect((await diff(one.run, other.run)).outputs).toMatchObject({
        removed: { "place-1.csv": e.made[0]?.hash },
        changed: {},
      });
  });

  test("collections and records are inputs and outputs as well, deleted ones too", async () => {
    const { ln, lab } = shop;
    const work = async (cohort: Collection, sample: RecordEntry, n: number) => {
      const { run, within } = await lab.runOf(transform);
      await run.inputCollections.add(cohort);
      await run.inputRecords.add(sample);
      const made = await within(
        async () =>
          [
            await ln.Collection.save({ key: "diff made", version: `${n}` }),
            await ln.Record.save({ name: `diff made ${n}` }),
          ] as const,
      );
      return { run, made };
    };
    const { transform } = await lab.run();
    const [c0, c1] = [
      await ln.Collection.save({ key: "diff cohort" }),
      await ln.Collection.save({ key: "diff cohort", version: "2" }),
    ];
    const [s0, s1] = [await ln.Record.save({ name: "diff s0" }), await ln.Record.save({ name: "diff s1" })];
    const [a, b] = [await work(c0, s0, 1), await work(c1, s1, 2)];
    const [[m0, r0], [m1, r1]] = [a.made, b.made];
    const wanted = {
      inputs: {
        added: { "diff s1": s1.uid },
        removed: { "diff s0": s0.uid },
        changed: { "diff cohort": { a: c0.uid, b: c1.uid } },
      },
      outputs: {
        added: {},
        removed: {},
        changed: { "diff made": { a: m0.uid, b: m1.uid }, "diff made 1 → diff made 2": { a: r0.uid, b: r1.uid } },
      },
    };
    expect(await differing(a.run, b.run)).toEqual(wanted);
    for (const one of [c0, s0, m0, r0]) await one.delete({ permanent: true });
    // Records have lost their names.
    const { "diff made": made, ...renamed } = wanted.outputs.changed;
    expect(await differing(a.run, b.run)).toEqual({
      inputs: { ...wanted.inputs, removed: { [s0.uid]: s0.uid } },
      outputs: {
        ...wanted.outputs,
        changed: { "diff made": made, [`${r0.uid} → diff made 2`]: Object.values(renamed)[0] },
      },
    });
  });

  test("runs that are not finished, runs of different transforms, runs by hand without source or packages", async () => {
    shop.script("other.ts", "export const other = true;\n");
    const open = await work("plain.ts", { end: "open" });
    const failed = await work("plain.ts", { end: "errored" });
    expect((await diff(open, failed)).duration).toEqual({ a: null, b: expect.any(Number) });
    const other = await work("other.ts");
    expect((await diff(failed, other)).code).toContain("+export const other = true;");
    expect((await diff(failed, other)).code).toContain("--- a/plain.ts\n+++ b/other.ts\n");
    const transform = await shop.ln.Transform.save({ key: "by hand", kind: "pipeline" });
    const [one, two] = [await shop.ln.Run.save({ transform }), await shop.ln.Run.save({ transform })];
    expect(await diff(one, two)).toEqual(EQUAL);
    expect((await diff(one, other)).code).toContain("+export const other = true;");
  });

  test("by whom", async () => {
    const a = await work("plain.ts");
    setProcessUser("testuser2");
    const b = await work("plain.ts");
    setProcessUser(undefined);
    expect(await differing(a, b)).toEqual({ user: { a: "testuser1", b: "testuser2" } });
  });

  test("what is no run, and a run of another instance, are refused", async () => {
    const run = await work("plain.ts");
    await refused(diff(run, {} as never), "invalid");
    await refused(diff((await shop.raw("no run", "z")) as never, run), "invalid");
    await using away = await Workshop.open(database);
    away.script("plain.ts");
    await refused(diff(run, (await away.work("plain.ts")).run), "invalid");
  });
});
