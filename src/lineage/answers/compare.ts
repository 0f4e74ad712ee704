/** In what two values differ: keyed things by key, nested ones by path. */

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
