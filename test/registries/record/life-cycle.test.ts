/** Trash, restore, removal for good, versions and changes: what stays, what goes, and what the history keeps. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import sql from "sql-template-tag";
import { afterAll, beforeAll, expect, test } from "vitest";
import { update } from "../../../src/db/write.ts";
import { saveInternal } from "../../../src/registries/artifact/save.ts";
import { rowOf } from "../../../src/registries/record/row.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { checkBytes, Lab, refused } from "../lab.ts";

forEachDatabase((database) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open(database);
  });
  afterAll(async () => {
    await checkBytes(lab);
    await lab.close();
  });

  const save = (text: string, key: string) => lab.ln.Artifact.save(Buffer.from(text), { key });
  const changes = async (uid: string) =>
    (await lab.rows(sql`select operation, before, user_uid from change where uid = ${uid} order by id`)).map((c) => ({
      operation: c.operation,
      before: typeof c.before === "string" ? (JSON.parse(c.before) as unknown) : c.before,
      user: c.user_uid,
    }));

  test("trash hides, keeps bytes, promotes the newest left; restore elects again", async () => {
    const one = await save("t1", "trash/a.txt");
    const two = await save("t2", "trash/a.txt");
    await two.delete();
    expect(two.isLatest).toBe(false);
    expect((await two.branch)?.name).toBe("trash");
    expect((await lab.ln.Artifact.get({ key: "trash/a.txt" })).uid).toBe(one.uid);
    expect((await lab.ln.Artifact.get(one.uid)).isLatest).toBe(true);
    expect(await lab.ln.Artifact.filter({ key: "trash/a.txt" }).count()).toBe(1);
    expect((await lab.ln.Artifact.filter({ key: "trash/a.txt", branch: { name: "trash" } })).map((a) => a.uid)).toEqual(
      [two.uid],
    );
    expect((await lab.ln.Artifact.get(two.uid)).uid).toBe(two.uid);
    expect(await two.load()).toBe("t2");
    await two.delete();
    expect(await two.restore()).toBe(two);
    expect([two.isLatest, (await two.branch)?.name]).toEqual([true, "main"]);
    expect((await lab.ln.Artifact.get(one.uid)).isLatest).toBe(false);
    await one.delete();
    await one.restore();
    expect([one.isLatest, (await lab.ln.Artifact.get({ key: "trash/a.txt" })).uid]).toEqual([false, two.uid]);
    expect((await two.restore()).isLatest).toBe(true);
  });

  test("a version saved while the newest is in trash gets a number of its own", async () => {
    const one = await save("n1", "trash/numbers.txt");
    const two = await save("n2", "trash/numbers.txt");
    await two.delete();
    const three = await save("n3", "trash/numbers.txt");
    expect(three.uid).toBe(`${one.uid.slice(0, 16)}0002`);
    await two.restore();
    expect(two.isLatest).toBe(false);
    expect((await lab.ln.Artifact.get({ key: "trash/numbers.txt" })).uid).toBe(three.uid);
  });

  test("restore is refused while another artifact has the key, and says which", async () => {
    const old = await save("old", "trash/taken.txt");
    await old.delete();
    const holder = await save("new", "trash/taken.txt");
    const error = await refused(old.restore(), "conflict");
    expect(`${error.message} ${error.hint}`).toContain(holder.uid);
    expect((await (await lab.ln.Artifact.get(old.uid)).branch)?.name).toBe("trash");
    await holder.update({ key: "trash/renamed.txt" });
    await old.restore();
    expect((await lab.ln.Artifact.get({ key: "trash/taken.txt" })).uid).toBe(old.uid);
  });

  test("bytes go for good only when nothing else refers to them", async () => {
    const one = await save("shared bytes", "purge/one.txt");
    const two = await save("shared bytes", "purge/two.txt");
    const three = await save("shared bytes", "purge/three.txt");
    await three.delete();
    const path = one.path;
    await one.delete({ permanent: true });
    expect(existsSync(path)).toBe(true);
    await two.delete({ permanent: true });
    expect(existsSync(path)).toBe(true); // one in trash can be restored
    await three.restore();
    expect(await three.load()).toBe("shared bytes");
    await three.delete({ permanent: true });
    expect(existsSync(path)).toBe(false);
    await refused(three.delete({ permanent: true }), "not-found");
    await refused(three.delete(), "not-found");
    await refused(three.restore(), "not-found");
    await refused(three.update({ description: "x" }), "not-found");
    await refused(three.load(), "unavailable");
  });

  test("a file that stays in the storage is never removed", async () => {
    const path = lab.stored("mine/keep.txt", "mine");
    const artifact = await lab.ln.Artifact.save(path);
    await artifact.delete({ permanent: true });
    expect(existsSync(path)).toBe(true);
  });

  test("members of a folder stay while another artifact has the same bytes, and the other way round", async () => {
    lab.file("members/a.txt", "member a");
    lab.file("members/b.txt", "member b");
    const folder = await lab.ln.Artifact.save(join(lab.place.work, "members"), { key: "members" });
    const a = await lab.ln.Artifact.save(lab.file("members/a.txt", "member a"), { key: "single/a.txt" });
    await folder.delete({ permanent: true });
    expect(await a.load()).toBe("member a");
    expect(await lab.count(sql`select count(*) as n from object where hash = ${a.hash}`)).toBe(1);
    const again = await lab.ln.Artifact.save(join(lab.place.work, "members"), { key: "members" });
    await a.delete({ permanent: true });
    await again.cache();
    const other = await lab.ln.Artifact.save(join(lab.place.work, "members"), { key: "members-too" });
    await again.delete({ permanent: true });
    await other.cache();
    await checkBytes(lab);
    await other.delete({ permanent: true });
    expect(await lab.count(sql`select count(*) as n from object where hash = ${a.hash}`)).toBe(0);
  });

  test("what is deleted for good keeps what identifies it; its texts and labels go, from its history too", async () => {
    const { run, within } = await lab.run();
    const label = await lab.ln.ULabel.save({ name: "a label" });
    const artifact = await within(() =>
      lab.ln.Artifact.save(Buffer.from("gone"), { key: "gone.txt", description: "a first text" }),
    );
    await artifact.ulabels.add(label);
    await artifact.update({ description: "a second text", kind: "dataset" });
    const user = await artifact.createdBy;
    await artifact.delete({ permanent: true });
    const [row] = await lab.rows(sql`select * from artifact where uid = ${artifact.uid}`);
    const kept = { key: "gone.txt", hash: artifact.hash, size: 4, kind: "dataset", run_id: rowOf(run).id };
    expect(row).toMatchObject({ ...kept, description: null, suffix: "" });
    expect(row?.removed_at).not.toBeNull();
    const labels = sql`select count(*) as n from artifact_ulabels where from_id = ${rowOf(artifact).id}`;
    expect(await lab.count(labels)).toBe(0);
    expect(JSON.stringify(await changes(artifact.uid))).not.toContain("text");
    const deleted = (await changes(artifact.uid)).at(-1);
    expect([deleted?.operation, deleted?.user]).toEqual(["delete", user?.uid]);
    expect(deleted?.before).toMatchObject({ key: "gone.txt", hash: artifact.hash, run: run.uid });
    // Its snapshot in memory is as it was, but leads nowhere.
    expect([artifact.description, artifact.toJSON().run, await artifact.run]).toEqual(["a second text", run.uid, null]);
  });

  test("what is deleted for good is out of sight, and its key and name are free", async () => {
    const { run, within } = await lab.run();
    const artifact = await within(() => save("hidden", "hidden.txt"));
    const record = await lab.ln.Record.save({ name: "hidden" });
    await artifact.delete({ permanent: true });
    await record.delete({ permanent: true });
    const { Artifact, Record } = lab.ln;
    expect(await Artifact.filter({ key: "hidden.txt" }).count()).toBe(0);
    expect(await Artifact.filter({ key: "hidden.txt", branch: { name: "trash" } }).count()).toBe(0);
    expect(await Artifact.search("hidden.txt").count()).toBe(0);
    expect([await run.outputs.count(), (await lab.ln.Run.filter({ outputs: { key: "hidden.txt" } })).length]).toEqual([
      0, 0,
    ]);
    const error = await refused(Artifact.get(artifact.uid), "not-found");
    expect(error.message).toMatch(/hidden\.txt.* was deleted for good at /);
    await refused(artifact.update({ description: "back" }), "not-found");
    await refused(artifact.restore(), "not-found");
    await refused(artifact.lineage(), "not-found");
    await refused(artifact.ulabels.add(await lab.ln.ULabel.save({ name: "too late" })), "not-found");
    await refused(lab.ln.Record.save({ name: "of a type that is gone", type: record }), "not-found");
    const again = await save("hidden", "hidden.txt");
    expect([again.uid === artifact.uid, again.version]).toEqual([false, "0000"]);
    expect((await Record.save({ name: "hidden" })).uid).not.toBe(record.uid);
    await run.delete({ permanent: true });
    await refused(lab.ln.Run.get(run.uid), "not-found");
  });

  test("removing the latest of several promotes the one before; the next version gets a new number", async () => {
    const one = await save("p1", "purge/versions.txt");
    const two = await save("p2", "purge/versions.txt");
    await two.delete({ permanent: true });
    expect((await lab.ln.Artifact.get(one.uid)).isLatest).toBe(true);
    const next = await save("p3", "purge/versions.txt");
    expect(next.uid).not.toBe(two.uid);
    expect(next.uid.slice(0, 16)).toBe(one.uid.slice(0, 16));
  });

  test("a promoted version whose old key is taken stays in the background", async () => {
    const one = await save("k1", "promote/old.txt");
    const two = await lab.ln.Artifact.save(Buffer.from("k2"), { key: "promote/new.txt", revises: one });
    const holder = await save("k3", "promote/old.txt");
    await two.delete();
    expect((await lab.ln.Artifact.get({ key: "promote/old.txt", isLatest: true })).uid).toBe(holder.uid);
    expect((await lab.ln.Artifact.get(one.uid.slice(0, 16))).uid).toBe(one.uid);
  });

  test("what a run needs is not removed: its report, its environment; a run with outputs neither", async () => {
    const { run, within, transform } = await lab.run();
    const output = await within(() => save("output", "held/output.txt"));
    const report = await saveInternal(lab.connection, "log of the run", ".txt", "log");
    const writer = await lab.connection.writer();
    await lab.connection.write(() =>
      update(lab.connection.database.dialect, writer, "Run", rowOf(run).id, {
        report: { id: report.id, uid: report.uid },
      }),
    );
    const log = await lab.ln.Artifact.get(report.uid);
    const error = await refused(log.delete({ permanent: true }), "conflict");
    expect(error.message).toContain("Run (report)");
    expect(await log.load()).toBe("log of the run");
    expect((await refused(run.delete({ permanent: true }), "conflict")).message).toContain("Artifact (run)");
    await refused(transform.delete({ permanent: true }), "conflict");
    await output.delete({ permanent: true });
    await run.delete({ permanent: true });
    await log.delete({ permanent: true });
    await transform.delete({ permanent: true });
    expect(existsSync(log.path)).toBe(false);
  });

  test("what every instance needs is not removed", async () => {
    const { Branch, Space, Storage, User } = lab.ln;
    for (const name of ["main", "archive", "trash"])
      await refused((await Branch.get({ name })).delete({ permanent: true }), "invalid");
    await refused((await Space.get({ name: "all" })).delete({ permanent: true }), "invalid");
    await refused((await Storage.get({ root: lab.ln.storage })).delete({ permanent: true }), "invalid");
    await refused((await User.get({ handle: "testuser1" })).delete({ permanent: true }), "conflict");
    await refused((await User.get({ handle: "testuser1" })).delete(), "invalid");
    const own = await Branch.save({ name: "my branch" });
    await own.delete({ permanent: true });
    await refused(Branch.get({ name: "my branch" }), "not-found");
  });

  test("update changes what may change, refreshes the record and keeps what was", async () => {
    const artifact = await save("updated", "update/a.txt");
    expect(await artifact.update({ description: "one" })).toBe(artifact);
    expect(artifact.description).toBe("one");
    await artifact.update({ description: "one" });
    await artifact.update({ description: null, kind: "report", key: "update/b.txt" });
    expect([artifact.description, artifact.kind, artifact.key]).toEqual([null, "report", "update/b.txt"]);
    expect((await changes(artifact.uid)).map((c) => c.before)).toEqual([
      { description: null },
      { description: "one", kind: null, key: "update/a.txt" },
    ]);
    for (const bad of [
      { hash: "x" },
      { size: 1 },
      { isLatest: false },
      { nonsense: 1 },
      { description: 7 },
      { key: null },
      { key: "update/b.csv" },
      { key: "../b.txt" },
      { uid: "x" },
      { internal: true },
      { placeKey: "x" },
    ]) {
      await refused(artifact.update(bad as never), "invalid");
    }
    expect((await lab.ln.Artifact.get(artifact.uid)).key).toBe("update/b.txt");
  });

  test("a key of another family is refused; of an older version it is free", async () => {
    const one = await save("c1", "update/one.txt");
    await save("c2", "update/two.txt");
    const error = await refused(one.update({ key: "update/two.txt" }), "conflict");
    expect(error.message).toContain("update/two.txt");
    await save("c1b", "update/one.txt");
    const old = await lab.ln.Artifact.get(one.uid);
    await old.update({ key: "update/renamed.txt" });
    expect((await lab.ln.Artifact.get({ key: "update/one.txt" })).uid).toBe(`${one.uid.slice(0, 16)}0001`);
  });

  test("to another branch: there it is the latest, here the one before; back is refused when the key is taken", async () => {
    const branch = await lab.ln.Branch.save({ name: "side" });
    const one = await save("b1", "branch/a.txt");
    const two = await save("b2", "branch/a.txt");
    await two.update({ branch });
    expect([two.isLatest, (await two.branch)?.name]).toEqual([true, "side"]);
    expect((await lab.ln.Artifact.get({ key: "branch/a.txt" })).uid).toBe(one.uid);
    expect((await lab.ln.Artifact.get({ key: "branch/a.txt", branch: "side" } as never)).uid).toBe(two.uid);
    await two.update({ branch: "main" } as never);
    expect((await lab.ln.Artifact.get({ key: "branch/a.txt" })).uid).toBe(two.uid);
    const there = await lab.ln.Artifact.save(Buffer.from("b3"), { key: "branch/b.txt", branch: "side" });
    await save("b4", "branch/b.txt");
    await refused(there.update({ branch: "main" } as never), "conflict");
    expect(await lab.ln.Artifact.filter({ key: "branch/b.txt" }).count()).toBe(1);
    await there.delete();
    await there.restore();
    expect((await there.branch)?.name).toBe("side");
  });

  test("links: added once, taken away with a row in the history", async () => {
    const artifact = await save("linked", "links/a.txt");
    const label = await lab.ln.ULabel.save({ name: "Linked" });
    await artifact.ulabels.add(label, label);
    await artifact.ulabels.add(label);
    expect(await artifact.ulabels.count()).toBe(1);
    expect((await label.artifacts).map((a) => a.uid)).toEqual([artifact.uid]);
    await label.artifacts.remove(artifact);
    expect(await artifact.ulabels.count()).toBe(0);
    expect((await changes(label.uid)).map((c) => [c.operation, c.before])).toEqual([
      ["unlink", { artifacts: [artifact.uid] }],
    ]);
    const [link] = await lab.rows(sql`select count(*) as n from artifact_ulabels`);
    expect(Number(link?.n)).toBe(0);
  });

  test("trash and restore are in the history, with who did it", async () => {
    const project = await lab.ln.Project.save({ name: "History" });
    await project.delete();
    await project.restore();
    const log = await changes(project.uid);
    expect(log.map((c) => c.operation)).toEqual(["update", "trash", "update", "restore"]);
    expect(new Set(log.map((c) => c.user)).size).toBe(1);
    expect(log[0]?.user).toBe((await lab.ln.User.get({ handle: "testuser1" })).uid);
  });

  test("a name taken meanwhile is refused at restore", async () => {
    const old = await lab.ln.Project.save({ name: "Twice" });
    await old.delete();
    const now = await lab.ln.Project.save({ name: "Twice" });
    expect((await refused(old.restore(), "conflict")).message).toContain(now.uid);
    expect(await lab.ln.Project.filter({ name: "Twice" }).count()).toBe(1);
    await now.update({ name: "Once" });
    expect((await old.restore()).name).toBe("Twice");
    await refused(now.update({ name: "Twice" }), "conflict");
  });
});
