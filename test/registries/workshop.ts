/** Runs of real source files in one process: what they read, what they make, with which parameters and packages. */
import { expect } from "vitest";
import { join } from "node:path";
import { withScope } from "./scope.ts";
import type { Artifact, Run, Transform } from "../../src/index.ts";
import { startRun } from "../../src/track/run.ts";
import { describeSource } from "../../src/track/source.ts";
import { Lab } from "./lab.ts";
import type { DatabaseUnderTest } from "../support/dialects.ts";

/** One run: everything that is left out is as usual. */
export interface Work {
  readonly reads?: readonly Artifact[];
  /** Key → text. */
  readonly makes?: Readonly<Record<string, string>>;
  /** Read after everything was made. */
  readonly readsLater?: readonly Artifact[];
  readonly params?: Record<string, unknown>;
  readonly entrypoint?: string;
  readonly cliArgs?: string;
  readonly environment?: object;
  readonly by?: Run;
  /** How it ended; "open" is still going on. */
  readonly end?: "completed" | "errored" | "open";
}

export interface Worked {
  readonly run: Run;
  readonly transform: Transform;
  readonly made: readonly Artifact[];
}

/** An instance whose clock goes a second at every look. */
export class Workshop implements AsyncDisposable {
  readonly lab: Lab;
  #time = Date.parse("2026-01-01T00:00:00.000Z");

  private constructor(lab: Lab) {
    this.lab = lab;
    Object.assign(lab.connection, { now: () => new Date((this.#time += 1000)) });
  }

  static async open(database: DatabaseUnderTest): Promise<Workshop> {
    return new Workshop(await Lab.open(database));
  }

  get ln(): Lab["ln"] {
    return this.lab.ln;
  }

  /** The time of the clock's last look: everything so far lies at or before it, all else after it. */
  get time(): Date {
    return new Date(this.#time);
  }

  /** Writes a source file, or changes it. */
  script(name: string, code = `export const name = ${JSON.stringify(name)};\n`): string {
    return this.lab.file(name, code);
  }

  /** Saves a text without a run. */
  raw(key: string, text: string): Promise<Artifact> {
    return this.ln.Artifact.save(Buffer.from(text), { key, run: false });
  }

  /** A run of the file as it is now. */
  async work(
    name: string,
    {
      reads = [],
      makes = {},
      readsLater = [],
      params,
      entrypoint,
      cliArgs,
      environment,
      by,
      end = "completed",
    }: Work = {},
  ): Promise<Worked> {
    const { connection } = this.lab;
    const { transform: source, dynamicModules } = await describeSource(connection, join(this.lab.place.work, name), {
      key: name,
      published: false,
    });
    const open = await startRun(connection, source, {
      params,
      entrypoint,
      cliArgs,
      dynamicModules,
      environment: environment && JSON.stringify(environment),
      initiatedByRun: by,
    });
    const made = await withScope(open.scope, async () => {
      for (const artifact of reads) await artifact.cache();
      const saved: Artifact[] = [];
      for (const [key, text] of Object.entries(makes))
        saved.push(await this.ln.Artifact.save(Buffer.from(text), { key }));
      for (const artifact of readsLater) await artifact.cache();
      return saved;
    });
    if (end !== "open") await open.end(end);
    return { run: await this.ln.Run.get(open.run.uid), transform: open.transform, made };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab.close();
  }
}

/** What nothing is out of date in. */
export const FRESH = { stale: false, reasons: [] };

/** Why an artifact is out of date. */
export const codes = async (artifact: Artifact): Promise<string[]> =>
  (await artifact.staleness()).reasons.map((reason) => reason.code);

/** The one output of a run. */
export const only = ([artifact]: readonly Artifact[]): Artifact => artifact ?? expect.fail("nothing was made");
