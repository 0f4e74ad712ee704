/** An older Node than we need, to see what people who have one are told. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { repository } from "./repository.ts";

/** The folder of a `node` from 18 to 23: the machine's own, else Node 20 fetched from npm into `.node/`. */
export function oldNode(): string {
  const managed = join(homedir(), ".nvm", "versions", "node");
  const versions = existsSync(managed) ? readdirSync(managed).map((name) => join(managed, name, "bin")) : [];
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin", ...versions];
  const found = folders.find((folder) => isOld(join(folder, "node")));
  if (found) return found;

  const home = join(repository, ".node", "old");
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const bin = join(home, "node_modules", name, "bin");
  if (!existsSync(bin)) {
    mkdirSync(home, { recursive: true });
    execFileSync(
      "npm",
      [
        "install",
        "--prefix",
        home,
        "--no-save",
        "--no-package-lock",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        `${name}@20`,
      ],
      { stdio: "pipe" },
    );
  }
  return bin;
}

function isOld(program: string): boolean {
  if (!existsSync(program)) return false;
  try {
    const major = Number(/^v(\d+)\./.exec(execFileSync(program, ["--version"], { encoding: "utf8" }))?.[1]);
    return major >= 18 && major < 24;
  } catch {
    return false;
  }
}
