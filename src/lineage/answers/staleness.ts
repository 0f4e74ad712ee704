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
  /** Only there when the run that made it, or something upstream, did not complete, or an input was deleted: what is to be known besides. */
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
  /** In the trash, or removed for good. */
  readonly isDeleted?: boolean;
}

/** Code that made something and has changed since. */
export interface ChangedCode {
  readonly uid: string;
  /** Uid of the version or the run that has the other code; that of the code itself when it lies on disk. */
  readonly subject: string;
  readonly detail: string;
}

/** One way in which an output was made: from what, and by what. */
export interface Made {
  readonly output: Version;
  /** What its maker had read, and what it contains. */
  readonly inputs: readonly Version[];
  /** Undefined while the code is as it was, and for what has none. */
  readonly code: ChangedCode | undefined;
  /** Nobody can tell whether the code is as it was. */
  readonly unsure?: boolean;
  /** The last completed run for the same output, when that is another one; how its environment differs. */
  readonly later:
    | { readonly uid: string; readonly params: boolean; readonly environment: string | undefined }
    | undefined;
  /** What became of the run that made it, unless it completed. */
  readonly ended: "errored" | "aborted" | "open" | undefined;
}

/** How to look things up: in which ways an output was made, the last one first (none for what no run made), and the version that came after that of an input. */
export interface Known {
  made(id: number): readonly Made[];
  newer(version: Version): Version | undefined;
}

/** Why a way of making does not hold any more: a reason of its own, or that of an input. */
interface Cause {
  readonly reason: StaleReason;
  readonly input: number | undefined;
}
/** Outputs by id, in all ways in which they were made. */
type Looked = ReadonlyMap<number, readonly Made[]>;
type Causes = ReadonlyMap<Made, Cause>;

/**
 * The staleness of each output that is asked for. It is fresh while one of the ways in which it was made still holds:
 * the bytes are what one gets. Each way is looked at once, however deep or wide the history is; what is stale by
 * itself makes stale what was made from it, on the shortest way (of equally short ones through the lowest ids, so that
 * an answer is the same whatever else is asked for). Runs that made bytes again may close circles, and an output may
 * continue its own earlier version: nothing is stale because of itself.
 */
export function judge(asked: readonly number[], known: Known): Map<number, Staleness> {
  const looked = walk(asked, known);
  const newer = replaced(looked, known);
  const own = new Map<Made, readonly StaleReason[]>();
  const causes = new Map<Made, Cause>();
  /** How many ways to an output still hold. */
  const open = new Map<number, number>();
  let stale: number[] = [];
  const noted = new Map<number, Note>();
  const fail = (way: Made, cause: Cause): void => {
    if (causes.has(way)) return;
    causes.set(way, cause);
    const { id } = way.output;
    const left = (open.get(id) ?? (looked.get(id) as readonly Made[]).length) - 1;
    open.set(id, left);
    if (left === 0) stale.push(id);
  };
  for (const [id, ways] of looked) {
    for (const way of ways) {
      const reasons = ownReasons(way, newer.get(way) ?? []);
      if (reasons.length > 0) own.set(way, reasons);
      const reason = reasons.find(counts);
      if (reason) fail(way, { reason, input: undefined });
    }
    const note = noteOf(ways[0] as Made, known);
    if (note) noted.set(id, note);
  }
  const isAnyStale = stale.length > 0;
  const users = isAnyStale || noted.size > 0 ? usersOf(looked) : new Map<number, Made[]>();
  while (stale.length > 0) {
    const level = stale.sort(ascending);
    stale = [];
    for (const id of level) {
      const { reason } = causeOf(looked, causes, id) as Cause;
      for (const user of users.get(id) ?? []) fail(user, { reason, input: id });
    }
  }
  const notes = spread(noted, users);
  const levels = isAnyStale ? levelsOf(looked, users) : undefined;
  const answer = (id: number): Staleness => {
    const ways = looked.get(id) ?? [];
    const isStale = open.get(id) === 0;
    const way = isStale ? ways[0] : ways.find((one) => !causes.has(one));
    const detail = way?.ended === "open" ? "the run that made it has not ended" : notes.get(id);
    const note = detail === undefined ? undefined : { detail };
    if (!way || !(isStale || own.has(way))) return note ? { ...FRESH, ...note } : FRESH;
    const upstream = way.inputs.flatMap((input) => {
      const cause = open.get(input.id) === 0 ? causeOf(looked, causes, input.id) : undefined;
      return cause && (levels?.has(id) || !leadsThrough(looked, causes, input.id, id))
        ? [inherited(way.output.uid, input, cause.reason, looked, causes)]
        : [];
    });
    return { stale: isStale, reasons: [...(own.get(way) ?? []), ...upstream], ...note };
  };
  return new Map(asked.map((id) => [id, answer(id)]));
}

const ascending = (a: number, b: number): number => a - b;

/** Of what is stale in all ways: why it is as it was made last. */
const causeOf = (looked: Looked, causes: Causes, id: number): Cause | undefined =>
  causes.get(looked.get(id)?.[0] as Made);

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
    const detail =
      after.revision > input.revision
        ? `${nameOf(input)} has a newer version`
        : `${nameOf(input)} was made again since, as an older version: get it by its uid, ${after.uid}`;
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
  if (later?.params)
    reasons.push({
      code: "params-differ",
      subject: later.uid,
      chain: [uid, later.uid],
      detail: "the last run for this output had other parameters",
    });
  if (later?.environment !== undefined)
    reasons.push({
      code: "environment-differs",
      subject: later.uid,
      chain: [uid, later.uid],
      detail: `the last run for this output had ${later.environment}`,
    });
  return reasons;
}

/** These outputs and all that they were made from. */
function walk(
  start: readonly number[],
  known: Known,
  looked = new Map<number, readonly Made[]>(),
): Map<number, readonly Made[]> {
  const seen = new Set(start);
  const stack = [...start];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const ways = looked.has(id) ? [] : known.made(id);
    if (ways.length > 0) looked.set(id, ways);
    for (const { inputs } of ways) {
      for (const input of inputs) {
        if (seen.has(input.id)) continue;
        seen.add(input.id);
        stack.push(input.id);
      }
    }
  }
  return looked;
}

/**
 * Inputs that another version with other bytes came after, by the way that they were used in. An earlier version of the
 * output itself, and an input whose newer version was made from the output, are its own past: they are taken out of its
 * inputs, for making it again because of them would never come to an end. So are older versions beside a newer one: who
 * reads both wants them as they were.
 */
function replaced(looked: Map<number, readonly Made[]>, known: Known): Map<Made, readonly Replaced[]> {
  const found = new Map<Made, Replaced[]>();
  const past = new Map<Made, Set<Version>>();
  const outlive = (way: Made, input: Version): void => void past.set(way, (past.get(way) ?? new Set()).add(input));
  for (const ways of looked.values()) {
    for (const way of ways) {
      const { inputs, output } = way;
      for (const input of inputs) {
        if (
          input.stem === output.stem ||
          inputs.some(({ stem, revision }) => stem === input.stem && revision > input.revision)
        ) {
          outlive(way, input);
          continue;
        }
        const after = known.newer(input);
        // What was deleted did not become older by that.
        if (
          !after ||
          after.hash === input.hash ||
          (input.isDeleted && after.revision < input.revision) ||
          inputs.some(({ id }) => id === after.id)
        )
          continue;
        const list = found.get(way);
        if (list) list.push({ input, after });
        else found.set(way, [{ input, after }]);
      }
    }
  }
  if (found.size > 0) {
    const wider = walk(
      [...found.values()].flatMap((list) => list.map(({ after }) => after.id)),
      known,
      new Map(looked),
    );
    const levels = levelsOf(wider, usersOf(wider));
    const upstream = new Map<number, Upstream>();
    for (const [way, list] of found) {
      for (const { input, after } of list) {
        const above = upstream.get(after.id) ?? new Upstream(after.id, wider, levels);
        upstream.set(after.id, above);
        if (above.has(way.output.id)) outlive(way, input);
      }
    }
  }
  if (past.size === 0) return found;
  const left = new Map<Made, readonly Replaced[]>();
  for (const [id, ways] of looked) {
    const kept = ways.map((way) => {
      const gone = past.get(way);
      const now = gone ? { ...way, inputs: way.inputs.filter((input) => !gone.has(input)) } : way;
      left.set(
        now,
        (found.get(way) ?? []).filter(({ input }) => !gone?.has(input)),
      );
      return now;
    });
    looked.set(id, kept);
  }
  return left;
}

/** All that one output was made from, looked at only down to the level that somebody asks for. */
class Upstream {
  readonly #looked: Looked;
  readonly #levels: ReadonlyMap<number, number>;
  readonly #seen: Set<number>;
  #rest: number[];

  constructor(id: number, looked: Looked, levels: ReadonlyMap<number, number>) {
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
      for (const { id: input } of inputsOf(this.#looked, one)) {
        if (this.#seen.has(input)) continue;
        this.#seen.add(input);
        (isAbove(input) ? open : this.#rest).push(input);
      }
    }
    return this.#seen.has(id);
  }
}

/** What is to be said besides of an output, and of all that was made from it. */
interface Note {
  readonly here: string;
  readonly beyond: string;
}

/** That the last run that made it failed, or that one of its inputs was withdrawn: people who go back to an older version may want to know. */
function noteOf({ output, inputs, ended, unsure }: Made, known: Known): Note | undefined {
  if (ended !== undefined && ended !== "open")
    return { here: `the run that made it ${ended}`, beyond: `the run that made ${nameOf(output)} ${ended}` };
  if (unsure)
    return {
      here: "the code that made it cannot be compared with the code of today",
      beyond: `the code that made ${nameOf(output)} cannot be compared with the code of today`,
    };
  for (const input of inputs) {
    const now = input.isDeleted ? known.newer(input) : undefined;
    if (!now || now.revision >= input.revision || now.hash === input.hash) continue;
    const text = `${nameOf(input)} was deleted since, and an older version is the latest again`;
    return { here: text, beyond: text };
  }
  return undefined;
}

/** Notes of these outputs, and of all that was made from them: of several the nearest. */
function spread(noted: ReadonlyMap<number, Note>, users: ReadonlyMap<number, readonly Made[]>): Map<number, string> {
  const notes = new Map([...noted].map(([id, { here }]) => [id, here]));
  for (let level = [...noted].map(([id, { beyond }]) => ({ id, beyond })); level.length > 0; ) {
    const next: typeof level = [];
    for (const { id, beyond } of level.sort((a, b) => a.id - b.id)) {
      for (const { output } of users.get(id) ?? []) {
        if (notes.has(output.id)) continue;
        notes.set(output.id, beyond);
        next.push({ id: output.id, beyond });
      }
    }
    level = next;
  }
  return notes;
}

const inputsOf = (looked: Looked, id: number): Version[] => looked.get(id)?.flatMap(({ inputs }) => inputs) ?? [];

/** Input → the ways that begin with it. */
function usersOf(looked: Looked): Map<number, Made[]> {
  const users = new Map<number, Made[]>();
  for (const ways of looked.values()) {
    for (const way of ways) {
      for (const input of way.inputs) {
        const list = users.get(input.id);
        if (list) list.push(way);
        else users.set(input.id, [way]);
      }
    }
  }
  return users;
}

/** How many steps of making lie before each output at most; outputs in circles or behind them have no level. */
function levelsOf(looked: Looked, users: ReadonlyMap<number, readonly Made[]>): Map<number, number> {
  const waiting = new Map(
    [...looked.keys()].map((id) => [id, inputsOf(looked, id).filter((input) => looked.has(input.id)).length]),
  );
  const ready = [...waiting].filter(([, n]) => n === 0).map(([id]) => id);
  const levels = new Map(ready.map((id) => [id, 0]));
  for (const id of ready) {
    for (const { output } of users.get(id) ?? []) {
      const left = (waiting.get(output.id) ?? 0) - 1;
      waiting.set(output.id, left);
      // Those of lower levels are ready earlier: the last one to come counts.
      if (left > 0) continue;
      ready.push(output.id);
      levels.set(output.id, (levels.get(id) ?? 0) + 1);
    }
  }
  return levels;
}

function leadsThrough(looked: Looked, causes: Causes, from: number, through: number): boolean {
  for (let id: number | undefined = from; id !== undefined; id = causeOf(looked, causes, id)?.input)
    if (id === through) return true;
  return false;
}

/** The chain is put together when somebody reads it: in a deep history all chains together are long. */
function inherited(uid: string, input: Version, reason: StaleReason, looked: Looked, causes: Causes): StaleReason {
  return {
    code: "upstream-stale",
    subject: reason.subject,
    get chain() {
      const chain = [uid];
      for (let at: Version | undefined = input; at; ) {
        const [made]: readonly Made[] = looked.get(at.id) ?? [];
        const from: number | undefined = causes.get(made as Made)?.input;
        if (from !== undefined) chain.push(at.uid);
        at = made?.inputs.find((one: Version) => one.id === from);
      }
      return [...chain, ...reason.chain];
    },
    get detail() {
      return `${nameOf(input)} is out of date itself: ${reason.detail}`;
    },
  };
}
