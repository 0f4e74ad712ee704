/** What really follows from what: an output depends only on the inputs its run had linked before it was made. */
import { add, each, joined, kindOf, type Linked, listOf, nothing, RUN } from "./linked.ts";

/** How many runs (or transforms) to cross. */
export type Hops = number | "all";

/** Part of a graph by keys, nearest first and from the start on; `more` are nodes with neighbours left out. */
export interface Reached {
  readonly nodes: Set<number>;
  /** From later steps of the walk to earlier ones, along the flow of data when it went upstream, with the order at the run: from, to, order, … */
  readonly edges: number[];
  readonly more: Set<number>;
  /** The data that lie as far as was asked: no way on was looked for. */
  readonly rim: readonly number[];
  /** Runs that not everything on one side of them leads through to everything on the other. */
  readonly mixed: Set<number>;
}

/** Walks one way from `start` to `quota` nodes at most, itself included; edges are given as if it were upstream. */
export function reachRuns(start: number, { crossings, beyond }: Links, hops: Hops, quota: number): Reached {
  const nodes = new Set([start]);
  const edges: number[] = [];
  const more = new Set<number>();
  const mixed = new Set<number>();
  /** How far into what lies beside a run the walk has come. */
  const done = new Map<number, number>();
  /** Whether the node is there now; `next` gets it when it is new. */
  const take = (key: number, from: number, next?: number[]): boolean => {
    if (nodes.has(key)) return true;
    if (nodes.size >= quota) {
      more.add(from);
      return false;
    }
    nodes.add(key);
    next?.push(key);
    return true;
  };
  const cross = (run: number, reach: number, next: number[]): void => {
    const beside = beyond.get(run);
    if (!beside) more.add(run); // the database was asked for no more runs
    let i = done.get(run) ?? 0;
    for (; beside && i < beside.length && (beside[i + 1] as number) <= reach; i += 2) {
      const data = beside[i] as number;
      if (take(data, run, next)) edges.push(data, run, beside[i + 1] as number);
    }
    done.set(run, i);
    if (beside && (beside.at(-1) as number) > reach) mixed.add(run);
  };
  const last = hops === "all" ? Number.POSITIVE_INFINITY : hops;
  let level: number[] = [];
  const fromRun = kindOf(start) === RUN;
  if (!fromRun) level.push(start);
  else if (last > 0) cross(start, Number.POSITIVE_INFINITY, level);
  for (let hop = fromRun ? 2 : 1; hop <= last && level.length > 0; hop++) {
    const next: number[] = [];
    for (const data of level) {
      const crossed = crossings.get(data) ?? [];
      for (let i = 0; i < crossed.length; i += 2) {
        const run = crossed[i] as number;
        if (kindOf(run) !== RUN) {
          if (take(run, data, next)) edges.push(run, data, 0);
          continue;
        }
        if (!take(run, data)) continue;
        const reach = crossed[i + 1] as number;
        edges.push(run, data, reach);
        cross(run, reach, next);
      }
    }
    level = next;
  }
  return { nodes, edges, more, rim: level, mixed };
}

/** What a walk needs to know, both ways alike; flat lists, because there are so many. */
export interface Links {
  /** Of data: runs on the other side, and how far the data let a walk come there: run, reach, run, reach, … Also collections and members, as far as that. */
  readonly crossings: ReadonlyMap<number, readonly number[]>;
  /** Of runs: the data on the other side and their order, sorted by it, so that what is reached is always a beginning: data, order, … */
  readonly beyond: ReadonlyMap<number, readonly number[]>;
}

/** Makers and inputs: data made at a mark depend on the inputs linked up to it. Data that nobody tells of is not shown. */
export function upstreamOf({ uses, made, holds }: Linked): Links {
  const crossings = new Map<number, number[]>();
  const beyond = new Map<number, number[]>();
  each(made, (run, data, mark) => {
    if (data === null || crossings.has(data)) return;
    crossings.set(data, run === null ? [] : [run, mark ?? Number.POSITIVE_INFINITY]);
  });
  each(uses, (run, data, link) => {
    const beside = listOf(beyond, run as number);
    if (data !== null && crossings.has(data)) beside.push(data, link ?? 0);
  });
  each(holds, (collection, member) => {
    if (crossings.has(member as number)) crossings.get(collection as number)?.push(member as number, 0);
  });
  return { crossings, beyond: sorted(beyond) };
}

/** Consumers and outputs: the earlier a link, the more outputs follow from it, so orders are negated marks. */
export function downstreamOf({ uses, made, holds }: Linked): Links {
  const crossings = new Map<number, number[]>();
  const beyond = new Map<number, number[]>();
  each(made, (run, data, mark) => {
    const beside = run === null ? undefined : listOf(beyond, run);
    if (data !== null) beside?.push(data, -(mark ?? Number.POSITIVE_INFINITY));
  });
  each(uses, (run, data, link) => {
    if (data !== null) listOf(crossings, data).push(run as number, -(link ?? 0));
  });
  each(holds, (collection, member) => listOf(crossings, member as number).push(collection as number, 0));
  return { crossings, beyond: sorted(beyond) };
}

/** A member that came of its collection, as it was before that, is no source of it: data have no circles. */
export function withoutCircles(up: Linked, down: Linked): [up: Linked, down: Linked] {
  if (up.holds.runs.length + down.holds.runs.length === 0) return [up, down];
  const whole = joined([up, down]);
  const [knots, links] = [knotted(whole), downstreamOf(whole)];
  const after = new Map<number, ReadonlySet<number>>();
  const isCircle = (collection: number, member: number): boolean => {
    if (!knots.has(collection) || !knots.has(member)) return false;
    let reached = after.get(collection);
    if (!reached) after.set(collection, (reached = reachRuns(collection, links, "all", Number.POSITIVE_INFINITY).nodes));
    return reached.has(member);
  };
  const kept = (side: Linked): Linked => {
    const { holds } = nothing();
    each(side.holds, (collection, member, link) => {
      if (!isCircle(collection as number, member as number)) add(holds, collection, member, link);
    });
    return { ...side, holds };
  };
  return [kept(up), kept(down)];
}

/** What is left when runs and data are peeled off from both ends: circles, whatever the order at runs, and what lies between two. */
function knotted({ uses, made, holds }: Linked): Set<number> {
  const [after, before] = [new Map<number, number[]>(), new Map<number, number[]>()];
  const link = (from: number | null, to: number | null): void => {
    if (from === null || to === null) return;
    listOf(after, from).push(to);
    listOf(before, to).push(from);
  };
  each(uses, (run, data) => link(data, run));
  each(made, link);
  each(holds, (collection, member) => link(member, collection));
  const left = new Set([...after.keys(), ...before.keys()]);
  for (const [into, on] of [[before, after], [after, before]] as const) {
    const waiting = new Map(Array.from(left, (key) => [key, into.get(key)?.filter((other) => left.has(other)).length ?? 0]));
    const queue = [...left].filter((key) => waiting.get(key) === 0);
    for (const key of queue) {
      left.delete(key);
      for (const next of on.get(key) ?? []) {
        const rest = (waiting.get(next) ?? 0) - 1;
        waiting.set(next, rest);
        if (rest === 0) queue.push(next);
      }
    }
  }
  return left;
}

/** One way from a transform over its neighbours, to `quota` nodes at most, itself included. */
export function reachTransforms(start: number, neighbours: ReadonlyMap<number, readonly number[]>, hops: Hops, quota: number): Reached {
  const nodes = new Set([start]);
  const edges: number[] = [];
  const more = new Set<number>();
  const last = hops === "all" ? Number.POSITIVE_INFINITY : hops;
  let level = [start];
  for (let hop = 1; hop <= last && level.length > 0; hop++) {
    const next: number[] = [];
    for (const from of level) {
      const others = neighbours.get(from);
      if (!others) more.add(from);
      for (const to of others ?? []) {
        const known = nodes.has(to);
        if (!known && nodes.size >= quota) {
          more.add(from);
          continue;
        }
        edges.push(to, from, 0);
        if (known) continue;
        nodes.add(to);
        next.push(to);
      }
    }
    level = next;
  }
  return { nodes, edges, more, rim: [], mixed: new Set() };
}

/** Pairs of data and order by order; most are in order as they were read. */
function sorted(lists: Map<number, number[]>): Map<number, number[]> {
  for (const [run, list] of lists) {
    let i = 2;
    while (i < list.length && comparePairs(list, i - 2, i) <= 0) i += 2;
    if (i >= list.length) continue;
    const starts = Array.from({ length: list.length / 2 }, (_, at) => at * 2).sort((a, b) => comparePairs(list, a, b));
    lists.set(run, starts.flatMap((at) => list.slice(at, at + 2)));
  }
  return lists;
}

const comparePairs = (list: readonly number[], a: number, b: number): number => {
  const [x, y] = [list[a + 1] as number, list[b + 1] as number];
  return x === y ? (list[a] as number) - (list[b] as number) : x < y ? -1 : 1;
};
