import { createHash } from "node:crypto";
import sql from "sql-template-tag";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { execute } from "../../../src/db/operation.ts";
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

    test("comments, layout and types change nothing, in `status` neither; a renamed variable does", async () => {
      const main = (text: string) => shop.script("typed/main.ts", text);
      const helper = (text: string) => shop.script("typed/lib/helper.ts", text);
      main('import { scale } from "./lib/helper.ts";\nexport const out = scale(1);\n');
      helper("export function scale(x: any): any {\n  return x * 2;\n}\n");
      shop.script("typed/lib/types.ts", "export type Scaled = number;\n");
      const out = only((await shop.work("typed/main.ts", { makes: { "typed.out": "2" } })).made);
      const reasons = async () =>
        (await status()).find((one) => one.uid === out.uid)?.reasons.map((reason) => reason.code);

      main(
        'import { scale } from "./lib/helper.ts";\n// The result.\nexport const out: number = scale(1) as number;\n',
      );
      helper('import type { Scaled } from "./types.ts";\nexport function scale(x: number): Scaled { return x * 2 }\n');
      const typed = await shop.work("typed/main.ts");
      expect(typed.transform.uid).not.toBe((await (await out.run)?.transform)?.uid);
      expect(await out.staleness()).toEqual(FRESH);
      expect(await reasons()).toEqual([]);

      helper("export function scale(value: number) { return value * 2 }\n");
      await shop.work("typed/main.ts");
      expect(await codes(out)).toEqual(["code-changed"]);
      expect(await reasons()).toEqual(["code-changed"]);
    });

    test("hashes of another version of Lineal make nothing stale; what has changed is seen in the stored texts", async () => {
      const { database } = shop.lab.connection;
      const main = 'import { two } from "./helper.ts";\nexport const v = two;\n';
      shop.script("upgrade/main.ts", main);
      shop.script("upgrade/helper.ts", "export const two = 2;\n");
      const first = await shop.work("upgrade/main.ts", { makes: { "upgrade.out": "2" } });
      const out = only(first.made);
      // Another algorithm, with other hashes; and those of earlier versions, without a name.
      for (const name of ["js0:", ""]) {
        const other = (file: string): string =>
          name +
          createHash("sha256")
            .update(name + file)
            .digest("hex");
        const modules = JSON.stringify([
          { path: "helper.ts", hash: first.transform.modules?.[0]?.hash, codeHash: other("b") },
        ]);
        await database.write(() =>
          execute(
            sql`update transform set code_hash = ${other("a")}, modules = ${database.dialect.encode("json", JSON.parse(modules))} where uid = ${first.transform.uid}`,
          ),
        );
        shop.script("upgrade/main.ts", `// A comment.\n${main}`);
        const again = await shop.work("upgrade/main.ts");
        expect(again.transform.uid).not.toBe(first.transform.uid);
        expect(await out.staleness()).toEqual(FRESH);
        shop.script("upgrade/main.ts", main);
        expect((await shop.work("upgrade/main.ts")).transform.uid).toBe(first.transform.uid);
        expect(await out.staleness()).toEqual(FRESH);
      }
      shop.script("upgrade/helper.ts", "export const two = 3;\n");
      const three = only((await shop.work("upgrade/main.ts", { makes: { "upgrade.three": "3" } })).made);
      const { reasons } = await out.staleness();
      expect(reasons.map(({ code, detail }) => [code, detail])).toEqual([
        ["code-changed", "the code of helper.ts, which upgrade/main.ts imports, has changed"],
      ]);
      // Without the texts nobody can tell.
      await database.write(() =>
        execute(sql`update transform set source_code = null where uid = ${first.transform.uid}`),
      );
      expect(await out.staleness()).toEqual({
        stale: false,
        reasons: [],
        detail: "the code that made it cannot be compared with the code of today",
      });
      // Of other versions they can.
      shop.script("upgrade/helper.ts", "export const two = 4;\n");
      await shop.work("upgrade/main.ts");
      expect(await codes(three)).toEqual(["code-changed"]);
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
