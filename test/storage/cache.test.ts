/** Folders laid out from objects are links, appear whole, and are re-used. */

import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { materialise } from "../../src/storage/cache.ts";
import { putFolder } from "../../src/storage/folder.ts";
import { type Backend, objectKey } from "../../src/storage/backend.ts";
import { localBackend } from "../../src/storage/local.ts";
import { type Entry, memberSuffix } from "../../src/storage/manifest.ts";
import { otherDisk, scratchFolder } from "./scratch.ts";

/** The path of the object that holds a file of a folder. */
const objectOf = (backend: Backend, entry: Entry | undefined): string =>
  backend.url(objectKey(entry?.hash ?? "", memberSuffix(entry?.path ?? "")));

async function stored(dir: string) {
  mkdirSync(join(dir, "in/deep"), { recursive: true });
  writeFileSync(join(dir, "in/a.txt"), "aaa");
  writeFileSync(join(dir, "in/deep/b"), "bb");
  const backend = localBackend(join(dir, "store"));
  return { backend, target: join(dir, "cache/folder"), ...(await putFolder(backend, join(dir, "in"))) };
}

it("files are read-only hard links to the objects; a complete folder is kept, a damaged one rebuilt", async () => {
  const { backend, target, entries } = await stored(scratchFolder());
  await materialise(backend, entries, target);
  const a = entries.find(({ path }) => path === "a.txt");
  expect(statSync(join(target, "a.txt")).ino).toBe(statSync(objectOf(backend, a)).ino);
  expect(statSync(join(target, "deep/b")).mode & 0o777).toBe(0o444);
  const inode = statSync(target).ino;
  await materialise(backend, entries, target);
  expect(statSync(target).ino).toBe(inode);
  unlinkSync(join(target, "deep/b"));
  await materialise(backend, entries, target);
  expect(readFileSync(join(target, "deep/b"), "utf8")).toBe("bb");
  expect(readdirSync(join(target, ".."))).toEqual(["folder"]);
});

it("many at once give one whole folder", async () => {
  const { backend, target, entries } = await stored(scratchFolder());
  await Promise.all(Array.from({ length: 8 }, () => materialise(backend, entries, target)));
  expect(readdirSync(join(target, ".."))).toEqual(["folder"]);
  expect(readFileSync(join(target, "a.txt"), "utf8")).toBe("aaa");
});

it("a lost object or a path that leaves the folder fails and leaves nothing", async () => {
  const { backend, target, entries } = await stored(scratchFolder());
  const outside = entries.map((entry) => ({ ...entry, path: `../${entry.path}` }));
  await expect(materialise(backend, outside, target)).rejects.toMatchObject({ code: "invalid" });
  await backend.remove(entries.map(({ hash, path }) => objectKey(hash, memberSuffix(path))));
  await expect(materialise(backend, entries, target)).rejects.toMatchObject({ code: "not-found" });
  expect(readdirSync(join(target, ".."))).toEqual([]);
});

it.runIf(otherDisk)("on another disk the files are read-only copies", async () => {
  const { backend, entries } = await stored(scratchFolder());
  const target = join(otherDisk ?? "", `lineal-cache-test-${process.pid}`);
  try {
    expect(() => linkSync(objectOf(backend, entries[0]), target)).toThrow("EXDEV");
    await materialise(backend, entries, target);
    expect(readFileSync(join(target, "deep/b"), "utf8")).toBe("bb");
    expect(statSync(join(target, "a.txt"))).toMatchObject({ nlink: 1, mode: 0o100444 });
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
});
