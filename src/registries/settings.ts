/** Settings of this process: `ln.settings`. */
import { resolve } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { cacheHome } from "../instance/home.ts";
import { setVerbosity, verbosity } from "../instance/log.ts";
import { perProcess } from "../instance/per-process.ts";
import { parseVerbosity } from "../instance/verbosity.ts";

const state = perProcess((): { trackRunInputs: boolean; syncGitRepo?: string | undefined } => ({
  trackRunInputs: true,
}));

/**
 * What can be set while a program runs.
 *
 * @example
 * ln.settings.trackRunInputs = false;
 * ln.settings.verbosity = "error";
 */
export const settings = {
  /** Whether cache(), load() and open() link inputs to the current run. */
  get trackRunInputs(): boolean {
    return state().trackRunInputs;
  },
  set trackRunInputs(links: boolean) {
    state().trackRunInputs = links;
  },

  /** How much is logged: "error" "warning" "success" "info" "hint" "debug", or 0 to 5. */
  get verbosity(): number {
    return verbosity();
  },
  set verbosity(level: number | string) {
    setVerbosity(parseVerbosity(level));
  },

  /** Repository whose committed state scripts must match; also LINEAL_SYNC_GIT_REPO. */
  get syncGitRepo(): string | undefined {
    return state().syncGitRepo ?? process.env.LINEAL_SYNC_GIT_REPO;
  },
  set syncGitRepo(url: string | undefined) {
    if (url !== undefined && !url.startsWith("https://")) {
      throw new LinealError("invalid", `${url} is no repository address`, {
        hint: "Give one that begins with https://.",
      });
    }
    state().syncGitRepo = url?.replace(/\.git$/, "");
  },

  /** Where copies of remote files and folders are kept; also LINEAL_CACHE_DIR. */
  get cacheDir(): string {
    return resolve(cacheHome());
  },
};
