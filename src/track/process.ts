/** Who this process is, whether another one still lives, and which shell started us. */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { basename } from "node:path";
import { isPidTaken } from "../instance/shell.ts";

/** Identifies a process, and no later one with the same pid. */
export type ProcessIdentity = {
  host: string;
  pid: number;
  /** On Linux boot id, pid namespace and ticks since boot; elsewhere what `ps` prints; empty when it cannot be known. */
  startedAt: string;
};

/** A process as the system lists it. */
export type ProcessInfo = {
  pid: number;
  parent: number;
  /** Name of the program, without a folder and without the `-` of a login shell. */
  name: string;
  args: string[];
  startedAt: string;
  /** Ended, but not yet collected by its parent. */
  zombie: boolean;
};

/** A shell above this process; `key` (`<pid>-<hash of its start>`) names it in a file name. */
export type ShellProcess = { pid: number; startedAt: string; name: string; key: string };

/** The identity of this process. */
export function processIdentity(): ProcessIdentity {
  return { host: hostname(), pid: process.pid, startedAt: processInfo(process.pid)?.startedAt ?? "" };
}

/** Whether a process still runs; undefined when that cannot be seen from here (another host, another container). */
export function isAlive(identity: ProcessIdentity): boolean | undefined {
  const { host, pid, startedAt } = identity;
  if (host !== hostname()) return undefined;
  const [boot, namespace] = startedAt.split(" ");
  const here = linuxEpoch();
  if (here !== undefined && startedAt.startsWith("boot:")) {
    if (boot !== here.boot) return false;
    if (namespace !== here.namespace) return undefined;
  }
  const info = processInfo(pid);
  if (info !== undefined) return !info.zombie && (startedAt === "" || info.startedAt === startedAt);
  return isPidTaken(pid) ? undefined : false;
}

/**
 * The nearest shell above this process, by which a run is remembered between commands.
 *
 * `sh -c` made by npm, pnpm, yarn or bun for one script line is passed over when there is a shell above it.
 */
export function shellAncestor(): ShellProcess | undefined {
  return shellAncestors()[0];
}

/** All shells above this process, nearest first: a command in a subshell finds the run of the shell around it further up. */
export function shellAncestors(): ShellProcess[] {
  const shells: ShellProcess[] = [];
  const wrappers: ShellProcess[] = [];
  let info = processInfo(process.ppid);
  for (let steps = 0; info !== undefined && steps < 64; steps++) {
    const parent = info.parent > 0 ? processInfo(info.parent) : undefined;
    const name = shellName(info);
    if (name !== undefined) {
      const { pid, startedAt } = info;
      const key = `${pid}-${createHash("sha256").update(startedAt).digest("hex").slice(0, 12)}`;
      (isScriptWrapper(info, parent) ? wrappers : shells).push({ pid, startedAt, name, key });
    }
    info = parent;
  }
  return shells.length > 0 ? shells : wrappers;
}

/** What the system knows of a process, or undefined when there is none; from `/proc` where it exists, else from `ps`. */
export function processInfo(
  pid: number,
  from: "proc" | "ps" = process.platform === "linux" ? "proc" : "ps",
): ProcessInfo | undefined {
  return from === "proc" ? infoFromProc(pid) : infoFromPs(pid);
}

const shellNames = new Set(
  "bash zsh sh dash ash ksh fish tcsh csh nu pwsh powershell powershell.exe cmd.exe".split(" "),
);
const scriptRunner = /^(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|bun|bunx|corepack)\b/;

/** Linux names a script that is started by its first line after its file; what runs it is the first argument. */
function shellName({ name, args }: ProcessInfo): string | undefined {
  return [name, programName(args[0] ?? "")].find((candidate) => shellNames.has(candidate));
}

function isScriptWrapper(shell: ProcessInfo, parent: ProcessInfo | undefined): boolean {
  if (parent === undefined || !shell.args.slice(1).includes("-c")) return false;
  return [parent.name, ...parent.args.slice(0, 2).map((argument) => basename(argument))].some((name) =>
    scriptRunner.test(name),
  );
}

function infoFromProc(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const close = stat.lastIndexOf(")"); // the name may hold spaces and brackets
    const fields = stat.slice(close + 2).split(" ");
    const epoch = linuxEpoch();
    if (epoch === undefined) return undefined;
    return {
      pid,
      parent: Number(fields[1]),
      name: programName(stat.slice(stat.indexOf("(") + 1, close)),
      args: readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1),
      startedAt: `${epoch.boot} ${epoch.namespace} ticks:${fields[19]}`,
      zombie: fields[0] === "Z" || fields[0] === "X",
    };
  } catch {
    return undefined;
  }
}

function infoFromPs(pid: number): ProcessInfo | undefined {
  const [, parent, startedAt, stat, name] =
    /^\s*(\d+)\s+((?:\S+\s+){4}\S+)\s+(\S+)\s+(.+)$/.exec(ps(pid, "ppid=,lstart=,stat=,comm=")) ?? [];
  if (parent === undefined || startedAt === undefined || stat === undefined || name === undefined) return undefined;
  const args = ps(pid, "args=").split(/\s+/);
  return { pid, parent: Number(parent), name: programName(name), args, startedAt, zombie: stat.startsWith("Z") };
}

function ps(pid: number, columns: string): string {
  try {
    const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
    return execFileSync("ps", ["-ww", "-o", columns, "-p", String(pid)], {
      encoding: "utf8",
      env,
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 5000,
    }).trim();
  } catch {
    return "";
  }
}

let epoch: { boot: string; namespace: string } | undefined;

function linuxEpoch(): { boot: string; namespace: string } | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    epoch ??= {
      boot: `boot:${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}`,
      namespace: readlinkSync("/proc/self/ns/pid"),
    };
  } catch {
    return undefined;
  }
  return epoch;
}

function programName(name: string): string {
  return basename(name).replace(/^-/, "");
}
