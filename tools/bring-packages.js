/** Runs `npm ci` when `node_modules` is missing or is not what `package-lock.json` says. */
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { npm, npmSaid, Refusal } from "./processes.js";

/** Brings `node_modules` up to date; two starts at once install once. */
export async function bringPackages(root, env) {
  if (!installed(root)) await install(root, env);
  linkOwnCommand(root);
}

async function install(root, env) {
  const unlock = await lock(join(root, ".node"));
  try {
    if (installed(root)) return;
    process.stderr.write("lineal: installing the packages of package-lock.json (npm ci) …\n");
    const flags = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
    const { code, said } = await npm(["ci", ...flags], { env, cwd: root });
    if (code !== 0) throw new Refusal(`npm ci failed.\n${npmSaid(said)}`);
  } finally {
    unlock();
  }
}

/** npm links the commands of dependencies only: with this one `npx lineal` and shell scripts run the checkout's sources. */
function linkOwnCommand(root) {
  const link = join(root, "node_modules", ".bin", "lineal");
  if (process.platform === "win32" || existsSync(link) || !existsSync(dirname(link))) return;
  try {
    symlinkSync(join("..", "..", "tools", "lineal.js"), link);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
}

/** Whether npm's own note of what it installed agrees with the lock file, package for package. */
export function installed(root) {
  const wanted = packagesOf(join(root, "package-lock.json"));
  const present = packagesOf(join(root, "node_modules", ".package-lock.json"));
  if (!wanted) throw new Refusal("package-lock.json cannot be read");
  if (!present) return false;
  const same = (a, b) => a.version === b.version && a.integrity === b.integrity && a.resolved === b.resolved;
  return (
    Object.entries(wanted).every(([path, it]) => {
      const found = present[path];
      // Packages for other platforms are in the lock file and not here.
      return path === "" || (found ? same(withoutPlace(it), withoutPlace(found)) : it.optional || it.devOptional);
    }) && Object.keys(present).every((path) => path in wanted)
  );
}

/** Where a package came from depends on the machine's registry; only a link's target says what it is. */
function withoutPlace(it) {
  return it.link ? it : { ...it, resolved: undefined };
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** One installer at a time; the lock of a process that is gone does not count. */
async function lock(folder) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "npm-ci.lock");
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    for (let said = false; !linked(mine, file); said = true) {
      const owner = readOwner(file);
      if (owner !== undefined && !alive(owner)) breakLock(file, `${mine}.broken`);
      else if (owner !== undefined && !said)
        process.stderr.write(
          `lineal: process ${owner} is installing the packages; waiting for it (.node/npm-ci.lock) …\n`,
        );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => rmSync(file, { force: true });
}

/** Makes the lock with its content in one step, or says that it is taken. */
function linked(mine, file) {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** Two may see a dead lock at once: what is taken away is looked at again, and put back if it is alive. */
function breakLock(file, aside) {
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (alive(readOwner(aside))) linked(aside, file);
  rmSync(aside, { force: true });
}

function readOwner(file) {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
