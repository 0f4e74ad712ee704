/** `startRun` refuses before it changes anything, replaces a run in one go, and closes runs whose process is gone. */
import { hostname } from "node:os";
import { join } from "node:path";
import sql from "sql-template-tag";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rowOf } from "../../src/registries/record/row.ts";
import { processIdentity } from "../../src/track/process.ts";
import { Lab } from "../registries/lab.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { repository } from "../support/repository.ts";
import { lastRun, logLines, program, result, start, write } from "./program.ts";

const src = (file: string): string => JSON.stringify(join(repository, "src", file));

/**
 * Put before a program: `everything()` gives all rows of all tables, and all files of the storage and the settings
 * home but for the database and the console log; `refused(name, body)` notes what a call that must fail has changed.
 */
const WATCH = `import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { execute } from ${src("db/operation.ts")};
import { allTables } from ${src("db/tables.ts")};
import { defaultConnection } from ${src("instance/connect.ts")};
const { default: sql, raw } = createRequire(${src("index.ts")})("sql-template-tag");
const files = (root) => readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/lineal\\.db|\\.log$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => path + " " + statSync(path).mtimeMs).sort();
const everything = async () => {
  const connection = await defaultConnection();
  const rows = {};
  for (const { name } of [...allTables(), { name: "change" }])
    rows[name] = await connection.read(() => execute(sql\`select * from \${raw('"' + name + '"')} order by 1, 2\`));
  return JSON.stringify([rows, files(connection.settings.storage), files(process.env.LINEAL_HOME)], (_, value) => typeof value === "bigint" ? String(value) : value);
};
let n = 0;
const module = async (name, code) => {
  writeFileSync(name, 'import * as ln from "lineal";\\n' + code);
  return import(pathToFileURL(resolve(name)).href + "?" + ++n);
};
const out = [];
const refused = async (name, body) => {
  const [before, run] = [await everything(), ln.context.run];
  const { code, hint } = await refusal(body);
  out.push({ name, code, hint, changed: (await everything()) !== before, lost: ln.context.run !== run });
};
`;

/** Every kind of refusal. */
const REFUSALS = `
const { run: known, transform: pinned } = await module("pinned.ts", 'await ln.track("PinnedPinne00000"); export const { run, transform } = ln.context; await ln.finish();');
const pipeline = await ln.Transform.save({ key: "a pipeline", kind: "pipeline" });
const removed = await ln.Transform.save({ key: "removed", kind: "pipeline" });
await removed.delete({ permanent: true });
const script = await ln.Transform.save({ key: "a script", kind: "script" });
const main = ln.context.run;
const refuseAll = async () => {
  await refused("unknown option", () => ln.track({ parms: {} }));
  await refused("no options", () => ln.track(null));
  await refused("two arguments", () => ln.track("T0T28btuB0PG", {}));
  await refused("wrong params", () => ln.track({ params: "a=1" }));
  await refused("wrong newRun", () => ln.track({ newRun: "no" }));
  await refused("wrong name", () => ln.track({ name: 7 }));
  await refused("long name", () => ln.track({ name: "x".repeat(151) }));
  await refused("empty key", () => ln.track({ key: " " }));
  await refused("long key", () => ln.track({ key: "x".repeat(1025) }));
  await refused("no transform", () => ln.track({ transform: 42 }));
  await refused("a script ahead", () => ln.track(script));
  await refused("a registered one with a key", () => ln.track({ transform: pipeline, key: "else" }));
  await refused("a removed transform", () => ln.track(removed));
  await refused("no uid", () => ln.track("T0T28btuB0P"));
  await refused("another family's key", () => ln.track({ transform: "T0T28btuB0PG", key: "pinned.ts" }));
  await refused("changed code under a pinned uid", () => module("pinned.ts", 'await ln.track("PinnedPinne00000"); 2;'));
  await refused("unknown caller", () => ln.track({ initiatedByRun: "0000000000000000" }));
  await refused("unknown plan", () => ln.track({ plan: "0000000000000000" }));
  await refused("a plan that is none", () => ln.track({ plan: known }));
  await refused("unreadable source", () => module("gone.ts", 'import { mkdirSync, rmSync } from "node:fs"; rmSync("gone.ts"); mkdirSync("gone.ts"); try { await ln.track(); } finally { rmSync("gone.ts", { recursive: true }); }'));
  process.env.LINEAL_INITIATED_BY_RUN = "nosuchrun0000000";
  await refused("unknown caller in the environment", () => ln.track());
  delete process.env.LINEAL_INITIATED_BY_RUN;
  process.env.LINEAL_SYNC_GIT_REPO = "git@example.org:lab/flows";
  await refused("a repository that is none", () => ln.track());
  delete process.env.LINEAL_SYNC_GIT_REPO;
};
`;

interface Refused {
  name: string;
  code: string;
  hint: string | undefined;
  changed: boolean;
  lost: boolean;
}

forEachDatabase((database) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open(database);
  });
  afterAll(() => lab.close());

  test("a refused track() changes nothing: neither before a run, nor in the middle of one, which goes on", async () => {
    const finished = await program(
      lab,
      "refused.ts",
      `${WATCH}${REFUSALS}
await ln.login("newcomer");
await refuseAll();
await ln.login("testuser1");
const run = await ln.track({ key: "main" });
console.log("in the middle");
await ln.login("newcomer");
await refuseAll();
await ln.login("testuser1");
console.log("still going on");
const made = await ln.Artifact.save({ n: 1 }, { key: "made.json" });
const before = (await ln.Run.get(run.uid)).status;
await ln.finish();
console.log("RESULT", JSON.stringify({ out, before, of: made.toJSON().run === run.uid, after: run.status }));
`,
    );
    const r = result<{ out: Refused[]; before: string; of: boolean; after: string }>(finished);
    expect(r.out).toHaveLength(44);
    for (const one of r.out)
      expect(one).toEqual({
        name: one.name,
        code: expect.stringMatching(/^(invalid|not-found|conflict)$/),
        hint: expect.any(String),
        changed: false,
        lost: false,
      });
    expect([r.before, r.of, r.after]).toEqual(["started", true, "completed"]);
    expect(await lab.ln.User.filter({ handle: "newcomer" }).count()).toBe(0);
    const report = String(await (await (await lastRun(lab, "main")).report)?.load({ isRunInput: false }));
    expect(report.split("\n").filter((line) => /middle|going on/.test(line))).toEqual([
      "in the middle",
      "still going on",
    ]);
    expect(logLines(finished).filter((line) => / after \d/.test(line))).toHaveLength(2);
  });

  test("a second track() replaces the first in one go: what fails in between fails both", async () => {
    const finished = await program(
      lab,
      "replaced.ts",
      `${WATCH}
const first = await ln.track();
console.log("of the first");
const connection = await defaultConnection();
const { uid } = connection;
Object.assign(connection, { uid: () => first.uid }); // a run with that uid is there already
await refused("a row that cannot be written", () => ln.track({ key: "second.ts" }));
Object.assign(connection, { uid });
const left = await ln.Transform.filter({ key: "second.ts" }).count();
console.log("of the first, still");
const second = await ln.track({ key: "second.ts" });
console.log("of the second");
await ln.finish();
console.log("RESULT", JSON.stringify([out, left, first.uid, second.uid]));
`,
    );
    const [[refused], left, first, second] = result<[Refused[], number, string, string]>(finished);
    expect([refused?.lost, left]).toEqual([false, 0]);
    const runs = await Promise.all([first, second].map((uid) => lab.ln.Run.get(uid)));
    expect(runs.map((run) => run.status)).toEqual(["completed", "completed"]);
    const [ended, started] = [runs[0]?.finishedAt, runs[1]?.startedAt];
    expect(ended).toEqual(started);
    expect(ended).toBeInstanceOf(Date);
    const texts = await Promise.all(
      runs.map(async (run) => String(await (await run.report)?.load({ isRunInput: false }))),
    );
    expect(texts.map((text) => text.match(/^of the .*$/gm))).toEqual([
      ["of the first", "of the first, still"],
      ["of the second"],
    ]);
  });

  test("calls of track() that do not wait for one another follow one another", async () => {
    const finished = await program(
      lab,
      "together.ts",
      `const runs = await Promise.all([ln.track({ key: "one" }), ln.track({ key: "" }).catch(() => undefined), ln.track({ key: "two" })]);
console.log("RESULT", JSON.stringify([runs[0].status, runs[2].status, ln.context.run === runs[2]]));
`,
    );
    expect(result(finished)).toEqual(["completed", "started", true]);
    expect(await lab.ln.Run.filter({ status: "started" }).count()).toBe(0);
  });

  test("killed without a word: aborted by the next track(), with what was logged so far", async () => {
    const killed = await program(
      lab,
      "killed.ts",
      `await ln.track();\nconsole.log("half way");\nconsole.log("READY");\nsetInterval(() => {}, 1000);\n`,
      { kill: { after: "READY" } },
    );
    expect(killed.signal).toBe("SIGKILL");
    const left = await lastRun(lab, "killed.ts");
    expect([left.status, left.finishedAt]).toEqual(["started", null]);

    // These are not to be touched: alive, on another host, a scheduled one, and one that nobody said where it runs.
    const others = await Promise.all(
      ["alive", "elsewhere", "scheduled", "unknown"].map(async (name) => [name, (await lab.run()).run] as const),
    );
    const run = (name: string) => others.find(([other]) => other === name)?.[1] as (typeof others)[0][1];
    const me = processIdentity();
    const place = (name: string, facts: object | null) =>
      lab.rows(
        sql`update run set process = ${facts && JSON.stringify(facts)} where id = ${rowOf(run(name)).id} returning id`,
      );
    await place("alive", me);
    await place("elsewhere", { ...me, host: `${hostname()}-other`, pid: 1 });
    await run("scheduled").update({ status: "scheduled" });
    await place("scheduled", { ...me, startedAt: "boot:other pid:[1] ticks:1" });
    // The pid is in use again, by a process that was started at another time: this one is gone.
    const reused = (await lab.run()).run;
    const [boot, namespace] = me.startedAt.split(" ");
    await lab.rows(
      sql`update run set process = ${JSON.stringify({ ...me, startedAt: boot?.startsWith("boot:") ? `${boot} ${namespace} ticks:1` : "another time" })} where id = ${rowOf(reused).id} returning id`,
    );

    write(lab, "next.ts", "await ln.track();\n");
    const next = await start(lab, "next.ts");
    const uids = [left.uid, reused.uid].map((uid) => uid.slice(0, 8)).sort();
    expect(
      logLines(next)
        .filter((line) => line.includes("reaped"))
        .sort(),
    ).toEqual(uids.map((uid) => `! reaped Run('${uid}'): its process was gone, it is aborted now`).sort());
    expect((await lab.ln.Run.get(reused.uid)).status).toBe("aborted");
    const now = await lab.ln.Run.get(left.uid);
    expect([now.status, now.finishedAt !== null]).toEqual(["aborted", true]);
    const report = (await (await now.report)?.load({ isRunInput: false })) as string;
    expect(report).toMatch(/^# instance: [^]*half way\nREADY\n[^]*reaped: process \d+ on /);
    const states = await Promise.all(others.map(async ([name, { uid }]) => [name, (await lab.ln.Run.get(uid)).status]));
    expect(Object.fromEntries(states)).toEqual({
      alive: "started",
      elsewhere: "started",
      scheduled: "scheduled",
      unknown: "started",
    });

    expect(logLines(await start(lab, "next.ts")).filter((line) => line.includes("reaped"))).toEqual([]);
  });
});
