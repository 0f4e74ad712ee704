/** Eight processes on one instance: nothing lost, nothing twice, no error shown. One set of processes goes through all the scenes. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sql from "sql-template-tag";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runScript } from "../support/child.ts";
import type { Finished } from "../support/command-line.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { base62 } from "../../src/model/index.ts";
import { checkBytes, Lab } from "./lab.ts";

const PROCESSES = 8;
const RUNS = 6;
const ROUNDS = 5;
const TURNS = 12;

/** Every scene begins for all processes at once: whoever comes waits for the others. */
const worker = (init: object): string => `
  import * as ln from "lineal";
  import { readdirSync, writeFileSync } from "node:fs";
  const me = process.argv[2];
  async function together(scene) {
    writeFileSync(scene + "-ready-" + me, "");
    const patience = Date.now() + 60_000;
    while (readdirSync(".").filter((name) => name.startsWith(scene + "-ready-")).length < ${PROCESSES}) {
      if (Date.now() > patience) throw new Error("another process is gone");
      await new Promise((done) => setTimeout(done, 3));
    }
  }

  await together("start");
  const made = await ln.init(${JSON.stringify(init)});
  console.log(made.uid);

  for (let round = 0; round < ${ROUNDS}; round++) {
    await together("first" + round);
    await Promise.all([
      ln.Artifact.save(Buffer.from("first of " + me), { key: "first" + round + ".txt" }),
      ln.Artifact.save(Buffer.from("same " + round), { key: "same" + round + ".txt" }),
      ln.Artifact.save(Buffer.from("nameless " + round), { description: "nameless" }),
    ]);
  }

  await ln.login("shared.user");
  await together("add");
  await Promise.all([
    ln.Project.save({ name: "One project" }),
    ln.ULabel.save({ name: "One label", description: "by " + me }),
    ln.Transform.save({ key: "one.ts", kind: "script" }),
    ln.Transform.save({ key: "Cell Ranger", version: "7.2.0", kind: "pipeline" }),
    ln.Transform.save({ key: "Versions", version: me + ".0", kind: "pipeline" }),
  ]);

  await together("runs");
  for (let r = 0; r < ${RUNS}; r++) {
    const transform = await ln.Transform.save({ key: "worker.ts", kind: "script" });
    const run = await ln.Run.save({ transform });
    await ln.Artifact.save(Buffer.from(me + " " + r), { key: "shared/a.txt", run });
    await ln.Artifact.save(Buffer.from("b " + me + " " + r), { key: "shared/b.txt", run });
    await ln.Artifact.save(Buffer.from("own " + me + " " + r), { key: "own/" + me + ".txt", run });
  }

  await together("contended");
  for (let i = 0; i < ${TURNS}; i++) {
    const text = "contended bytes " + (i % 2);
    const artifact = await ln.Artifact.save(Buffer.from(text), { key: "contended/" + me + ".txt" });
    if ((await artifact.load({ isRunInput: false })) !== text) throw new Error("wrong bytes");
    if (i < ${TURNS - 1}) await artifact.delete({ permanent: true });
  }
`;

forEachDatabase((database) => {
  let lab: Lab;
  let ended: Finished[];

  beforeAll(async () => {
    lab = await Lab.open(database);
    const place = await database.fresh();
    const init = { storage: join(lab.place.home, "together"), name: "together", ...(place.db ? { db: place.db } : {}) };
    const file = join(lab.place.work, "worker.ts");
    writeFileSync(file, worker(init));
    const env = {
      LINEAL_HOME: lab.place.home,
      LINEAL_CACHE_DIR: join(lab.place.home, "cache"),
      LINEAL_VERBOSITY: "error",
    };
    ended = await Promise.all(
      Array.from({ length: PROCESSES }, (_, i) => runScript(file, { cwd: lab.place.work, env, args: [String(i)] })),
    );
    lab = await lab.enter("testuser1/together", place);
  }, 180_000);
  afterAll(() => lab.close());

  test("every process ends well and in silence", () => {
    for (const one of ended) expect([one.code, one.stderr, one.signal]).toEqual([0, "", null]);
  });

  test("eight first starts at once make one instance", async () => {
    expect(new Set(ended.map((one) => one.stdout))).toEqual(new Set([`${lab.ln.uid}\n`]));
    expect(await lab.ln.Storage.filter().count()).toBe(1);
    expect(await lab.count(sql`select count(*) as n from meta`)).toBe(1);
  });

  test("eight first saves of one key make one family, of the same bytes one artifact", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const first = await lab.ln.Artifact.filter({ key: `first${round}.txt` }).orderBy("uid");
      const stem = first[0]?.uid.slice(0, 16);
      expect(first.map((a) => a.uid)).toEqual(Array.from({ length: PROCESSES }, (_, i) => `${stem}000${i}`));
      expect(first.filter((a) => a.isLatest).map((a) => a.uid)).toEqual([first.at(-1)?.uid]);
      expect(await lab.ln.Artifact.filter({ key: `same${round}.txt` }).count()).toBe(1);
    }
    expect(await lab.ln.Artifact.filter({ key: null }).count()).toBe(ROUNDS);
  });

  test("users, projects, labels and transforms are found or added once", async () => {
    const { User, Project, ULabel, Transform } = lab.ln;
    expect((await User.filter()).map((u) => u.handle).sort()).toEqual(["shared.user", "testuser1"]);
    expect(await Project.filter().count()).toBe(1);
    expect(await ULabel.filter().count()).toBe(1);
    expect(await Transform.filter({ key: { in: ["one.ts", "Cell Ranger", "worker.ts"] } }).count()).toBe(3);
    const versions = await Transform.filter({ key: "Versions" });
    expect(versions.map((v) => v.version).sort()).toEqual(Array.from({ length: PROCESSES }, (_, i) => `${i}.0`));
    expect(new Set(versions.map((v) => v.uid.slice(0, 12))).size).toBe(1);
    expect(versions.filter((v) => v.isLatest)).toHaveLength(1);
  });

  test("runs that save three artifacts each: no lost row, one latest per family", async () => {
    const { Artifact, Run } = lab.ln;
    const runs = await Run.filter();
    expect(runs).toHaveLength(PROCESSES * RUNS);
    for (const key of ["shared/a.txt", "shared/b.txt"]) {
      const versions = await Artifact.filter({ key }).orderBy("uid");
      const stem = versions[0]?.uid.slice(0, 16);
      expect(versions.map((v) => v.uid)).toEqual(
        Array.from({ length: PROCESSES * RUNS }, (_, i) => `${stem}${base62(i, 4)}`),
      );
      expect(versions.filter((v) => v.isLatest).map((v) => v.uid)).toEqual([versions.at(-1)?.uid]);
    }
    expect(await Artifact.filter({ key: { startsWith: "own/" } }).count()).toBe(PROCESSES * RUNS);
    expect(await Artifact.filter({ key: { startsWith: "own/" }, isLatest: true }).count()).toBe(PROCESSES);
    for (const run of runs) expect(await run.outputs.count()).toBe(3);
  });

  test("saving and purging the same bytes: a row always finds them, and what is purged is gone", async () => {
    expect(await lab.ln.Artifact.filter({ key: { startsWith: "contended/" } }).count()).toBe(PROCESSES);
    await checkBytes(lab);
    expect(await lab.count(sql`select count(*) as n from artifact where removed_at is not null`)).toBe(
      PROCESSES * (TURNS - 1),
    );
    for await (const artifact of lab.ln.Artifact.filter()) await artifact.delete({ permanent: true });
    expect(await lab.count(sql`select count(*) as n from object`)).toBe(0);
    const left = readdirSync(join(lab.ln.storage, ".lineal", "objects"), {
      recursive: true,
      withFileTypes: true,
    }).filter((entry) => entry.isFile());
    expect(left.map((entry) => entry.name)).toEqual([]);
  });
});
