/** Transform: what runs, with its source and its runs. */
import { traceable } from "./traceable.ts";

/**
 * A script, notebook, pipeline, function, upload or app, in versions.
 *
 * @example
 * const cellRanger = await ln.Transform.save({ key: "Cell Ranger", version: "7.2.0", kind: "pipeline" });
 * await ln.track(cellRanger);
 */
export class Transform extends traceable("Transform") {}

declare module "./record/classes.ts" {
  interface Registries {
    Transform: Transform;
  }
}
