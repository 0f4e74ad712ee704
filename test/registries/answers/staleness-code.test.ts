import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { status } from "../../../src/index.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { codes, FRESH, only, Workshop } from "../workshop.ts";

forEachDatabase((database) => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await Workshop.open(database);
  });
  afterAll(() => shop[Symbol.asyncDispose]());

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
        reasons: [
          {
            code: "code-changed",
            subject: transform.uid,
            chain: [out.uid, made?.uid, transform.uid],
            detail: "the code of code.ts has changed",
          },
        ],
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
      main(
        'import { scale } from "./lib/helper.ts";\nconst rows = [{ id: 1, v: 2 }];\nexport const out = rows.map((row) => scale(row));\n',
      );
      helper(
        "export function scale(row: any): any {\n  const factor = 2;\n  return { ...row, v: row.v * factor };\n}\n",
      );
      shop.script("refactor/lib/types.ts", "export interface Row { id: number; v: number }\n");
      const out = only((await shop.work("refactor/main.ts", { makes: { "refactor.out": "4" } })).made);
      const reasons = async () =>
        (await status()).find((one) => one.uid === out.uid)?.reasons.map((reason) => reason.code);

      main(
        'import { scale as times } from "./lib/helper.ts";\nimport type { Row } from "./lib/types.ts";\nconst data: Row[] = [{ id: 1, v: 2 }];\nexport const out = data.map((item: Row): Row => times(item) as Row);\n',
      );
      helper(
        'import type { Row } from "./types.ts";\ntype Scaled = Row;\nexport function scale(input: Row): Scaled {\n  const by = 2 as const;\n  return { ...input, v: input.v * by } satisfies Scaled;\n}\n',
      );
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
      await shop.work("bad.ts", { end: "errored" });
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
        expect(await out.staleness()).toEqual({
          stale: true,
          reasons: [
            {
              code: "code-changed",
              subject: uid,
              chain: [out.uid, uid],
              detail: "dev/disk.ts has changed on disk since",
            },
          ],
        });
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
});
