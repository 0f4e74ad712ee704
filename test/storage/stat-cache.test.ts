/** The stat cache gives a hash back only for a file that has not changed. */

import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { statFile } from "../../src/storage/file.ts";
import { StatCache } from "../../src/storage/stat-cache.ts";
import { runChild } from "./children.ts";
import { scratchFolder } from "./scratch.ts";

const hash = "ab".repeat(32);

function oldFile(dir: string, name = "file", content = "content"): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  utimesSync(path, 1_600_000_000, 1_600_000_000);
  return path;
}

it("remembers across openings and across two processes", () => {
  const dir = scratchFolder();
  const path = oldFile(dir, "a name with spaces");
  const cache = new StatCache(join(dir, "cache"));
  expect(cache.get(path, statFile(path))).toBeUndefined();
  cache.set(path, statFile(path), hash);
  expect(cache.get(path, statFile(path))).toBe(hash);
  cache.flush();
  expect(new StatCache(join(dir, "cache")).get(path, statFile(path))).toBe(hash);
  const other = oldFile(dir, "other");
  const seen = runChild(`
    const { StatCache } = await load("stat-cache.ts");
    const { statFile } = await load("file.ts");
    const cache = new StatCache(${JSON.stringify(join(dir, "cache"))});
    process.stdout.write(String(cache.get(${JSON.stringify(path)}, statFile(${JSON.stringify(path)}))));
    cache.set(${JSON.stringify(other)}, statFile(${JSON.stringify(other)}), "cd".repeat(32));
    cache.flush();
  `);
  expect(seen).toBe(hash);
  const after = new StatCache(join(dir, "cache"));
  expect([after.get(path, statFile(path)), after.get(other, statFile(other))]).toEqual([hash, "cd".repeat(32)]);
});

it("forgets when size, time, inode or path differ", () => {
  const dir = scratchFolder();
  const path = oldFile(dir);
  const cache = new StatCache(dir);
  cache.set(path, statFile(path), hash);
  const stat = statFile(path);
  for (const change of [{ size: 8 }, { mtimeNs: stat.mtimeNs + 1n }, { ino: stat.ino + 1n }, { dev: stat.dev + 1n }]) {
    expect(cache.get(path, { ...stat, ...change })).toBeUndefined();
  }
  expect(cache.get(`${path}2`, stat)).toBeUndefined();
  renameSync(oldFile(dir, "same-size", "CONTENT"), path);
  expect(cache.get(path, statFile(path))).toBeUndefined();
});

it("never remembers a file that changed within the last two seconds", () => {
  const dir = scratchFolder();
  const path = oldFile(dir);
  const changed = 1_600_000_000_000;
  for (const [age, kept] of [
    [0, false],
    [1_999, false],
    [-5_000, false],
    [2_000, true],
  ] as const) {
    const cache = new StatCache(join(dir, `${age}`), { now: () => changed + age });
    cache.set(path, statFile(path), hash);
    expect(cache.get(path, statFile(path))).toBe(kept ? hash : undefined);
  }
});

it("ignores broken lines, and a torn last line costs only itself", () => {
  const dir = scratchFolder();
  const [a, b] = [oldFile(dir, "a"), oldFile(dir, "b")];
  const first = new StatCache(dir);
  first.set(a, statFile(a), hash);
  first.flush();
  appendFileSync(join(dir, "stat-cache.txt"), `garbage\n${hash} 1:2:3\n\0\0\0\n${"c".repeat(64)} 1:2`);
  const second = new StatCache(dir);
  second.set(b, statFile(b), hash);
  second.flush();
  const third = new StatCache(dir);
  expect([third.get(a, statFile(a)), third.get(b, statFile(b))]).toEqual([hash, hash]);
});

it("gets smaller when large, and keeps the newest", () => {
  const dir = scratchFolder();
  const path = oldFile(dir);
  const rows = Array.from({ length: 100 }, (_, i) => `${hash} 1:${i}:3:4 /somewhere/${i}\n`).join("");
  writeFileSync(join(dir, "stat-cache.txt"), rows);
  const cache = new StatCache(dir, { maxBytes: 5_000 });
  cache.set(path, statFile(path), hash);
  cache.flush();
  expect(new StatCache(dir, { maxBytes: 5_000 }).get(path, statFile(path))).toBe(hash);
  expect(statSync(join(dir, "stat-cache.txt")).size).toBeLessThan(3_000);
  expect(readFileSync(join(dir, "stat-cache.txt"), "utf8")).toContain("/somewhere/99\n");
});

it("a cache that cannot be written does not fail the work", () => {
  const dir = scratchFolder();
  const path = oldFile(dir);
  mkdirSync(join(dir, "cache/stat-cache.txt"), { recursive: true });
  const cache = new StatCache(join(dir, "cache"));
  cache.set(path, statFile(path), hash);
  expect(() => cache.flush()).not.toThrow();
});
