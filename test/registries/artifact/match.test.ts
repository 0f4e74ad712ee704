/** What save returns: the truth table of decisions, row by row, on both databases. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sql from "sql-template-tag";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bytesOf } from "../../../src/ground/bytes.ts";
import { saveInternal } from "../../../src/registries/artifact/save.ts";
import { forEachStorage, type Lab, refused } from "../lab.ts";

forEachStorage((open) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await open();
  });
  afterAll(() => lab.close());

  test("same hash, same key: that artifact, saved once", async () => {
    const path = lab.file("same.txt", "same");
    const first = await lab.ln.Artifact.save(path, { key: "same/same.txt" });
    const again = await lab.ln.Artifact.save(path, { key: "same/same.txt" });
    expect(again.uid).toBe(first.uid);
    expect(await lab.ln.Artifact.filter({ key: "same/same.txt" }).count()).toBe(1);
    expect(first.uid).toHaveLength(20);
    expect(first.uid.slice(16)).toBe("0000");
    expect([first.version, first.isLatest, first.size, first.suffix, first.hashType]).toEqual([
      "0000",
      true,
      4,
      ".txt",
      "sha256",
    ]);
  });

  test("A, B, A: the first A, even though it is not the latest", async () => {
    const save = (text: string) => lab.ln.Artifact.save(Buffer.from(text), { key: "aba.txt" });
    const a = await save("aba A");
    const b = await save("aba B");
    const back = await save("aba A");
    expect(back.uid).toBe(a.uid);
    expect(back.isLatest).toBe(false);
    expect((await lab.ln.Artifact.get({ key: "aba.txt" })).uid).toBe(b.uid);
    expect(await back.load()).toBe("aba A");
    expect((await save("aba C")).uid).toBe(`${a.uid.slice(0, 16)}0002`);
  });

  test("same hash, no key given: the newest with that hash", async () => {
    const bytes = Buffer.from("no key given");
    await lab.ln.Artifact.save(bytes, { key: "nokey/old.txt" });
    const newer = await lab.ln.Artifact.save(bytes, { key: "nokey/new.txt" });
    const found = await lab.ln.Artifact.save(lab.file("nokey.txt", bytes), { description: "found by its bytes" });
    expect(found.uid).toBe(newer.uid);
    expect(found.description).toBe("found by its bytes");
    expect(await lab.ln.Artifact.filter({ hash: newer.hash }).count()).toBe(2);
  });

  test("same hash, the existing one has no key: it adopts the key, and the history says so", async () => {
    const path = lab.file("adopt.csv", "a,b\n1,2\n");
    const nameless = await lab.ln.Artifact.save(path, { description: "nameless" });
    expect(nameless.key).toBeNull();
    const named = await lab.ln.Artifact.save(path, { key: "adopt/adopted.csv" });
    expect(named.uid).toBe(nameless.uid);
    expect(named.key).toBe("adopt/adopted.csv");
    const changes = await lab.rows(sql`select operation, before from change where uid = ${named.uid}`);
    expect(changes.map((c) => [c.operation, typeof c.before === "string" ? JSON.parse(c.before) : c.before])).toEqual([
      ["update", { key: null }],
    ]);
  });

  test("adoption needs the same suffix: bytes without one do not become an image", async () => {
    const bytes = Buffer.from("suffix matters");
    const bare = await lab.ln.Artifact.save(bytes, { description: "bare bytes" });
    const text = await lab.ln.Artifact.save(bytes, { key: "adopt/suffix.txt" });
    expect(bare.suffix).not.toBe(".txt");
    expect(text.uid).not.toBe(bare.uid);
    expect(text.suffix).toBe(".txt");
    expect(await text.load()).toBe("suffix matters");
  });

  test("a nameless one is not adopted by a key that has a family: that family gets a version", async () => {
    const bytes = Buffer.from("nameless beside a family");
    const family = await lab.ln.Artifact.save(Buffer.from("other"), { key: "adopt/family.md" });
    const nameless = await lab.ln.Artifact.save(lab.file("nameless.md", bytes), { description: "nameless" });
    const next = await lab.ln.Artifact.save(lab.file("nameless.md", bytes), { key: "adopt/family.md" });
    expect(next.uid).toBe(`${family.uid.slice(0, 16)}0001`);
    expect((await lab.ln.Artifact.get(nameless.uid)).key).toBeNull();
  });

  test("same hash, other key: a new artifact that shares the stored bytes", async () => {
    const bytes = Buffer.from("shared by two keys");
    const one = await lab.ln.Artifact.save(bytes, { key: "share/one.txt" });
    const two = await lab.ln.Artifact.save(bytes, { key: "share/two.txt" });
    expect(two.uid.slice(0, 16)).not.toBe(one.uid.slice(0, 16));
    expect(two.path).toBe(one.path);
    expect(await lab.count(sql`select count(*) as n from object where hash = ${one.hash}`)).toBe(1);
  });

  test("the same bytes under another suffix are other stored bytes", async () => {
    const bytes = Buffer.from("x,y\n1,2\n");
    const csv = await lab.ln.Artifact.save(bytes, { key: "suffix/t.csv" });
    const text = await lab.ln.Artifact.save(bytes, { key: "suffix/t.txt" });
    expect(csv.hash).toBe(text.hash);
    expect(csv.path).not.toBe(text.path);
    expect(await text.load()).toBe("x,y\n1,2\n");
  });

  test("same key, new hash: the next version of the family", async () => {
    const one = await lab.ln.Artifact.save(Buffer.from("v1"), { key: "versions.txt", description: "first" });
    const two = await lab.ln.Artifact.save(Buffer.from("v2"), { key: "versions.txt" });
    expect([two.uid, two.version, two.isLatest]).toEqual([`${one.uid.slice(0, 16)}0001`, "0001", true]);
    expect((await lab.ln.Artifact.get(one.uid)).isLatest).toBe(false);
    expect(await lab.ln.Artifact.filter({ key: "versions.txt" }).count()).toBe(2);
    expect(await lab.ln.Artifact.filter({ key: "versions.txt", isLatest: true }).count()).toBe(1);
    expect((await two.versions).map((v) => v.uid)).toEqual([two.uid, one.uid]);
  });

  test("a description and a kind given with an existing artifact update it; the history keeps the old ones", async () => {
    const bytes = Buffer.from("described");
    const first = await lab.ln.Artifact.save(bytes, { key: "described.txt", description: "before" });
    const again = await lab.ln.Artifact.save(bytes, { key: "described.txt", description: "after", kind: "dataset" });
    expect([again.uid, again.description, again.kind]).toEqual([first.uid, "after", "dataset"]);
    const kept = await lab.ln.Artifact.save(bytes, { key: "described.txt" });
    expect(kept.description).toBe("after");
    const [change] = await lab.rows(sql`select before, user_uid from change where uid = ${first.uid}`);
    expect(JSON.parse(typeof change?.before === "string" ? change.before : JSON.stringify(change?.before))).toEqual({
      description: "before",
      kind: null,
    });
    expect(change?.user_uid).toBe((await lab.ln.User.get({ handle: "testuser1" })).uid);
  });

  test("an existing artifact without a run takes the current run as its creator", async () => {
    const path = lab.file("creator.txt", "creator");
    const before = await lab.ln.Artifact.save(path, { key: "creator.txt" });
    expect(await before.run).toBeNull();
    const { run, within } = await lab.run();
    const after = await within(() => lab.ln.Artifact.save(path, { key: "creator.txt" }));
    expect(after.uid).toBe(before.uid);
    expect((await after.run)?.uid).toBe(run.uid);
    expect(await after.recreatingRuns.count()).toBe(0);
  });

  test("an existing artifact with a creator: another run joins recreatingRuns, the creator stays", async () => {
    const path = lab.file("recreate.txt", "recreate");
    const one = await lab.run();
    const two = await lab.runOf(one.transform);
    const first = await one.within(() => lab.ln.Artifact.save(path, { key: "recreate.txt" }));
    for (let i = 0; i < 2; i++) await two.within(() => lab.ln.Artifact.save(path, { key: "recreate.txt" }));
    await one.within(() => lab.ln.Artifact.save(path, { key: "recreate.txt" }));
    const now = await lab.ln.Artifact.get(first.uid);
    expect((await now.run)?.uid).toBe(one.run.uid);
    expect((await now.recreatingRuns).map((r) => r.uid)).toEqual([two.run.uid]);
    expect((await two.run.recreated).map((a) => a.uid)).toEqual([first.uid]);
    expect(await two.run.outputs).toEqual([]);
  });

  test("a run that reads an artifact does not re-create it by saving it again", async () => {
    const path = lab.file("read-and-save.txt", "read and save");
    const one = await lab.run();
    const two = await lab.run();
    const artifact = await one.within(() => lab.ln.Artifact.save(path, { key: "read-and-save.txt" }));
    await two.within(async () => {
      await artifact.load();
      await lab.ln.Artifact.save(path, { key: "read-and-save.txt" });
    });
    expect(await artifact.recreatingRuns).toEqual([]);
    expect((await two.run.inputs).map((a) => a.uid)).toEqual([artifact.uid]);
    // And what it re-creates is never its input afterwards.
    const three = await lab.run();
    await three.within(async () => {
      await lab.ln.Artifact.save(path, { key: "read-and-save.txt" });
      await artifact.load();
    });
    expect(await three.run.inputs).toEqual([]);
  });

  test("run: false links no run, run: record links that one", async () => {
    const { run, within } = await lab.run();
    const other = await lab.runOf((await run.transform)!);
    const none = await within(() => lab.ln.Artifact.save(Buffer.from("no run"), { key: "norun.txt", run: false }));
    expect(await none.run).toBeNull();
    const given = await within(() =>
      lab.ln.Artifact.save(Buffer.from("given run"), { key: "givenrun.txt", run: other.run }),
    );
    expect((await given.run)?.uid).toBe(other.run.uid);
  });

  test("trash is ignored: the same bytes and key make a new artifact", async () => {
    const bytes = Buffer.from("trashed twin");
    const trashed = await lab.ln.Artifact.save(bytes, { key: "trashed.txt" });
    await trashed.delete();
    const fresh = await lab.ln.Artifact.save(bytes, { key: "trashed.txt" });
    expect(fresh.uid.slice(0, 16)).not.toBe(trashed.uid.slice(0, 16));
    expect(fresh.isLatest).toBe(true);
    await fresh.delete();
    const byBytes = await lab.ln.Artifact.save(bytes, { description: "by bytes only" });
    expect([trashed.uid, fresh.uid]).not.toContain(byBytes.uid);
  });

  test("empty files are never told by their content, only by their key", async () => {
    const empty = lab.file("empty.txt", "");
    const one = await lab.ln.Artifact.save(empty, { key: "empty/one.txt" });
    const two = await lab.ln.Artifact.save(empty, { key: "empty/two.txt" });
    const nameless = await lab.ln.Artifact.save(empty, { description: "empty one" });
    const other = await lab.ln.Artifact.save(empty, { description: "empty two" });
    const named = await lab.ln.Artifact.save(empty, { key: "empty/three.txt" });
    expect(new Set([one, two, nameless, other, named].map((a) => a.uid)).size).toBe(5);
    expect((await lab.ln.Artifact.save(empty, { key: "empty/one.txt" })).uid).toBe(one.uid);
    expect(await one.load()).toBe("");
  });

  test("internal rows never match, in neither direction, and are seen only by their uid", async () => {
    const text = "internal report";
    const internal = await saveInternal(lab.connection, text, ".txt", "log of a run");
    const own = await lab.ln.Artifact.save(lab.file("internal.txt", text), { description: "mine" });
    expect(own.uid).not.toBe(internal.uid);
    expect((await saveInternal(lab.connection, text, ".txt", "log of another")).uid).not.toBe(own.uid);
    expect(await lab.ln.Artifact.filter({ hash: own.hash }).count()).toBe(1);
    expect((await lab.ln.Artifact.get(internal.uid)).description).toBe("log of a run");
  });

  test("in place: the key is the place in the storage, nothing is copied", async () => {
    const path = lab.stored("raw/in-place.txt", "in place");
    const artifact = await lab.ln.Artifact.save(path);
    expect([artifact.key, artifact.path]).toEqual(["raw/in-place.txt", path]);
    expect(await lab.count(sql`select count(*) as n from object where hash = ${artifact.hash}`)).toBe(0);
    expect((await lab.ln.Artifact.save(path)).uid).toBe(artifact.uid);
    // The inferred key comes first: the same bytes elsewhere are another artifact.
    const copy = await lab.ln.Artifact.save(lab.stored("raw/copy.txt", "in place"));
    expect([copy.key, copy.uid === artifact.uid]).toEqual(["raw/copy.txt", false]);
    const renamed = await lab.ln.Artifact.save(path, { key: "named/otherwise.txt" });
    expect([renamed.key, renamed.path]).toEqual(["named/otherwise.txt", path]);
  });

  test("in place, overwritten: the next version, the old one is marked; put back and saved again it lives", async () => {
    const path = lab.stored("raw/changing.txt", "one");
    const one = await lab.ln.Artifact.save(path);
    lab.stored("raw/changing.txt", "two!");
    const two = await lab.ln.Artifact.save(path);
    expect(two.uid).toBe(`${one.uid.slice(0, 16)}0001`);
    const old = await lab.ln.Artifact.get(one.uid);
    expect([old.overwritten, two.overwritten]).toEqual([true, false]);
    await refused(old.load(), "unavailable");
    expect(await two.load()).toBe("two!");
    lab.stored("raw/changing.txt", "one");
    const back = await lab.ln.Artifact.save(path);
    expect([back.uid, back.overwritten]).toEqual([one.uid, false]);
    expect(await back.load()).toBe("one");
    expect((await lab.ln.Artifact.get(two.uid)).overwritten).toBe(true);
  });

  test("bytes lost in place come back by saving them from outside: then they are stored", async () => {
    const path = lab.stored("raw/lost.txt", "lost");
    const artifact = await lab.ln.Artifact.save(path);
    rmSync(path);
    await refused(artifact.load(), "unavailable");
    const again = await lab.ln.Artifact.save(lab.file("lost.txt", "lost"), { key: "raw/lost.txt" });
    expect(again.uid).toBe(artifact.uid);
    expect(await again.load()).toBe("lost");
    expect(readFileSync(await again.cache(), "utf8")).toBe("lost");
    expect(await lab.has(again)).toBe(true);
  });

  test("revises: the next version of that family, whatever its key", async () => {
    const one = await lab.ln.Artifact.save(Buffer.from("revised 1"), { key: "revises/old.txt", description: "kept" });
    const two = await lab.ln.Artifact.save(Buffer.from("revised 2"), { revises: one });
    expect([two.uid, two.key, two.description]).toEqual([`${one.uid.slice(0, 16)}0001`, "revises/old.txt", "kept"]);
    const three = await lab.ln.Artifact.save(Buffer.from("revised 3"), {
      revises: two,
      key: "revises/new.txt",
      description: "new name",
    });
    expect([three.uid, three.key, three.isLatest]).toEqual([`${one.uid.slice(0, 16)}0002`, "revises/new.txt", true]);
    // Revising an old one still follows the newest.
    const four = await lab.ln.Artifact.save(Buffer.from("revised 4"), { revises: one, key: "revises/new.txt" });
    expect(four.uid).toBe(`${one.uid.slice(0, 16)}0003`);
    // The old key is free again.
    const fresh = await lab.ln.Artifact.save(Buffer.from("revised 5"), { key: "revises/old.txt" });
    expect(fresh.uid.slice(0, 16)).not.toBe(one.uid.slice(0, 16));
  });

  test("revises with the same bytes returns that version; with the key of another family it is refused", async () => {
    const one = await lab.ln.Artifact.save(Buffer.from("revises same"), { key: "revises/same.txt" });
    expect((await lab.ln.Artifact.save(Buffer.from("revises same"), { revises: one })).uid).toBe(one.uid);
    await lab.ln.Artifact.save(Buffer.from("taken"), { key: "revises/taken.txt" });
    const error = await refused(
      lab.ln.Artifact.save(Buffer.from("onto taken"), { revises: one, key: "revises/taken.txt" }),
      "conflict",
    );
    expect(error.message).toContain("revises/taken.txt");
    expect((await lab.ln.Artifact.get(one.uid)).isLatest).toBe(true);
    await refused(lab.ln.Artifact.save(Buffer.from("x"), { revises: "text" as never }), "invalid");
  });

  test("version tags: kept, unique in a family, given later to the same bytes", async () => {
    const one = await lab.ln.Artifact.save(Buffer.from("tag 1"), { key: "tags.txt", version: "1.0" });
    expect(one.version).toBe("1.0");
    await refused(lab.ln.Artifact.save(Buffer.from("tag 2"), { key: "tags.txt", version: "1.0" }), "conflict");
    expect(await lab.ln.Artifact.filter({ key: "tags.txt" }).count()).toBe(1);
    const two = await lab.ln.Artifact.save(Buffer.from("tag 2"), { key: "tags.txt" });
    expect([two.version, two.uid.slice(16)]).toEqual(["0001", "0001"]);
    await refused(lab.ln.Artifact.save(Buffer.from("tag 2"), { key: "tags.txt", version: "1.0" }), "conflict");
    const tagged = await lab.ln.Artifact.save(Buffer.from("tag 2"), { key: "tags.txt", version: "1.1" });
    expect([tagged.uid, tagged.version]).toEqual([two.uid, "1.1"]);
    expect((await lab.ln.Artifact.get({ key: "tags.txt", version: "1.0" })).uid).toBe(one.uid);
  });

  test("the key decides the suffix of bytes, and must fit that of a path", async () => {
    const composite = await lab.ln.Artifact.save(lab.file("reads.fastq.gz", "not really gzip"), {
      key: "fastq/reads.fastq.gz",
    });
    expect(composite.suffix).toBe(".fastq.gz");
    const error = await refused(lab.ln.Artifact.save(lab.file("table.csv", "a\n1\n"), { key: "table.tsv" }), "invalid");
    expect(error.hint).toContain(".csv");
    const number = await lab.ln.Artifact.save(lab.file("sample_1.2", "dots"), { key: "dots/sample_1.2" });
    expect(number.key).toBe("dots/sample_1.2");
  });

  test("a folder and a file that reads like its manifest are two artifacts", async () => {
    lab.file("twin-folder/a.txt", "a");
    const folder = await lab.ln.Artifact.save(join(lab.place.work, "twin-folder"), { description: "folder" });
    const [backend, key] = lab.object(folder);
    const manifest = await bytesOf(await backend.open(key));
    const path = join(lab.place.work, "manifest-text");
    writeFileSync(path, manifest);
    const file = await lab.ln.Artifact.save(path, { description: "file" });
    expect(file.hash).toBe(folder.hash);
    expect(file.uid).not.toBe(folder.uid);
    expect([folder.nFiles, file.nFiles]).toEqual([1, null]);
  });

  test("streams, typed arrays, array buffers, file URLs and values are saved alike", async () => {
    const bytes = new TextEncoder().encode("many sources");
    const stream = new Blob([bytes]).stream();
    const saved = [
      await lab.ln.Artifact.save(stream, { key: "sources.txt" }),
      await lab.ln.Artifact.save(bytes, { key: "sources.txt" }),
      await lab.ln.Artifact.save(bytes.buffer.slice(0), { key: "sources.txt" }),
      await lab.ln.Artifact.save(new URL(`file://${lab.file("sources.txt", bytes)}`), { key: "sources.txt" }),
    ];
    expect(new Set(saved.map((a) => a.uid)).size).toBe(1);
    const value = await lab.ln.Artifact.save({ lr: 0.1, deep: [1, 2] }, { key: "config.json" });
    expect(await value.load()).toEqual({ lr: 0.1, deep: [1, 2] });
  });

  test("labels: projects and ulabels are linked, by record or by name", async () => {
    const project = await lab.ln.Project.save({ name: "Match project" });
    const label = await lab.ln.ULabel.save({ name: "Match label" });
    const artifact = await lab.ln.Artifact.save(Buffer.from("labelled"), {
      key: "labelled.txt",
      project: "Match project",
      ulabels: [label],
    });
    expect((await artifact.projects).map((p) => p.uid)).toEqual([project.uid]);
    expect((await artifact.ulabels).map((l) => l.name)).toEqual(["Match label"]);
    await refused(lab.ln.Artifact.save(Buffer.from("x"), { key: "x.txt", project: "Nobody's" }), "not-found");
  });

  test("a name means the live record, not one in trash", async () => {
    const old = await lab.ln.Project.save({ name: "Reborn" });
    await old.delete();
    const reborn = await lab.ln.Project.save({ name: "Reborn" });
    expect(reborn.uid).not.toBe(old.uid);
    const artifact = await lab.ln.Artifact.save(Buffer.from("reborn"), { key: "reborn.txt", project: "Reborn" });
    expect((await artifact.projects).map((p) => p.uid)).toEqual([reborn.uid]);
  });

  test("bad input is refused and leaves no row", async () => {
    const before = await lab.count(sql`select count(*) as n from artifact`);
    const path = lab.file("bad.txt", "bad");
    const save = lab.ln.Artifact.save;
    const { Artifact } = lab.ln;
    for (const key of [
      "../up.txt",
      "a\\b.txt",
      "/abs.txt",
      ".lineal/x.txt",
      "a//b.txt",
      "a/./b.txt",
      "a/../b.txt",
      "end/",
      "",
      "nul\0.txt",
    ])
      await refused(Artifact.save(path, { key }), "invalid");
    await refused(Artifact.save(join(lab.place.work, "missing.txt"), { key: "missing.txt" }), "not-found");
    await refused(Artifact.save(path), "invalid");
    await refused(Artifact.save(path, { key: "bad.txt", descripton: "x" } as never), "invalid");
    await refused(Artifact.save(path, { key: 7 } as never), "invalid");
    await refused(Artifact.save("https://example.org/a.txt", { key: "a.txt" }), "invalid");
    await refused(Artifact.save("", { key: "a.txt" }), "invalid");
    await refused(Artifact.save(lab.place.storage, { key: "root" }), "invalid");
    await refused(Artifact.save(path, { key: "bad.txt", kind: "k".repeat(21) }), "invalid");
    await refused(Artifact.save(path, { key: "bad.txt", branch: "nowhere" }), "not-found");
    expect(typeof save).toBe("function");
    expect(await lab.count(sql`select count(*) as n from artifact`)).toBe(before);
  });
});
