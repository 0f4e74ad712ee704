/** Programs as staleness sees them, and as they run. */
import { Script } from "node:vm";
import { expect } from "vitest";
import { astHash } from "../../src/code/syntax.ts";

/** The hash of what a program does. */
export const hash = async (text: string, path = "x.ts"): Promise<string> =>
  (await astHash(text, path)) ?? expect.fail(`does not parse: ${text}`);

/** What the body of a function logs, undefined when it is none. */
function traceOf(body: string, isStrict: boolean, globals: object): string | undefined {
  const seen: unknown[] = [];
  try {
    const script = new Script(`(function () { ${isStrict ? `"use strict";` : ""} ${body} })()`);
    try {
      script.runInNewContext({ ...globals, log: (...values: unknown[]) => seen.push(...values) });
    } catch (error) {
      seen.push((error as Error).name);
    }
    return JSON.stringify(seen);
  } catch {
    return undefined;
  }
}

/** Programs by their hash: those with one hash do the same. */
export class Traces {
  readonly #traces = new Map<string, [trace: string, text: string]>();
  readonly #globals: object;
  /** How many programs there were. */
  found = 0;

  constructor(globals: object = {}) {
    this.#globals = globals;
  }

  get hashes(): number {
    return this.#traces.size;
  }

  /** Runs a body, as a module when it is strict; what is none is passed over. */
  async add(body: string, isStrict = true): Promise<void> {
    const trace = traceOf(body, isStrict, this.#globals);
    if (trace === undefined) return;
    const key = await hash(isStrict ? `import "m"; ${body}` : body, "x.js");
    const known = this.#traces.get(key);
    expect(trace, `${known?.[1] ?? ""}\n${body}`).toBe(known?.[0] ?? trace);
    this.#traces.set(key, [trace, body]);
    this.found++;
  }
}
