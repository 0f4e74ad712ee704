/** Makes sure the Node that this repository needs is there, fetching it from npm into `.node/` when the machine's is older. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { npm, npmSaid, Refusal } from "./processes.js";

const version = "24.21.0";
const major = 24;

/** The environment whose first folder on PATH holds a Node that is new enough. */
export async function bringNode(root) {
  const env = { ...process.env };
  // npm looks for its machine-wide settings beside the Node that runs it: keep those of the machine's own Node.
  const settings = join(dirname(dirname(process.execPath)), "etc", "npmrc");
  if (!env.npm_config_globalconfig && existsSync(settings)) env.npm_config_globalconfig = settings;
  const folder =
    Number(process.versions.node.split(".")[0]) >= major ? dirname(process.execPath) : await fetched(root, env);
  return { ...env, PATH: [folder, env.PATH ?? ""].join(delimiter) };
}

async function fetched(root, env) {
  const os = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${os}-${process.arch}`;
  const home = join(root, ".node");
  const target = join(home, version);
  const bin = join("node_modules", name, "bin");
  const program = process.platform === "win32" ? "node.exe" : "node";
  if (existsSync(join(target, bin, program))) return join(target, bin);

  mkdirSync(home, { recursive: true });
  sweep(home);
  process.stderr.write(
    `lineal: this is Node ${process.version}; fetching Node ${version} from npm (${name}) into .node/ …\n`,
  );
  const staging = mkdtempSync(join(home, "incoming-"));
  try {
    writeFileSync(join(staging, "package.json"), "{}\n");
    const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const { code, said } = await npm(["install", "--prefix", staging, ...flags, `${name}@${version}`], {
      env,
      cwd: staging,
    });
    if (code !== 0) throw new Refusal(cannotFetch(name, said));
    const reported = works(join(staging, bin, program));
    if (reported !== `v${version}`)
      throw new Refusal(`${name}@${version} does not run on this machine (${reported}). ${own()}`);
    settle(staging, target, join(target, bin, program));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return join(target, bin);
}

/** The rename is what installs: another start that was faster has the same thing there already. */
function settle(staging, target, program) {
  try {
    renameSync(staging, target);
  } catch (error) {
    if (!existsSync(program)) throw error;
  }
}

function works(program) {
  try {
    return execFileSync(program, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  } catch (error) {
    return error.message.split("\n")[0];
  }
}

function cannotFetch(name, said) {
  const missing = /E404|ETARGET|EBADPLATFORM|notarget/i.test(said);
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH|network/i.test(said);
  const reason = missing
    ? `npm has no ${name}@${version} for this platform`
    : offline
      ? "there is no network, or npm's registry cannot be reached"
      : "npm failed";
  return `cannot fetch Node ${version}: ${reason}. ${own()}\n${npmSaid(said)}`;
}

function own() {
  return `Or install Node ${major} or newer yourself (https://nodejs.org) and start again.`;
}

/** Removes what starts that were killed have left behind. */
function sweep(home) {
  const anHourAgo = Date.now() - 3_600_000;
  for (const name of readdirSync(home)) {
    const path = join(home, name);
    if (name.startsWith("incoming-") && statSync(path).mtimeMs < anHourAgo)
      rmSync(path, { recursive: true, force: true });
  }
}
