/** Folders: as one artifact, as one artifact per file, in place and copied; and what happens when places change. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sql from "sql-template-tag";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkBytes, forEachStorage, type Lab, refused, short } from "../lab.ts";

forEachStorage((open) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await open();
  });
  afterAll(async () => {
    await checkBytes(lab);
    await lab.close();
  });
  const work = (...parts: string[]): string => join(lab.place.work, ...parts);
  const stored = (...parts: string[]): string => join(lab.place.storage, ...parts);

  test("a folder is one artifact: its size and number of files, laid out read-only in the cache", async () => {
    lab.file("copied/a.csv", "x\n1\n");
    lab.file("copied/deep/er/b.txt", "b");
    lab.file("copied/same.txt", "b");
    const folder = await lab.ln.Artifact.save(work("copied"), { key: "copied" });
    expect([folder.nFiles, folder.size, folder.suffix, folder.hashType]).toEqual([3, 6, "", "sha256-manifest"]);
    const path = await folder.cache();
    expect(path).toBe(folder.path);
    expect(readFileSync(join(path, "deep/er/b.txt"), "utf8")).toBe("b");
    expect(statSync(join(path, "a.csv")).mode & 0o222).toBe(0);
    rmSync(work("copied"), { recursive: true });
    expect(await folder.load()).toBe(path);
    await refused(folder.open(), "invalid");
    expect(await lab.count(sql`select count(*) as n from object_member`)).toBe(2); // same bytes and suffix: stored once
  });

  test("the same folder again is the same artifact; one byte or one name differs: a new version", async () => {
    lab.file("versioned/a.txt", "a");
    lab.file("versioned/b.txt", "b");
    const one = await lab.ln.Artifact.save(work("versioned"), { key: "versioned" });
    expect((await lab.ln.Artifact.save(work("versioned"), { key: "versioned" })).uid).toBe(one.uid);
    lab.file("versioned/a.txt", "b");
    lab.file("versioned/b.txt", "a");
    const swapped = await lab.ln.Artifact.save(work("versioned"), { key: "versioned" });
    expect(swapped.uid).toBe(`${one.uid.slice(0, 16)}0001`);
    expect(readFileSync(join(await one.cache(), "a.txt"), "utf8")).toBe("a");
    expect(readFileSync(join(await swapped.cache(), "a.txt"), "utf8")).toBe("b");
  });

  test("a folder in the storage stays where it is; a changed member makes it overwritten, put back and saved again it works", async () => {
    lab.stored("kept/a.txt", "a");
    lab.stored("kept/b.txt", "b");
    const folder = await lab.ln.Artifact.save(stored("kept"));
    expect([folder.key, folder.path, folder.nFiles]).toEqual(["kept", stored("kept"), 2]);
    expect(await folder.cache()).toBe(stored("kept"));
    lab.stored("kept/b.txt", "changed");
    const error = await refused(folder.cache(), "unavailable");
    expect(error.message).toContain("overwritten");
    expect((await lab.ln.Artifact.get(folder.uid)).overwritten).toBe(true);
    lab.stored("kept/b.txt", "b");
    const again = await lab.ln.Artifact.save(stored("kept"));
    expect([again.uid, again.overwritten]).toEqual([folder.uid, false]);
    expect(await again.cache()).toBe(stored("kept"));
    rmSync(stored("kept"), { recursive: true });
    await refused(again.cache(), "unavailable");
    lab.stored("kept/a.txt", "a");
    lab.stored("kept/b.txt", "b");
    expect(await again.load()).toBe(stored("kept"));
  });

  test("a file in the storage, changed after it was saved: unavailable with a hint, never wrong bytes", async () => {
    const path = lab.stored("raw/watched.txt", "first");
    const artifact = await lab.ln.Artifact.save(path);
    const { run, within } = await lab.run();
    lab.stored("raw/watched.txt", "other");
    const error = await refused(
      within(() => artifact.load()),
      "unavailable",
    );
    expect(error.hint).toContain("new version");
    expect(await run.inputs.count()).toBe(0);
    await refused(artifact.cache(), "unavailable");
    await refused(artifact.open(), "unavailable");
    expect((await lab.ln.Artifact.get(artifact.uid)).overwritten).toBe(true);
    lab.stored("raw/watched.txt", "first");
    const again = await lab.ln.Artifact.save(path);
    expect([again.uid, await again.load()]).toEqual([artifact.uid, "first"]);
    // Touched, with the same bytes: nothing is wrong.
    writeFileSync(path, "first");
    expect(await again.load()).toBe("first");
  });

  test("saveDir copies: one artifact per file, keys below the folder's name, in order", async () => {
    for (const name of ["b.txt", "a.csv", "sub/c.txt", "sub/twin.txt"])
      lab.file(`results/${name}`, name.includes("twin") ? "sub/c.txt" : name);
    const { run, within } = await lab.run();
    const saved = await within(() => lab.ln.Artifact.saveDir(work("results")));
    expect(saved.map((a) => a.key)).toEqual([
      "results/a.csv",
      "results/b.txt",
      "results/sub/c.txt",
      "results/sub/twin.txt",
    ]);
    expect(new Set(saved.map((a) => a.uid.slice(0, 16))).size).toBe(4);
    expect(saved[2]?.path).toBe(saved[3]?.path);
    expect(await run.outputs.count()).toBe(4);
    const again = await lab.ln.Artifact.saveDir(work("results"));
    expect(again.map((a) => a.uid)).toEqual(saved.map((a) => a.uid));
    lab.file("results/b.txt", "changed");
    const third = await lab.ln.Artifact.saveDir(work("results"));
    expect(short(third)).toEqual([
      "results/a.csv 0000 latest",
      "results/b.txt 0001 latest",
      "results/sub/c.txt 0000 latest",
      "results/sub/twin.txt 0000 latest",
    ]);
    const elsewhere = await lab.ln.Artifact.saveDir(work("results", "sub"), {
      key: "other/place",
      description: "given",
    });
    expect(elsewhere.map((a) => [a.key, a.description])).toEqual([
      ["other/place/c.txt", "given"],
      ["other/place/twin.txt", "given"],
    ]);
  });

  test("saveDir in the storage registers in place; the whole root, also by a link, leaves out .lineal", async () => {
    await using other = await open();
    const within = (...parts: string[]): string => join(other.place.storage, ...parts);
    for (const name of ["x/1.txt", "x/2.txt", "top.txt"]) other.stored(name, name);
    const some = await other.ln.Artifact.saveDir(within("x"));
    expect(some.map((a) => [a.key, a.path])).toEqual([
      ["x/1.txt", within("x/1.txt")],
      ["x/2.txt", within("x/2.txt")],
    ]);
    const all = await other.ln.Artifact.saveDir(other.place.storage);
    expect(all.map((a) => a.key)).toEqual(["top.txt", "x/1.txt", "x/2.txt"]);
    expect(all.slice(1).map((a) => a.uid)).toEqual(some.map((a) => a.uid));
    symlinkSync(other.place.storage, join(other.place.work, "link"));
    const linked = await other.ln.Artifact.saveDir(join(other.place.work, "link"));
    expect(linked.map((a) => a.uid)).toEqual(all.map((a) => a.uid));
    const inside = await other.ln.Artifact.saveDir(join(other.place.work, "link", "x"));
    expect(inside.map((a) => a.uid)).toEqual(some.map((a) => a.uid));
    expect(await other.count(sql`select count(*) as n from object`)).toBe(0);
    lab = await lab.again();
  });

  test("1,000 files, some the same, in place and copied", async () => {
    for (let i = 0; i < 1000; i++) {
      const name = `many/${i % 10}/${i}.txt`;
      for (const root of [lab.place.work, lab.place.storage]) {
        mkdirSync(join(root, "many", String(i % 10)), { recursive: true });
        writeFileSync(join(root, name), `content ${i % 900}`);
      }
    }
    const before = await lab.count(sql`select count(*) as n from object`);
    const members = await lab.count(sql`select count(*) as n from object_member`);
    const copied = await lab.ln.Artifact.saveDir(work("many"), { key: "copied/many" });
    expect([copied.length, new Set(copied.map((a) => a.uid)).size, new Set(copied.map((a) => a.hash)).size]).toEqual([
      1000, 1000, 900,
    ]);
    expect((await lab.count(sql`select count(*) as n from object`)) - before).toBe(900);
    const folder = await lab.ln.Artifact.save(work("many"), { key: "many-as-one" });
    expect([folder.nFiles, await lab.count(sql`select count(*) as n from object_member`)]).toEqual([
      1000,
      members + 900,
    ]);
    await folder.delete({ permanent: true });
    expect([
      await lab.count(sql`select count(*) as n from object_member`),
      await lab.count(sql`select count(*) as n from object`),
    ]).toEqual([members, before + 900]);
    const inPlace = await lab.ln.Artifact.saveDir(stored("many"));
    expect([inPlace.length, inPlace.every((a) => a.path === stored(a.key ?? ""))]).toEqual([1000, true]);
    expect((await lab.ln.Artifact.saveDir(stored("many"))).map((a) => a.uid)).toEqual(inPlace.map((a) => a.uid));
    writeFileSync(stored("many/3/13.txt"), "changed");
    const next = await lab.ln.Artifact.saveDir(stored("many"));
    expect(next.filter((a) => a.version !== "0000").map((a) => a.key)).toEqual(["many/3/13.txt"]);
    expect(await lab.ln.Artifact.filter({ overwritten: true, key: { startsWith: "many/" } }).count()).toBe(1);
  });

  test("what cannot be saved as a folder is refused, and nothing is half-written", async () => {
    const rows = await lab.count(sql`select count(*) as n from artifact`);
    mkdirSync(work("empty/er"), { recursive: true });
    await refused(lab.ln.Artifact.save(work("empty"), { key: "empty" }), "invalid");
    await refused(lab.ln.Artifact.saveDir(work("empty")), "invalid");
    await refused(lab.ln.Artifact.saveDir(work("missing")), "not-found");
    await refused(lab.ln.Artifact.saveDir(lab.file("file.txt", "x")), "invalid");
    await refused(lab.ln.Artifact.saveDir(Buffer.from("x") as never), "invalid");
    await refused(lab.ln.Artifact.saveDir(work("results"), { version: "1" }), "invalid");
    lab.file("bad/ok.txt", "ok");
    lab.file("bad/back\\slash.txt", "x");
    await refused(lab.ln.Artifact.saveDir(work("bad")), "invalid");
    mkdirSync(stored(".lineal"), { recursive: true });
    await refused(lab.ln.Artifact.save(stored(".lineal"), { key: "own" }), "invalid");
    expect(await lab.count(sql`select count(*) as n from artifact`)).toBe(rows);
  });

  test("stored bytes that are gone: unavailable with a hint; saving them again brings them back", async () => {
    const artifact = await lab.ln.Artifact.save(Buffer.from("fragile"), { key: "fragile.txt" });
    const [backend, key] = lab.object(artifact);
    await backend.remove([key]);
    for (const use of [() => artifact.load(), () => artifact.cache(), () => artifact.open()])
      await refused(use(), "unavailable");
    expect((await lab.ln.Artifact.save(Buffer.from("fragile"), { key: "fragile.txt" })).uid).toBe(artifact.uid);
    expect(await artifact.load()).toBe("fragile");
    expect(existsSync(await artifact.cache())).toBe(true);
  });

  test("a second storage: its files are registered there, folders too", async () => {
    const root = join(lab.place.home, "second");
    mkdirSync(join(root, "run7/sub"), { recursive: true });
    writeFileSync(join(root, "run7/a.txt"), "second a");
    writeFileSync(join(root, "run7/sub/b.txt"), "second b");
    const storage = await lab.ln.Storage.save({ root, description: "the sequencer's disk" });
    const file = await lab.ln.Artifact.save(join(root, "run7/a.txt"));
    expect([file.key, file.path, (await file.storage).uid]).toEqual([
      "run7/a.txt",
      join(root, "run7/a.txt"),
      storage.uid,
    ]);
    const one = await lab.ln.Artifact.save(join(root, "run7"));
    const two = await lab.ln.Artifact.save(join(root, "run7"), { key: "run-seven" });
    expect([one.nFiles, one.path]).toEqual([2, join(root, "run7")]);
    await one.delete({ permanent: true });
    await two.cache();
    await checkBytes(lab);
    await two.delete({ permanent: true });
    expect(await lab.count(sql`select count(*) as n from object where hash = ${two.hash}`)).toBe(0);
    await refused(lab.ln.Storage.save({ root: "relative/path" }), "invalid");
    await refused(lab.ln.Storage.save({ root: join(root, "missing") }), "invalid");
    expect((await lab.ln.Storage.save({ root: `${root}/` })).uid).toBe(storage.uid);
  });
});
