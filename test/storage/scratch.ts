/** Folders for single tests. */
import { mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that is removed when the test ends; its path has no links in it. */
export function scratchFolder(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "lineal-storage-")));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A folder on another disk than those of the tests; undefined where the machine has none. */
export const otherDisk = ["/dev/shm", "/var/tmp"].find((path) => {
  const disk = statSync(path, { throwIfNoEntry: false })?.dev;
  return disk !== undefined && disk !== statSync(tmpdir()).dev;
});
