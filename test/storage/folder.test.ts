/** Which files a folder has. */

import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { walkFolder } from "../../src/storage/folder.ts";
import { scratchFolder } from "./scratch.ts";

it("walks every file but .lineal/, links to files included, links to folders not followed", async () => {
  const dir = scratchFolder();
  mkdirSync(join(dir, "in/deep/.lineal"), { recursive: true });
  mkdirSync(join(dir, "in/.git"));
  for (const name of ["in/a", "in/.env", "in/.git/x", "in/deep/b", "in/deep/.lineal/c", "outside"])
    writeFileSync(join(dir, name), name);
  symlinkSync("../outside", join(dir, "in/link"));
  symlinkSync("..", join(dir, "in/deep/up"));
  symlinkSync(join(dir, "in"), join(dir, "in-link"));
  for (const start of ["in", "in-link"])
    expect((await walkFolder(join(dir, start))).sort()).toEqual([".env", ".git/x", "a", "deep/b", "link"]);
});

it("refuses what cannot be a folder artifact", async () => {
  const dir = scratchFolder();
  mkdirSync(join(dir, "empty/inner"), { recursive: true });
  mkdirSync(join(dir, "pipe"));
  mkdirSync(join(dir, "dangling"));
  execFileSync("mkfifo", [join(dir, "pipe/p")]);
  symlinkSync("nowhere", join(dir, "dangling/l"));
  writeFileSync(join(dir, "file"), "");
  await expect(walkFolder(join(dir, "empty"))).rejects.toMatchObject({ code: "invalid" });
  await expect(walkFolder(join(dir, "pipe"))).rejects.toMatchObject({ code: "invalid" });
  await expect(walkFolder(join(dir, "file"))).rejects.toMatchObject({ code: "invalid" });
  await expect(walkFolder(join(dir, "dangling"))).rejects.toMatchObject({ code: "not-found" });
  await expect(walkFolder(join(dir, "missing"))).rejects.toMatchObject({ code: "not-found" });
});
