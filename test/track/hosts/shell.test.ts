/** Tracked shell sessions: a bash script whose commands become one run, on both databases. */

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { cli } from "../../support/cli.ts";
import { type Finished, sourceEnvironment } from "../../support/command-line.ts";
import { forEachDatabase, freshPlace, type Place } from "../../support/dialects.ts";
import { repository } from "../../support/repository.ts";
import { together } from "../program.ts";

const environment = (place: Place): Record<string, string> => ({
  LINEAL_HOME: place.home,
  MAIN: join(repository, "src", "cli", "bin.ts"),
});
const run = (place: Place, ...words: string[]): Promise<Finished> =>
  cli(words, { cwd: place.work, env: environment(place) });
const json = async (place: Place, ...words: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await run(place, ...words, "--json")).stdout) as Record<string, unknown>;

/** Runs a bash script as a user does; `lineal` in it is the command from source. */
async function bash(place: Place, text: string, { file = "flow.sh", args = [] as string[] } = {}): Promise<string> {
  writeFileSync(join(place.work, file), `lineal() { "${process.execPath}" "$MAIN" "$@"; }\n${text}`);
  const { stdout } = await promisify(execFile)("bash", ["-eu", file, ...args], {
    cwd: place.work,
    env: sourceEnvironment(environment(place)),
  });
  return stdout
    .replaceAll(/(?<=\(')[\dA-Za-z]{8}(?=')/g, "UID")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, "TIME")
    .replaceAll(/after \d+s/g, "after 1s")
    .replaceAll(place.work, "WORK");
}

const patience = 180_000;

/** How the run of a shell session ends; `status` is what any later command finds. */
const ENDINGS: readonly { name: string; script: string; status: "completed" | "aborted" }[] = [
  { name: "finish", script: "lineal track; lineal finish", status: "completed" },
  { name: "finish-in-subshell", script: "lineal track; ( lineal finish; : )", status: "completed" },
  { name: "finish-by-name", script: "lineal track; LINEAL_RUN=$(newest) lineal finish", status: "completed" },
  { name: "another-track", script: "lineal track; lineal track --key other", status: "completed" },
  { name: "left-open", script: "lineal track", status: "aborted" },
  { name: "failed", script: "lineal track; false", status: "aborted" },
  { name: "killed", script: "lineal track; kill -9 $$", status: "aborted" },
];

forEachDatabase(({ fresh }) => {
  test("what a script saves and loads belongs to its run", { timeout: patience }, async () => {
    await using place = await fresh();
    await run(place, "login", "testuser1");
    await run(place, "init", "--storage", place.storage, "--name", "lab", ...(place.db ? ["--db", place.db] : []));
    writeFileSync(join(place.work, "raw.csv"), "b\na\n");
    await run(place, "save", "raw.csv", "--key", "raw.csv");
    writeFileSync(join(place.work, "helper.R"), "x <- 1\n");

    const text = `
      lineal track --param cores=3 --param genome=GRCh38
      lineal load raw.csv -o in.csv
      sort in.csv > sorted.csv
      ( lineal save sorted.csv --key sorted.csv )
      lineal save helper.R
      lineal finish
    `;
    expect(await bash(place, text, { args: ["--password=secret", "two words"] })).toMatchInlineSnapshot(`
      "→ connected lineal: testuser1/lab
      → created Transform('UID', key='flow.sh'), started new Run('UID') at TIME
      → params: cores=3, genome=GRCh38
      → connected lineal: testuser1/lab
      → artifact is here: WORK/in.csv
      → connected lineal: testuser1/lab
      → saved Artifact('UID', key='sorted.csv')
      → connected lineal: testuser1/lab
      → saved Transform('UID', key='helper.R')
      → connected lineal: testuser1/lab
      → finished Run('UID') after 1s at TIME
      "
    `);
    expect(await json(place, "list", "run", "--filter", "transform.key=flow.sh")).toMatchObject({
      total: 1,
      items: [
        { status: "completed", params: { cores: 3, genome: "GRCh38" }, cliArgs: expect.not.stringContaining("secret") },
      ],
    });
    const graph = await json(place, "lineage", "sorted.csv");
    expect(
      (graph.nodes as { kind: string; label: string }[]).map(({ kind, label }) => `${kind} ${label}`).sort(),
    ).toMatchInlineSnapshot(`
      [
        "artifact raw.csv",
        "artifact sorted.csv",
        "run flow.sh",
      ]
    `);
    const [{ uid }] = (await json(place, "list", "run")).items as [{ uid: string }];
    expect(await json(place, "get", "helper.R")).toMatchObject({ run: uid, kind: "script" });
    expect(readdirSync(join(place.home, "shells"))).toEqual([]);

    const over = await run(place, "finish");
    expect([over.code, over.stderr]).toEqual([
      1,
      expect.stringContaining("no run is under way in this shell\nStart one: lineal track"),
    ]);
  });
});

forEachDatabase(({ name, fresh }) => {
  test("each way to end, and a refused track that ends nothing", { timeout: patience }, async () => {
    await using place = await fresh();
    await run(place, "init", "--storage", place.storage, "--name", "lab", ...(place.db ? ["--db", place.db] : []));
    const some = ["finish", "another-track", "killed"];
    const endings = ENDINGS.filter((ending) => name === "sqlite" || some.includes(ending.name));
    await together(endings, async (ending) => {
      const file = `${ending.name}.sh`;
      const newest = `newest() { lineal list run --filter transform.key=${file} --json | sed 's/.*"uid":"\\([^"]*\\)".*/\\1/'; }`;
      await bash(place, `${newest}\n${ending.script}`, { file }).catch(() => {});
    });
    const refused =
      "lineal track\nlineal track --key '' 2>&1 || lineal track gone.sh 2>&1 || lineal list run --filter transform.key=refused.sh --json";
    const text = await bash(place, `${refused}\nlineal finish`, { file: "refused.sh" });
    expect(text).toMatch(/"status":"started"[^]*finished Run/);
    const statuses = await Promise.all(
      endings.map(async (ending) => {
        const { items } = await json(place, "list", "run", "--filter", `transform.key=${ending.name}.sh`);
        return [ending.name, (items as { status: string }[]).map((item) => item.status)];
      }),
    );
    expect(statuses).toEqual(endings.map((ending) => [ending.name, [ending.status]]));
    // Shells that ended without a word are cleared away by the next one that tracks.
    await bash(place, "lineal track; lineal finish");
    expect(readdirSync(join(place.home, "shells"))).toEqual([]);
  });
});

test("the same script is the same transform, a changed one its next version; LINEAL_RUN goes before the shell", {
  timeout: patience,
}, async () => {
  await using place = await freshPlace("sqlite");
  await run(place, "init", "--storage", place.storage, "--name", "lab");
  writeFileSync(join(place.work, "out.txt"), "1");
  await bash(place, "lineal track && lineal finish");
  await bash(place, "lineal track && lineal finish");
  // The second track ends the first run; the third command is linked to the run that is named, not to the shell's.
  await bash(
    place,
    "lineal track\nfirst=$(lineal list run --limit 1 --json)\nlineal track --key other\nLINEAL_RUN=$(node -p 'JSON.parse(process.argv[1]).items[0].uid' \"$first\") lineal save out.txt",
  );
  const { items } = (await json(place, "list", "run", "--order", "createdAt")) as {
    items: { uid: string; transform: string; status: string }[];
  };
  expect(items.map((item) => [item.transform === items[0]?.transform, item.transform.slice(12), item.status])).toEqual([
    [true, "0000", "completed"],
    [true, "0000", "completed"],
    [false, "0001", "completed"],
    // Its shell is gone without a word.
    [false, "0000", "aborted"],
  ]);
  const { items: artifacts } = (await json(place, "list", "artifact")) as { items: { run: string }[] };
  expect(artifacts.map((artifact) => artifact.run)).toEqual([items[2]?.uid]);
  expect(existsSync(join(place.work, ".lineal"))).toBe(false);
});

test("another script under the same key is warned of, when it is saved and when it is tracked", {
  timeout: patience,
}, async () => {
  await using place = await freshPlace("sqlite");
  await run(place, "init", "--storage", place.storage, "--name", "lab");
  for (const name of ["one", "two", "three"]) {
    mkdirSync(join(place.work, name));
    writeFileSync(join(place.work, name, "clean.R"), `x <- "${name}"\n`);
  }
  const said = async (...words: string[]): Promise<string> => {
    const { stdout, stderr } = await run(place, ...words);
    return stdout + stderr;
  };
  expect(await said("save", "one/clean.R")).not.toContain("before");
  expect(await said("save", "two/clean.R")).toMatch(
    /! the key "clean\.R" was tracked from .*one\/clean\.R before: set a dev-dir/,
  );
  const text = await bash(place, "lineal track three/clean.R 2>&1 && lineal finish");
  expect(text).toMatch(/! the key "clean\.R" was tracked from WORK\/two\/clean\.R before: set a dev-dir/);
});
