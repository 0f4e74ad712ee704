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

/** Compares two histories; `origin` looks an artifact up by id. */
export function whyDifferent(origin: (id: number) => Origin, a: number, b: number): Why {
  const differences: Difference[] = [];
  const seen = new Set<string>();
  const queue: { a: Origin; b: Origin; chain: string[] }[] = [{ a: origin(a), b: origin(b), chain: [origin(a).uid] }];
  const same = origin(a).hash === origin(b).hash;
  for (let pair = queue.shift(); pair; pair = queue.shift()) {
    const { a: left, b: right, chain } = pair;
    const id = `${left.id} ${right.id}`;
    if (left.hash === right.hash || seen.has(id)) continue;
    seen.add(id);
    const found = compareMakers(left, right, chain);
    const inputs = pairInputs(left, right, origin);
    for (const { a: one, b: other } of inputs) {
      if (one && other) queue.push({ a: one, b: other, chain: [...chain, one.uid] });
      else found.push({ what: "input", a: one?.uid ?? null, b: other?.uid ?? null, chain });
    }
    const deeper = inputs.some(({ a: one, b: other }) => one && other && one.hash !== other.hash);
    if (found.length === 0 && !deeper) found.push({ what: "chance", a: left.maker?.run ?? null, b: right.maker?.run ?? null, chain });
    differences.push(...found);
  }
  return { same, differences };
}

function compareMakers({ uid: leftUid, maker: left }: Origin, { uid: rightUid, maker: right }: Origin, chain: readonly string[]): Difference[] {
  if (!left && !right) return [{ what: "input", a: leftUid, b: rightUid, chain }];
  if (!left || !right) return [{ what: "maker", a: left?.run ?? null, b: right?.run ?? null, chain }];
  const found: Difference[] = [];
  if (left.transform.stem !== right.transform.stem) found.push({ what: "transform", a: left.transform.uid, b: right.transform.uid, chain });
  else if (left.transform.code !== right.transform.code) found.push({ what: "code", a: left.transform.uid, b: right.transform.uid, chain });
  if (left.params !== right.params) found.push({ what: "params", a: left.params, b: right.params, chain });
  if (left.environment !== right.environment) found.push({ what: "environment", a: left.environment, b: right.environment, chain });
  return found;
}

/** Inputs that stand for each other: of the same family, else with the same key; the rest alone. */
function pairInputs(left: Origin, right: Origin, origin: (id: number) => Origin): { a: Origin | undefined; b: Origin | undefined }[] {
  if (!left.maker || !right.maker) return [];
  const rest = right.maker.inputs.map(origin);
  const take = (fits: (other: Origin) => boolean): Origin | undefined => {
    const at = rest.findIndex(fits);
    return at < 0 ? undefined : rest.splice(at, 1)[0];
  };
  const pairs = left.maker.inputs.map(origin).map((a) => ({ a, b: take((b) => b.id === a.id) ?? take((b) => b.stem === a.stem) ?? take((b) => b.key !== null && b.key === a.key) }));
  return [...pairs.filter(({ a, b }) => b || !rest.some((other) => other.hash === a.hash)), ...rest.map((b) => ({ a: undefined, b }))];
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
