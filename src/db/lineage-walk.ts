/** What really follows from what: an output depends only on the inputs its run had linked before it was made. */
import { add, each, joined, kindOf, type Linked, listOf, nothing, type Pairs, RUN } from "./lineage-kinds.ts";
import { Lists, NONE, type NodeIndex, IndexSet } from "./row-numbers.ts";

/** How many runs (or transforms) to cross. */
export type Hops = number | "all";

/** Part of a graph by indexes, nearest first and from the start on; `more` are nodes with neighbours left out. */
export interface Reached {
  readonly nodes: IndexSet;
  /** From later steps of the walk to earlier ones, along the flow of data when it went upstream, with the order at the run: from, to, order, … */
  readonly edges: number[];
  readonly more: Set<number>;
  /** The data that lie as far as was asked: no way on was looked for. */
  readonly rim: readonly number[];
  /** Runs that not everything on one side of them leads through to everything on the other. */
  readonly mixed: Set<number>;
}

/** Walks one way from `start` to `quota` nodes at most, itself included; edges are given as if it were upstream. */
export function reachRuns(
  index: NodeIndex,
  start: number,
  { crossings, beyond }: Links,
  hops: Hops,
  quota: number,
): Reached {
  const nodes = new IndexSet(index, [start]);
  const edges: number[] = [];
  const more = new Set<number>();
  const mixed = new Set<number>();
  /** How far into what lies beside a run the walk has come. */
  const done = new Int32Array(index.size);
  const isRun = (node: number): boolean => kindOf(index.keyAt(node)) === RUN;
  /** Whether the node is there now; `next` gets it when it is new. */
  const take = (node: number, from: number, next?: number[]): boolean => {
    if (nodes.has(node)) return true;
    if (nodes.size >= quota) {
      more.add(from);
      return false;
    }
    nodes.add(node);
    next?.push(node);
    return true;
  };
  const cross = (run: number, reach: number, next: number[]): void => {
    if (!beyond.has(run)) more.add(run); // the database was asked for no more runs
    const end = beyond.end(run);
    let i = beyond.start(run) + (done[run] as number);
    for (; i < end && (beyond.orders[i] as number) <= reach; i++) {
      const data = beyond.items[i] as number;
      if (take(data, run, next)) edges.push(data, run, beyond.orders[i] as number);
    }
    done[run] = i - beyond.start(run);
    // It leads on to less than lies there, or than it led to when it was met before.
    if (i < end || (i > beyond.start(run) && (beyond.orders[i - 1] as number) > reach)) mixed.add(run);
  };
  const last = hops === "all" ? Number.POSITIVE_INFINITY : hops;
  let level: number[] = [];
  const fromRun = isRun(start);
  if (!fromRun) level.push(start);
  else if (last > 0) cross(start, Number.POSITIVE_INFINITY, level);
  for (let hop = fromRun ? 2 : 1; hop <= last && level.length > 0; hop++) {
    const next: number[] = [];
    for (const data of level) {
      for (let i = crossings.start(data); i < crossings.end(data); i++) {
        const run = crossings.items[i] as number;
        if (!isRun(run)) {
          if (take(run, data, next)) edges.push(run, data, 0);
          continue;
        }
        if (!take(run, data)) continue;
        const reach = crossings.orders[i] as number;
        edges.push(run, data, reach);
        cross(run, reach, next);
      }
    }
    level = next;
  }
  return { nodes, edges, more, rim: level, mixed };
}

/** What a walk needs to know, both ways alike. */
export interface Links {
  /** Of data: runs on the other side, and how far the data let a walk come there. Also collections and members, as far as that. */
  readonly crossings: Lists;
  /** Of runs: the data on the other side and their order, sorted by it, so that what is reached is always a beginning. */
  readonly beyond: Lists;
}

/** Rows whose list, what and in which order. */
const listsOf = (index: NodeIndex, { runs, data, numbers }: Pairs): Lists => new Lists(index, runs, data, numbers);

/** Makers and inputs: data made at a mark depend on the inputs linked up to it. Data that nobody tells of is not shown. */
export function upstreamOf(index: NodeIndex, { uses, made, holds }: Linked): Links {
  const [crossings, beyond] = [nothing().uses, nothing().uses];
  const isKnown = new IndexSet(index);
  each(made, (run, data, mark) => {
    if (data === NONE || isKnown.has(data)) return;
    isKnown.add(data);
    add(crossings, data, run, mark);
  });
  each(uses, (run, data, link) => add(beyond, run, isKnown.has(data) ? data : NONE, link));
  each(holds, (collection, member) => {
    if (isKnown.has(collection) && isKnown.has(member)) add(crossings, collection, member, 0);
  });
  return { crossings: listsOf(index, crossings), beyond: listsOf(index, beyond).sorted(index) };
}

/** Consumers and outputs: the earlier a link, the more outputs follow from it, so orders are negated marks. */
export function downstreamOf(index: NodeIndex, { uses, made, holds }: Linked): Links {
  const [crossings, beyond] = [nothing().uses, nothing().uses];
  each(made, (run, data, mark) => {
    if (run !== NONE) add(beyond, run, data, -mark);
  });
  each(uses, (run, data, link) => {
    if (data !== NONE) add(crossings, data, run, -link);
  });
  each(holds, (collection, member) => add(crossings, member, collection, 0));
  return { crossings: listsOf(index, crossings), beyond: listsOf(index, beyond).sorted(index) };
}

/** A member that came of its collection, as it was before that, is no source of it: data have no circles. */
export function withoutCircles(index: NodeIndex, up: Linked, down: Linked): [up: Linked, down: Linked] {
  if (up.holds.runs.length + down.holds.runs.length === 0) return [up, down];
  const whole = joined([up, down]);
  const [knots, links] = [knotted(whole), downstreamOf(index, whole)];
  const after = new Map<number, IndexSet>();
  const isCircle = (collection: number, member: number): boolean => {
    if (!knots.has(collection) || !knots.has(member)) return false;
    let reached = after.get(collection);
    if (!reached)
      after.set(collection, (reached = reachRuns(index, collection, links, "all", Number.POSITIVE_INFINITY).nodes));
    return reached.has(member);
  };
  const kept = (side: Linked): Linked => {
    const { holds } = nothing();
    each(side.holds, (collection, member, link) => {
      if (!isCircle(collection, member)) add(holds, collection, member, link);
    });
    return { ...side, holds };
  };
  return [kept(up), kept(down)];
}

/** What is left when runs and data are peeled off from both ends: circles, whatever the order at runs, and what lies between two. */
function knotted({ uses, made, holds }: Linked): Set<number> {
  const [after, before] = [new Map<number, number[]>(), new Map<number, number[]>()];
  const link = (from: number, to: number): void => {
    if (from === NONE || to === NONE) return;
    listOf(after, from).push(to);
    listOf(before, to).push(from);
  };
  each(uses, (run, data) => link(data, run));
  each(made, link);
  each(holds, (collection, member) => link(member, collection));
  const left = new Set([...after.keys(), ...before.keys()]);
  for (const [into, on] of [
    [before, after],
    [after, before],
  ] as const) {
    const waiting = new Map(
      Array.from(left, (key) => [key, into.get(key)?.filter((other) => left.has(other)).length ?? 0]),
    );
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
export function reachTransforms(
  index: NodeIndex,
  start: number,
  neighbours: Lists,
  hops: Hops,
  quota: number,
): Reached {
  const nodes = new IndexSet(index, [start]);
  const edges: number[] = [];
  const more = new Set<number>();
  const last = hops === "all" ? Number.POSITIVE_INFINITY : hops;
  let level = [start];
  for (let hop = 1; hop <= last && level.length > 0; hop++) {
    const next: number[] = [];
    for (const from of level) {
      if (!neighbours.has(from)) more.add(from);
      for (let i = neighbours.start(from); i < neighbours.end(from); i++) {
        const to = neighbours.items[i] as number;
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
