/** `track`, `finish` and `context`: this execution as a run. */
import { LinealError } from "../ground/errors.ts";
import type { Run, Transform } from "../registries/index.ts";
import { callerFile } from "./caller.ts";
import { finishScript, trackedRun, trackScript } from "./hosts/script.ts";
import type { TrackOptions } from "./options.ts";

/**
 * Makes this file the transform and this execution the run: what is saved from now on are its outputs, what is read
 * its inputs. Source, local modules, environment, arguments and console log are kept. A run that is open is completed.
 *
 * A refused call changes nothing: the open run stays open. Throws `conflict` when a pinned version's code has changed, `invalid` inside a flow, for unknown options or a second argument.
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
  return trackScript(file, transform);
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
export function finish(): Promise<void> {
  return finishScript();
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
    return trackedRun()?.run;
  },
  /** The current transform, or undefined. */
  get transform(): Transform | undefined {
    return trackedRun()?.transform;
  },
};
