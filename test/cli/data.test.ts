/** Saving, finding, loading and deleting from the command line. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { saveUser } from "../../src/instance/users.ts";
import { cli } from "../support/cli.ts";
import type { Finished } from "../support/command-line.ts";
import { freshPlace, type Place } from "../support/dialects.ts";

/** Many processes on a machine that may be busy. */
const patience = 180_000;

function run(place: Place, ...words: string[]): Promise<Finished> {
  return cli(words, { cwd: place.work, env: { LINEAL_HOME: place.home, LINEAL_CACHE_DIR: join(place.home, "cache") } });
}

/** What a person sees, with ids, times and folders named. */
async function tell(place: Place, ...words: string[]): Promise<string> {
  const { stdout, stderr, code } = await run(place, ...words);
  const errors = stderr.replace(/^→ connected lineal: .*\n/, "");
  const text = `${stdout}${errors && `[stderr]\n${errors}`}${code === 0 ? "" : `[exit ${code}]`}`;
  return text
    .replaceAll(place.storage, "STORAGE")
    .replaceAll(place.work, "WORK")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d UTC)?/g, (_, seconds) =>
      seconds ? "2024-12-20 15:09:33 UTC" : "2024-12-20 15:09",
    )
    .replaceAll(/(?<=\(')[\dA-Za-z]{8}(?=')|^[\dA-Za-z]{8}(?= {2})/gm, "UID45678")
    .trimEnd();
}

async function answer(place: Place, ...words: string[]): Promise<Record<string, unknown>> {
  return JSON.parse((await run(place, ...words, "--json")).stdout) as Record<string, unknown>;
}

/** An instance testuser1/lab, with a table and a folder to save in the working directory. */
async function laboratory(name: "sqlite" | "postgres"): Promise<Place> {
  const place = await freshPlace(name, { migrated: true });
  saveUser("testuser1", undefined, { LINEAL_HOME: place.home });
  expect(
    await tell(place, "init", "--storage", place.storage, "--name", "lab", ...(place.db ? ["--db", place.db] : [])),
  ).toBe("→ connected lineal: testuser1/lab");
  writeFileSync(join(place.work, "hits.csv"), "gene,score\nTP53,0.9\n");
  mkdirSync(join(place.work, "folder"));
  writeFileSync(join(place.work, "folder", "one.txt"), "1");
  return place;
}

test("what is saved is listed, searched and described", { timeout: patience }, async () => {
  await using place = await laboratory("sqlite");
  expect(
    await tell(place, "save", "hits.csv", "--key", "raw/hits.csv", "--description", "as delivered"),
  ).toMatchInlineSnapshot(`
    "→ connected lineal: testuser1/lab
    → saved Artifact('UID45678', key='raw/hits.csv')"
  `);
  expect(await tell(place, "save", "hits.csv", "--key", "raw/hits.csv")).toMatchInlineSnapshot(`
    "→ connected lineal: testuser1/lab
    • returning Artifact('UID45678', key='raw/hits.csv') with the same content
    → saved Artifact('UID45678', key='raw/hits.csv')"
  `);
  expect(await tell(place, "save", "folder")).toMatchInlineSnapshot(`
    "→ connected lineal: testuser1/lab
    [stderr]
    Error: an artifact needs a key, a description or a run
    Give it a key: --key folder
    [exit 2]"
  `);
  expect(await tell(place, "save", "folder", "--key", "folder", "--project", "nope")).toMatchInlineSnapshot(`
    "→ connected lineal: testuser1/lab
    [stderr]
    Error: nothing is called 'nope' among Project
    Look for it: lineal search project 'nope'
    [exit 1]"
  `);
  expect(await tell(place, "save", "missing.csv")).toMatchInlineSnapshot(`
    "[stderr]
    Error: there is no file missing.csv
    give the path of a file or folder that exists
    [exit 2]"
  `);
  const saved = (await answer(place, "save", "folder", "--key", "folder")) as { uid: string; nFiles: number };
  expect(saved.nFiles).toBe(1);

  expect(await tell(place, "list", "artifacts", "--order", "key")).toMatchInlineSnapshot(`
    "uid       key           description   size  createdAt                createdBy
    ────────  ────────────  ────────────  ────  ───────────────────────  ─────────
    UID45678  folder                         1  2024-12-20 15:09:33 UTC  testuser1
    UID45678  raw/hits.csv  as delivered    20  2024-12-20 15:09:33 UTC  testuser1"
  `);
  const listed = (await answer(place, "list", "artifact", "--filter", "createdBy=testuser1", "--limit", "1")) as {
    items: { uid: string }[];
    total: number;
  };
  expect([listed.total, listed.items.map((item) => item.uid)]).toEqual([2, [saved.uid]]);
  expect(await tell(place, "list", "artifact", "--filter", "key.startsWith=raw/", "--filter", "size>1000")).toBe(
    "no artifacts",
  );
  expect(await tell(place, "list", "artifact", "--filter", "kye=x")).toMatchInlineSnapshot(`
    "[stderr]
    Error: Artifact has no field 'kye'
    Did you mean 'key'?
    [exit 2]"
  `);
  expect(await tell(place, "search", "artifact", "HITS")).toContain("raw/hits.csv");
  expect(await answer(place, "get", `artifact:${saved.uid}`)).toMatchObject({
    key: "folder",
    run: null,
    createdAt: expect.stringMatching(/\.\d{3}Z$/),
  });
  expect(await tell(place, "get", "nothing")).toMatchInlineSnapshot(`
    "[stderr]
    Error: nothing is called 'nothing'
    Look for it: lineal search artifact 'nothing'
    [exit 1]"
  `);
  expect(await tell(place, "describe", "raw/hits.csv")).toContain("as delivered");
  expect(await tell(place, "view", "artifact", "user", "--limit", "1")).toMatchInlineSnapshot(`
    "Artifact
    uid       key     size  createdAt                createdBy
    ────────  ──────  ────  ───────────────────────  ─────────
    UID45678  folder     1  2024-12-20 15:09:33 UTC  testuser1

    User
    uid       handle     createdAt
    ────────  ─────────  ───────────────────────
    UID45678  testuser1  2024-12-20 15:09:33 UTC"
  `);
});

test("what is saved is loaded, never over other work, and deleted", { timeout: patience }, async () => {
  await using place = await laboratory("sqlite");
  await run(place, "save", "hits.csv", "--key", "raw/hits.csv");
  const { uid } = (await answer(place, "save", "folder", "--key", "folder")) as { uid: string };
  const back = join(place.work, "back", "hits.csv");
  expect(await tell(place, "load", "raw/hits.csv", "-o", "back/")).toBe(
    "→ connected lineal: testuser1/lab\n→ artifact is here: WORK/back/hits.csv",
  );
  expect(readFileSync(back, "utf8")).toBe("gene,score\nTP53,0.9\n");
  writeFileSync(back, "mine");
  expect(await tell(place, "load", "artifact", "--key", "raw/hits.csv", "-o", "back/")).toMatchInlineSnapshot(`
    "→ connected lineal: testuser1/lab
    [stderr]
    Error: WORK/back/hits.csv is there already, with other content
    Overwrite it with --force, or write elsewhere with -o PATH.
    [exit 1]"
  `);
  expect(readFileSync(back, "utf8")).toBe("mine");
  await run(place, "load", "artifact", "--key", "raw/hits.csv", "-o", "back/", "--force");
  expect(readFileSync(back, "utf8")).toContain("TP53");
  expect((await answer(place, "load", "--uid", uid.slice(0, 10))).path).toBe(join(place.work, "folder"));

  expect(await tell(place, "delete", "artifact", "raw/hits.csv")).toMatchInlineSnapshot(`
    "→ connected lineal: testuser1/lab
    • moved Artifact('UID45678') to trash"
  `);
  expect(await tell(place, "list", "artifact", "--filter", "branch=trash")).toContain("raw/hits.csv");
  expect(await answer(place, "delete", "artifact", uid, "--permanent")).toEqual({
    deleted: uid,
    registry: "Artifact",
    permanent: true,
  });
  expect(await tell(place, "list", "artifact")).toBe("no artifacts");
});

test("lineage is drawn in every format, to a file too", { timeout: patience }, async () => {
  await using place = await laboratory("sqlite");
  await run(place, "save", "hits.csv", "--key", "raw/hits.csv");
  for (const [format, beginning] of [
    ["tree", "● raw/hits.csv"],
    ["svg", "<svg "],
    ["mermaid", "flowchart "],
    ["dot", "digraph "],
    ["json", "{"],
  ] as const) {
    expect(await tell(place, "lineage", "raw/hits.csv", "--format", format, "-o", "lineage"), format).toBe(
      "→ wrote lineage",
    );
    const written = readFileSync(join(place.work, "lineage"), "utf8");
    expect([written.startsWith(beginning), written.includes("raw/hits.csv"), written.endsWith("\n")], written).toEqual([
      true,
      true,
      true,
    ]);
  }
  for (const [file, start] of [
    ["l.svg", "<svg "],
    ["l.mmd", "flowchart"],
    ["l.dot", "digraph"],
    ["l.json", "{\n"],
    ["l.txt", "● "],
    ["L.SVG", "<svg "],
    ["l.2026-01-31", "● "],
  ] as const) {
    await run(place, "lineage", "raw/hits.csv", "-o", file);
    expect(readFileSync(join(place.work, file), "utf8").slice(0, start.length), file).toBe(start);
  }
  expect((await run(place, "lineage", "raw/hits.csv", "--format", "svg")).stdout).toMatch(/^<svg [^]+<\/svg>\n$/);
  expect(await tell(place, "lineage", "raw/hits.csv", "--format", "png")).toContain("add -o lineage.png");
  expect(await tell(place, "lineage", "raw/hits.csv", "--format", "png", "-o", "lineage.png")).toBe(
    "→ wrote lineage.png",
  );
  expect(readFileSync(join(place.work, "lineage.png")).toString("latin1", 1, 4)).toBe("PNG");
  await run(place, "save", "hits.csv", "--key", "raw/\u{14400}.csv");
  expect(await tell(place, "lineage", "raw/\u{14400}.csv", "-o", "lineage.png")).toContain(
    "! \u{14400} cannot be drawn in a PNG with the fonts at hand: use --format svg",
  );
});

test("on PostgreSQL too, and its password is never printed", { timeout: patience }, async () => {
  await using place = await laboratory("postgres");
  const { password } = new URL(place.db ?? "");
  const told = await tell(place, "info");
  expect(told).toContain(":***@");
  expect(told).not.toContain(password);
  expect(await tell(place, "save", "hits.csv", "--key", "raw/hits.csv")).toContain(
    "→ saved Artifact('UID45678', key='raw/hits.csv')",
  );
  expect(
    await answer(place, "list", "artifact", "--filter", "size>=20", "--filter", "createdBy.handle=testuser1"),
  ).toMatchObject({ total: 1 });
  expect(await tell(place, "lineage", "raw/hits.csv")).toContain("raw/hits.csv");
  expect(await tell(place, "load", "raw/hits.csv")).toContain("artifact is here: WORK/raw/hits.csv");
});
