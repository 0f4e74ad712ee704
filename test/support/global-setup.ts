/** Before all tests: a temporary folder for everything they write; after them it is gone. */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes that must be free where the tests write. */
const ROOM = 4e9;

/** Workers start after this and inherit the environment. Every project asks for it; the first one does it for all. */
export default function setup(): void {
  if (process.env.LINEAL_TEST_FOLDER) return;
  for (const name of Object.keys(process.env))
    if (name.startsWith("LINEAL_") && !name.startsWith("LINEAL_TEST_")) delete process.env[name];

  const parent = inMemory() ?? realpathSync(tmpdir());
  removeLeftOvers(parent);
  const folder = mkdtempSync(join(parent, `lineal-tests-${process.pid}-`));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  mkdirSync(join(folder, "home"));
  process.env.LINEAL_TEST_FOLDER = folder;
  process.env.LINEAL_HOME = join(folder, "home");
  process.env.TMPDIR = folder;
  // Processes compile our sources once, not each for itself.
  process.env.NODE_COMPILE_CACHE = join(folder, "compiled");
}

/** A folder in memory, where there is one with room: hundreds of small databases wait for a disk longer than they work. */
function inMemory(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    return bavail * bsize > ROOM ? "/dev/shm" : undefined;
  } catch {
    return undefined;
  }
}

/** What runs left that were killed. */
function removeLeftOvers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = /^lineal-tests-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
