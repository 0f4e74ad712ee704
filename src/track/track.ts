/** `track`, `finish` and `context`: this execution as a run. */
import { LinealError } from "../ground/errors.ts";
import type { Run, Transform } from "../registries/index.ts";
import { begin } from "./begin.ts";
import { callerFile } from "../code/caller.ts";
import { end, openRun } from "./open-run.ts";
import type { TrackOptions } from "./track-options.ts";

/**
 * Makes this file the transform and this execution the run: what is saved from now on are its outputs, what is read
 * its inputs. Source, local modules, environment, arguments and console log are kept.
 *
 * Throws `conflict` when a pinned version's code has changed, `invalid` inside a flow, for unknown options or a second argument.
 *
 * @example
 * await ln.track({ params: { learningRate: 0.01 } });
 */
export function track(transform?: Transform | string | TrackOptions): Promise<Run> {
  // Before the first await: afterwards the caller's frame is gone.
  const file = callerFile();
  // biome-ignore lint/complexity/noArguments: a rest parameter would show in the signature.
  if (arguments.length > 1)
    return Promise.reject(
      new LinealError("invalid", "track takes one argument", {
        hint: 'Write ln.track({ transform: "…", params: { … } }).',
      }),
    );
  return begin(file, transform);
}

/**
 * Ends the run early; without it, a normal exit completes the run, an error makes it errored, a signal aborted.
 *
 * Throws `invalid` when nothing is tracked.
 *
 * @example
 * await ln.track();
 * await ln.finish();
 */
export async function finish(): Promise<void> {
  if (!openRun())
    throw new LinealError("invalid", "nothing is tracked here", { hint: "Call `await ln.track()` first." });
  await end("finish");
}

/**
 * What is tracked here and now.
 *
 * @example
 * console.log(ln.context.run?.uid, ln.context.transform?.key);
 */
export const context = {
  /** The current run, or undefined. */
  get run(): Run | undefined {
    return openRun()?.run;
  },
  /** The current transform, or undefined. */
  get transform(): Transform | undefined {
    return openRun()?.transform;
  },
};
