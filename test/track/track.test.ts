/** `track()` in programs of their own: log lines, what a run keeps, second runs, users, and what is refused. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { saveUser } from "../../src/instance/users.ts";
import { Lab } from "../registries/lab.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { lastRun, logLines, program, result, sqlite, start, TIME, UID8, write } from "./program.ts";

const sha256 = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");
type Refusal = { code: string; message: string; hint: string };

forEachDatabase((database) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open(database);
  });
  afterAll(() => lab.close());

  test("a script: its log lines, its transform, its run, and a second time", async () => {
    const file = write(
      lab,
      "ingest.ts",
      `const apiKey = "sk-live-0123456789abcdef";
console.log(\`context \${ln.context.run} \${ln.context.transform}\`);
const project = await ln.Project.save({ name: "P" });
const run = await ln.track({ name: "first", params: { rate: 0.01, nothing: null, password: "hunter2", of: project, f: () => 1, on: new Date("2026-01-02T03:04:05Z"), list: [] } });
console.log("here", ln.context.run?.uid === run.uid, ln.context.transform?.key, run.duration, apiKey.length);
process.stdout.write("10%\\r50%\\r100%\\n");
console.error("to stderr");
`,
    );
    const first = await start(lab, "ingest.ts", { args: ["--n", "3", "--token", "s3cr3t-value"] });
    expect(first.stderr).toBe("to stderr\n");
    expect(first.stdout).toMatch(
      new RegExp(
        `^context undefined undefined
→ connected lineal: testuser1/${lab.ln.name}
! these parameters cannot be kept: f
→ created Transform\\('${UID8}', key='ingest.ts'\\), started new Run\\('${UID8}'\\) at ${TIME}
→ params: rate=0.01, password=[^,]*REDACTED[^,]*, of=Project\\[\\w{12}\\], on=2026-01-02T03:04:05.000Z
here true ingest.ts undefined 24
10%\\r50%\\r100%
→ finished Run\\('${UID8}'\\) after \\d+[sm] at ${TIME}
$`,
      ),
    );
    const second = await start(lab, "ingest.ts", { env: { LINEAL_VERBOSITY: "error" } });
    expect(second.stdout).toBe("context undefined undefined\nhere true ingest.ts undefined 24\n10%\r50%\r100%\n");

    const [run, again] = await lab.ln.Run.filter({ transform: { key: "ingest.ts" } });
    if (!run || !again) throw new Error("two runs were expected");
    expect([run.status, again.status, run.name, again.cliArgs]).toEqual(["completed", "completed", "first", null]);
    expect(run.cliArgs).toMatch(/^--n 3 --token /);
    expect(run.cliArgs).not.toContain("s3cr3t");
    expect(run.duration).toBe((run.finishedAt as Date).getTime() - (run.startedAt as Date).getTime());
    expect(run.params).toEqual({
      rate: 0.01,
      password: expect.stringContaining("REDACTED"),
      of: expect.stringMatching(/^Project\[\w{12}\]$/),
      on: "2026-01-02T03:04:05.000Z",
    });
    expect((await run.createdBy).handle).toBe("testuser1");

    const transform = await run.transform;
    expect((await again.transform).uid).toBe(transform.uid);
    expect([transform.kind, transform.version, transform.isLatest, transform.hash]).toEqual([
      "script",
      "0000",
      true,
      sha256(readFileSync(file)),
    ]);
    const source = (await transform.sourceCode) as string;
    expect(source).not.toContain("sk-live");
    expect(source).toContain("REDACTED");
    expect(source.split("\n")).toHaveLength(readFileSync(file, "utf8").split("\n").length);

    const environment = await run.environment;
    expect((await again.environment)?.uid).toBe(environment?.uid);
    const known = await environment?.load<{ runtime: object; platform: { os: string } }>({ isRunInput: false });
    expect([known?.runtime, known?.platform.os]).toEqual([
      { name: "node", version: process.versions.node },
      process.platform,
    ]);

    const report = (await (await run.report)?.load({ isRunInput: false })) as string;
    const lines = report.split("\n");
    expect(lines[0]).toMatch(new RegExp(`^# instance: testuser1/${lab.ln.name} · .*children`));
    expect(lines.slice(1, 3)).toEqual([
      expect.stringMatching(/^→ created Transform/),
      expect.stringMatching(/^→ params/),
    ]);
    expect(lines.slice(3)).toEqual(["here true ingest.ts undefined 24", "100%", "to stderr", ""]);
    expect(await lab.ln.Artifact.filter().count()).toBe(0);
    expect(readdirSync(join(lab.place.home, "cache", "runs"))).toEqual([]);
  });

  test("a second track() finishes the first; after finish() nothing is linked; the user is the one who logged in here", async () => {
    saveUser("testuser1");
    const finished = await program(
      lab,
      "steps.ts",
      `import { execFileSync } from "node:child_process";
await ln.login("testuser2");
const without = await refusal(() => ln.finish());
const a = await ln.track();
const one = await ln.Artifact.save({ n: 1 }, { key: "one.json" });
const b = await ln.track({ newRun: true });
const two = await ln.Artifact.save({ n: 2 }, { key: "two.json" });
await one.load();
await ln.finish();
const after = await ln.Artifact.save({ n: 3 }, { key: "three.json" });
await two.load();
const c = await ln.track({ newRun: false });
await ln.finish();
const again = await refusal(() => ln.finish());
console.log("RESULT", JSON.stringify({ without, again, runs: [a.uid, b.uid, c.uid], status: [a.status, b.status], of: [one.toJSON().run, two.toJSON().run, after.toJSON().run], duration: typeof a.duration, context: ln.context.run ?? null }));
`,
    );
    const r = result<{
      without: Refusal;
      again: Refusal;
      runs: string[];
      status: string[];
      of: (string | null)[];
      duration: string;
      context: null;
    }>(finished);
    expect([r.without.code, r.without.message, r.again.code]).toEqual([
      "invalid",
      "nothing is tracked here",
      "invalid",
    ]);
    expect(r.without.hint).toContain("ln.track()");
    expect(r.runs[2]).toBe(r.runs[1]);
    expect(r.runs[0]).not.toBe(r.runs[1]);
    expect([r.of, r.status, r.duration, r.context]).toEqual([
      [r.runs[0], r.runs[1], null],
      ["completed", "completed"],
      "number",
      null,
    ]);
    const short = r.runs.map((uid) => uid.slice(0, 8));
    expect(logLines(finished).filter((line) => line.includes("Run("))).toEqual([
      expect.stringMatching(`^→ created Transform.*started new Run\\('${short[0]}'\\)`),
      expect.stringMatching(`^→ finished Run\\('${short[0]}'\\) after`),
      expect.stringMatching(`^→ loaded Transform.*started new Run\\('${short[1]}'\\)`),
      expect.stringMatching(`^→ finished Run\\('${short[1]}'\\) after`),
      expect.stringMatching(`^→ loaded Transform.*re-started Run\\('${short[1]}'\\) at`),
      expect.stringMatching(`^→ finished Run\\('${short[1]}'\\) after`),
    ]);
    const b = await lab.ln.Run.get(r.runs[1] as string);
    expect([(await b.createdBy).handle, (await b.inputs).map((i) => i.key)]).toEqual(["testuser2", ["one.json"]]);
  });
});

describe("whatever the database", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open(sqlite);
  });
  afterAll(() => lab.close());

  test("importing the library prints nothing and touches nothing", async () => {
    const home = join(lab.place.work, "untouched");
    const finished = await program(lab, "quiet.ts", "void ln.track; void ln.settings;\n", {
      env: { LINEAL_HOME: home },
    });
    expect([finished.code, finished.stdout, finished.stderr, existsSync(home)]).toEqual([0, "", "", false]);
  });

  test("a run started by another run, by environment or by option; an unknown one is refused", async () => {
    const parent = (await lab.run()).run;
    write(
      lab,
      "child.ts",
      `const r = await ln.track();\nconsole.log("RESULT", JSON.stringify((await r.initiatedByRun)?.uid ?? null));\n`,
    );
    const [set, empty, unknown, option] = await Promise.all([
      start(lab, "child.ts", { env: { LINEAL_INITIATED_BY_RUN: parent.uid } }),
      start(lab, "child.ts", { env: { LINEAL_INITIATED_BY_RUN: "" } }),
      start(lab, "child.ts", { env: { LINEAL_INITIATED_BY_RUN: "nosuchrun0000000" } }),
      program(
        lab,
        "option.ts",
        `const r = await ln.track({ initiatedByRun: await ln.Run.get("${parent.uid}") });\nconsole.log("RESULT", JSON.stringify((await r.initiatedByRun)?.uid ?? null));\n`,
      ),
    ]);
    expect([result(set), result(empty), result(option)]).toEqual([parent.uid, null, parent.uid]);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("there is no Run")]);
    expect((await parent.initiatedRuns).length).toBe(2);
    await parent.update({ status: "completed" });
  });

  test("`lineal login` elsewhere does not change who a program is", async () => {
    const finished = await program(
      lab,
      "login.ts",
      `import { writeFileSync, readFileSync } from "node:fs";
await ln.track();
const file = process.env.LINEAL_HOME + "/user.json";
const before = readFileSync(file, "utf8");
writeFileSync(file, JSON.stringify({ handle: "intruder" }));
const a = await ln.Artifact.save({ who: 1 }, { key: "who.json" });
await ln.finish();
const r = await ln.track();
writeFileSync(file, before);
console.log("RESULT", JSON.stringify([(await a.createdBy).handle, (await r.createdBy).handle]));
`,
    );
    expect(result(finished)).toEqual(["testuser1", "testuser1"]);
    expect(await lab.ln.User.filter({ handle: "intruder" }).count()).toBe(0);
  });

  test("git: commit and dirty flag; syncGitRepo takes only what is committed and published", async () => {
    const folder = join(lab.place.work, "repo");
    const url = "https://example.org/lab/flows";
    write(lab, "repo/flow.ts", "await ln.track();\n");
    const git = (...args: string[]): string =>
      execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim();
    git("init", "-q", "-b", "main");
    git("add", ".");
    git("commit", "-q", "-m", "one");
    const commit = git("rev-parse", "HEAD");
    git("remote", "add", "origin", url);
    git("update-ref", "refs/remotes/origin/main", commit);
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
    const synced = { env: { LINEAL_SYNC_GIT_REPO: `${url}.git`, GIT_ALLOW_PROTOCOL: "file" }, cwd: folder };
    expect(await start(lab, "repo/flow.ts", synced)).toMatchObject({ code: 0 });
    const clean = await lastRun(lab, "flow.ts");
    expect([clean.gitCommit, clean.gitDirty]).toEqual([commit, false]);
    const transform = await clean.transform;
    expect([transform.reference, transform.referenceType]).toEqual([`${url}/blob/${commit}/flow.ts`, "url"]);

    write(lab, "repo/flow.ts", "await ln.track(); // not committed\n");
    const [refused, plain] = [await start(lab, "repo/flow.ts", synced), await start(lab, "repo/flow.ts")];
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/no commit of .*flow\.ts/)]);
    expect(plain.code).toBe(0);
    const runs = await lab.ln.Run.filter({ transform: { key: "flow.ts" } });
    expect(runs.map((run) => [run.gitCommit, run.gitDirty])).toEqual([
      [commit, false],
      [commit, true],
    ]);
    expect(await lab.ln.Transform.filter({ key: "flow.ts" }).count()).toBe(2);
  });
});
