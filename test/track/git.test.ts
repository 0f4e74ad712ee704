/** git, with real repositories in temporary folders. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findBlobCommit, gitState, withoutCredentials } from "../../src/track/git.ts";

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

describe("gitState", () => {
  test("outside of a repository is undefined", async () => {
    expect(await gitState(write("a.ts", "1"))).toBeUndefined();
    expect(await gitState(join(folder, "none.ts"))).toBeUndefined();
  });

  test("tells commit, branch, path and whether the commit is what ran", async () => {
    const repo = repository();
    const path = write("repo/src/a [1].ts", "1");
    const other = write("repo/b.ts", "1");
    expect(await gitState(path)).toMatchObject({
      commit: undefined,
      branch: "main",
      tracked: false,
      dirty: true,
      remote: undefined,
    });
    const first = commit(repo, "one");
    expect(await gitState(path)).toEqual({
      commit: first,
      branch: "main",
      dirty: false,
      remote: undefined,
      root: repo,
      pathInRepo: "src/a [1].ts",
      tracked: true,
    });
    writeFileSync(other, "2");
    expect(await gitState(path)).toMatchObject({ dirty: true, tracked: true });
    const second = commit(repo, "two");
    expect(await gitState(write("repo/new.ts", ""))).toMatchObject({ commit: second, dirty: true, tracked: false });
    expect(await gitState(path)).toMatchObject({ dirty: false });
    git(repo, "checkout", "-q", "--detach");
    expect(await gitState(path)).toMatchObject({ commit: second, branch: undefined });
  });

  test("gives the remote without credentials", async () => {
    const repo = repository();
    const path = write("repo/a.ts", "1");
    git(repo, "remote", "add", "upstream", "git@example.org:o/r.git");
    expect((await gitState(path))?.remote).toBe("git@example.org:o/r.git");
    git(repo, "remote", "add", "origin", "https://me:secret@example.org/o/r.git");
    expect((await gitState(path))?.remote).toBe("https://example.org/o/r.git");
  });

  test("is undefined without git, and looks at the file's repository, not at the hook's", async () => {
    const path = write("a.ts", "1");
    const repo = repository();
    const inside = write("repo/a.ts", "1");
    const saved = process.env.PATH;
    process.env.GIT_DIR = join(repo, ".git");
    try {
      expect(await gitState(path)).toBeUndefined();
      process.env.PATH = folder;
      expect(await gitState(inside)).toBeUndefined();
    } finally {
      process.env.PATH = saved;
      delete process.env.GIT_DIR;
    }
    expect(await gitState(inside)).toBeDefined();
  });
});

describe("findBlobCommit", () => {
  /** A published repository, with a clone of it. */
  function published(): { clone: string; url: string } {
    const bare = join(folder, "hub.git");
    git(folder, "init", "-q", "--bare", "-b", "main", bare);
    const url = pathToFileURL(bare).href;
    const clone = join(folder, "clone");
    git(folder, "clone", "-q", url, clone);
    git(clone, "checkout", "-q", "-b", "main");
    return { clone, url };
  }
  const options = () => ({ cacheDir: join(folder, "cache"), allowFileUrl: true });

  test("takes https only", async () => {
    const path = write("a.ts", "1");
    await expect(findBlobCommit(path, "git@example.org:o/r.git", options())).rejects.toMatchObject({ code: "invalid" });
    await expect(findBlobCommit(path, "file:///x", { cacheDir: folder })).rejects.toMatchObject({ code: "invalid" });
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
    const plain = url.replace(/\.git$/, "");
    expect(await findBlobCommit(path, url, options())).toEqual({
      url: `${plain}/blob/${first}/src/a%20b.ts`,
      commit: first,
      pathInRepo: "src/a b.ts",
      onDefaultBranch: true,
    });

    writeFileSync(path, "2");
    await expect(findBlobCommit(path, url, options())).rejects.toMatchObject({ code: "not-found" });
    const second = commit(clone, "two");
    git(clone, "push", "-q", "origin", "main");
    expect(await findBlobCommit(path, url, options())).toMatchObject({ commit: second });
    // the bytes of before are still in the history
    writeFileSync(path, "1");
    expect(await findBlobCommit(path, url, options())).toMatchObject({ commit: first, onDefaultBranch: true });
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
    expect(await findBlobCommit(join(clone, "a.ts"), url, options())).toMatchObject({
      commit: pushed,
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
    expect(await findBlobCommit(path, url, options())).toMatchObject({
      commit: second,
      pathInRepo: "lib/a.ts",
      onDefaultBranch: true,
    });
    writeFileSync(path, "ancient");
    expect(await findBlobCommit(path, url, options())).toMatchObject({
      commit: first,
      pathInRepo: "lib/a.ts",
      onDefaultBranch: true,
    });
    write("clone/lib/0.ts", "moved on");
    const third = commit(clone, "three");
    git(clone, "push", "-q", "origin", "main");
    writeFileSync(path, "moved on");
    expect(await findBlobCommit(path, url, options())).toMatchObject({
      commit: third,
      pathInRepo: "lib/0.ts",
      onDefaultBranch: true,
    });
    writeFileSync(path, "nowhere");
    await expect(findBlobCommit(path, url, options())).rejects.toMatchObject({ code: "not-found" });
    expect(readdirSync(join(folder, "cache"))).toHaveLength(1);
  });

  test("says why it could not clone", async () => {
    const missing = pathToFileURL(join(folder, "nowhere")).href;
    await expect(findBlobCommit(write("a.ts", "1"), missing, options())).rejects.toMatchObject({ code: "unavailable" });
    expect(readdirSync(join(folder, "cache"))).toEqual([]);
  });
});

test("withoutCredentials", () => {
  expect(withoutCredentials("https://token@example.org/o/r.git")).toBe("https://example.org/o/r.git");
  expect(withoutCredentials("ssh://git:pw@example.org/o/r.git")).toBe("ssh://git@example.org/o/r.git");
  expect(withoutCredentials("git@example.org:o/r.git")).toBe("git@example.org:o/r.git");
  expect(withoutCredentials("../elsewhere")).toBe("../elsewhere");
});
