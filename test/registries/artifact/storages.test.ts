/** Everything that people do with an artifact works alike wherever its bytes are. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import sql from "sql-template-tag";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Table } from "../../../src/index.ts";
import { purge } from "../../../src/registries/artifact/objects.ts";
import { rowOf } from "../../../src/registries/record/row.ts";
import { checkBytes, forEachStorage, type Lab, refused } from "../lab.ts";

forEachStorage((open, far) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await open();
  });
  afterAll(async () => {
    await checkBytes(lab);
    await lab.close();
  });

  test("a path is a local file, or a URL of the storage; cache gives a local file of the same bytes", async () => {
    const artifact = await lab.ln.Artifact.save(lab.file("a.txt", "some text"), { key: "a.txt" });
    const { root, type } = await artifact.storage;
    expect([root, type]).toEqual([lab.ln.storage, far ? "memory" : "local"]);
    expect(artifact.path).toBe(`${lab.ln.storage}/.lineal/objects/${artifact.hash.slice(0, 2)}/${artifact.hash}.txt`);
    const path = await artifact.cache();
    expect([readFileSync(path, "utf8"), statSync(path).mode & 0o222]).toEqual(["some text", 0]);
    expect(await artifact.cache()).toBe(path);
  });

  test("tables: saved as parquet with facts, loaded whole, opened bit by bit; a parquet file alike", async () => {
    const rows = Array.from({ length: 500 }, (_, i) => ({ gene: `g${i}`, score: i / 10 }));
    const table = await lab.ln.Artifact.save(rows, { key: "scores.parquet" });
    expect([table.otype, table.nObservations, table.kind]).toEqual(["Table", 500, "dataset"]);
    expect((await table.load<Table>()).length).toBe(500);
    const handle = await table.open();
    expect((await handle.table({ columns: ["score"], start: 10, end: 12 })).rows()).toEqual([
      { score: 1 },
      { score: 1.1 },
    ]);
    await handle.close();
    const file = lab.file("copies/copy.parquet", readFileSync(await table.cache()));
    const copy = await lab.ln.Artifact.save(file, { key: "copy.parquet" });
    const [again] = await lab.ln.Artifact.saveDir(join(lab.place.work, "copies"));
    for (const one of [copy, again])
      expect([one?.otype, one?.nObservations, one?.kind, one?.path]).toEqual(["Table", 500, "dataset", table.path]);
  });

  test("lines of a text are read in order, also when they are many", async () => {
    const text = Array.from({ length: 100_000 }, (_, i) => `line ${i}`).join("\n");
    const artifact = await lab.ln.Artifact.save(Buffer.from(text), { key: "long.txt" });
    const handle = await artifact.open();
    let n = 0;
    for await (const line of handle.lines()) expect(line).toBe(`line ${n++}`);
    await handle.close();
    expect(n).toBe(100_000);
  });

  test("a big file comes by stream, and is read back whole", async () => {
    const part = Buffer.alloc(1 << 20, "0123456789abcdef");
    const parts = async function* () {
      for (let i = 0; i < 20; i++) yield part;
    };
    const artifact = await lab.ln.Artifact.save(parts(), { key: "big.bin" });
    expect(artifact.size).toBe(20 << 20);
    expect((await artifact.load<Uint8Array>()).length).toBe(20 << 20);
    const again = await lab.ln.Artifact.save(lab.file("big.bin", Buffer.concat(Array(20).fill(part))), {
      key: "big.bin",
    });
    expect(again.uid).toBe(artifact.uid);
  });

  test("what a run reads is its input, what it saves its output; describe shows it", async () => {
    const input = await lab.ln.Artifact.save({ rate: 0.1 }, { key: "rate.json" });
    const { run, within } = await lab.run();
    const output = await within(async () => {
      expect(await input.load()).toEqual({ rate: 0.1 });
      return lab.ln.Artifact.save(Buffer.from("rate: 0.1"), { key: "rate.yaml" });
    });
    expect([(await run.inputs).map(({ uid }) => uid), (await run.outputs).map(({ uid }) => uid)]).toEqual([
      [input.uid],
      [output.uid],
    ]);
    expect(await output.describe()).toContain("rate.yaml");
    expect(String(await output.lineage())).toContain("rate.json");
  });

  test("deleted for good: the bytes go with the last artifact that has them, and can be saved again", async () => {
    const save = (key: string) => lab.ln.Artifact.save(Buffer.from("short-lived"), { key });
    const [one, two] = [await save("one.txt"), await save("two.txt")];
    await one.delete({ permanent: true });
    expect([await lab.has(two), await two.load()]).toEqual([true, "short-lived"]);
    await two.delete({ permanent: true });
    expect(await lab.has(two)).toBe(false);
    expect(await lab.count(sql`select count(*) as n from object where hash = ${two.hash}`)).toBe(0);
    expect(await (await save("one.txt")).load()).toBe("short-lived");
  });

  test("a folder deleted for good takes the files along that nothing else has", async () => {
    lab.file("mixed/own.txt", "only here");
    lab.file("mixed/shared.txt", "also elsewhere");
    const shared = await lab.ln.Artifact.save(Buffer.from("also elsewhere"), { key: "elsewhere.txt" });
    const own = await lab.ln.Artifact.save(Buffer.from("only here"), { key: "own.txt" });
    const folder = await lab.ln.Artifact.save(join(lab.place.work, "mixed"), { key: "mixed" });
    await own.delete({ permanent: true });
    expect(await lab.has(own)).toBe(true);
    await folder.delete({ permanent: true });
    expect([await lab.has(folder), await lab.has(own), await lab.has(shared)]).toEqual([false, false, true]);
  });

  test("bytes that a save stored in vain are removed, those in use are not", async () => {
    const inPlace = await lab.ln.Artifact.save(lab.stored("raw/in-vain.md", "in vain"));
    const found = await lab.ln.Artifact.save(Buffer.from("in vain"), { description: "by its bytes" });
    expect(found.uid).toBe(inPlace.uid);
    expect(await lab.count(sql`select count(*) as n from object where hash = ${found.hash}`)).toBe(0);
    const used = await lab.ln.Artifact.save(Buffer.from("in use"), { key: "in-use.txt" });
    const name = { hash: used.hash, suffix: ".txt", size: used.size };
    await purge(lab.connection, { storage: rowOf(used).storage as never, names: [name] });
    expect(await used.load()).toBe("in use");
  });

  if (far)
    test("a cached copy does not hide that the bytes are gone; saved again they are there", async () => {
      const artifact = await lab.ln.Artifact.save(Buffer.from("right"), { key: "gone.txt" });
      await artifact.cache();
      const [backend, key] = lab.object(artifact);
      await backend.remove([key]);
      await refused(artifact.cache(), "unavailable");
      await lab.ln.Artifact.save(Buffer.from("right"), { key: "gone.txt" });
      expect(readFileSync(await artifact.cache(), "utf8")).toBe("right");
    });
});
