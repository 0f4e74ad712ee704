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
  /** Only there when the run that made it, or something upstream, did not complete: what is to be known besides. */
  readonly detail?: string;
}

/** A version of data, as far as it can be newer than another. */
export interface Version {
  readonly id: number;
  readonly uid: string;
  readonly key: string | null;
  readonly stem: string;
  readonly revision: number;
  readonly hash: string;
}

/** Code that made something and has changed since. */
export interface ChangedCode {
  readonly uid: string;
  /** Uid of the version or the run that has the other code; that of the code itself when it lies on disk. */
  readonly subject: string;
  readonly detail: string;
}

/** One output as it was made last: what it was made from, and by what. */
export interface Made {
  readonly output: Version;
  /** What its last maker had read. */
  readonly inputs: readonly Version[];
  /** Undefined while the code is as it was, and for what has none. */
  readonly code: ChangedCode | undefined;
  /** The last completed run for the same output, when that is another one; how its environment differs. */
  readonly later: { readonly uid: string; readonly params: boolean; readonly environment: string | undefined } | undefined;
  /** What became of the run that made it, unless it completed. */
  readonly ended: "errored" | "aborted" | "open" | undefined;
}

/** How to look things up: an output by id (undefined for what no run made), and the version that came after that of an input. */
export interface Known {
  made(id: number): Made | undefined;
  newer(version: Version): Version | undefined;
}

/** Why an output is stale: a reason of its own, or that of an input. */
interface Cause {
  readonly reason: StaleReason;
  readonly input: number | undefined;
}

/**
 * The staleness of each output that is asked for. Each is looked at once, however deep or wide the history is; what is
 * stale by itself makes stale what was made from it, on the shortest way. Runs that made bytes again may close
 * circles, and an output may continue its own earlier version: nothing is stale because of itself.
 */
export function judge(asked: readonly number[], known: Known): Map<number, Staleness> {
  const looked = walk(asked, known);
  const newer = replaced(looked, known);
  const own = new Map<number, readonly StaleReason[]>();
  const causes = new Map<number, Cause>();
  const stale: number[] = [];
  const failed: number[] = [];
  for (const [id, made] of looked) {
    if (made.ended !== undefined && made.ended !== "open") failed.push(id);
    const reasons = ownReasons(made, newer.get(id) ?? []);
    if (reasons.length === 0) continue;
    own.set(id, reasons);
    const reason = reasons.find(counts);
    if (!reason) continue;
    causes.set(id, { reason, input: undefined });
    stale.push(id);
  }
  const users = stale.length + failed.length > 0 ? usersOf(looked) : new Map<number, number[]>();
  for (const id of stale) {
    const { reason } = causes.get(id) as Cause;
    for (const user of users.get(id) ?? []) {
      if (causes.has(user)) continue;
      causes.set(user, { reason, input: id });
      stale.push(user);
    }
  }
  const notes = notesOf(looked, failed, users);
  const levels = stale.length > 0 ? levelsOf(looked, users) : undefined;
  const answer = (id: number): Staleness => {
    const made = looked.get(id);
    const detail = made?.ended === "open" ? "the run that made it has not ended" : notes.get(id);
    const note = detail === undefined ? undefined : { detail };
    if (!made || !(causes.has(id) || own.has(id))) return note ? { ...FRESH, ...note } : FRESH;
    const upstream = made.inputs.flatMap((input) => {
      const cause = causes.get(input.id);
      return cause && !(!levels?.has(id) && leadsThrough(causes, input.id, id)) ? [inherited(made.output.uid, input, cause.reason, causes, looked)] : [];
    });
    return { stale: causes.has(id), reasons: [...(own.get(id) ?? []), ...upstream], ...note };
  };
  return new Map(asked.map((id) => [id, answer(id)]));
}

/** What people call a version: its key, else the beginning of its uid. */
const nameOf = ({ key, uid }: Version): string => key ?? uid.slice(0, 8);
const FRESH: Staleness = { stale: false, reasons: [] };
const counts = (reason: StaleReason): boolean => reason.code !== "environment-differs";

/** An input, and the version that came after it. */
interface Replaced {
  readonly input: Version;
  readonly after: Version;
}

function ownReasons({ output: { uid }, code, later }: Made, newer: readonly Replaced[]): readonly StaleReason[] {
  const reasons: StaleReason[] = [];
  for (const { input, after } of newer) {
    const detail = after.revision > input.revision ? `${nameOf(input)} has a newer version` : `${nameOf(input)} was made again since, as an older version of it`;
    reasons.push({ code: "input-newer", subject: after.uid, chain: [uid, input.uid, after.uid], detail });
  }
  if (code) {
    reasons.push({
      code: "code-changed",
      subject: code.subject,
      chain: [uid, code.uid, ...(code.subject === code.uid ? [] : [code.subject])],
      // What has changed is found out when somebody reads it.
      get detail() {
        return code.detail;
      },
    });
  }
  if (later?.params) reasons.push({ code: "params-differ", subject: later.uid, chain: [uid, later.uid], detail: "the last run for this output had other parameters" });
  if (later?.environment !== undefined) reasons.push({ code: "environment-differs", subject: later.uid, chain: [uid, later.uid], detail: `the last run for this output had ${later.environment}` });
  return reasons;
}

/** These outputs and all that they were made from. */
function walk(start: readonly number[], known: Known, looked = new Map<number, Made>()): Map<number, Made> {
  const seen = new Set(start);
  const stack = [...start];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const made = looked.has(id) ? undefined : known.made(id);
    if (!made) continue;
    looked.set(id, made);
    for (const input of made.inputs) {
      if (seen.has(input.id)) continue;
      seen.add(input.id);
      stack.push(input.id);
    }
  }
  return looked;
}

/**
 * Inputs that another version with other bytes came after, by output. An earlier version of the output itself, and an
 * input whose newer version was made from the output, are its own past: they are taken out of its inputs, for making
 * it again because of them would never come to an end.
 */
function replaced(looked: Map<number, Made>, known: Known): Map<number, readonly Replaced[]> {
  const found = new Map<number, Replaced[]>();
  const past = new Map<number, Set<Version>>();
  for (const [id, { output, inputs }] of looked) {
    for (const input of inputs) {
      if (input.stem === output.stem) {
        push(past, id, input);
        continue;
      }
      const after = known.newer(input);
      if (!after || after.hash === input.hash) continue;
      const list = found.get(id);
      if (list) list.push({ input, after });
      else found.set(id, [{ input, after }]);
    }
  }
  if (found.size > 0) {
    const wider = walk([...found.values()].flatMap((list) => list.map(({ after }) => after.id)), known, new Map(looked));
    const levels = levelsOf(wider, usersOf(wider));
    const upstream = new Map<number, Upstream>();
    for (const [id, list] of found) {
      for (const { input, after } of list) {
        const above = upstream.get(after.id) ?? new Upstream(after.id, wider, levels);
        upstream.set(after.id, above);
        if (above.has(id)) push(past, id, input);
      }
    }
  }
  for (const [id, gone] of past) {
    const made = looked.get(id) as Made;
    looked.set(id, { ...made, inputs: made.inputs.filter((input) => !gone.has(input)) });
    found.set(id, (found.get(id) ?? []).filter(({ input }) => !gone.has(input)));
  }
  return found;
}

const push = (sets: Map<number, Set<Version>>, id: number, version: Version): void => void sets.set(id, (sets.get(id) ?? new Set()).add(version));

/** All that one output was made from, looked at only down to the level that somebody asks for. */
class Upstream {
  readonly #looked: ReadonlyMap<number, Made>;
  readonly #levels: ReadonlyMap<number, number>;
  readonly #seen: Set<number>;
  #rest: number[];

  constructor(id: number, looked: ReadonlyMap<number, Made>, levels: ReadonlyMap<number, number>) {
    this.#looked = looked;
    this.#levels = levels;
    this.#seen = new Set([id]);
    this.#rest = [id];
  }

  has(id: number): boolean {
    // What is in circles has no level.
    const floor = this.#levels.get(id) ?? -1;
    const isAbove = (one: number): boolean => (this.#levels.get(one) ?? Number.POSITIVE_INFINITY) > floor;
    const open = this.#rest.filter(isAbove);
    this.#rest = this.#rest.filter((one) => !isAbove(one));
    for (const one of open) {
      for (const { id: input } of this.#looked.get(one)?.inputs ?? []) {
        if (this.#seen.has(input)) continue;
        this.#seen.add(input);
        (isAbove(input) ? open : this.#rest).push(input);
      }
    }
    return this.#seen.has(id);
  }
}

/** What is to be said of outputs of runs that failed, and of all that was made from those. */
function notesOf(looked: ReadonlyMap<number, Made>, failed: readonly number[], users: ReadonlyMap<number, readonly number[]>): Map<number, string> {
  const notes = new Map(failed.map((id) => [id, `the run that made it ${looked.get(id)?.ended}`]));
  const roots = new Map(failed.map((id) => [id, looked.get(id) as Made]));
  for (const [id, root] of roots) {
    for (const user of users.get(id) ?? []) {
      if (roots.has(user)) continue;
      roots.set(user, root);
      notes.set(user, `the run that made ${nameOf(root.output)} ${root.ended}`);
    }
  }
  return notes;
}

function usersOf(looked: ReadonlyMap<number, Made>): Map<number, number[]> {
  const users = new Map<number, number[]>();
  for (const [id, made] of looked) {
    for (const input of made.inputs) {
      const list = users.get(input.id);
      if (list) list.push(id);
      else users.set(input.id, [id]);
    }
  }
  return users;
}

/** How many steps of making lie before each output at most; outputs in circles or behind them have no level. */
function levelsOf(looked: ReadonlyMap<number, Made>, users: ReadonlyMap<number, readonly number[]>): Map<number, number> {
  const waiting = new Map([...looked].map(([id, made]) => [id, made.inputs.filter((input) => looked.has(input.id)).length]));
  const ready = [...waiting].filter(([, n]) => n === 0).map(([id]) => id);
  const levels = new Map(ready.map((id) => [id, 0]));
  for (const id of ready) {
    for (const user of users.get(id) ?? []) {
      const left = (waiting.get(user) ?? 0) - 1;
      waiting.set(user, left);
      // Those of lower levels are ready earlier: the last one to come counts.
      if (left > 0) continue;
      ready.push(user);
      levels.set(user, (levels.get(id) ?? 0) + 1);
    }
  }
  return levels;
}

function leadsThrough(causes: ReadonlyMap<number, Cause>, from: number, through: number): boolean {
  for (let id: number | undefined = from; id !== undefined; id = causes.get(id)?.input) if (id === through) return true;
  return false;
}

/** The chain is put together when somebody reads it: in a deep history all chains together are long. */
function inherited(uid: string, input: Version, reason: StaleReason, causes: ReadonlyMap<number, Cause>, looked: ReadonlyMap<number, Made>): StaleReason {
  return {
    code: "upstream-stale",
    subject: reason.subject,
    get chain() {
      const chain = [uid];
      for (let id: number | undefined = input.id; id !== undefined; id = causes.get(id)?.input) if (causes.get(id)?.input !== undefined) chain.push((looked.get(id) as Made).output.uid);
      return [...chain, ...reason.chain];
    },
    get detail() {
      return `${nameOf(input)} is out of date itself: ${reason.detail}`;
    },
  };
}
