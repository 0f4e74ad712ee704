/** Lineage: two statements a graph, whatever its size; a few more where something in it was removed for good. */
import { LinealError } from "../errors.ts";
import { Graph } from "../lineage/graph.ts";
import type { Edge, EdgeRole, Node } from "../lineage/node.ts";
import type { Dialect } from "./dialect.ts";
import { Graveyard, isBuried } from "./graveyard.ts";
import { type Facts, factsOf } from "./lineage-facts.ts";
import { rowLimit, type Walk, walkRuns, walkTransforms } from "./lineage-sql.ts";
import { ARTIFACT, COLLECTION, downstreamOf, type Hops, keyOf, type Linked, listOf, type Reached, reachRuns, reachTransforms, RUN, TRANSFORM, upstreamOf } from "./lineage-walk.ts";
import { execute, type Operation, type Raw } from "./operation.ts";

/** What is asked: around which row, how many hops each way, and at most how many nodes. */
export interface LineageQuestion {
  readonly focus: { readonly name: "Artifact" | "Run" | "Transform" | "Collection"; readonly id: number; readonly uid: string };
  /** A hop is artifact → run → artifact. */
  readonly upstream: Hops;
  readonly downstream: Hops;
  readonly limit: number;
  /** Only what had been recorded by then. */
  readonly asOf?: Date;
  /** Also the other outputs of the runs in the graph. */
  readonly siblings?: boolean;
}

const KINDS = { Artifact: ARTIFACT, Collection: COLLECTION, Run: RUN, Transform: TRANSFORM } as const;

/**
 * The lineage around one row. An output depends only on the inputs that its run had linked before it was made, so the
 * flow of data has no cycles; runs that made the same bytes again and runs that started others are drawn beside it.
 */
export function* lineage(dialect: Dialect, question: LineageQuestion): Operation<Graph> {
  const { focus, upstream, downstream, limit, asOf, siblings = false } = question;
  checkHops("upstream", upstream);
  checkHops("downstream", downstream);
  if (!Number.isSafeInteger(limit) || limit < 1) throw invalid(`limit must be a whole number, 1 or more, not ${String(limit)}`, "Write { limit: 1000 }.");
  const start = keyOf(KINDS[focus.name], focus.id);
  const walk: Walk = { table: focus.name.toLowerCase() as Walk["table"], ids: [focus.id], upstream, downstream, limit, asOf, siblings };
  const graves = new Graveyard(dialect, limit, asOf);
  const rows = yield* rowsOf(dialect, walk);
  let [up, down, keys, facts] = yield* around(dialect, walk, start, [rows]);
  const all = [rows];
  for (let runs = yield* graves.follow(facts.severed); runs; runs = yield* graves.follow(facts.severed)) {
    const linked = graves.linked();
    const buried: Rows = { sides: [linked, linked], besides: [[], []], made: [], cut: [false, false] };
    if (runs.length > 0) all.push(yield* rowsOf(dialect, { ...walk, table: "run", ids: runs }));
    [up, down, keys, facts] = yield* around(dialect, walk, start, [...all, buried]);
  }
  if (!facts.nodes.has(start)) throw new LinealError("not-found", `there is no ${focus.name} ${focus.uid} any more`, { hint: `List what is there with ${focus.name}.filter().` });

  const room = limit - keys.size;
  const more = { up: new Set(up.more), down: new Set(down.more) };
  const edges: Edge[] = [];
  const nodes = new Map<number, Node>();
  for (const key of keys) {
    const node = facts.nodes.get(key) ?? graves.nodes.get(key);
    if (node) nodes.set(key, node);
  }
  const put = (role: EdgeRole, from: number, to: number): void => {
    const [a, b] = [nodes.get(from), nodes.get(to)];
    if (a && b) edges.push({ from: a.id, to: b.id, role });
  };
  const flow = (from: number, to: number): void => put(focus.name === "Transform" ? "predecessor" : (nodes.get(from)?.kind === "run" ? "output" : "input"), from, to);
  for (const [from, to] of up.edges) flow(from, to);
  for (const [to, from] of down.edges) flow(from, to);
  for (const [run, data] of [...facts.recreated, ...graves.recreated()]) {
    const node = facts.nodes.get(run) ?? graves.nodes.get(run);
    if (!node || !nodes.has(data)) continue;
    if (!nodes.has(run) && nodes.size >= limit) more.up.add(data);
    else nodes.set(run, node);
    put("recreated", run, data);
  }
  for (const [by, run] of facts.initiated) put("initiated", by, run);
  const ids = [...more.up, ...more.down].flatMap((key) => nodes.get(key)?.id ?? []);
  const cut = { upstream: more.up.size > 0 || up.cut || facts.recreated.length > room, downstream: more.down.size > 0 || down.cut };
  const truncated = cut.upstream || cut.downstream ? { ...cut, limit, ...(ids.length > 0 ? { more: [...new Set(ids)] } : {}) } : false;
  // An edge can come from both walks only where some node lies on both ways (runs may form cycles).
  const distinct = ![...down.nodes].some((key) => up.nodes.has(key));
  return new Graph({ focus: (nodes.get(start) as Node).id, nodes: [...nodes.values()], edges, truncated }, { distinct });
}

/** What the first statement read: links beside runs each way, transforms besides each way, and outputs with their runs. */
interface Rows {
  readonly sides: readonly [readonly Linked[], readonly Linked[]];
  readonly besides: readonly [readonly Raw[], readonly Raw[]];
  readonly made: readonly (readonly [run: number, data: number])[];
  /** Not all links were read. */
  readonly cut: readonly [boolean, boolean];
}

function* rowsOf(dialect: Dialect, walk: Walk): Operation<Rows> {
  const found = walk.upstream === 0 && walk.downstream === 0 ? [] : yield* execute((walk.table === "transform" ? walkTransforms : walkRuns)(dialect, walk));
  const sides: [Raw[], Raw[], Raw[]] = [[], [], []];
  for (const row of found) sides[row.side as 0 | 1 | 2].push(row);
  const [up, down, outputs] = sides;
  const cut = [up.length > rowLimit(walk.limit), down.length > rowLimit(walk.limit)] as const;
  if (walk.table === "transform") return { sides: [[], []], besides: [up, down], made: [], cut };
  return { sides: [up.map(linked), down.map(linked)], besides: [[], []], made: outputs.map((row) => [keyOf(RUN, row.maker as number), keyOf(ARTIFACT, row.data as number)] as const), cut };
}

/** What can be reached from the start over all rows, and the facts of it. */
function* around(dialect: Dialect, walk: Walk, start: number, all: readonly Rows[]): Operation<[up: ReturnType<Reach>, down: ReturnType<Reach>, keys: Set<number>, facts: Facts]> {
  const { limit, asOf } = walk;
  const [up, down] = shared([reachOf(walk, start, all, 0), reachOf(walk, start, all, 1)], limit - 1);
  const keys = new Set([start, ...up.nodes, ...down.nodes]);
  const more = new Set(down.more);
  const edges = [...down.edges];
  for (const [run, data] of all.flatMap((rows) => rows.made)) {
    if (!keys.has(run)) continue;
    if (keys.has(data) || keys.size < limit) {
      keys.add(data);
      edges.push([data, run]);
    } else more.add(run);
  }
  const facts = yield* factsOf(dialect, [...keys].filter((key) => !isBuried(key)), limit - keys.size, asOf);
  return [up, { ...down, edges, more }, keys, facts];
}

/** A walk one way, as far as a number of new nodes allows; `cut` when not even all links were read. */
type Reach = (quota: number) => Reached & { cut: boolean };

function reachOf({ table, upstream, downstream }: Walk, start: number, all: readonly Rows[], side: 0 | 1): Reach {
  const hops = side === 0 ? upstream : downstream;
  const cut = all.some((rows) => rows.cut[side]);
  if (hops === 0) return () => ({ nodes: new Set(), edges: [], more: new Set(), cut });
  if (table === "transform") {
    const neighbours = besides(all.flatMap((rows) => rows.besides[side]));
    return (quota) => ({ ...reachTransforms(start, neighbours, hops, quota), cut });
  }
  const links = (side === 0 ? upstreamOf : downstreamOf)(all.length === 1 ? (all[0] as Rows).sides[side] : distinct(all.flatMap((rows) => rows.sides[side])));
  return (quota) => ({ ...reachRuns(start, links, hops, quota), cut });
}

/** Several walks may have come to one link: it is one way, whatever else a row tells. */
function distinct(rows: readonly Linked[]): Linked[] {
  const seen = new Set<string>();
  return rows.map((row) => {
    const link = `${row.run} ${row.data}`;
    if (row.run === null || !seen.has(link)) {
      seen.add(link);
      return row;
    }
    return { ...row, run: null };
  });
}

/** Both ways with as many nodes as there is room for: neither starves the other. */
function shared([up, down]: [Reach, Reach], room: number): [ReturnType<Reach>, ReturnType<Reach>] {
  const both = [up(room), down(room)] as const;
  const [u, d] = [both[0].nodes.size, both[1].nodes.size];
  if (new Set([...both[0].nodes, ...both[1].nodes]).size <= room) return [...both];
  const half = Math.ceil(room / 2);
  return [up(Math.max(half, room - d)), down(Math.max(room - half, room - u))];
}

function linked(row: Raw): Linked {
  const key = (kind: number, id: unknown): number | null => (id === null ? null : keyOf(kind, id as number));
  return { run: key(RUN, row.run), data: key(row.kind as number, row.data), link: row.link as number | null, maker: key(RUN, row.maker), mark: row.mark as number | null };
}

function besides(rows: readonly Raw[]): Map<number, number[]> {
  const neighbours = new Map<number, number[]>();
  for (const row of rows) {
    const list = listOf(neighbours, keyOf(TRANSFORM, row.run as number));
    if (row.data !== null && row.data !== row.run) list.push(keyOf(TRANSFORM, row.data as number));
  }
  return neighbours;
}

function checkHops(what: string, hops: Hops): void {
  if (hops === "all" || (Number.isSafeInteger(hops) && hops >= 0)) return;
  throw invalid(`${what} must be a whole number of hops, 0 or more, or "all", not ${String(hops)}`, `Write { ${what}: 3 } or { ${what}: "all" }.`);
}

const invalid = (message: string, hint: string): LinealError => new LinealError("invalid", message, { hint });
