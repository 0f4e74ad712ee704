/** The hashes of unchanged files that this user's processes share, and a progress bar for reading the others. */
import { cacheHome } from "../../instance/home.ts";
import { progress } from "../../instance/progress.ts";
import type { Progress } from "../../storage/backend.ts";
import { StatCache } from "../../storage/stat-cache.ts";

let shared: { home: string; known: StatCache } | undefined;

/** Reads or copies files: `work` is given the known hashes and a callback for its progress. */
export async function reading<T>(
  label: string,
  work: (options: { known: StatCache; onProgress: Progress }) => Promise<T>,
): Promise<T> {
  const home = cacheHome();
  if (shared?.home !== home) shared = { home, known: new StatCache(home) };
  const { known } = shared;
  const bar = progress(label);
  try {
    return await work({ known, onProgress: bar.update });
  } finally {
    bar.stop();
    known.flush();
  }
}
