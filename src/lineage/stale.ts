/** Whether outputs are out of date, and why: a pure function of what is known of their making. */

/** Why an output is out of date. */
export type StaleCode = "input-newer" | "code-changed" | "params-differ" | "environment-differs" | "upstream-stale";

export interface StaleReason {
  readonly code: StaleCode;
  /** Uid of what changed: the newer input, the newer transform, the run with other parameters. */
  readonly subject: string;
  /** Uids from the output back to where it begins. */
  readonly chain: readonly string[];
  /** One sentence for people. */
  readonly detail: string;
}

/** An answer: `environment-differs` alone is a warning and makes nothing stale. */
export interface Staleness {
  readonly stale: boolean;
  readonly reasons: readonly StaleReason[];
}

/** One output as it was made last: what it was made from, and by what. */
export interface Made {
  readonly uid: string;
  readonly name: string;
  /** The inputs of its last maker, with the newest version of each. */
  readonly inputs: readonly { readonly id: number; readonly uid: string; readonly name: string; readonly hash: string; readonly newest: { readonly uid: string; readonly hash: string } | undefined }[];
  /** The code that made it and the newest there is; undefined for what has no code. */
  readonly code: { readonly uid: string; readonly name: string; readonly hash: string; readonly newest: { readonly uid: string; readonly hash: string } } | undefined;
  /** The last completed run for the same output, when that is another one. */
  readonly later: { readonly uid: string; readonly params: boolean; readonly environment: boolean } | undefined;
}

/** Answers for any number of outputs; each is looked at once. `made` gives undefined for what no run made. */
export class Judge {
  readonly #made: (id: number) => Made | undefined;
  readonly #answers = new Map<number, Staleness>();

  constructor(made: (id: number) => Made | undefined) {
    this.#made = made;
  }

  /** The staleness of one output. Histories are as deep as they like: no recursion. */
  of(id: number): Staleness {
    const stack = [id];
    const open = new Set<number>();
    while (stack.length > 0) {
      const current = stack.at(-1) as number;
      if (this.#answers.has(current)) {
        stack.pop();
        continue;
      }
      const made = this.#made(current);
      const wait = open.has(current) ? [] : (made?.inputs ?? []).filter((input) => !this.#answers.has(input.id) && !open.has(input.id));
      open.add(current);
      if (wait.length > 0) {
        stack.push(...wait.map((input) => input.id));
        continue;
      }
      stack.pop();
      this.#answers.set(current, made ? this.#judge(made) : FRESH);
    }
    return this.#answers.get(id) ?? FRESH;
  }

  #judge(made: Made): Staleness {
    const reasons: StaleReason[] = [];
    for (const input of made.inputs) {
      // Newer bytes that are the same bytes change nothing.
      if (input.newest && input.newest.uid !== input.uid && input.newest.hash !== input.hash) {
        reasons.push({ code: "input-newer", subject: input.newest.uid, chain: [made.uid, input.uid, input.newest.uid], detail: `${input.name} has a newer version` });
      }
    }
    const { code, later } = made;
    if (code && code.newest.hash !== code.hash) {
      reasons.push({ code: "code-changed", subject: code.newest.uid, chain: [made.uid, code.uid, code.newest.uid], detail: `the code of ${code.name} has changed` });
    }
    if (later?.params) reasons.push({ code: "params-differ", subject: later.uid, chain: [made.uid, later.uid], detail: "the last run for this output had other parameters" });
    if (later?.environment) reasons.push({ code: "environment-differs", subject: later.uid, chain: [made.uid, later.uid], detail: "the last run for this output had other packages" });
    for (const input of made.inputs) {
      const before = this.#answers.get(input.id);
      const first = before?.reasons.find((reason) => reason.code !== "environment-differs");
      if (before?.stale && first) {
        reasons.push({ code: "upstream-stale", subject: first.subject, chain: [made.uid, ...first.chain], detail: `${input.name} is out of date itself: ${first.detail}` });
      }
    }
    return { stale: reasons.some((reason) => reason.code !== "environment-differs"), reasons };
  }
}

const FRESH: Staleness = { stale: false, reasons: [] };
