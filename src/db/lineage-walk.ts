/** What really follows from what: an output depends only on the inputs its run had linked before it was made. */

/** How many runs (or transforms) to cross. */
export type Hops = number | "all";

/** A row of `walkRuns`, ids as keys (see `keyOf`). */
export interface Linked {
  readonly run: number | null;
  readonly data: number | null;
  readonly link: number | null;
  readonly maker: number | null;
  readonly mark: number | null;
}

export const [ARTIFACT, COLLECTION, RUN, TRANSFORM] = [0, 1, 2, 3] as const;

/** One key for a row of any table, cheap to hash. */
export const keyOf = (kind: number, id: number): number => id * 4 + kind;
export const kindOf = (key: number): number => key % 4;
export const idOf = (key: number): number => Math.floor(key / 4);

/** Part of a graph by keys, nearest first; `more` are nodes with neighbours left out. */
export interface Reached {
  readonly nodes: Set<number>;
  /** Later steps of the walk to earlier ones: along the flow of data when the walk went upstream. */
  readonly edges: readonly (readonly [from: number, to: number])[];
  readonly more: ReadonlySet<number>;
}

/** A run and the data beside it, sorted so that what is reached is always a beginning of it. */
interface Beside {
  readonly data: number;
  readonly order: number;
}

/** Walks one way from `start`, at most `quota` new nodes; edges are given as if it were upstream. */
export function reachRuns(start: number, { crossings, beyond }: Links, hops: Hops, quota: number): Reached {
  const nodes = new Set<number>();
  const edges: [number, number][] = [];
  const more = new Set<number>();
  const seen = new Set<number>([start]);
  /** How far into what lies beside a run the walk has come. */
  const done = new Map<number, number>();
  const take = (key: number, from: number): boolean => {
    if (nodes.has(key) || key === start) return true;
    if (nodes.size < quota) {
      nodes.add(key);
      return true;
    }
    more.add(from);
    return false;
  };
  const cross = (run: number, reach: number, next: number[]): void => {
    const beside = beyond.get(run);
    if (!beside) more.add(run); // the database was asked for no more runs
    let i = done.get(run) ?? 0;
    for (; beside && i < beside.length && (beside[i] as Beside).order <= reach; i++) {
      const { data } = beside[i] as Beside;
      if (!take(data, run)) continue;
      edges.push([data, run]);
      if (seen.has(data)) continue;
      seen.add(data);
      next.push(data);
    }
    done.set(run, i);
  };
  const last = hops === "all" ? Number.POSITIVE_INFINITY : hops;
  let level: number[] = [];
  const fromRun = kindOf(start) === RUN;
  if (!fromRun) level.push(start);
  else if (last > 0) cross(start, Number.POSITIVE_INFINITY, level);
  for (let hop = fromRun ? 2 : 1; hop <= last && level.length > 0; hop++) {
    const next: number[] = [];
    for (const data of level) {
      for (const { run, reach } of crossings.get(data) ?? []) {
        if (!take(run, data)) continue;
        edges.push([run, data]);
        cross(run, reach, next);
      }
    }
    level = next;
  }
  return { nodes, edges, more };
}

/** What a walk needs to know, both ways alike. */
export interface Links {
  /** The runs on the other side of data, and how far the data let the walk come there. */
  readonly crossings: ReadonlyMap<number, readonly { readonly run: number; readonly reach: number }[]>;
  /** The data on the other side of runs, sorted by order. */
  readonly beyond: ReadonlyMap<number, readonly Beside[]>;
}

/** Makers and inputs: data made at a mark depend on the inputs linked up to it. */
export function upstreamOf(rows: Iterable<Linked>): Links {
  const crossings = new Map<number, { run: number; reach: number }[]>();
  const beyond = new Map<number, Beside[]>();
  for (const { run, data, link, maker, mark } of rows) {
    const beside = run === null ? undefined : listOf(beyond, run);
    if (data === null) continue;
    beside?.push({ data, order: link ?? 0 });
    if (maker !== null && !crossings.has(data)) crossings.set(data, [{ run: maker, reach: mark ?? Number.POSITIVE_INFINITY }]);
  }
  return { crossings, beyond: sorted(beyond) };
}

/** Consumers and outputs: the earlier a link, the more outputs follow from it, so orders are negated marks. */
export function downstreamOf(rows: Iterable<Linked>): Links {
  const crossings = new Map<number, { run: number; reach: number }[]>();
  const beyond = new Map<number, Beside[]>();
  const made = new Set<number>();
  for (const { run, data, link, maker, mark } of rows) {
    const beside = maker === null ? undefined : listOf(beyond, maker);
    if (data === null) continue;
    if (beside && !made.has(data)) beside.push({ data, order: -(mark ?? Number.POSITIVE_INFINITY) });
    if (beside) made.add(data);
    if (run !== null) listOf(crossings, data).push({ run, reach: -(link ?? 0) });
  }
  return { crossings, beyond: sorted(beyond) };
}

/** One way from a transform over its neighbours, at most `quota` new nodes. */
export function reachTransforms(start: number, neighbours: ReadonlyMap<number, readonly number[]>, hops: Hops, quota: number): Reached {
  const nodes = new Set<number>();
  const edges: [number, number][] = [];
  const more = new Set<number>();
  const last = hops === "all" ? Number.POSITIVE_INFINITY : hops;
  let level = [start];
  for (let hop = 1; hop <= last && level.length > 0; hop++) {
    const next: number[] = [];
    for (const from of level) {
      const others = neighbours.get(from);
      if (!others) more.add(from);
      for (const to of others ?? []) {
        const known = nodes.has(to) || to === start;
        if (!known && nodes.size >= quota) {
          more.add(from);
          continue;
        }
        edges.push([to, from]);
        if (known) continue;
        nodes.add(to);
        next.push(to);
      }
    }
    level = next;
  }
  return { nodes, edges, more };
}

/** The list of a key, made when it is not there yet. */
export function listOf<T>(lists: Map<number, T[]>, key: number): T[] {
  let list = lists.get(key);
  if (!list) lists.set(key, (list = []));
  return list;
}

function sorted(lists: Map<number, Beside[]>): Map<number, Beside[]> {
  for (const list of lists.values()) list.sort((a, b) => a.order - b.order || a.data - b.data);
  return lists;
}
