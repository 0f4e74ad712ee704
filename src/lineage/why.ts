/** Why two outputs differ: both histories are walked back, and the first things that differ are named. */

/** One thing that differs: values of parameters, or uids of what was used. */
export interface Difference {
  /** `input` `code` `transform` `params` `environment`, `maker` when only one was made by a run, `chance` when all else is the same. */
  readonly what: "input" | "code" | "transform" | "params" | "environment" | "maker" | "chance";
  readonly a: string | null;
  readonly b: string | null;
  /** Uids from the first artifact back to the place. */
  readonly chain: readonly string[];
}
export interface Why {
  /** The two have the same bytes. */
  readonly same: boolean;
  readonly differences: readonly Difference[];
}

/** One artifact as it was made. */
export interface Origin {
  readonly id: number;
  readonly uid: string;
  readonly key: string | null;
  readonly stem: string;
  readonly hash: string;
  readonly maker:
    | {
        readonly run: string;
        readonly transform: { readonly uid: string; readonly stem: string; readonly code: string | null };
        readonly params: string;
        readonly environment: string | null;
        readonly inputs: readonly Origin["id"][];
      }
    | undefined;
}

/** Two artifacts that stand for each other, and how the comparison came to them. */
interface Step {
  readonly a: Origin;
  readonly b: Origin;
  readonly from: Step | undefined;
}

/** Compares two histories, nearest things first; `origin` looks an artifact up by id. */
export function whyDifferent(origin: (id: number) => Origin, a: number, b: number): Why {
  const differences: Difference[] = [];
  const seen = new Set<string>();
  const queue: Step[] = [{ a: origin(a), b: origin(b), from: undefined }];
  for (const step of queue) {
    const { a: left, b: right } = step;
    const id = `${left.id} ${right.id}`;
    if (left.hash === right.hash || seen.has(id)) continue;
    seen.add(id);
    const found = compareMakers(left, right);
    let deeper = false;
    for (const { a: one, b: other } of pairInputs(left, right, origin)) {
      if (!one || !other) found.push({ what: "input", a: one?.uid ?? null, b: other?.uid ?? null });
      else if (one.hash !== other.hash) {
        deeper = true;
        queue.push({ a: one, b: other, from: step });
      }
    }
    if (found.length === 0 && !deeper) found.push({ what: "chance", a: left.maker?.run ?? null, b: right.maker?.run ?? null });
    const chain = found.length > 0 ? chainOf(step) : [];
    for (const one of found) differences.push({ ...one, chain });
  }
  return { same: origin(a).hash === origin(b).hash, differences };
}

function chainOf(step: Step): string[] {
  const chain: string[] = [];
  for (let at: Step | undefined = step; at; at = at.from) chain.push(at.a.uid);
  return chain.reverse();
}

type Found = Omit<Difference, "chain">;

function compareMakers({ uid: leftUid, maker: left }: Origin, { uid: rightUid, maker: right }: Origin): Found[] {
  if (!left && !right) return [{ what: "input", a: leftUid, b: rightUid }];
  if (!left || !right) return [{ what: "maker", a: left?.run ?? null, b: right?.run ?? null }];
  const found: Found[] = [];
  if (left.transform.stem !== right.transform.stem) found.push({ what: "transform", a: left.transform.uid, b: right.transform.uid });
  else if (left.transform.code !== right.transform.code) found.push({ what: "code", a: left.transform.uid, b: right.transform.uid });
  if (left.params !== right.params) found.push({ what: "params", a: left.params, b: right.params });
  if (left.environment !== right.environment) found.push({ what: "environment", a: left.environment, b: right.environment });
  return found;
}

/** How inputs are known to stand for each other, the surest sign first. */
const SIGNS: readonly ((one: Origin) => string | number | null)[] = [(one) => one.id, (one) => one.hash, (one) => one.stem, (one) => one.key];

/** Inputs that stand for each other: the same, the same bytes, of the same family, or with the same key; the rest alone. */
function pairInputs(left: Origin, right: Origin, origin: (id: number) => Origin): { a: Origin | undefined; b: Origin | undefined }[] {
  if (!left.maker || !right.maker) return [];
  const pairs: { a: Origin | undefined; b: Origin | undefined }[] = [];
  let rest = left.maker.inputs.map(origin);
  const others = new Set(right.maker.inputs.map(origin));
  for (const sign of SIGNS) {
    const bySign = new Map<string | number, Origin[]>();
    for (const other of others) {
      const value = sign(other);
      if (value !== null) bySign.set(value, [...(bySign.get(value) ?? []), other]);
    }
    rest = rest.filter((a) => {
      const value = sign(a);
      const b = value === null ? undefined : bySign.get(value)?.shift();
      if (!b) return true;
      others.delete(b);
      pairs.push({ a, b });
      return false;
    });
  }
  return [...pairs, ...rest.map((a) => ({ a, b: undefined })), ...[...others].map((b) => ({ a: undefined, b }))];
}

/** Whether the two histories share anything: a family of data or of code. */
export function haveCommonHistory(origin: (id: number) => Origin, a: number, b: number): boolean {
  const stems = (start: number): Set<string> => {
    const found = new Set<string>();
    const visited = new Set<number>();
    const stack = [start];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (visited.has(id)) continue;
      visited.add(id);
      const { stem, key, maker } = origin(id);
      found.add(stem);
      if (key !== null) found.add(`key:${key}`);
      if (maker) {
        found.add(maker.transform.stem);
        stack.push(...maker.inputs);
      }
    }
    return found;
  };
  const left = stems(a);
  return [...stems(b)].some((stem) => left.has(stem));
}
