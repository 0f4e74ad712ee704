/** Which transform a program is: by key, by uid, by code; versions; what is refused. */
import { createHash } from "node:crypto";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeInstance } from "../../src/instance/settings.ts";
import { Lab } from "../registries/lab.ts";
import { repository } from "../support/repository.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { lastRun, logLines, program, result, sqlite, start, UID8, write } from "./program.ts";

type Refusal = { code: string; message: string; hint: string };
interface Seen {
  uid: string;
  run: string;
  hash: string;
  codeHash: string;
  key: string;
  latest: boolean;
}

/** Drives modules through versions in one process: \`seen(file, code)\` writes a module that tracks, loads it, and tells. */
const DRIVER = `import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
let n = 0;
const put = (file, code) => { mkdirSync(dirname(resolve(file)), { recursive: true }); writeFileSync(file, code); };
const load = async (file) => (await import(pathToFileURL(resolve(file)).href + "?" + ++n)).default;
const seen = async (file, code, argument = "") => {
  if (code !== undefined) put(file, 'import * as ln from "lineal";\\nawait ln.track(' + argument + ');\\nexport default ln.context;\\n' + code);
  await load(file);
  const { run, transform } = ln.context;
  const out = { uid: transform.uid, run: run.uid, hash: transform.hash, codeHash: transform.codeHash, key: transform.key, latest: transform.isLatest };
  await ln.finish();
  return out;
};
const done = (value) => console.log("RESULT", JSON.stringify(value));
`;

forEachDatabase((database) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open(database);
  });
  afterAll(() => lab.close());

  test("versions by themselves: new code, only comments, nothing, an earlier version again, a local module", async () => {
    const finished = await program(
      lab,
      "driver.ts",
      `${DRIVER}
put("lib/part.ts", "export const n: number = 1;\\n");
const code = 'import "./lib/part.ts";\\nconst x = 1;\\n';
const first = await seen("flow.ts", code);
const same = await seen("flow.ts");
const comment = await seen("flow.ts", code + "// a note\\n");
const changed = await seen("flow.ts", code + "const y = 2;\\n");
const back = await seen("flow.ts", code);
put("lib/part.ts", 'export const n: number = 2;\\nconst token = "ghp_0123456789abcdefghijABCDEFGHIJ012345";\\n');
const module = await seen("flow.ts");
put("other/flow.ts", "");
const elsewhere = await seen("other/flow.ts", "const z = 3;\\n");
done({ first, same, comment, changed, back, module, elsewhere });
`,
    );
    const r =
      result<globalThis.Record<"first" | "same" | "comment" | "changed" | "back" | "module" | "elsewhere", Seen>>(
        finished,
      );
    const stem = r.first.uid.slice(0, 12);
    expect(
      [r.first, r.same, r.comment, r.changed, r.back, r.module, r.elsewhere].map((s) => s.uid.replace(stem, "")),
    ).toEqual(["0000", "0000", "0001", "0002", "0000", "0003", "0004"]);
    expect(new Set(Object.values(r).map((s) => s.run)).size).toBe(7);
    expect([r.comment.codeHash === r.first.codeHash, r.comment.hash === r.first.hash]).toEqual([true, false]);
    expect([r.changed.codeHash === r.first.codeHash, r.module.codeHash === r.first.codeHash, r.back.latest]).toEqual([
      false,
      false,
      false,
    ]);

    const said = logLines(finished).filter((line) => !/finished|connected/.test(line));
    expect(said).toEqual([
      expect.stringMatching(`^→ created Transform\\('${UID8}', key='flow.ts'\\)`),
      expect.stringMatching("^→ loaded Transform"),
      "• found script flow.ts, making new version 0001",
      expect.stringMatching("^→ created"),
      "• found script flow.ts, making new version 0002",
      expect.stringMatching("^→ created"),
      expect.stringMatching("^→ loaded"),
      "• found script flow.ts, making new version 0003",
      expect.stringMatching("^→ created"),
      "• found script flow.ts, making new version 0004",
      expect.stringMatching(/^! the key "flow\.ts" was tracked from .*work\/flow\.ts before: .*dev-dir/),
      expect.stringMatching("^→ created"),
    ]);
    const versions = await lab.ln.Transform.filter({ key: "flow.ts" });
    expect(versions.map((t) => t.isLatest)).toEqual([false, false, false, false, true]);
    const latest = await lab.ln.Transform.get(r.module.uid);
    expect(latest.modules).toEqual([
      {
        path: "lib/part.ts",
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        codeHash: expect.stringMatching(/^js1:[0-9a-f]{64}$/),
      },
    ]);
    const bundle = await (await latest.bundle)?.load<globalThis.Record<string, string>>({ isRunInput: false });
    expect(Object.keys(bundle ?? {})).toEqual(["lib/part.ts"]);
    expect(bundle?.["lib/part.ts"]).toMatch(/export const n: number = 2;\nconst token = .*REDACTED/);
  });

  test("12 characters follow the family, 16 pin a version", async () => {
    const finished = await program(
      lab,
      "uids.ts",
      `${DRIVER}
const a = await seen("twelve.ts", "1;\\n", '"T0T28btuB0PG"');
const b = await seen("twelve.ts", "2;\\n", '"T0T28btuB0PG"');
const renamed = await seen("renamed.ts", "2;\\n", '"T0T28btuB0PG"').catch(String);
put("renamed.ts", 'import * as ln from "lineal";\\nawait ln.track("T0T28btuB0PG");\\nexport default ln.context;\\n2;\\n');
const pinned = await seen("pinned.ts", "1;\\n", '"PinnedPinne00003"');
const again = await seen("pinned.ts");
const changed = await refusal(() => seen("pinned.ts", "2;\\n", '"PinnedPinne00003"'));
const next = await seen("pinned.ts", "2;\\n", '"PinnedPinne00004"');
const taken = await refusal(() => seen("pinned.ts", "2;\\n", '"AnotherStem0"'));
const short = await refusal(() => seen("short.ts", "", '"T0T28btuB0P"'));
const sign = await refusal(() => seen("short.ts", "", '"T0T28btu-0PG"'));
done({ a, b, renamed, pinned, again, changed, next, taken, short, sign });
`,
    );
    const r = result<{
      a: Seen;
      b: Seen;
      renamed: Seen;
      pinned: Seen;
      again: Seen;
      next: Seen;
      changed: Refusal;
      taken: Refusal;
      short: Refusal;
      sign: Refusal;
    }>(finished);
    expect([r.a.uid, r.b.uid, r.renamed.uid, r.renamed.key]).toEqual([
      "T0T28btuB0PG0000",
      "T0T28btuB0PG0001",
      "T0T28btuB0PG0001",
      "renamed.ts",
    ]);
    expect(logLines(finished)).toContain("• renaming transform twelve.ts to renamed.ts");
    expect([r.pinned.uid, r.again.uid, r.next.uid, r.next.latest]).toEqual([
      "PinnedPinne00003",
      "PinnedPinne00003",
      "PinnedPinne00004",
      true,
    ]);
    expect([r.changed.code, r.changed.message]).toEqual([
      "conflict",
      "the source of pinned.ts has changed since version PinnedPinne00003",
    ]);
    expect(r.changed.hint).toContain('ln.track("PinnedPinne00004")');
    expect([r.taken.code, r.taken.hint]).toEqual(["conflict", expect.stringContaining("PinnedPinne0")]);
    for (const refused of [r.short, r.sign])
      expect([refused.code, refused.hint]).toEqual(["invalid", expect.stringMatching(/await ln\.track\("\w{12}"\)/)]);
    expect(await lab.ln.Transform.filter({ key: "short.ts" }).count()).toBe(0);
  });
});

describe("whatever the database", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open(sqlite);
  });
  afterAll(() => lab.close());

  test("registered ahead: apps, uploads, pipelines and notebooks, and nothing that has a file", async () => {
    const finished = await program(
      lab,
      "registered.ts",
      `
const runs = [];
for (const kind of ["pipeline", "app", "upload", "notebook"]) {
  const transform = await ln.Transform.save({ key: "a " + kind, kind, version: "7.2.0" });
  const run = await ln.track({ transform, params: { kind } });
  runs.push([run.toJSON().transform === transform.uid, ln.context.transform.uid === transform.uid, ln.context.transform.version]);
  await ln.Artifact.save({ kind }, { key: kind + ".json" });
}
await ln.track(await ln.Transform.save({ key: "Cell Ranger", kind: "pipeline" }));
await ln.finish();
const script = await ln.Transform.save({ key: "script.ts", kind: "script" });
const f = await ln.Transform.save({ key: "f", kind: "function" });
const runOf = await ln.Run.filter().first();
const pipeline = await ln.Transform.get({ key: "a pipeline" });
const refused = [
  () => ln.track(script),
  () => ln.track({ transform: f }),
  () => ln.track({ transform: pipeline, key: "else" }),
  () => ln.track(pipeline, { params: {} }),
  () => ln.track("T0T28btuB0PG", "B0PGT0T28btu"),
  () => ln.track({ parms: { a: 1 } }),
  () => ln.track({ pipeline }),
  () => ln.track({ transform: 42 }),
  () => ln.track({ transform: runOf }),
  () => ln.track(runOf),
  () => ln.track(null),
  () => ln.track(["T0T28btuB0PG"]),
  () => ln.track({ params: "a=1" }),
  () => ln.track({ key: "" }),
  () => ln.track({ newRun: "no" }),
  () => ln.track({ name: 7 }),
  () => ln.track({ initiatedByRun: 7 }),
  () => ln.track({ initiatedByRun: "0000000000000000" }),
  () => ln.track({ plan: "0000000000000000" }),
];
const before = await ln.Run.filter().count();
const out = [];
for (const body of refused) out.push(await refusal(body));
console.log("RESULT", JSON.stringify({ runs, out, more: (await ln.Run.filter().count()) - before, context: ln.context.run ?? null }));
`,
    );
    const r = result<{ runs: unknown[]; out: Refusal[]; more: number; context: null }>(finished);
    expect(r.runs).toEqual(Array.from({ length: 4 }, () => [true, true, "7.2.0"]));
    expect(r.out.map(({ code }) => code)).toEqual([
      ...Array.from({ length: 17 }, () => "invalid"),
      "not-found",
      "not-found",
    ]);
    expect(r.out.filter(({ hint }) => !hint)).toEqual([]);
    expect(r.out[0]?.message).toBe("a script is tracked from its own file");
    expect([r.out[3]?.message, r.out[4]?.message]).toEqual(["track takes one argument", "track takes one argument"]);
    expect([r.out[5]?.message, r.out[5]?.hint]).toEqual(['track has no option "parms"', "Did you mean params?"]);
    expect([r.more, r.context]).toEqual([0, null]);
    const runs = await lab.ln.Run.filter({ transform: { key: { startsWith: "a " } } });
    expect(runs.map((run) => run.status)).toEqual(["completed", "completed", "completed", "completed"]);
    expect((await lab.ln.Artifact.filter({ transform: { key: "a app" } })).map((a) => a.key)).toEqual(["app.json"]);
  });

  test("every kind of file; the file that calls is the transform; modules on demand are of the run", async () => {
    write(
      lab,
      "kinds/a.mts",
      `import { run } from "./helper.js";\nconst t: string = (await ln.track()).uid;\nconst m = await import("./late.mjs");\nexport default t;\n`,
    );
    write(lab, "kinds/helper.js", "export const run = () => ln.track();\n");
    write(lab, "kinds/late.mjs", "export const late = (await ln.track()).uid;\n");
    write(
      lab,
      "kinds/main.js",
      `import { run } from "./helper.js";\nawait import("./a.mts");\nawait run();\nawait ln.finish();\nawait ln.track({ key: "named/by me.js" });\n`,
    );
    const finished = await start(lab, "kinds/main.js");
    expect(finished.code, finished.stderr).toBe(0);
    const runs = await lab.ln.Run.filter({
      transform: { key: { in: ["a.mts", "late.mjs", "helper.js", "named/by me.js"] } },
    });
    const keys = await Promise.all(
      runs.map(async (run) => [
        (await run.transform).key,
        run.dynamicModules?.map((m) => m.path) ?? null,
        (await run.transform).modules?.map((m) => m.path) ?? null,
      ]),
    );
    expect(keys).toEqual([
      ["a.mts", ["late.mjs"], ["helper.js"]],
      ["late.mjs", null, null],
      ["helper.js", null, null],
      ["named/by me.js", ["a.mts", "late.mjs"], ["helper.js"]],
    ]);
  });

  test("keys below the dev-dir; a file outside of it is told", async () => {
    const finished = await program(
      lab,
      "outside.ts",
      `${DRIVER}
const inside = await seen("project/deep/inside.ts", "1;\\n");
const outside = await seen("outside-too.ts", "1;\\n");
done([inside.key, outside.key]);
`,
    );
    expect(result(finished)).toEqual(["inside.ts", "outside-too.ts"]);
    writeInstance({ ...lab.connection.settings, devDir: join(lab.place.work, "project") });
    try {
      const again = await start(lab, "outside.ts");
      expect(result(again)).toEqual(["deep/inside.ts", "outside-too.ts"]);
      expect(logLines(again).filter((line) => line.includes("dev-dir"))).toEqual([
        `! ${join(lab.place.work, "outside-too.ts")} lies outside the dev-dir ${join(lab.place.work, "project")}: its key is outside-too.ts`,
      ]);
    } finally {
      writeInstance(lab.connection.settings);
    }
  });

  test("a script that was registered ahead takes its source", async () => {
    const ahead = await lab.ln.Transform.save({ key: "ahead.ts", kind: "script" });
    const finished = await program(lab, "ahead.ts", "const r = await ln.track();\nawait ln.finish();\n");
    expect(logLines(finished)[1]).toMatch(/^→ loaded Transform/);
    const now = await lab.ln.Transform.get(ahead.uid);
    expect([now.hash?.length, (await lastRun(lab, "ahead.ts")).toJSON().transform]).toEqual([64, ahead.uid]);
    expect(await now.sourceCode).toContain("await ln.track();");
  });

  test("a bundle is its own source, with Lineal beside it or inside it", async () => {
    write(lab, "bundle/part.ts", "export const part: number = 42;\n");
    const input = write(
      lab,
      "bundle/main.ts",
      `import { part } from "./part.ts";\nawait ln.track();\nawait ln.Artifact.save({ part }, { key: "bundled.json" });\n`,
    );
    symlinkSync(join(repository, "node_modules"), join(lab.place.work, "bundle", "node_modules"));
    for (const [name, alias] of [
      ["beside.mjs", {}],
      ["inside.mjs", { lineal: join(repository, "src", "index.ts") }],
    ] as const) {
      const bundle = await rolldown({
        input,
        platform: "node",
        logLevel: "silent",
        resolve: { alias },
        external: (id) => /^[@\w]/.test(id) && !(id in alias),
      });
      const { output } = await bundle.write({
        dir: join(lab.place.work, "bundle", "out"),
        entryFileNames: name,
        format: "esm",
        codeSplitting: false,
      });
      await bundle.close();
      const finished = await start(lab, `bundle/out/${name}`);
      expect([finished.code, finished.stderr], finished.stdout).toEqual([0, ""]);
      const run = await lastRun(lab, name);
      const transform = await run.transform;
      const text = output[0].code;
      expect([run.status, transform.hash, transform.modules]).toEqual([
        "completed",
        createHash("sha256").update(text).digest("hex"),
        null,
      ]);
      expect((await transform.sourceCode)?.split("\n").length).toBe(text.split("\n").length);
      expect(text.length > 200_000).toBe(name === "inside.mjs");
    }
    const artifact = await lab.ln.Artifact.get({ key: "bundled.json" });
    expect([(await artifact.transform)?.key, (await artifact.recreatingRuns).length]).toEqual(["beside.mjs", 1]);
  });
});
