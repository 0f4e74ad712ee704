/** What two runs read, or made, side by side: what stands for each other by family, name or bytes, and the rest. */
import { REVISION_LENGTH } from "../../model/index.ts";
import type { Changed } from "./compare.ts";
import { type Paired, pairedBy, type Sign } from "./pair.ts";

/** Something that a run read or made. */
export interface Beside {
  readonly registry: string;
  readonly uid: string;
  /** Its key, or a record's name. */
  readonly key: string | null;
  /** Of its bytes; null for what has none. */
  readonly hash: string | null;
  readonly suffix: string | null;
}

const within =
  (sign: (one: Beside) => string | null): Sign<Beside> =>
  (one) => {
    const value = sign(one);
    return value === null ? null : `${one.registry} ${value}`;
  };
/** How two of one registry are known to stand for each other, the surest sign first. */
const SIGNS = [
  within(({ uid }) => uid),
  within(({ registry, uid }) => (registry === "Record" ? null : uid.slice(0, -REVISION_LENGTH))),
  within(({ key }) => key),
  within(({ hash }) => hash),
];

/**
 * What differs, hashes by key (or `old → new`): uids where there is no hash, or no key that is told apart. With
 * `samePlace` the only ones left on both sides stand for each other too, when they are of one sort.
 */
export function besideEachOther(
  one: readonly Beside[],
  other: readonly Beside[],
  { samePlace }: { samePlace: boolean },
): Changed<string> | null {
  const name = namer(one, other);
  const value = ({ hash, uid }: Beside): string => hash ?? uid;
  const { pairs, left, right } = paired(one, other, samePlace);
  const differ = pairs.filter(([a, b]) => value(a) !== value(b) || a.key !== b.key);
  if (left.length + right.length + differ.length === 0) return null;
  const table = (side: readonly Beside[]): Record<string, string> =>
    Object.fromEntries(side.map((it) => [name(it), value(it)]));
  const names = (a: string, b: string): string => (a === b ? a : `${a} → ${b}`);
  return {
    added: table(right),
    removed: table(left),
    changed: Object.fromEntries(differ.map(([a, b]) => [names(name(a), name(b)), { a: value(a), b: value(b) }])),
  };
}

function paired(one: readonly Beside[], other: readonly Beside[], samePlace: boolean): Paired<Beside> {
  const found = pairedBy(one, other, SIGNS);
  const [[a, ...others], [b, ...more]] = [found.left, found.right];
  if (!samePlace || !a || !b || others.length + more.length > 0 || a.registry !== b.registry || a.suffix !== b.suffix)
    return found;
  return { pairs: [...found.pairs, [a, b]], left: [], right: [] };
}

/** Keys; uids where there is none, or where several have it on one side. */
function namer(...sides: readonly (readonly Beside[])[]): (one: Beside) => string {
  const repeated = new Set<string | null>([null]);
  for (const side of sides)
    for (const [key, alike] of Map.groupBy(side, (it) => it.key)) if (alike.length > 1) repeated.add(key);
  return ({ uid, key }) => (key === null || repeated.has(key) ? uid : key);
}
