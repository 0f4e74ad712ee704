/** Two values, or two sides of items, compared: what only one has, and what both have differently. */
import { REVISION_LENGTH } from "../../model/index.ts";

/** Two values, of the first and of the second. */
export interface Pair<T> {
  readonly a: T;
  readonly b: T;
}
/** Keyed things that only one has, or that both have differently. */
export interface Changed<T> {
  readonly added: Readonly<Record<string, T>>;
  readonly removed: Readonly<Record<string, T>>;
  readonly changed: Readonly<Record<string, Pair<T>>>;
}
/** A place in two values; undefined where one has nothing there. */
export interface Differing extends Pair<unknown> {
  /** As one would write it: `optimizer.lr`, `layers[0].size`, `["a.b"]`; empty for the whole. */
  readonly path: string;
}

/** What differs between two tables, or null. */
export function changed<T>(a: Readonly<Record<string, T>>, b: Readonly<Record<string, T>>): Changed<T> | null {
  const only = (one: Readonly<Record<string, T>>, other: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(one).filter(([key]) => !Object.hasOwn(other, key)));
  const differ = Object.entries(a).filter(
    ([key, value]) => Object.hasOwn(b, key) && differing(value, b[key]).length > 0,
  );
  const result = {
    added: only(b, a),
    removed: only(a, b),
    changed: Object.fromEntries(differ.map(([key, value]) => [key, { a: value, b: b[key] as T }])),
  };
  return Object.values(result).some((part) => Object.keys(part).length > 0) ? result : null;
}

/** The smallest parts of two JSON values that differ, in the order of their keys; lists of plain values are one part. */
export function differing(a: unknown, b: unknown, path = ""): Differing[] {
  if (isTable(a) && isTable(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
    return keys.flatMap((key) =>
      differing(
        Object.hasOwn(a, key) ? a[key] : undefined,
        Object.hasOwn(b, key) ? b[key] : undefined,
        join(path, key),
      ),
    );
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    const parts = a.flatMap((one, i) => differing(one, b[i], `${path}[${i}]`));
    return parts.length > 0 && a.every((one, i) => !isNested(one) && !isNested(b[i])) ? [{ path, a, b }] : parts;
  }
  return a === b ? [] : [{ path, a, b }];
}

const isNested = (value: unknown): value is object => typeof value === "object" && value !== null;
const isTable = (value: unknown): value is Record<string, unknown> => isNested(value) && !Array.isArray(value);
const join = (path: string, key: string): string =>
  /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)
    ? `${path}${path === "" ? "" : "."}${key}`
    : `${path}[${JSON.stringify(key)}]`;

/** What something is known by; null or undefined where it has no such sign. */
export type Sign<T> = (one: T) => string | number | null | undefined;

export interface Paired<T> {
  readonly pairs: readonly (readonly [a: T, b: T])[];
  /** What nothing on the other side matches. */
  readonly left: readonly T[];
  readonly right: readonly T[];
}

/** Pairs what has the same sign on both sides, the surest sign first, one with one in their order. */
export function pairedBy<T extends object>(one: Iterable<T>, other: Iterable<T>, signs: readonly Sign<T>[]): Paired<T> {
  const pairs: (readonly [a: T, b: T])[] = [];
  let [left, right] = [[...one], [...other]];
  for (const sign of signs) {
    const waiting = Map.groupBy(right, sign);
    const taken = new Set<T>();
    left = left.filter((a) => {
      const value = sign(a);
      const b = value == null ? undefined : waiting.get(value)?.shift();
      if (!b) return true;
      pairs.push([a, b]);
      taken.add(b);
      return false;
    });
    right = right.filter((b) => !taken.has(b));
  }
  return { pairs, left, right };
}

/** Something that a run read or made. */
export interface Item {
  readonly registry: string;
  readonly uid: string;
  /** Its key, or a record's name. */
  readonly key: string | null;
  /** Of its bytes; null for what has none. */
  readonly hash: string | null;
  readonly suffix: string | null;
}

const within =
  (sign: (one: Item) => string | null): Sign<Item> =>
  (one) => {
    const value = sign(one);
    return value === null ? null : `${one.registry} ${value}`;
  };
/** How two of one registry are matched, the surest sign first. */
const SIGNS = [
  within(({ uid }) => uid),
  within(({ registry, uid }) => (registry === "Record" ? null : uid.slice(0, -REVISION_LENGTH))),
  within(({ key }) => key),
  within(({ hash }) => hash),
];

/**
 * What differs, hashes by key (or `old → new`); uids where there is no hash, or where several have one key. With
 * `lastOnes` the only ones left on both sides are matched too, when they are of one sort.
 */
export function itemsThatDiffer(
  one: readonly Item[],
  other: readonly Item[],
  { lastOnes }: { lastOnes: boolean },
): Changed<string> | null {
  const name = namer(one, other);
  const value = ({ hash, uid }: Item): string => hash ?? uid;
  const { pairs, left, right } = paired(one, other, lastOnes);
  const differ = pairs.filter(([a, b]) => value(a) !== value(b) || a.key !== b.key);
  if (left.length + right.length + differ.length === 0) return null;
  const table = (side: readonly Item[]): Record<string, string> =>
    Object.fromEntries(side.map((it) => [name(it), value(it)]));
  const names = (a: string, b: string): string => (a === b ? a : `${a} → ${b}`);
  return {
    added: table(right),
    removed: table(left),
    changed: Object.fromEntries(differ.map(([a, b]) => [names(name(a), name(b)), { a: value(a), b: value(b) }])),
  };
}

function paired(one: readonly Item[], other: readonly Item[], lastOnes: boolean): Paired<Item> {
  const found = pairedBy(one, other, SIGNS);
  const [[a, ...others], [b, ...more]] = [found.left, found.right];
  if (!lastOnes || !a || !b || others.length + more.length > 0 || a.registry !== b.registry || a.suffix !== b.suffix)
    return found;
  return { pairs: [...found.pairs, [a, b]], left: [], right: [] };
}

/** Keys; uids where there is none, or where several have it on one side. */
function namer(...sides: readonly (readonly Item[])[]): (one: Item) => string {
  const repeated = new Set<string | null>([null]);
  for (const side of sides)
    for (const [key, alike] of Map.groupBy(side, (it) => it.key)) if (alike.length > 1) repeated.add(key);
  return ({ uid, key }) => (key === null || repeated.has(key) ? uid : key);
}
