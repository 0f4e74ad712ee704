import { afterAll, beforeAll, expect, test } from "vitest";
import { forEachDatabase } from "../../support/dialects.ts";
import { Workshop } from "../workshop.ts";

forEachDatabase((database) => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await Workshop.open(database);
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  test("what of the environment differs is named; the same packages from another lock file are no difference", async () => {
    shop.script("env2.ts");
    const environment = (release: string, lock: string, flags: string[] = []) => ({
      runtime: { name: "node", version: "24.1.0" },
      platform: { os: "linux", release },
      packages: { a: "1", b: "1", c: "1", d: "1", e: "1" },
      lockfile: { path: "package-lock.json", hash: lock },
      flags,
    });
    let n = 0;
    const work = async (kept: object | undefined): Promise<string[]> => {
      const before = await shop.ln.Artifact.filter({ key: "env2.out", isLatest: true }).first();
      await shop.work("env2.ts", { ...(kept ? { environment: kept } : {}), makes: { "env2.out": `${n++}` } });
      return before
        ? (await before.staleness()).reasons.map(({ detail }) =>
            detail.replace("the last run for this output had another environment: ", ""),
          )
        : [];
    };
    await work(environment("6.1", "x"));
    expect(await work(environment("6.1", "y"))).toEqual([]);
    expect(await work(environment("6.2", "y"))).toEqual(["release 6.1 → 6.2"]);
    expect(await work(environment("6.2", "y", ["--no-warnings"]))).toEqual(["flags --no-warnings added"]);
    expect(await work({ packages: { a: "2", b: "2", c: "2", d: "1", e: "1" } })).toEqual([
      "a 1 → 2, b 1 → 2, c 1 → 2, 4 more",
    ]);
    expect(await work(undefined)).toEqual([]);
  });
});
