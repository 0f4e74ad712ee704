/** The options of `track`. */
import type { Run, Transform } from "../registries/index.ts";

/** What `track` takes besides a transform. */
export interface TrackOptions {
  /** A registered transform, or the 12 or 16 characters of a transform's uid. */
  transform?: Transform | string;
  /** The transform's key; default: the path relative to dev-dir, else the file's name. */
  key?: string;
  /** Parameters of this run: any JSON; records are kept by uid, secrets blanked out. */
  params?: Readonly<globalThis.Record<string, unknown>>;
  /** A name for the run. */
  name?: string;
  /** The artifact that says what is to be done. */
  plan?: object;
  /** `false`: the last run of this transform by the same user goes on. */
  newRun?: boolean;
  /** The run that called this one; default LINEAL_INITIATED_BY_RUN. */
  initiatedByRun?: Run | string;
}
