import { expect, test } from "vitest";
import { byId, byUid, lazyColumn, one, select } from "../../src/db/select.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { everything, type Viewer } from "../../src/db/viewer.ts";
import { Fixture, VIEWER } from "./fixture.ts";

forEachDatabase((database) => {
  test("search ranks the whole value before a phrase before a beginning before a part", async () => {
    const f = await Fixture.open(database);
    const names = ["subproject flow", "Project flows", "the project flow, again", "Project flow", "nothing", "ÜBER"];
    for (const name of names) await f.add("Record", { name });
    await f.add("Record", { name: null, description: "a project flow" });
    const find = async (search: string): Promise<unknown[]> =>
      (await f.find("Record", {}, { search })).map((row) => row.name ?? row.description);
    expect(await find("project flow")).toEqual([
      "Project flow",
      "the project flow, again",
      "a project flow",
      "Project flows",
      "subproject flow",
    ]);
    expect(await find("  PROJECT FLOW ")).toHaveLength(5);
    expect(await find("über")).toEqual(["ÜBER"]);
    expect(await find("%")).toEqual([]);
    expect(await find("")).toEqual([]);
    expect(await f.count("Record", {}, { search: "flow" })).toBe(5);
    expect((await f.find("Record", {}, { search: "project flow", limit: 1 })).map((row) => row.name)).toEqual([
      "Project flow",
    ]);
    expect((await f.find("Record", {}, { search: "project flow", order: ["-name"], limit: 1 }))[0]?.name).toBe(
      "the project flow, again",
    );
  });

  test("order, ties by id, absent values last, bytewise text", async () => {
    const f = await Fixture.open(database);
    for (const [name, description] of [
      ["b", "1"],
      ["a", "1"],
      [null, "2"],
      ["Z", "2"],
      ["ä", "1"],
    ] as const)
      await f.add("Record", { name, description });
    const names = async (...order: string[]): Promise<unknown[]> =>
      (await f.find("Record", {}, { order })).map((row) => row.name);
    expect(await names()).toEqual(["b", "a", null, "Z", "ä"]);
    expect(await names("name")).toEqual(["Z", "a", "b", "ä", null]);
    expect(await names("-name")).toEqual(["ä", "b", "a", "Z", null]);
    expect(await names("-description", "name")).toEqual(["Z", null, "a", "b", "ä"]);
    expect(await names("description")).toEqual(["b", "a", "ä", null, "Z"]);
    for (const wrong of ["nam", "-", "params", "type"])
      await expect(names(wrong), wrong).rejects.toMatchObject({ code: "invalid", hint: expect.any(String) });
    await expect(names("nam")).rejects.toMatchObject({ hint: expect.stringContaining("name") });
    await expect(f.find("Run", {}, { order: ["params"] })).rejects.toMatchObject({ code: "invalid" });
  });

  test("limit, offset, count and paging by key", async () => {
    const f = await Fixture.open(database);
    for (let i = 0; i < 7; i++) await f.add("Record", { name: String(i) });
    const names = async (more: object): Promise<string> =>
      (await f.find("Record", {}, more)).map((row) => row.name).join("");
    expect(await names({ limit: 3 })).toBe("012");
    expect(await names({ limit: 3, offset: 5 })).toBe("56");
    expect(await names({ offset: 5 })).toBe("56");
    expect(await names({ limit: 0 })).toBe("");
    expect(await f.count("Record", {})).toBe(7);
    expect(await f.count("Record", {}, { limit: 3 })).toBe(3);
    expect(await f.count("Record", {}, { offset: 5 })).toBe(2);
    expect(await f.count("Record", {}, { limit: 3, offset: 5 })).toBe(2);
    const first = await f.find("Record", {}, { limit: 4 });
    expect(await names({ after: first[3]?.id })).toBe("456");
    for (const wrong of [
      { limit: -1 },
      { limit: 1.5 },
      { offset: -2 },
      { offset: Number.NaN },
      { limit: Number.POSITIVE_INFINITY },
    ])
      await expect(names(wrong)).rejects.toMatchObject({ code: "invalid" });
  });

  test("visible branches, trash and internal rows", async () => {
    const f = await Fixture.open(database);
    const work = await f.add("Branch", { name: "work" });
    await f.add("Artifact", { key: "main" });
    await f.add("Artifact", { key: "work", branch: work });
    await f.add("Artifact", { key: "report", internal: true });
    const keys = async (viewer: Viewer): Promise<unknown[]> =>
      (await f.find("Artifact", {}, {}, viewer)).map((row) => row.key);
    expect(await keys(VIEWER)).toEqual(["main"]);
    expect(await keys({ ...VIEWER, lists: [1, work.id] })).toEqual(["main", "work"]);
    expect(await keys({ ...VIEWER, internal: true })).toEqual(["main", "report"]);
    expect(await keys(everything)).toEqual(["main", "work", "report"]);
  });

  test("one row by uid prefix, by id, through a relation, and a lazy column", async () => {
    const f = await Fixture.open(database);
    const { db } = f;
    const transform = await f.add("Transform", {
      uid: "AbCdEfGhIjKl0000",
      stem: "AbCdEfGhIjKl",
      key: "t",
      sourceCode: "let a = 1;\n",
    });
    await f.add("Transform", { uid: "abcdefghijkl0000", stem: "abcdefghijkl", key: "u" });
    const run = await f.add("Run", { transform });
    const artifact = await f.add("Artifact", { key: "a", run });
    const uids = async (prefix: string): Promise<string[]> =>
      (await db.read(() => byUid(db.dialect, everything, "Transform", prefix, 10))).map((row) => row.uid);
    expect(await uids("AbC")).toEqual(["AbCdEfGhIjKl0000"]);
    expect(await uids("")).toHaveLength(2);
    expect(await uids("A%")).toEqual([]);
    expect((await db.read(() => byId(db.dialect, everything, "Artifact", artifact.id)))?.run).toEqual({
      id: run.id,
      uid: run.uid,
    });
    expect((await db.read(() => one(db.dialect, everything, "Artifact", "transform", artifact.id)))?.uid).toBe(
      transform.uid,
    );
    expect((await db.read(() => one(db.dialect, everything, "Transform", "latestRun", transform.id)))?.uid).toBe(
      run.uid,
    );
    expect(await db.read(() => one(db.dialect, everything, "Run", "report", run.id))).toBeUndefined();
    expect(await db.read(() => lazyColumn(db.dialect, everything, "Transform", "sourceCode", transform.id))).toBe(
      "let a = 1;\n",
    );
    expect(transform).not.toHaveProperty("sourceCode");
    const outputs = await db.read(() =>
      select(db.dialect, VIEWER, { name: "Artifact", from: { name: "Run", key: "outputs", uid: run.uid } }),
    );
    expect(outputs.map((row) => row.key)).toEqual(["a"]);
  });
});
