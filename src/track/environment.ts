/** Where a run ran: the runtime, the platform, and the packages with their versions. */

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { arch, platform, release } from "node:os";
import { dirname, join } from "node:path";
import { lockfileNames, type PackageVersions, readLockfile } from "./lockfile.ts";
import { redactArgs } from "../ground/redact.ts";

/** The environment of a run. Equal environments have equal JSON text; values of environment variables are never in it. */
export type Environment = {
  runtime: { name: string; version: string };
  platform: { os: string; arch: string; release: string };
  /** Versions by package name, sorted; see `PackageVersions` for packages that are installed more than once. */
  packages: PackageVersions;
  /** The lock file they come from: its name, relative to the project folder that holds it, and the SHA-256 of its bytes. */
  lockfile?: { path: string; hash: string };
  /** Flags of the runtime, secrets replaced. */
  flags: string[];
};

/**
 * Describes the environment of the program `entry`, or of `cwd` for one without a file.
 *
 * Packages come from the nearest lock file upward; without a readable one, from the installed direct dependencies.
 */
export async function describeEnvironment(options: { entry?: string | undefined; cwd: string }): Promise<Environment> {
  const folder = options.entry === undefined ? options.cwd : dirname(options.entry);
  return {
    runtime: runtime(),
    platform: { os: platform(), arch: arch(), release: release() },
    ...((await lockedPackages(folder)) ?? { packages: installedPackages(folder) }),
    flags: redactArgs(process.execArgv),
  };
}

/** The text to store for an environment. */
export function environmentText(environment: Environment): string {
  return `${JSON.stringify(environment, null, 2)}\n`;
}

function runtime(): Environment["runtime"] {
  const { deno, bun, node } = process.versions;
  if (deno !== undefined) return { name: "deno", version: deno };
  if (bun !== undefined) return { name: "bun", version: bun };
  return { name: "node", version: node };
}

async function lockedPackages(folder: string): Promise<Pick<Environment, "packages" | "lockfile"> | undefined> {
  for (const above of foldersUpward(folder)) {
    const name = lockfileNames.find((candidate) => isFile(join(above, candidate)));
    if (name === undefined) continue;
    try {
      const bytes = readFileSync(join(above, name));
      const packages = await readLockfile(name, bytes.toString("utf8"));
      return { packages, lockfile: { path: name, hash: createHash("sha256").update(bytes).digest("hex") } };
    } catch {
      return undefined; // half-written, or of a generation that we do not know
    }
  }
  return undefined;
}

type Manifest = { version?: string; dependencies?: object; devDependencies?: object; optionalDependencies?: object };

function installedPackages(folder: string): PackageVersions {
  const folders = foldersUpward(folder);
  const project = folders.find((above) => isFile(join(above, "package.json")));
  const manifest = project === undefined ? undefined : readManifest(project);
  const names = Object.keys({
    ...manifest?.dependencies,
    ...manifest?.devDependencies,
    ...manifest?.optionalDependencies,
  }).sort();
  const found = names.map((name) => {
    const manifests = folders.map((above) => readManifest(join(above, "node_modules", name)));
    return [name, manifests.find((candidate) => candidate !== undefined)?.version] as const;
  });
  return Object.fromEntries(found.filter((pair): pair is [string, string] => typeof pair[1] === "string"));
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}

function foldersUpward(folder: string): string[] {
  const folders = [folder];
  for (let above = dirname(folder); above !== folders.at(-1); above = dirname(above)) folders.push(above);
  return folders;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
