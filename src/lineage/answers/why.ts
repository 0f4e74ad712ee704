/** Why two outputs differ: both histories are walked back, and the first things that differ are named. */

import { differing } from "./differences.ts";
import { pairedBy, type Sign } from "./differences.ts";

/** One thing that differs: values of parameters as JSON text, or uids of what was used. */
export interface Difference {
  /**
   * `input` `code` `transform` `entrypoint` `params` `arguments` (of the command line) `environment`, `maker` when only one was
   * made by a run, `run` when both were made by the same one, `chance` when all that is known is the same.
   */
  readonly what:
    | "input"
    | "code"
    | "transform"
    | "entrypoint"
    | "params"
    | "arguments"
    | "environment"
    | "maker"
    | "run"
    | "chance";
  /** Which one, where there are several: a parameter by its path, a local module, a package. */
  readonly name?: string;
  readonly a: string | null;
  readonly b: string | null;
  /** Uids from the first artifact back to the place. */
  readonly chain: readonly string[];
}
export interface Why {
  /** The two have the same bytes. */
  readonly same: boolean;
  /** The nearest first; at most a thousand places. */
  readonly differences: readonly Difference[];
  /** Only there when there are more. */
  readonly truncated?: true;
}

/** Places in which two histories are seen to differ: what is further away follows from other things. */
const PLACES = 1000;

/** An artifact, a collection or a record as it was made. */
export interface Origin {
  readonly id: number;
  readonly uid: string;
  readonly key: string | null;
  readonly stem: string;
  readonly hash: string;
  /** The artifacts in a collection. */
  readonly members: readonly Origin["id"][];
  readonly maker: Maker | undefined;
  /** Completed runs that made the same again. */
  readonly again: readonly Maker[];
}

/** A run, and what it worked with. */
export interface Maker {
  readonly run: string;
  readonly transform: { readonly uid: string; readonly stem: string; readonly code: string | null };
  readonly entrypoint: string | null;
  /** JSON. */
  readonly params: string;
  readonly cliArgs: string | null;
  /** Versions by name; null when none was kept. */
  readonly environment: Readonly<Record<string, string>> | null;
  /** Path → hash of the code of a module that was imported on demand; undefined when that was not kept. */
  readonly onDemand: Readonly<Record<string, string | null>> | undefined;
  readonly inputs: readonly Origin["id"][];
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
  let places = 0;
  for (const step of queue) {
    if (places === PLACES) return { same: false, differences, truncated: true };
    const [left, right] = mostAlike(step.a, step.b);
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
    if (found.length === 0 && !deeper)
      found.push({ what: "chance", a: left.maker?.run ?? null, b: right.maker?.run ?? null });
    if (found.length > 0) places++;
    const chain = found.length > 0 ? chainOf(step) : [];
    for (const one of found) differences.push({ ...one, chain });
  }
  return { same: origin(a).hash === origin(b).hash, differences };
}

/** Both as made by those of their runs that differ least: what made either of them all the same is not why they differ. */
function mostAlike(a: Origin, b: Origin): [a: Origin, b: Origin] {
  if (!a.maker || !b.maker || a.again.length + b.again.length === 0) return [a, b];
  let best: [a: Origin, b: Origin] = [a, b];
  let fewest = Number.POSITIVE_INFINITY;
  for (const one of [a.maker, ...a.again]) {
    for (const other of [b.maker, ...b.again]) {
      const pair: [a: Origin, b: Origin] = [
        { ...a, maker: one },
        { ...b, maker: other },
      ];
      const differences = one.run === other.run ? -1 : compareMakers(...pair).length;
      if (differences < fewest) [fewest, best] = [differences, pair];
    }
  }
  return best;
}

function chainOf(step: Step): string[] {
  const chain: string[] = [];
  for (let at: Step | undefined = step; at; at = at.from) chain.push(at.a.uid);
  return chain.reverse();
}

type Found = Omit<Difference, "chain">;

function compareMakers(one: Origin, other: Origin): Found[] {
  const [left, right] = [one.maker, other.maker];
  if (left?.run === right?.run) {
    // Collections differ in what is in them, whoever put it there.
    if (one.members.length > 0 && other.members.length > 0) return [];
    return [left && right ? { what: "run", a: left.run, b: right.run } : { what: "input", a: one.uid, b: other.uid }];
  }
  if (!left || !right) return [{ what: "maker", a: left?.run ?? null, b: right?.run ?? null }];
  const found: Found[] = [];
  if (left.transform.stem !== right.transform.stem)
    found.push({ what: "transform", a: left.transform.uid, b: right.transform.uid });
  else if (left.transform.code !== right.transform.code)
    found.push({ what: "code", a: left.transform.uid, b: right.transform.uid });
  if (left.onDemand && right.onDemand) found.push(...named("code", left.onDemand, right.onDemand));
  if (left.entrypoint !== right.entrypoint) found.push({ what: "entrypoint", a: left.entrypoint, b: right.entrypoint });
  if (left.params !== right.params) {
    for (const { path, a, b } of differing(JSON.parse(left.params), JSON.parse(right.params)))
      found.push({
        what: "params",
        ...(path === "" ? {} : { name: path }),
        a: JSON.stringify(a) ?? null,
        b: JSON.stringify(b) ?? null,
      });
  }
  if (left.cliArgs !== right.cliArgs) found.push({ what: "arguments", a: left.cliArgs, b: right.cliArgs });
  if (left.environment && right.environment) found.push(...named("environment", left.environment, right.environment));
  else if (left.environment !== right.environment)
    found.push({ what: "environment", a: left.environment && KEPT, b: right.environment && KEPT });
  return found;
}

/** Stands for an environment where the other run kept none. */
const KEPT = "kept";

type Table = Readonly<Record<string, string | null>>;

function named(what: Difference["what"], left: Table, right: Table): Found[] {
  if (left === right) return [];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  return names.flatMap((name) => {
    const [a, b] = [left[name] ?? null, right[name] ?? null];
    return a === b ? [] : [{ what, name, a, b }];
  });
}

/** Made by the same function of the same program: what one of the two runs read and made stands for what the other did. */
const madeAlike = (a: Origin, b: Origin): boolean =>
  a.maker !== undefined &&
  a.maker.transform.stem === b.maker?.transform.stem &&
  a.maker.entrypoint === b.maker.entrypoint;

/** How inputs are known to stand for each other, the surest sign first. */
const SIGNS: readonly Sign<Origin>[] = [(one) => one.id, (one) => one.hash, (one) => one.stem, (one) => one.key];
const MAKER: Sign<Origin> = ({ maker }) => maker && `${maker.transform.stem} ${maker.entrypoint ?? ""}`;

/**
 * Inputs that stand for each other: the same, the same bytes, of the same family, or with the same key; when two runs did
 * the same with others, those that came about in the same way, and those that are the only ones left. The rest alone.
 */
function pairInputs(
  left: Origin,
  right: Origin,
  origin: (id: number) => Origin,
): { a: Origin | undefined; b: Origin | undefined }[] {
  const inputs = left.maker && right.maker && left.maker.run !== right.maker.run;
  const of = ({ maker, members }: Origin): Set<Origin> =>
    new Set([...(inputs ? (maker?.inputs ?? []) : []), ...members].map(origin));
  const isAlike = madeAlike(left, right);
  const found = pairedBy(of(left), of(right), isAlike ? [...SIGNS, MAKER] : SIGNS);
  const paired = found.pairs.map(([a, b]) => ({ a, b }));
  const [[a, ...others], [b, ...more]] = [found.left, found.right];
  // One that was made and one that was not have nothing to be compared in.
  if (isAlike && a && b && others.length + more.length === 0 && (a.maker === undefined) === (b.maker === undefined))
    return [...paired, { a, b }];
  return [...paired, ...found.left.map((a) => ({ a, b: undefined })), ...found.right.map((b) => ({ a: undefined, b }))];
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
      const { stem, key, maker, members } = origin(id);
      found.add(stem);
      stack.push(...members);
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
