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

/** A version as far as it can be newer than another. */
export interface Version {
  readonly uid: string;
  readonly revision: number;
  readonly hash: string;
}

/** One output as it was made last: what it was made from, and by what. */
export interface Made {
  readonly uid: string;
  /** The inputs of its last maker, with the newest version of each. */
  readonly inputs: readonly { readonly id: number; readonly name: string; readonly version: Version; readonly newest: Version | undefined }[];
  /** The code that made it, the version that holds now, and what lies on disk; undefined for what has no code. */
  readonly code: { readonly uid: string; readonly name: string; readonly hash: string; readonly current: { readonly uid: string; readonly hash: string }; readonly onDisk: string | undefined } | undefined;
  /** The last completed run for the same output, when that is another one. */
  readonly later: { readonly uid: string; readonly params: boolean; readonly environment: boolean } | undefined;
}

/** Why an output is stale: a reason of its own, or that of an input. */
interface Cause {
  readonly reason: StaleReason;
  readonly input: number | undefined;
}

/**
 * The staleness of each output that is asked for. `made` gives undefined for what no run made. Each output is looked
 * at once, however deep or wide the history is; what is stale by itself makes stale what was made from it, on the
 * shortest way. Runs that made bytes again may close circles: nothing is stale because of itself.
 */
export function judge(asked: Iterable<number>, made: (id: number) => Made | undefined): Map<number, Staleness> {
  const known = new Map<number, { made: Made; own: readonly StaleReason[] }>();
  const wanted = [...asked];
  const seen = new Set(wanted);
  const stack = [...wanted];
  const causes = new Map<number, Cause>();
  const stale: number[] = [];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const one = made(id);
    if (!one) continue;
    const own = ownReasons(one);
    known.set(id, { made: one, own });
    const reason = own.find(counts);
    if (reason) {
      causes.set(id, { reason, input: undefined });
      stale.push(id);
    }
    for (const input of one.inputs) {
      if (seen.has(input.id)) continue;
      seen.add(input.id);
      stack.push(input.id);
    }
  }
  const users = stale.length > 0 ? usersOf(known) : new Map<number, number[]>();
  for (const id of stale) {
    const { reason } = causes.get(id) as Cause;
    for (const user of users.get(id) ?? []) {
      if (causes.has(user)) continue;
      causes.set(user, { reason, input: id });
      stale.push(user);
    }
  }
  const circular = stale.length > 0 ? inCircles(known, users) : new Set<number>();
  return new Map(
    wanted.map((id) => {
      const one = known.get(id);
      if (!one) return [id, FRESH];
      const upstream = one.made.inputs.flatMap((input) => {
        const cause = causes.get(input.id);
        return cause && !(circular.has(id) && leadsThrough(causes, input.id, id)) ? [inherited(one.made.uid, input, cause.reason, causes, known)] : [];
      });
      return [id, upstream.length + one.own.length === 0 ? FRESH : { stale: causes.has(id), reasons: [...one.own, ...upstream] }];
    }),
  );
}

const FRESH: Staleness = { stale: false, reasons: [] };
const counts = (reason: StaleReason): boolean => reason.code !== "environment-differs";

function ownReasons({ uid, inputs, code, later }: Made): StaleReason[] {
  const reasons: StaleReason[] = [];
  for (const { name, version, newest } of inputs) {
    // Newer bytes that are the same bytes change nothing; an older version that is the latest again is not newer.
    if (newest && newest.revision > version.revision && newest.hash !== version.hash) {
      reasons.push({ code: "input-newer", subject: newest.uid, chain: [uid, version.uid, newest.uid], detail: `${name} has a newer version` });
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

type Known = ReadonlyMap<number, { readonly made: Made }>;

function usersOf(known: Known): Map<number, number[]> {
  const users = new Map<number, number[]>();
  for (const [id, { made }] of known) {
    for (const input of made.inputs) {
      const list = users.get(input.id);
      if (list) list.push(id);
      else users.set(input.id, [id]);
    }
  }
  return users;
}

/** Outputs in circles or behind them: all that an order from the sources never comes to. */
function inCircles(known: Known, users: ReadonlyMap<number, readonly number[]>): Set<number> {
  const waiting = new Map([...known].map(([id, { made }]) => [id, made.inputs.filter((input) => known.has(input.id)).length]));
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
function inherited(uid: string, input: Made["inputs"][number], reason: StaleReason, causes: ReadonlyMap<number, Cause>, known: Known): StaleReason {
  return {
    code: "upstream-stale",
    subject: reason.subject,
    get chain() {
      const chain = [uid];
      for (let id: number | undefined = input.id; id !== undefined; id = causes.get(id)?.input) if (causes.get(id)?.input !== undefined) chain.push((known.get(id) as { made: Made }).made.uid);
      return [...chain, ...reason.chain];
    },
    detail: `${input.name} is out of date itself: ${reason.detail}`,
  };
}
