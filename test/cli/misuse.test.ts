/** Exit codes of every command: 2 for what cannot be meant, 1 for what was meant and did not work; and hints that can be typed. */
import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { Workshop } from "../registries/workshop.ts";
import { cli } from "../support/cli.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { repository } from "../support/repository.ts";

/** A command line, a part of what it says, and of its environment. */
type Row = readonly [line: string, says: string, env?: Readonly<Record<string, string>>];

/** What a command takes is wrong. */
const misused: readonly Row[] = [
  ["lineage raw.csv --limit 0", "--limit takes a whole number from 1 on, not '0'\nfor example --limit 3"],
  ["lineage raw.csv --fan 0", "--fan 3"],
  ["lineage raw.csv --fan many", "--fan 3"],
  ["lineage raw.csv --up -1", "--up 2"],
  ["lineage raw.csv --down few", "--down 2"],
  ["lineage raw.csv --level column", "artifact, transform"],
  ["lineage raw.csv --kind file", "artifact, run, transform, collection, record"],
  ["lineage raw.csv --status Errored", "did you mean errored?"],
  ["lineage raw.csv --format gif", "tree, svg, png, mermaid, dot, json"],
  [
    "lineage raw.csv -o x.gif",
    "lineage is not written as .gif\nend FILE in .svg, .png, .mmd, .dot, .json or .txt, or name the format: --format tree",
  ],
  ["lineage raw.csv -o x.PDF", "lineage is not written as .pdf"],
  ["lineage raw.csv --format svg -o z.png", "z.png is named as png, but --format says svg\nleave --format out"],
  ["lineage raw.csv --format tree -o z.json", "leave --format out"],
  ["lineage raw.csv --since yesterday", "--since takes a time, not 'yesterday'\nfor example --since 2026-01-31"],
  ["lineage raw.csv --until 2026-02-31", "--until 2026-01-31"],
  ["lineage raw.csv --since 2026-02-01 --until 2026-01-01", "swap them"],
  ["lineage raw.csv --since 2100-01-01", "in the future"],
  ["lineage raw.csv --as-of garbage", "--as-of 2026-01-31"],
  ["lineage raw.csv --as-of 2100-01-01", "Give a time in the past"],
  ["lineage storage:AAAAAAAA", "is in the registry Storage, not in Artifact"],
  ["impact raw.csv --hops -1", "--hops takes a whole number from 0 on, not '-1'\nfor example --hops 3"],
  ["impact raw.csv --hops 1.5", "--hops 3"],
  ["impact raw.csv --since garbage", "--since 2026-01-31"],
  ["impact raw.csv --since 2026-02-01 --until 2026-01-01", "swap them"],
  ["impact raw.csv --until later", "--until 2026-01-31"],
  ["status raw.csv --all", "not both"],
  ["status run:AAAAAAAA", "is in the registry Run, not in Artifact"],
  ["status clean.ts", "clean.ts is in the registry Transform, not in Artifact"],
  ["diff raw.csv raw.csv", "raw.csv is in the registry Artifact, not in Run"],
  ["diff raw.csv", "B is missing"],
  ["diff artifact:AAAAAAAA artifact:AAAAAAAA", "is in the registry Artifact, not in Run"],
  ["why raw.csv foreign.csv", "two outputs of one transform"],
  ["why raw.csv", "B is missing"],
  ["check-lineage raw.csv", ".ts, .js, .mjs or .py"],
  ["track --kind sort", "script, notebook, pipeline, function, upload, app"],
  ["track --param x", "--param NAME=VALUE"],
  ["finish now", "--help shows"],
  ["get raw.csv --as-of garbage", "--as-of 2026-01-31"],
  ["get raw.csv --as-of 2100-01-01", "in the future"],
  ["get raw.csv --registry artefact", "did you mean artifact?"],
  ["describe raw.csv --registry artefact", "did you mean artifact?"],
  ["list artefact", "did you mean artifact?"],
  ["list artifact --filter siez=1", "Did you mean 'size'?"],
  ["list artifact --filter size=big", 'size must be a whole number, not "big"'],
  ["list artifact --filter key", "--filter key=x.csv"],
  ["list artifact --filter key.matches=[", "no regular expression"],
  ["list artifact --filter run~x", "--filter run.name~TEXT"],
  ["list artifact --filter run.sttaus=x", "Did you mean 'status'?"],
  ["list artifact --order siez", "Did you mean size?"],
  ["list artifact --limit 0", "--limit 3"],
  ["list artifact --offset -1", "--offset 3"],
  ["search artifact x --limit 0", "--limit 3"],
  ["search artefact x", "did you mean artifact?"],
  ["view --limit 0", "--limit 3"],
  ["view artefact", "did you mean artifact?"],
  ["save raw.csv", "Give it a key: --key raw.csv"],
  ["save raw.csv --key ../x.csv", "without . and .."],
  ["save raw.csv --key x.png", "End the key with .csv"],
  ["save raw.csv --registry run", "artifact, transform"],
  ["save clean.ts --kind dataset", "script, notebook, pipeline"],
  ["save nothing.csv", "a file or folder that exists"],
  ["load", "REF is missing"],
  ["load run AAAAAAAA", "cannot be loaded"],
  ["delete", "WHAT is missing"],
  ["delete artifact", "lineal delete artifact REF"],
  ["delete user testuser1", "Remove it for good with --permanent."],
  ["login no_1!", "lineal login testuser1"],
  ["logout now", "--help shows"],
  ["init --name a/b", "lineal init --storage ./mydata --name mydata"],
  ["init --db mysql://x", "postgres://user@host/name"],
  ["init --storage=", "lineal init --storage ./mydata"],
  ["connect", "INSTANCE is missing"],
  ["disconnect now", "--help shows"],
  ["info now", "--help shows"],
  ["migrate --shwo", "did you mean --show?"],
  ["settings set verbosity loud", "error (0)"],
  ["settings set verbsoity error", "did you mean verbosity?"],
  ["settings put verbosity", "lineal settings"],
];

/** What was meant, and is not there, or cannot be done. */
const failed: readonly Row[] = [
  ["lineage nothing.csv", "lineal search artifact 'nothing.csv'"],
  ["lineage raw.csv --as-of 2020-01-01", "nothing was called 'raw.csv'"],
  ["lineage raw.csv -o nowhere/x.svg", "Check that the directory is there"],
  ["impact nothing.csv", "lineal search artifact 'nothing.csv'"],
  ["impact raw.csv --by testuser2", "Did you mean testuser1?"],
  ["status nothing.csv", "lineal search artifact 'nothing.csv'"],
  ["diff nothing nothing", "lineal list run"],
  ["why nothing.csv raw.csv", "lineal search artifact 'nothing.csv'"],
  ["check-lineage nothing.ts", "File not found"],
  ["get nothing.csv", "lineal search artifact 'nothing.csv'"],
  ["describe nothing.csv", "lineal search artifact 'nothing.csv'"],
  ["save raw.csv --key raw.csv", "lineal list run --filter 'name=no_run'", { LINEAL_RUN: "no_run" }],
  ["save raw.csv --key raw.csv", "lineal list run --filter 'name=nowhere'", { LINEAL_RUN: "nowhere" }],
  ["status", "there is no branch", { LINEAL_BRANCH: "nowhere" }],
  ["save raw.csv --key new.csv --space nowhere", "lineal list space"],
  ["save raw.csv --key new.csv --branch nowhere", "lineal list branch"],
  ["save raw.csv --key new.csv --project nowhere", "lineal search project 'nowhere'"],
  ["load nothing.csv", "lineal search artifact 'nothing.csv'"],
  ["delete nothing", "lineal info"],
  ["delete transform clean.ts --permanent", "to the trash: without --permanent."],
  ["connect nothing", "lineal init"],
  ["disconnect --here", "without --here"],
  ["settings set branch nowhere", "lineal list branch"],
];

const library = /\bln\.|\{ |await |Artifact\.|\.get\(|filter\(|asOf|createdBy/;

forEachDatabase((database) => {
  test("every command tells a wrong command line from a failure, and hints at what can be typed", {
    timeout: 240_000,
  }, async () => {
    const commands = readdirSync(join(repository, "src/cli/commands")).map((file) => basename(file, ".ts"));
    expect(new Set(misused.map(([line]) => line.split(" ")[0]))).toEqual(new Set(commands));
    await using shop = await Workshop.open(database);
    shop.script("clean.ts");
    const raw = await shop.raw("raw.csv", "r0");
    await shop.raw("foreign.csv", "f0");
    await shop.work("clean.ts", { reads: [raw], makes: { "clean.csv": "c0" } });
    const { home, work } = shop.lab.place;
    writeFileSync(join(work, "raw.csv"), "r0");
    const env = { LINEAL_HOME: home, LINEAL_CACHE_DIR: join(home, "cache") };
    const waiting = [...misused.map((row) => [2, ...row] as const), ...failed.map((row) => [1, ...row] as const)];
    const wrong: string[] = [];
    const worker = async (): Promise<void> => {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        const [wanted, line, says, more = {}] = row;
        const { code, stdout, stderr } = await cli(line.split(" "), { cwd: work, env: { ...env, ...more } });
        const said = (stdout + stderr).replace(/^→ connected lineal: .*\n/, "");
        if (code !== wanted || !said.includes(says) || library.test(said))
          wrong.push(`${line} [exit ${code}, not ${wanted}]\n${said}`);
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    expect(wrong).toEqual([]);
  });
});
