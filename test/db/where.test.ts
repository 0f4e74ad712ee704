import { expect, test } from "vitest";
import type { Row } from "../../src/db/columns.ts";
import { update } from "../../src/db/write.ts";
import type { Name } from "../../src/model/index.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { Fixture, TRASH, WRITER } from "./fixture.ts";

forEachDatabase((database) => {
  /** Labels of these names, and a way to ask which of them a test of the name finds. */
  const named = async (...names: (string | null)[]): Promise<(test: unknown) => Promise<unknown[]>> => {
    const f = await Fixture.open(database);
    for (const name of names) await f.add("Record", { name });
    return async (test) => (await f.find("Record", { name: test })).map((row) => row.name);
  };

  test("case: plain operators tell apart, i… operators fold Unicode", async () => {
    const find = await named("ÜBER alles", "über alles", "Straße", "ISTANBUL");
    expect(await find({ startsWith: "ÜBER" })).toEqual(["ÜBER alles"]);
    expect(await find({ contains: "über" })).toEqual(["über alles"]);
    expect(await find({ endsWith: "ALLES" })).toEqual([]);
    expect(await find("über alles")).toEqual(["über alles"]);
    expect(await find({ istartsWith: "Über" })).toEqual(["ÜBER alles", "über alles"]);
    expect(await find({ icontains: "BER A" })).toEqual(["ÜBER alles", "über alles"]);
    expect(await find({ iendsWith: "ALLES" })).toEqual(["ÜBER alles", "über alles"]);
    expect(await find({ icontains: "istanbul" })).toEqual(["ISTANBUL"]);
  });

  test("% _ \\ and quotes are letters", async () => {
    const names = ["50%", "50 percent", "a_b", "axb", "c\\d", "cd", "o'brien", '"quoted"'];
    const find = await named(...names);
    for (const [part, found] of [
      ["0%", "50%"],
      ["a_", "a_b"],
      ["\\", "c\\d"],
      ["'", "o'brien"],
      ['"q', '"quoted"'],
    ] as const) {
      expect(await find({ contains: part })).toEqual([found]);
      expect(await find({ icontains: part.toUpperCase() })).toEqual([found]);
    }
    expect(await find({ startsWith: "50%" })).toEqual(["50%"]);
    expect(await find({ endsWith: "_b" })).toEqual(["a_b"]);
    for (const operator of ["startsWith", "endsWith", "contains", "istartsWith", "iendsWith", "icontains"])
      expect(await find({ [operator]: "" })).toEqual(names);
  });

  test("order is bytewise", async () => {
    const find = await named("Z", "a", "ä", "_", "10", "9");
    expect(await find({ gt: "Z" })).toEqual(["a", "ä", "_"]);
    expect(await find({ lte: "9" })).toEqual(["10", "9"]);
  });

  test("null is absence", async () => {
    const find = await named("a", null, "b");
    expect(await find(null)).toEqual([null]);
    expect(await find({ eq: null })).toEqual([null]);
    expect(await find({ ne: null })).toEqual(["a", "b"]);
    expect(await find({ ne: "a" })).toEqual([null, "b"]);
    expect(await find({ in: [] })).toEqual([]);
    expect(await find({ notIn: [] })).toEqual(["a", null, "b"]);
    expect(await find({ in: ["a", null] })).toEqual(["a", null]);
    expect(await find({ notIn: ["a", null] })).toEqual(["b"]);
    expect(await find({ notIn: ["a"] })).toEqual([null, "b"]);
  });

  test("any, not and several tests of one column", async () => {
    const f = await Fixture.open(database);
    for (const [name, description] of [
      ["a", "x"],
      ["b", null],
      [null, "x"],
    ] as const)
      await f.add("Record", { name, description });
    const find = async (where: object): Promise<unknown[]> =>
      (await f.find("Record", where as never)).map((row) => row.name);
    expect(await find({ any: [{ name: "a" }, { description: null }] })).toEqual(["a", "b"]);
    expect(await find({ any: [] })).toEqual([]);
    expect(await find({ not: { name: "a" } })).toEqual(["b", null]);
    expect(await find({ not: { name: { contains: "a" } } })).toEqual(["b", null]);
    expect(await find({ not: { not: { name: null } } })).toEqual([null]);
    expect(await find({ not: { any: [{ name: "a" }, { name: "b" }] }, description: "x" })).toEqual([null]);
    expect(await find({ name: { gte: "a", lt: "b" } })).toEqual(["a"]);
    expect(await find({})).toEqual(["a", "b", null]);
  });

  test("matches reads the common subset alike", async () => {
    const find = await named("run-01", "run-12b", "RUN-3", "line\nbreak", "naïve");
    expect(await find({ matches: "^run-\\d+$" })).toEqual(["run-01"]);
    expect(await find({ matches: "run-(01|12)" })).toEqual(["run-01", "run-12b"]);
    expect(await find({ matches: "e.b" })).toEqual(["line\nbreak"]);
    expect(await find({ matches: "^[A-Z]{3}-" })).toEqual(["RUN-3"]);
    expect(await find({ matches: "n.$|^na.ve$" })).toEqual(["naïve"]);
  });

  test("numbers, booleans and dates", async () => {
    const f = await Fixture.open(database);
    const early = new Date("2025-12-31T23:59:59.999Z");
    const late = new Date("2026-01-01T00:00:00.001Z");
    await f.add("Artifact", { key: "small", size: 3, createdAt: early, nFiles: null });
    await f.add("Artifact", { key: "large", size: 2 ** 53 - 1, createdAt: late, isLatest: false });
    const find = async (where: object): Promise<unknown[]> =>
      (await f.find("Artifact", where as never)).map((row) => row.key);
    expect(await find({ size: { gt: 1e6 } })).toEqual(["large"]);
    expect((await f.find("Artifact", { size: 2 ** 53 - 1 }))[0]?.size).toBe(2 ** 53 - 1);
    expect(await find({ isLatest: { eq: true } })).toEqual(["small"]);
    expect(await find({ isLatest: false })).toEqual(["large"]);
    expect(await find({ isLatest: { ne: false } })).toEqual(["small"]);
    expect(await find({ createdAt: { lt: "2026-01-01" } })).toEqual(["small"]);
    expect(await find({ createdAt: { gte: late } })).toEqual(["large"]);
    expect(await find({ createdAt: "2025-12-31T23:59:59.999Z" })).toEqual(["small"]);
    expect(await find({ createdAt: { in: [early, late.toISOString()] } })).toEqual(["small", "large"]);
    expect((await f.find("Artifact", { key: "large" }))[0]?.createdAt).toEqual(late);
  });

  test("U+0000 is kept as an escape and found again", async () => {
    const f = await Fixture.open(database);
    await f.add("Record", { name: "a\0b" });
    expect(await f.count("Record", { name: "a\0b" })).toBe(1);
    expect(await f.count("Record", { name: { contains: "\0" } })).toBe(1);
    const transform = await f.add("Transform", { key: "t" });
    await f.add("Run", { transform, params: { "k\0": "v\0", deep: ["\0"] } });
    expect(await f.count("Run", { params: { "k\0": "v\0" } })).toBe(1);
    expect(await f.count("Run", { params: { deep: ["\0"] } })).toBe(1);
    expect(await f.count("Run", { params: { "k\0": { startsWith: "v" } } })).toBe(1);
  });

  test("relations: forward, inverse, links, derived, newest, nested to any depth", async () => {
    const f = await Fixture.open(database);
    const other = await f.add("User", { handle: "testuser2" });
    const ingest = await f.add("Transform", { key: "ingest.ts", kind: "script" });
    const plot = await f.add("Transform", { key: "plot.ts", kind: "notebook", createdBy: other });
    await f.add("Run", { transform: ingest, status: "errored" });
    const r1 = await f.add("Run", { transform: ingest, status: "completed" });
    const r2 = await f.add("Run", { transform: plot, initiatedByRun: r1 });
    const raw = await f.add("Artifact", { key: "raw" });
    const table = await f.add("Artifact", { key: "table", run: r1 });
    await f.add("Artifact", { key: "figure", run: r2 });
    await f.link("Artifact", "inputOf", raw, r1);
    await f.link("Artifact", "inputOf", table, r2);
    const cell = await f.add("ULabel", { name: "T cell" });
    await f.link("Artifact", "ulabels", table, cell);
    const keys = async (name: Name, where: object): Promise<unknown[]> =>
      (await f.find(name, where as never)).map((row) => row.key ?? row.uid);
    expect(await keys("Artifact", { run: { transform: { key: "ingest.ts" } } })).toEqual(["table"]);
    expect(
      await keys("Artifact", { transform: { key: { endsWith: ".ts" }, createdBy: { handle: "testuser2" } } }),
    ).toEqual(["figure"]);
    class Record {
      readonly uid: string;
      constructor(row: Row) {
        this.uid = row.uid;
      }
    }
    expect(await keys("Artifact", { transform: new Record(ingest) })).toEqual(["table"]);
    expect(await keys("Artifact", { transform: { uid: ingest.uid } })).toEqual(["table"]);
    expect(await keys("Artifact", { run: null })).toEqual(["raw"]);
    expect(await keys("Artifact", { run: { not: null } })).toEqual(["table", "figure"]);
    expect(await keys("Artifact", { transform: null })).toEqual(["raw"]);
    expect(await keys("Artifact", { ulabels: { name: "T cell" } })).toEqual(["table"]);
    expect(await keys("Artifact", { ulabels: null })).toEqual(["raw", "figure"]);
    expect(await keys("Artifact", { inputOf: new Record(r2) })).toEqual(["table"]);
    expect(await keys("Artifact", { inputOf: { outputs: { key: "figure" } } })).toEqual(["table"]);
    expect(await keys("Run", { inputs: { run: { inputs: { key: "raw" } } } })).toEqual([r2.uid]);
    expect(await keys("Run", { outputs: null })).toHaveLength(1);
    expect(await keys("Run", { initiatedRuns: { not: null } })).toEqual([r1.uid]);
    expect(await keys("Transform", { latestRun: { status: "completed" } })).toEqual(["ingest.ts"]);
    expect(await keys("Transform", { latestRun: { status: "errored" } })).toEqual([]);
    expect(await keys("Transform", { runs: { status: "errored" } })).toEqual(["ingest.ts"]);
    expect(await keys("Artifact", { branch: "main", space: "all", key: "raw" })).toEqual(["raw"]);
    expect(
      await keys("Artifact", { any: [{ inputOf: { transform: { key: "plot.ts" } } }, { run: new Record(r2) }] }),
    ).toEqual(["table", "figure"]);
    expect(await keys("Artifact", { not: { ulabels: { name: "T cell" } } })).toEqual(["raw", "figure"]);
  });

  test("versions of a family, and a predicate about them", async () => {
    const f = await Fixture.open(database);
    await f.add("Artifact", {
      uid: "stemstemstemstem0000",
      stem: "stemstemstemstem",
      key: "a",
      isLatest: false,
      size: 1,
    });
    await f.add("Artifact", { uid: "stemstemstemstem0001", stem: "stemstemstemstem", key: "a", revision: 1, size: 2 });
    expect(await f.count("Artifact", { versions: { size: 1 } })).toBe(2);
    expect(await f.count("Artifact", { versions: { size: 3 } })).toBe(0);
  });

  test("relations hide trash and internal rows as a filter does", async () => {
    const f = await Fixture.open(database);
    const transform = await f.add("Transform", { key: "t" });
    const run = await f.add("Run", { transform });
    const output = await f.add("Artifact", { key: "o", run });
    expect(await f.count("Run", { outputs: { key: "o" } })).toBe(1);
    await f.db.write(() => update(f.db.dialect, WRITER, "Artifact", output.id, { branch: TRASH, isLatest: false }));
    expect(await f.count("Artifact", {})).toBe(0);
    expect(await f.count("Run", { outputs: { key: "o" } })).toBe(0);
    expect(await f.count("Run", { outputs: null })).toBe(1);
    await f.add("Artifact", { key: "log", run, internal: true });
    expect(await f.count("Run", { outputs: { not: null } })).toBe(0);
    // What a to-one relation points to is seen wherever it is: the run says so.
    await f.db.write(() => update(f.db.dialect, WRITER, "Run", run.id, { branch: TRASH }));
    await f.add("Artifact", { key: "p", run });
    expect(await f.count("Artifact", { run: { transform: { key: "t" } } })).toBe(1);
  });
});
