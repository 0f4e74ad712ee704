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

/** A version of data, as far as it can be newer than another. */
export interface Version {
  readonly id: number;
  readonly uid: string;
  readonly key: string | null;
  readonly revision: number;
  readonly hash: string;
}

/** Code that made something, the version that holds now, and what lies on disk. */
export interface Code {
  readonly uid: string;
  readonly name: string;
  readonly hash: string;
  readonly current: { readonly uid: string; readonly hash: string };
  readonly onDisk: string | undefined;
}

/** One output as it was made last: what it was made from, and by what. */
export interface Made {
  readonly uid: string;
  /** What its last maker had read. */
  readonly inputs: readonly Version[];
  /** Undefined for what has no code. */
  readonly code: Code | undefined;
  /** The last completed run for the same output, when that is another one. */
  readonly later: { readonly uid: string; readonly params: boolean; readonly environment: boolean } | undefined;
}

/** How to look things up: an output by id (undefined for what no run made), and the newest version of an input. */
export interface Known {
  made(id: number): Made | undefined;
  newest(version: Version): Version | undefined;
}

/** Why an output is stale: a reason of its own, or that of an input. */
interface Cause {
  readonly reason: StaleReason;
  readonly input: number | undefined;
}

/**
 * The staleness of each output that is asked for. Each is looked at once, however deep or wide the history is; what is
 * stale by itself makes stale what was made from it, on the shortest way. Runs that made bytes again may close
 * circles: nothing is stale because of itself.
 */
export function judge(asked: readonly number[], known: Known): Map<number, Staleness> {
  const looked = new Map<number, Made>();
  const own = new Map<number, readonly StaleReason[]>();
  const causes = new Map<number, Cause>();
  const stale: number[] = [];
  const seen = new Set(asked);
  const stack = [...asked];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const made = known.made(id);
    if (!made) continue;
    looked.set(id, made);
    const reasons = ownReasons(made, known);
    if (reasons.length > 0) own.set(id, reasons);
    const reason = reasons.find(counts);
    if (reason) {
      causes.set(id, { reason, input: undefined });
      stale.push(id);
    }
    for (const input of made.inputs) {
      if (seen.has(input.id)) continue;
      seen.add(input.id);
      stack.push(input.id);
    }
  }
  const users = stale.length > 0 ? usersOf(looked) : new Map<number, number[]>();
  for (const id of stale) {
    const { reason } = causes.get(id) as Cause;
    for (const user of users.get(id) ?? []) {
      if (causes.has(user)) continue;
      causes.set(user, { reason, input: id });
      stale.push(user);
    }
  }
  const circular = stale.length > 0 ? inCircles(looked, users) : new Set<number>();
  const answer = (id: number): Staleness => {
    const made = looked.get(id);
    if (!made || !(causes.has(id) || own.has(id))) return FRESH;
    const upstream = made.inputs.flatMap((input) => {
      const cause = causes.get(input.id);
      return cause && !(circular.has(id) && leadsThrough(causes, input.id, id)) ? [inherited(made.uid, input, cause.reason, causes, looked)] : [];
    });
    return { stale: causes.has(id), reasons: [...(own.get(id) ?? []), ...upstream] };
  };
  return new Map(asked.map((id) => [id, answer(id)]));
}

/** What people call a version: its key, else the beginning of its uid. */
const nameOf = ({ key, uid }: Version): string => key ?? uid.slice(0, 8);
const FRESH: Staleness = { stale: false, reasons: [] };
const counts = (reason: StaleReason): boolean => reason.code !== "environment-differs";

function ownReasons({ uid, inputs, code, later }: Made, known: Known): readonly StaleReason[] {
  const reasons: StaleReason[] = [];
  for (const version of inputs) {
    const newest = known.newest(version);
    // Newer bytes that are the same bytes change nothing; an older version that is the latest again is not newer.
    if (newest && newest.revision > version.revision && newest.hash !== version.hash) {
      reasons.push({ code: "input-newer", subject: newest.uid, chain: [uid, version.uid, newest.uid], detail: `${nameOf(version)} has a newer version` });
    }
  }
  if (code && (code.onDisk ?? code.current.hash) !== code.hash) {
    const version = code.current.hash === (code.onDisk ?? code.current.hash) && code.current.uid !== code.uid ? code.current : undefined;
    const detail = version ? `the code of ${code.name} has changed` : `${code.name} has changed on disk since`;
    reasons.push({ code: "code-changed", subject: (version ?? code).uid, chain: [uid, code.uid, ...(version ? [version.uid] : [])], detail });
  }
  if (later?.params) reasons.push({ code: "params-differ", subject: later.uid, chain: [uid, later.uid], detail: "the last run for this output had other parameters" });
  if (later?.environment) reasons.push({ code: "environment-differs", subject: later.uid, chain: [uid, later.uid], detail: "the last run for this output had other packages" });
  return reasons;
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

/** Outputs in circles or behind them: all that an order from the sources never comes to. */
function inCircles(looked: ReadonlyMap<number, Made>, users: ReadonlyMap<number, readonly number[]>): Set<number> {
  const waiting = new Map([...looked].map(([id, made]) => [id, made.inputs.filter((input) => looked.has(input.id)).length]));
  const ready = [...waiting].filter(([, n]) => n === 0).map(([id]) => id);
  for (const id of ready) {
    waiting.delete(id);
    for (const user of users.get(id) ?? []) {
      const left = (waiting.get(user) ?? 0) - 1;
      waiting.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  return new Set(waiting.keys());
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
      for (let id: number | undefined = input.id; id !== undefined; id = causes.get(id)?.input) if (causes.get(id)?.input !== undefined) chain.push((looked.get(id) as Made).uid);
      return [...chain, ...reason.chain];
    },
    detail: `${nameOf(input)} is out of date itself: ${reason.detail}`,
  };
}
