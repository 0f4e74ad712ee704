/** Runs whose process is gone: closed by the next `track()` on that host, and no others. */
import { hostname } from "node:os";
import sql from "sql-template-tag";
import { afterAll, beforeAll, expect, test } from "vitest";
import { processIdentity } from "../../src/track/process.ts";
import { rowOf } from "../../src/registries/record/row.ts";
import { Lab } from "../registries/lab.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { lastRun, logLines, program, start, write } from "./program.ts";

forEachDatabase((database) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open(database);
  });
  afterAll(() => lab.close());

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
