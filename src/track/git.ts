/** What git knows of a file: the commit around it, and where its exact bytes are published. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { LinealError } from "../ground/errors.ts";
import { redactSource } from "../ground/redact.ts";

const run = promisify(execFile);
/** How long git may take, in milliseconds: on this disk, and over the network. */
const [QUICK, SLOW] = [5000, 120_000];

/**
 * The commit of the repository around a file, and whether the file is untracked or any tracked one differs from it.
 *
 * Undefined outside of a repository, before the first commit, without git, and when git does not answer in 5 s.
 */
export async function commitOf(path: string): Promise<{ gitCommit: string; gitDirty: boolean } | undefined> {
  const place = placeOf(path);
  if (!place) return undefined;
  const pathspec = `:(literal)${posix(relative(place.folder, place.real)) || "."}`;
  const [status, known] = await Promise.all([
    answer(place.folder, ["status", "--porcelain=v2", "--branch", "--untracked-files=no"]),
    answer(place.folder, ["ls-files", "--", pathspec]),
  ]);
  const commit = /^# branch\.oid ([0-9a-f]+)$/m.exec(status ?? "")?.[1];
  return commit ? { gitCommit: commit, gitDirty: !known || /^[^#\n]/m.test(status ?? "") } : undefined;
}

/** Where to ask git, or undefined where no folder above holds a repository: then nothing is started. */
function placeOf(path: string): { real: string; folder: string } | undefined {
  if (!existsSync(path)) return undefined;
  const real = realpathSync(path);
  const folder = statSync(real).isDirectory() ? real : dirname(real);
  for (let above = folder; ; above = dirname(above)) {
    if (existsSync(join(above, ".git"))) return { real, folder };
    if (above === dirname(above)) return undefined;
  }
}

/** The checkout that holds a file: its root, the file's path in it, and the URL of its remote without credentials. */
async function checkoutOf(path: string): Promise<{ root: string; pathInRepo: string; remote: string } | undefined> {
  const place = placeOf(path);
  const root = place && (await answer(place.folder, ["rev-parse", "--show-toplevel"]));
  const remote = root && (await remoteUrl(root));
  return place && root && remote
    ? { root, pathInRepo: posix(relative(realpathSync(root), place.real)), remote }
    : undefined;
}

/**
 * The published commit of `repoUrl` whose file is byte for byte the one at `path`.
 *
 * Looks in the clone that holds the file when its remote is that repository, else in a clone kept under `cacheDir`.
 * Throws `invalid` for a URL that is not https, `unavailable` when cloning fails, `not-found` when no branch holds the bytes.
 */
export async function findBlobCommit(
  path: string,
  repoUrl: string,
  options: { cacheDir: string },
): Promise<{ url: string; onDefaultBranch: boolean }> {
  const repo = checkedUrl(repoUrl);
  const blob = blobHash(path);
  const checkout = await checkoutOf(path);
  const local = checkout && sameRepo(checkout.remote, repo) ? checkout : undefined;
  const clone = local ? local.root : await cachedClone(repoUrl, repo, options.cacheDir);
  const wanted = { blob, pathInRepo: local?.pathInRepo, filename: basename(path) };
  const found = (await search(clone, wanted)) ?? ((await fetchAll(clone)) ? await search(clone, wanted) : undefined);
  if (found === undefined) {
    throw new LinealError(
      "not-found",
      `no commit of ${repo} holds ${local?.pathInRepo ?? basename(path)} as it is on disk`,
      { hint: "did you commit and push? git commit, git push, then run again" },
    );
  }
  const encoded = found.pathInRepo.split("/").map(encodeURIComponent).join("/");
  return { url: `${repo}/blob/${found.commit}/${encoded}`, onDefaultBranch: found.onDefaultBranch };
}

/** A remote's URL without user name and password; the user of `git@host:path` and ssh URLs is no secret and stays. */
function withoutCredentials(remote: string): string {
  if (!URL.canParse(remote) || !remote.includes("://")) return remote;
  const url = new URL(remote);
  url.password = "";
  if (/^https?:$/.test(url.protocol)) url.username = "";
  return url.href;
}

async function git(folder: string, args: string[], timeout = QUICK): Promise<string> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GCM_INTERACTIVE: "never",
    LC_ALL: "C",
  };
  env.GIT_SSH_COMMAND ??= "ssh -o BatchMode=yes";
  // Inside a hook these point at the hook's repository, which need not be the file's.
  for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"]) delete env[name];
  // A repository's own settings may name a program to run on `status`.
  const safe = ["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"];
  const { stdout } = await run("git", ["-C", folder, ...safe, ...args], {
    env,
    timeout,
    maxBuffer: 64 * 1024 * 1024,
    encoding: "utf8",
  });
  return stdout;
}

/** What git says, or undefined when it fails. */
function answer(folder: string, args: string[], timeout?: number): Promise<string | undefined> {
  return git(folder, args, timeout).then(
    (output) => output.trimEnd(),
    () => undefined,
  );
}

/** The lines that git prints, none when it fails. */
async function lines(folder: string, args: string[]): Promise<string[]> {
  return ((await answer(folder, args)) ?? "").split("\n").filter(Boolean);
}

async function remoteUrl(root: string): Promise<string | undefined> {
  const remotes = await lines(root, ["remote"]);
  const name = remotes.includes("origin") ? "origin" : remotes[0];
  const url = name === undefined ? undefined : await answer(root, ["config", "--get", `remote.${name}.url`]);
  return url ? withoutCredentials(url) : undefined;
}

function checkedUrl(repoUrl: string): string {
  if (!repoUrl.startsWith("https://")) {
    throw new LinealError(
      "invalid",
      `the git repository to sync with must start with https://, got ${withoutCredentials(repoUrl)}`,
      { hint: "Set LINEAL_SYNC_GIT_REPO=https://github.com/<owner>/<repo>, or ln.settings.syncGitRepo." },
    );
  }
  return plainUrl(withoutCredentials(repoUrl));
}

function plainUrl(url: string): string {
  return url.replace(/\/+$/, "").replace(/\.git$/, "");
}

/** `git@host:owner/repo.git` and `https://host/owner/repo` are one repository. */
function sameRepo(a: string, b: string): boolean {
  const plain = (url: string) =>
    plainUrl(url)
      .replace(/^(?:ssh:\/\/)?[\w.-]+@([^/:]+)[:/]/, "https://$1/")
      .replace(/^https:\/\/[^/]+/, (host) => host.toLowerCase());
  return plain(a) === plain(b);
}

function blobHash(path: string): string {
  const bytes = readFileSync(path);
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

async function cachedClone(cloneUrl: string, repo: string, cacheDir: string): Promise<string> {
  const target = join(cacheDir, `${basename(repo)}-${createHash("sha256").update(repo).digest("hex").slice(0, 12)}`);
  if (existsSync(target)) return target;
  mkdirSync(cacheDir, { recursive: true });
  const temporary = mkdtempSync(join(cacheDir, "clone-"));
  try {
    const shallow = ["--depth", "1", "--no-single-branch", "--no-checkout"];
    await git(cacheDir, ["clone", "--quiet", ...shallow, cloneUrl, temporary], SLOW);
    await git(temporary, ["config", "remote.origin.url", withoutCredentials(cloneUrl)]);
    if (!existsSync(target)) renameSync(temporary, target);
  } catch (cause) {
    // Another process may have put its own clone there first.
    if (existsSync(join(target, ".git"))) return target;
    const { code, stderr, message } = cause as { code?: unknown; stderr?: string; message: string };
    if (code === "ENOENT")
      throw new LinealError("missing-dependency", "syncing with a git repository needs git", {
        hint: "install git and put it on PATH",
        cause,
      });
    throw new LinealError("unavailable", `cloning ${repo} failed: ${redactSource(stderr?.trim() || message)}`, {
      hint: "check the address and your access to it",
    });
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return target;
}

async function fetchAll(clone: string): Promise<boolean> {
  const shallow = (await answer(clone, ["rev-parse", "--is-shallow-repository"])) === "true";
  const all = ["origin", "+refs/heads/*:refs/remotes/origin/*"];
  return (await answer(clone, ["fetch", "--quiet", ...(shallow ? ["--unshallow"] : []), ...all], SLOW)) !== undefined;
}

type Wanted = { blob: string; pathInRepo: string | undefined; filename: string };
type Found = { commit: string; pathInRepo: string; onDefaultBranch: boolean };

/** The tip of the default branch if it holds the blob, else another tip, else the newest commit of any branch that does. */
async function search(clone: string, wanted: Wanted): Promise<Found | undefined> {
  const origin = "refs/remotes/origin";
  const refs = (await lines(clone, ["for-each-ref", "--format=%(refname)", origin])).filter(
    (ref) => !ref.endsWith("/HEAD"),
  );
  const head = await answer(clone, ["symbolic-ref", "--quiet", `${origin}/HEAD`]);
  const main = head ?? [`${origin}/main`, `${origin}/master`].find((ref) => refs.includes(ref));
  const tips = refs.toSorted((a, b) => Number(b === main) - Number(a === main));
  const history = ["log", "--remotes=origin", "--full-history", "-m", "--format=%H", `--find-object=${wanted.blob}`];
  for (const revisions of [() => tips, () => lines(clone, history)]) {
    for (const revision of await revisions()) {
      const pathInRepo = await pathOfBlob(clone, revision, wanted);
      const commit = pathInRepo && (await answer(clone, ["rev-parse", `${revision}^{commit}`]));
      if (!pathInRepo || !commit) continue;
      const onDefaultBranch =
        main !== undefined && (await answer(clone, ["merge-base", "--is-ancestor", commit, main])) !== undefined;
      return { commit, pathInRepo, onDefaultBranch };
    }
  }
  return undefined;
}

/** The path that holds the blob in a commit: the one asked for, or, for a file outside of any clone, the likeliest by name. */
async function pathOfBlob(clone: string, revision: string, wanted: Wanted): Promise<string | undefined> {
  if (wanted.pathInRepo !== undefined) {
    const there = await answer(clone, ["rev-parse", "--verify", "--quiet", `${revision}:${wanted.pathInRepo}`]);
    return there === wanted.blob ? wanted.pathInRepo : undefined;
  }
  const tree = await git(clone, ["ls-tree", "-r", "-z", revision]).catch(() => "");
  const rows = tree.split("\0").filter((row) => row.split(/[ \t]/)[2] === wanted.blob);
  const paths = rows.map((row) => row.slice(row.indexOf("\t") + 1));
  return paths.find((path) => basename(path) === wanted.filename) ?? paths[0];
}

const posix = (path: string): string => path.split(sep).join("/");
