/** What stands for each other on two sides, known by signs. */

/** What something is known by; null or undefined where it has no such sign. */
export type Sign<T> = (one: T) => string | number | null | undefined;

export interface Paired<T> {
  readonly pairs: readonly (readonly [a: T, b: T])[];
  /** What nothing on the other side stands for. */
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
