/** Run: one execution, with its inputs and outputs. */
import { traceable } from "./traceable.ts";

/**
 * One execution of a transform.
 *
 * @example
 * const run = await ln.Run.filter({ transform: { key: "ingest.ts" } }).orderBy("-startedAt").first();
 * console.log(run?.status, await run?.inputs);
 */
export class Run extends traceable("Run", ({ startedAt, status }, now) =>
  startedAt === undefined && status !== "scheduled" ? { startedAt: now } : {},
) {
  /** How long it took in milliseconds, or undefined while it is not finished. */
  get duration(): number | undefined {
    return this.finishedAt && this.startedAt ? this.finishedAt.getTime() - this.startedAt.getTime() : undefined;
  }
}

declare module "./record/classes.ts" {
  interface Registries {
    Run: Run;
  }
}
