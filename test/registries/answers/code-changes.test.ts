import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Artifact } from "../../../src/index.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { codes, FRESH, only, Workshop } from "../workshop.ts";

forEachDatabase((database) => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await Workshop.open(database);
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  test("the file that has changed is named: a local module, several, one that is imported on demand and what that imports", async () => {
    shop.script("named/a.ts", "export const a = 1;\n");
    shop.script("named/b.ts", "export const b = 1;\n");
    shop.script("named/inner.ts", "export const inner = 1;\n");
    shop.script(
      "named/late.ts",
      'import { inner } from "./inner.ts";\nexport const late = inner;\nexport const later = () => import("./latest.ts");\n',
    );
    shop.script("named/latest.ts", "export const latest = 1;\n");
    shop.script(
      "named/main.ts",
      'import { a } from "./a.ts";\nimport { b } from "./b.ts";\nexport const late = () => import("./late.ts");\nexport const c = a + b;\n',
    );
    let n = 0;
    const again = async (): Promise<Artifact> =>
      only((await shop.work("named/main.ts", { makes: { [`named.${n++}`]: "1" } })).made);
    const details = async (artifact: Artifact) =>
      (await artifact.staleness()).reasons.map(({ code, detail }) => [code, detail]);
    const first = await again();
    shop.script("named/a.ts", "export const a = 2;\n");
    const second = await again();
    expect(await details(first)).toEqual([
      ["code-changed", "the code of a.ts, which named/main.ts imports, has changed"],
    ]);
    shop.script("named/b.ts", "export const b = 2;\n");
    const third = await again();
    expect(await details(first)).toEqual([
      ["code-changed", "the code of a.ts and b.ts, which named/main.ts imports, has changed"],
    ]);
    expect(await details(second)).toEqual([
      ["code-changed", "the code of b.ts, which named/main.ts imports, has changed"],
    ]);
    for (const [file, code] of [
      [
        "late.ts",
        'import { inner } from "./inner.ts";\nexport const late = inner + 1;\nexport const later = () => import("./latest.ts");\n',
      ],
      ["inner.ts", "export const inner = 2;\n"],
      ["latest.ts", "export const latest = 2;\n"],
    ] as const) {
      const before = await again();
      shop.script(`named/${file}`, `// a comment\n${code}`);
      const { run, transform } = await shop.work("named/main.ts");
      expect(await before.staleness()).toEqual({
        stale: true,
        reasons: [
          {
            code: "code-changed",
            subject: run.uid,
            chain: [before.uid, transform.uid, run.uid],
            detail: `the code of ${file}, which named/main.ts imports, has changed`,
          },
        ],
      });
      shop.script(`named/${file}`, `// another comment\n${code}`);
      const after = await again();
      await again();
      expect(await after.staleness()).toEqual(FRESH);
    }
    expect(await details(third)).toEqual([
      ["code-changed", "the code of inner.ts, late.ts and latest.ts, which named/main.ts imports, has changed"],
    ]);
    shop.script("named/main.ts", 'import { a } from "./a.ts";\nexport const c = a;\n');
    await again();
    expect(await details(third)).toEqual([
      ["code-changed", "the code of named/main.ts has changed; b.ts is not imported any more"],
    ]);
  });

  test("a module that only got a comment has not changed beside one that has; names that are looked at are told by the file they stand in", async () => {
    const { settings } = shop.lab.connection;
    for (const devDir of [undefined, shop.lab.place.work]) {
      Object.assign(settings, { devDir });
      const folder = devDir === undefined ? "noted" : "noted-disk";
      const write = (file: string, text: string): string => shop.script(`${folder}/${file}`, text);
      write("a.ts", "export const a = 1;\n");
      write("b.ts", "function b() {}\nexport default b;\n");
      write("main.ts", 'import { a } from "./a.ts";\nimport b from "./b.ts";\nexport const c = a + b.name;\n');
      const out = only((await shop.work(`${folder}/main.ts`, { makes: { [`${folder}.out`]: "1" } })).made);
      const detail = async () => {
        if (devDir === undefined) await shop.work(`${folder}/main.ts`);
        return (await out.staleness()).reasons[0]?.detail;
      };
      const changed = (file: string): string =>
        devDir === undefined
          ? `the code of ${file}, which ${folder}/main.ts imports, has changed`
          : `${file}, which ${folder}/main.ts imports, has changed on disk since`;
      write("b.ts", "function b() { return 1; }\nexport default b;\n");
      write("a.ts", "export const a = 1; // one\n");
      expect(await detail()).toBe(changed("b.ts"));
      write("a.ts", "export const a = 1;\n");
      write("b.ts", "function other() {}\nexport default other;\n");
      expect(await detail()).toBe(changed("b.ts"));
    }
    Object.assign(settings, { devDir: undefined });
  });

  test("on disk too; but only the file that was tracked, not another with its name", async () => {
    const { settings } = shop.lab.connection;
    Object.assign(settings, { devDir: shop.lab.place.work });
    try {
      shop.script("ondisk/part.ts", "export const part = 1;\n");
      shop.script("ondisk/late.ts", "export const late = 1;\n");
      shop.script(
        "ondisk/main.ts",
        'import { part } from "./part.ts";\nexport const late = () => import("./late.ts");\nexport const two = part;\n',
      );
      shop.script("ondisk/lone.ts", 'export const late = () => import("./late.ts");\n');
      const [out, lone] = [
        only((await shop.work("ondisk/main.ts", { makes: { "ondisk.out": "1" } })).made),
        only((await shop.work("ondisk/lone.ts", { makes: { "ondisk.lone": "1" } })).made),
      ];
      for (const one of [out, lone]) expect(await one.staleness()).toEqual(FRESH);
      shop.script("ondisk/late.ts", "export const late = 2;\n");
      const uid = (await out.transform)?.uid;
      expect(await out.staleness()).toEqual({
        stale: true,
        reasons: [
          {
            code: "code-changed",
            subject: uid,
            chain: [out.uid, uid],
            detail: "late.ts, which ondisk/main.ts imports, has changed on disk since",
          },
        ],
      });
      expect(await codes(lone)).toEqual(["code-changed"]);
      shop.script("ondisk/part.ts", "export const part = 2;\n");
      const detail = async (one: Artifact) => (await one.staleness()).reasons[0]?.detail;
      expect(await detail(out)).toBe("part.ts, which ondisk/main.ts imports, has changed on disk since");
      for (const file of ["part.ts", "late.ts"]) rmSync(join(shop.lab.place.work, "ondisk", file));
      expect(await detail(out)).toBe("part.ts, which ondisk/main.ts imports, is missing on disk");
      expect(await detail(lone)).toBe("late.ts, which ondisk/lone.ts imports, is missing on disk");
      shop.script("ondisk/main.ts", 'import { part } from "./part.ts";\nexport const two = part + 2;\n');
      expect(await detail(out)).toBe(
        "ondisk/main.ts has changed on disk since; part.ts, which ondisk/main.ts imports, is missing on disk",
      );

      Object.assign(settings, { devDir: join(shop.lab.place.work, "checkout") });
      shop.script("outside.ts", "export const outside = 1;\n");
      const away = only((await shop.work("outside.ts", { makes: { "outside.out": "1" } })).made);
      shop.script("checkout/outside.ts", "export const another = 1;\n");
      expect(await away.staleness()).toEqual(FRESH);
      // A checkout that was moved is the same scripts.
      rmSync(join(shop.lab.place.work, "outside.ts"));
      expect(await codes(away)).toEqual(["code-changed"]);
    } finally {
      Object.assign(settings, { devDir: undefined });
    }
  });

  test("what is not imported any more or newly, and what cannot be parsed, has not changed", async () => {
    const { settings } = shop.lab.connection;
    Object.assign(settings, { devDir: shop.lab.place.work });
    try {
      const write = (file: string, text: string): string => shop.script(`imported/${file}`, text);
      write("deep.ts", "export const deep = 1;\n");
      write("helper.ts", 'import { deep } from "./deep.ts";\nexport const help = deep;\n');
      write("other.ts", "export const other = 1;\n");
      const main =
        'import { help } from "./helper.ts";\nimport { other } from "./other.ts";\nexport const sum = help + other;\n';
      write("main.ts", main);
      const out = only((await shop.work("imported/main.ts", { makes: { "imported.out": "1" } })).made);
      const detail = async () => (await out.staleness()).reasons[0]?.detail;
      write("main.ts", 'import { other } from "./other.ts";\nexport const sum = other;\n');
      expect(await detail()).toBe(
        "imported/main.ts has changed on disk since; deep.ts and helper.ts are not imported any more",
      );
      write("more.ts", "export const more = 1;\n");
      write("main.ts", `import { more } from "./more.ts";\n${main}export const less = more;\n`);
      expect(await detail()).toBe("imported/main.ts has changed on disk since; more.ts is imported now");
      write("main.ts", `${main}const = 1;\n`);
      expect(await detail()).toBe("imported/main.ts has changed on disk since and cannot be parsed");
      write("main.ts", main);
      write("helper.ts", 'import { deep } from "./deep.ts";\nexport const = deep;\n');
      expect(await detail()).toBe(
        "helper.ts, which imported/main.ts imports, has changed on disk since and cannot be parsed",
      );
      write("helper.ts", "export const help = 1;\n");
      expect(await detail()).toBe(
        "helper.ts, which imported/main.ts imports, has changed on disk since; deep.ts is not imported any more",
      );
      write("helper.ts", 'import { deep } from "./deep.ts";\nexport const help = deep;\n');
      expect(await detail()).toBeUndefined();
    } finally {
      Object.assign(settings, { devDir: undefined });
    }
  });

  test("what a worker imports is named, not the worker", async () => {
    const { settings } = shop.lab.connection;
    Object.assign(settings, { devDir: shop.lab.place.work });
    try {
      const write = (file: string, text: string): string => shop.script(`worker/${file}`, text);
      write("main.ts", 'export const start = () => new Worker(new URL("./lib/work.ts", import.meta.url));\n');
      write(
        "lib/work.ts",
        'import { deep } from "./deep.ts";\nimport { other } from "./other.ts";\npostMessage(deep + other);\n',
      );
      write("lib/deep.ts", "export const deep = 1;\n");
      write("lib/other.ts", "export const other = 1;\n");
      const out = only((await shop.work("worker/main.ts", { makes: { "worker.out": "1" } })).made);
      const detail = async () => (await out.staleness()).reasons[0]?.detail;
      write("lib/deep.ts", "// deep\nexport const deep = 1;\n");
      expect(await detail()).toBeUndefined();
      write("lib/deep.ts", "export const deep = 2;\n");
      expect(await detail()).toBe("lib/deep.ts, which worker/main.ts imports, has changed on disk since");
      rmSync(join(shop.lab.place.work, "worker/lib/deep.ts"));
      expect(await detail()).toBe("lib/deep.ts, which worker/main.ts imports, is missing on disk");
      write("lib/work.ts", 'import { other } from "./other.ts";\npostMessage(other);\n');
      expect(await detail()).toBe(
        "lib/work.ts, which worker/main.ts imports, has changed on disk since; lib/deep.ts is not imported any more",
      );
      write("lib/work.ts", "postMessage(1 +);\n");
      expect(await detail()).toBe("lib/work.ts, which worker/main.ts imports, has changed on disk since");
    } finally {
      Object.assign(settings, { devDir: undefined });
    }
  });
});
