/** git, with real repositories in temporary folders. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commitOf, findBlobCommit } from "../../src/track/git.ts";

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "git-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
for (const name of ["AUTHOR", "COMMITTER"])
  Object.assign(env, { [`GIT_${name}_NAME`]: "t", [`GIT_${name}_EMAIL`]: "t@example.org" });

function git(cwd: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

function write(name: string, text: string): string {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function commit(repo: string, message: string): string {
  git(repo, "add", "-A");
  git(repo, "commit", "-q", "-m", message);
  return git(repo, "rev-parse", "HEAD");
}

function repository(): string {
  const repo = join(folder, "repo");
  mkdirSync(repo);
  git(repo, "init", "-q", "-b", "main");
  return repo;
}

describe("commitOf", () => {
  test("outside of a repository, and before the first commit, is undefined", async () => {
    expect(await commitOf(write("a.ts", "1"))).toBeUndefined();
    expect(await commitOf(join(folder, "none.ts"))).toBeUndefined();
    repository();
    expect(await commitOf(write("repo/a.ts", "1"))).toBeUndefined();
  });

  test("tells the commit, and whether it is what ran", async () => {
    const repo = repository();
    const path = write("repo/src/a [1].ts", "1");
    const other = write("repo/b.ts", "1");
    const first = commit(repo, "one");
    expect(await commitOf(path)).toEqual({ gitCommit: first, gitDirty: false });
    writeFileSync(other, "2");
    expect(await commitOf(path)).toEqual({ gitCommit: first, gitDirty: true });
    const second = commit(repo, "two");
    expect(await commitOf(write("repo/new.ts", ""))).toEqual({ gitCommit: second, gitDirty: true });
    expect(await commitOf(path)).toEqual({ gitCommit: second, gitDirty: false });
    git(repo, "checkout", "-q", "--detach");
    expect(await commitOf(path)).toEqual({ gitCommit: second, gitDirty: false });
  });

  test("is undefined without git, and looks at the file's repository, not at the hook's", async () => {
    const path = write("a.ts", "1");
    const repo = repository();
    const inside = write("repo/a.ts", "1");
    commit(repo, "one");
    const saved = process.env.PATH;
    process.env.GIT_DIR = join(repo, ".git");
    try {
      expect(await commitOf(path)).toBeUndefined();
      process.env.PATH = folder;
      expect(await commitOf(inside)).toBeUndefined();
    } finally {
      process.env.PATH = saved;
      delete process.env.GIT_DIR;
    }
    expect(await commitOf(inside)).toBeDefined();
  });
});

describe("findBlobCommit", () => {
  /** A published repository, with a clone of it. */
  function published(): { clone: string; url: string } {
    const bare = join(folder, "hub.git");
    git(folder, "init", "-q", "--bare", "-b", "main", bare);
    const url = "https://me:secret@example.org/lab/hub.git";
    standFor(url, bare);
    const clone = join(folder, "clone");
    git(folder, "clone", "-q", url, clone);
    git(clone, "config", "remote.origin.url", "https://example.org/lab/hub.git");
    git(clone, "checkout", "-q", "-b", "main");
    return { clone, url };
  }
  const blob = (commit: string, path: string) => `https://example.org/lab/hub/blob/${commit}/${path}`;
  const options = () => ({ cacheDir: join(folder, "cache") });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith("GIT_CONFIG_")) delete process.env[name];
  });

  /** Makes git look into a folder when it is asked for a URL, with or without its credentials. */
  function standFor(url: string, path: string): void {
    const urls = [url, url.replace("me:secret@", "")];
    const settings = { GIT_CONFIG_COUNT: String(urls.length) };
    for (const [i, one] of urls.entries())
      Object.assign(settings, {
        [`GIT_CONFIG_KEY_${i}`]: `url.${pathToFileURL(path).href}.insteadOf`,
        [`GIT_CONFIG_VALUE_${i}`]: one,
      });
    Object.assign(env, settings);
    Object.assign(process.env, settings);
  }

  test("takes https only", async () => {
    const path = write("a.ts", "1");
    await expect(findBlobCommit(path, "git@example.org:o/r.git", options())).rejects.toMatchObject({ code: "invalid" });
    await expect(findBlobCommit(path, "file:///x", options())).rejects.toMatchObject({ code: "invalid" });
  });

  test("finds the pushed commit in the clone that holds the file, and refuses what is not pushed", async () => {
    const { clone, url } = published();
    const path = write("clone/src/a b.ts", "1");
    const first = commit(clone, "one");
    await expect(findBlobCommit(path, url, options())).rejects.toMatchObject({
      code: "not-found",
      hint: expect.stringContaining("commit and push") as unknown,
    });
    git(clone, "push", "-q", "origin", "main");
    expect(await findBlobCommit(path, url, options())).toEqual({
      url: blob(first, "src/a%20b.ts"),
      onDefaultBranch: true,
    });

    writeFileSync(path, "2");
    await expect(findBlobCommit(path, url, options())).rejects.toMatchObject({ code: "not-found" });
    const second = commit(clone, "two");
    git(clone, "push", "-q", "origin", "main");
    expect(await findBlobCommit(path, url, options())).toMatchObject({ url: blob(second, "src/a%20b.ts") });
    // the bytes of before are still in the history
    writeFileSync(path, "1");
    expect(await findBlobCommit(path, url, options())).toEqual({
      url: blob(first, "src/a%20b.ts"),
      onDefaultBranch: true,
    });
    // the same bytes under another path are another file
    await expect(findBlobCommit(write("clone/else.ts", "1"), url, options())).rejects.toMatchObject({
      code: "not-found",
    });
    expect(readdirSync(folder)).not.toContain("cache");
  });

  test("says when only another branch holds it, and fetches what others pushed", async () => {
    const { clone, url } = published();
    write("clone/a.ts", "1");
    commit(clone, "one");
    git(clone, "push", "-q", "origin", "main");
    const other = join(folder, "other");
    git(folder, "clone", "-q", url, other);
    git(other, "checkout", "-q", "-b", "feature");
    write("other/a.ts", "feature");
    const pushed = commit(other, "feature");
    git(other, "push", "-q", "origin", "feature");
    writeFileSync(join(clone, "a.ts"), "feature");
    expect(await findBlobCommit(join(clone, "a.ts"), url, options())).toEqual({
      url: blob(pushed, "a.ts"),
      onDefaultBranch: false,
    });
  });

  test("clones into the cache for a file outside of any clone, and reaches into its history", async () => {
    const { clone, url } = published();
    write("clone/lib/a.ts", "ancient");
    const first = commit(clone, "one");
    write("clone/lib/0.ts", "same");
    write("clone/lib/a.ts", "same");
    const second = commit(clone, "two");
    git(clone, "push", "-q", "origin", "main");
    const path = write("away/a.ts", "same");
    expect(await findBlobCommit(path, url, options())).toEqual({
      url: blob(second, "lib/a.ts"),
      onDefaultBranch: true,
    });
    writeFileSync(path, "ancient");
    expect(await findBlobCommit(path, url, options())).toEqual({ url: blob(first, "lib/a.ts"), onDefaultBranch: true });
    write("clone/lib/0.ts", "moved on");
    const third = commit(clone, "three");
    git(clone, "push", "-q", "origin", "main");
    writeFileSync(path, "moved on");
    expect(await findBlobCommit(path, url, options())).toEqual({ url: blob(third, "lib/0.ts"), onDefaultBranch: true });
    writeFileSync(path, "nowhere");
    await expect(findBlobCommit(path, url, options())).rejects.toMatchObject({ code: "not-found" });
    expect(readdirSync(join(folder, "cache"))).toHaveLength(1);
  });

  test("says why it could not clone", async () => {
    const missing = "https://me:secret@example.org/nowhere.git";
    standFor(missing, join(folder, "nowhere"));
    const error = await findBlobCommit(write("a.ts", "1"), missing, options()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "unavailable" });
    expect(String(error)).not.toContain("secret");
    expect(readdirSync(join(folder, "cache"))).toEqual([]);
  });
});
