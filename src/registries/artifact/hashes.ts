/** What this user's processes remember of files that have not changed since, and a progress bar for reading the others. */
import { cacheHome } from "../../instance/home.ts";
import { progress } from "../../instance/progress.ts";
import type { Progress } from "../../storage/backend.ts";
import { StatCache } from "../../storage/stat-cache.ts";

let remembered: { home: string; known: StatCache } | undefined;

/** Reads or copies files: `work` is given the remembered hashes and whom to tell how far it is. */
export async function reading<T>(
  label: string,
  work: (options: { known: StatCache; onProgress: Progress }) => Promise<T>,
): Promise<T> {
  const home = cacheHome();
  if (remembered?.home !== home) remembered = { home, known: new StatCache(home) };
  const { known } = remembered;
  const bar = progress(label);
  try {
    return await work({ known, onProgress: bar.update });
  } finally {
    bar.stop();
    known.flush();
  }
}
