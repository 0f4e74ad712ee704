/** Processes killed anywhere in a save, a purge or a first start: no row without bytes, and the instance works on. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sql from "sql-template-tag";
import { expect, test } from "vitest";
import { connect, init } from "../../src/index.ts";
import { runScript } from "../support/child.ts";
import { sourceEnvironment } from "../support/command-line.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { checkBytes, Lab } from "./lab.ts";

const KILLS = 8;

/** Saves, versions, folders and purges without end; says so once it is in the middle. */
const WORKER = `
  import * as ln from "lineal";
  import { mkdirSync, writeFileSync } from "node:fs";
  import { join } from "node:path";
  const [, , me, storage] = process.argv;
  await ln.instance();
  const transform = await ln.Transform.save({ key: "killed.ts", kind: "script" });
  for (let i = 0; ; i++) {
    const run = await ln.Run.save({ transform });
    const text = me + " " + i;
    const big = Buffer.alloc(200_000, text);
    const doomed = await ln.Artifact.save(big, { key: "doomed/" + i % 3 + ".bin", run });
    await ln.Artifact.save(Buffer.from(text), { key: "versions.txt", run });
    const folder = join("folder-" + me, String(i));
    mkdirSync(folder, { recursive: true });
    for (let f = 0; f < 6; f++) writeFileSync(join(folder, f + ".txt"), f < 3 ? "shared " + f : text + f);
    const kept = await ln.Artifact.save(folder, { key: "folders/" + me, run });
    const files = await ln.Artifact.saveDir(folder, { key: "files/" + me, run });
    mkdirSync(join(storage, "raw", me), { recursive: true });
    writeFileSync(join(storage, "raw", me, i + ".txt"), text);
    await ln.Artifact.save(join(storage, "raw", me, i + ".txt"), { run });
    if (i === 0) process.stdout.write("working\\n");
    await doomed.delete({ permanent: true });
    if (i % 2) await kept.delete({ permanent: true });
    await files[0].delete();
    await files[1].delete({ permanent: true });
  }
`;

forEachDatabase((database) => {
  test("killed at any time while saving and purging", async () => {
    await using lab = await Lab.open(database);
    const { work, home, storage } = lab.place;
    writeFileSync(join(work, "killed.ts"), WORKER);
    const env = sourceEnvironment({
      LINEAL_HOME: home,
      LINEAL_CACHE_DIR: join(home, "cache"),
      LINEAL_VERBOSITY: "error",
    });
    let saved = 0;
    for (let k = 0; k < KILLS; k += 2) {
      const pair = [k, k + 1].map((n) =>
        spawn(process.execPath, [join(work, "killed.ts"), `p${n}`, storage], {
          cwd: work,
          env,
          stdio: ["ignore", "pipe", "inherit"],
        }),
      );
      await Promise.all(
        pair.map(async (child, j) => {
          await once(child.stdout, "data");
          await new Promise((done) => setTimeout(done, (k + j) * 23 + Math.random() * 60));
          child.kill("SIGKILL");
          await once(child, "exit");
        }),
      );
      await checkBytes(lab);
      const now = await lab.ln.Artifact.filter().count();
      expect(now).toBeGreaterThan(saved);
      saved = now;
    }
    const { Artifact } = lab.ln;
    expect(await Artifact.filter({ key: "versions.txt", isLatest: true }).count()).toBe(1);
    const versions = await Artifact.filter({ key: "versions.txt" }).orderBy("uid");
    expect(new Set(versions.map((v) => v.uid.slice(0, 16))).size).toBe(1);
    for (const folder of await Artifact.filter({ key: { startsWith: "folders/" } }))
      expect(await folder.cache()).toContain(folder.hash);
    // The next one saves, deletes and purges as ever.
    const next = await Artifact.save(Buffer.from("after the kills"), { key: "versions.txt" });
    expect(next.uid > (versions.at(-1)?.uid ?? "")).toBe(true);
    for await (const artifact of Artifact.filter()) await artifact.delete({ permanent: true });
    for await (const artifact of Artifact.filter({ branch: { name: "trash" } }))
      await artifact.delete({ permanent: true });
    expect(await lab.count(sql`select count(*) as n from object`)).toBe(0);
    expect(await lab.count(sql`select count(*) as n from object_member`)).toBe(0);
  }, 120_000);

  test.each(["before", "after"])("killed in the middle of a purge, %s the bytes went", async (when) => {
    await using lab = await Lab.open(database);
    const kept = await lab.ln.Artifact.save(Buffer.from("kept"), { key: "kept.txt" });
    const text = `purged by a process that is killed ${when}`;
    const doomed = await lab.ln.Artifact.save(Buffer.from(text), { key: "doomed.txt" });
    const script = `
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      import * as ln from "lineal";
      const artifact = await ln.Artifact.get({ key: "doomed.txt" });
      const plain = fs.rmSync;
      fs.rmSync = (...args) => {
        if (${when === "after"}) plain(...args);
        process.kill(process.pid, "SIGKILL");
      };
      syncBuiltinESMExports();
      await artifact.delete({ permanent: true });
    `;
    const env = { LINEAL_HOME: lab.place.home, LINEAL_CACHE_DIR: join(lab.place.home, "cache") };
    const ended = await runScript(script, { env });
    expect([ended.signal, await lab.has(doomed)]).toEqual(["SIGKILL", when === "before"]);
    expect(await lab.count(sql`select count(*) as n from object where purging_since is not null`)).toBe(1);
    const again = await lab.ln.Artifact.save(Buffer.from(text), { key: "doomed.txt" });
    expect([await again.load(), await kept.load()]).toEqual([text, "kept"]);
    await checkBytes(lab);
    await again.delete({ permanent: true });
    expect([await lab.has(again), await lab.count(sql`select count(*) as n from object`)]).toEqual([false, 1]);
  });

  test("killed in its first start: init again makes the instance", async () => {
    await using lab = await Lab.open(database);
    const { work, home } = lab.place;
    writeFileSync(
      join(work, "start.ts"),
      `import * as ln from "lineal"; process.stdout.write("loaded\\n"); await ln.init(JSON.parse(process.argv[2])); process.stdout.write("done\\n"); setInterval(() => {}, 1000);`,
    );
    const env = sourceEnvironment({ LINEAL_HOME: home, LINEAL_VERBOSITY: "error" });
    for (let k = 0; k < 4; k++) {
      await using place = await database.fresh();
      const wanted = { storage: join(place.storage, "new"), name: `start${k}`, ...(place.db ? { db: place.db } : {}) };
      const child = spawn(process.execPath, [join(work, "start.ts"), JSON.stringify(wanted)], {
        cwd: work,
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      await new Promise((done) => setTimeout(done, k * 25));
      child.kill("SIGKILL");
      await once(child, "exit");
      const made = await init(wanted);
      await made.Artifact.save(Buffer.from("works"), { key: "works.txt" });
      await made.close();
      const again = await connect(place.db ?? wanted.storage, { default: false });
      expect(await (await again.Artifact.get({ key: "works.txt" })).load()).toBe("works");
      expect(await again.Storage.filter().count()).toBe(1);
      await again.close();
    }
  }, 60_000);

  test("what a killed process left in a half-made folder of the cache is no obstacle", async () => {
    await using lab = await Lab.open(database);
    lab.file("folder/a.txt", "a");
    lab.file("folder/b.txt", "b");
    const folder = await lab.ln.Artifact.save(join(lab.place.work, "folder"), { key: "folder" });
    mkdirSync(folder.path, { recursive: true });
    mkdtempSync(`${folder.path}.tmp-`);
    writeFileSync(join(folder.path, "a.txt"), "a");
    const path = await folder.cache();
    expect(path).toBe(folder.path);
    rmSync(join(path, "b.txt"), { force: true });
    await folder.cache();
  });
});
