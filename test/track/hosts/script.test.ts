/** How the run of a script ends: by itself, by errors, exit codes and signals, and when the database cannot be reached any more. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Lab } from "../../registries/lab.ts";
import type { ScriptOptions } from "../../support/child.ts";
import type { Finished } from "../../support/command-line.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { createDatabase } from "../../support/postgres.ts";
import { lastRun, logLines, program, sqlite, TIME, together, UID8 } from "../program.ts";

interface Ending {
  name: string;
  code: string;
  kill?: NodeJS.Signals;
  /** Exit code, or the signal that ended the process. */
  ends: number | NodeJS.Signals;
  status: "completed" | "errored" | "aborted";
  report?: string;
}

const FOREVER = `const alive = setTimeout(() => {}, 50_000);\nconsole.log("READY");\n`;
const ENDINGS: readonly Ending[] = [
  {
    name: "by itself",
    code: `setTimeout(() => console.log("late"), 20);`,
    ends: 0,
    status: "completed",
    report: "late",
  },
  {
    name: "throw",
    code: `throw new Error("boom", { cause: new TypeError("deep") });`,
    ends: 1,
    status: "errored",
    report: "deep",
  },
  {
    name: "rejection",
    code: `void Promise.reject(Object.create(null));\nawait new Promise((r) => setTimeout(r, 9999));`,
    ends: 1,
    status: "errored",
  },
  { name: "exit 0", code: `setTimeout(() => {}, 9999);\nprocess.exit(0);`, ends: 0, status: "completed" },
  { name: "exit 3", code: `console.log("bye");\nprocess.exit(3);`, ends: 3, status: "errored", report: "bye" },
  { name: "exitCode 2", code: `process.exitCode = 2;`, ends: 2, status: "errored" },
  { name: "unsettled await", code: `await new Promise(() => {});`, ends: 13, status: "errored" },
  { name: "finish", code: `console.log("done");\nawait ln.finish();`, ends: 0, status: "completed", report: "done" },
  { name: "finish, not awaited", code: `void ln.finish();\nprocess.exit(0);`, ends: 0, status: "completed" },
  {
    name: "finish, then throw",
    code: `await ln.finish();\nthrow new Error("too late");`,
    ends: 1,
    status: "completed",
  },
  {
    name: "error handled",
    code: `process.on("uncaughtException", () => console.log("handled"));\nsetTimeout(() => { throw new Error("boom"); });`,
    ends: 0,
    status: "errored",
    report: "boom",
  },
  { name: "SIGINT", code: FOREVER, kill: "SIGINT", ends: "SIGINT", status: "aborted", report: "READY" },
  { name: "SIGTERM", code: FOREVER, kill: "SIGTERM", ends: "SIGTERM", status: "aborted" },
  { name: "SIGHUP", code: FOREVER, kill: "SIGHUP", ends: "SIGHUP", status: "aborted" },
  {
    name: "own handler",
    code: `process.on("SIGINT", () => { console.log("mine"); clearTimeout(alive); });\n${FOREVER}`,
    kill: "SIGINT",
    ends: 0,
    status: "completed",
    report: "mine",
  },
  {
    name: "own handler exits",
    code: `process.on("SIGINT", () => { process.exit(130); });\n${FOREVER}`,
    kill: "SIGINT",
    ends: 130,
    status: "aborted",
  },
];

async function ended(
  lab: Lab,
  { name, code, kill, ends, status, report }: Ending,
  options: ScriptOptions = {},
): Promise<void> {
  const key = `${name.replace(/\W+/g, "-")}.ts`;
  const finished = await program(lab, key, `await ln.track();\n${code}\n`, {
    ...(kill ? { kill: { after: "READY", signal: kill } } : {}),
    ...options,
  });
  const shown = `${name}\n${finished.stdout}${finished.stderr}`;
  expect([finished.code, finished.signal], shown).toEqual(typeof ends === "number" ? [ends, null] : [null, ends]);
  const run = await lastRun(lab, key);
  expect([run.status, run.finishedAt !== null], shown).toEqual([status, true]);
  const word = status === "completed" ? "finished" : status;
  // Exactly one line says how it ended.
  expect(
    logLines(finished).filter((line) => / after \d/.test(line)),
    shown,
  ).toEqual([expect.stringMatching(`^→ ${word} Run\\('${UID8}'\\) after \\d+[sm] at ${TIME}$`)]);
  const text = (await (await run.report)?.load({ isRunInput: false })) as string;
  expect(text.split("\n")[0], name).toMatch(/^# instance: /);
  expect(text, name).toContain("started new Run");
  if (report) expect(text, name).toContain(report);
}

forEachDatabase((database) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open(database);
  });
  afterAll(() => lab.close());

  // On PostgreSQL: each path once, by itself, through the closing child, corrected by it, and from a signal handler.
  const some = ["by itself", "throw", "unsettled await", "finish, not awaited", "SIGTERM"];
  test("each way to end", async () => {
    await together(
      ENDINGS.filter(({ name }) => database.name === "sqlite" || some.includes(name)),
      (ending) => ended(lab, ending),
    );
    expect(readdirSync(join(lab.place.home, "cache", "runs"))).toEqual([]);
  }, 120_000);

  if (database.name === "postgres" && process.platform === "linux")
    test("the closing child is not told the password on its command line", async () => {
      const password = new URL(lab.place.db as string).password;
      const seen = new Set<string>();
      const watch = setInterval(() => {
        for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
          try {
            const words = readFileSync(`/proc/${pid}/cmdline`, "utf8");
            if (words.includes("closer.ts")) seen.add(words);
          } catch {
            // It has ended meanwhile.
          }
        }
      }, 5);
      await ended(lab, { name: "watched", code: "process.exit(4);", ends: 4, status: "errored" });
      clearInterval(watch);
      expect(seen.size).toBeGreaterThan(0);
      expect(password.length).toBeGreaterThan(5);
      for (const words of seen) expect(words).not.toContain(password);
    });
});

describe("a handler that is called once, put there before track()", () => {
  test("is not cut short", async () => {
    await using lab = await Lab.open(sqlite);
    const code = `process.once("SIGTERM", () => setTimeout(() => { console.log("cleaned up"); process.exit(0); }, 30));\nawait ln.track();\n${FOREVER}`;
    const finished = await program(lab, "once.ts", code, { kill: { after: "READY", signal: "SIGTERM" } });
    expect([finished.code, finished.stdout]).toEqual([0, expect.stringContaining("cleaned up")]);
    expect((await lastRun(lab, "once.ts")).status).toBe("completed");
  });
});

/** The end could not be written: one line says so, and the program ends. */
function oneComplaint(finished: Finished, code: number): void {
  expect(finished.code, finished.stdout + finished.stderr).toBe(code);
  expect((finished.stdout + finished.stderr).split("\n").filter((line) => line.startsWith("✗"))).toEqual([
    expect.stringMatching(/^✗ the end of .*run.* could not be written: /i),
  ]);
  expect(finished.stderr).toBe("");
}

describe("a database that is", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open(sqlite);
  });
  afterAll(() => lab.close());

  test("locked: the run is aborted by the next track()", async () => {
    const lock = (end: string): string => `import { DatabaseSync } from "node:sqlite";
const instance = await ln.connect("testuser1/${lab.ln.name}", { timeout: 100 });
await ln.track();
globalThis.other = new DatabaseSync(instance.db);
globalThis.other.exec("begin immediate");
${end}
`;
    // One after the other: each locks the database that the other needs.
    oneComplaint(await program(lab, "locked.ts", lock("")), 1);
    oneComplaint(await program(lab, "locked-exit.ts", lock("process.exit(0);")), 0);
    const next = await program(lab, "next.ts", "await ln.track();\n");
    expect(logLines(next).filter((line) => line.startsWith("! reaped Run("))).toHaveLength(1);
    for (const key of ["locked.ts", "locked-exit.ts"]) expect((await lastRun(lab, key)).status).toBe("aborted");
  });

  test("gone, on a server", async () => {
    const endings = [
      ["server.ts", "", 1],
      ["server-exit.ts", "process.exit(0);", 0],
    ] as const;
    const finished = await together(endings, async ([name, end]) => {
      const server = await createDatabase();
      const ready = join(lab.place.work, `${name}.ready`);
      const env = {
        LINEAL_HOME: join(lab.place.work, `${name}-home`),
        LINEAL_CACHE_DIR: undefined,
        READY: ready,
        STORAGE: `${ready}-storage`,
        URL_OF_SERVER: server.url,
      };
      const code = `import { existsSync, writeFileSync } from "node:fs";
await ln.init({ storage: process.env.STORAGE, db: process.env.URL_OF_SERVER });
await ln.track();
writeFileSync(process.env.READY, "");
while (!existsSync(process.env.READY + "-go")) await new Promise((r) => setTimeout(r, 20));
${end}
`;
      const running = program(lab, name, code, { env });
      while (!existsSync(ready))
        await Promise.race([wait(20), running.then((early) => expect.fail(early.stdout + early.stderr))]);
      await server.drop();
      writeFileSync(`${ready}-go`, "");
      return running;
    });
    for (const [i, one] of finished.entries()) oneComplaint(one, endings[i]?.[2] as number);
  });
});

test("bytes that cannot be stored cost the report, not the end", async () => {
  await using lab = await Lab.open(sqlite);
  const full = (end: string): string => `import { rmSync, writeFileSync } from "node:fs";
const { storage } = await ln.instance();
await ln.track();
for (const folder of ["tmp", "objects"]) {
  rmSync(\`\${storage}/.lineal/\${folder}\`, { recursive: true, force: true });
  writeFileSync(\`\${storage}/.lineal/\${folder}\`, "");
}
${end}
`;
  for (const [name, end] of [
    ["full.ts", ""],
    ["full-exit.ts", "process.exit(0);"],
  ] as const) {
    const finished = await program(lab, name, full(end));
    expect([finished.code, finished.stderr]).toEqual([0, ""]);
    expect(logLines(finished).slice(-2)).toEqual([
      expect.stringMatching(/^! the console log of Run\('.*could not be kept: /),
      expect.stringMatching(/^→ finished Run/),
    ]);
    const run = await lastRun(lab, name);
    expect([run.status, await run.report]).toEqual(["completed", null]);
    for (const folder of ["tmp", "objects"]) rmSync(join(lab.place.storage, ".lineal", folder));
  }
  expect(readdirSync(join(lab.place.home, "cache", "runs"))).toHaveLength(2);
});
