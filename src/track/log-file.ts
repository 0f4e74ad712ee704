/** Where the console log of a run is kept while it runs. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { settings } from "../registries/settings.ts";

/** The local file for a run's log; its folder is made. */
export function logFile(runUid: string): string {
  const folder = join(settings.cacheDir, "runs");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${runUid}.log`);
}
