/** Lineage: two statements a graph, whatever its size; more where collections hold something. */
import sql from "sql-template-tag";
import { LinealError } from "../ground/errors.ts";
import type { Edge, EdgeRole, FoundGraph, UnlabelledNode as Node } from "../lineage/graph/node.ts";
import type { Dialect } from "./dialect.ts";
import { type Facts, factsOf, NOTHING_RARE, type Rare } from "./lineage-facts.ts";
import { linksOf, rowLimit, type Start, type Walk, walkRuns, walkTransforms } from "./lineage-sql.ts";
import {
  downstreamOf,
  type Hops,
  type Reached,
  reachRuns,
  reachTransforms,
  upstreamOf,
  withoutCircles,
} from "./lineage-walk.ts";
import {
  ARTIFACT,
  both,
  COLLECTION,
  each,
  joined,
  rowNumber,
  kindNamed,
  kindOf,
  type Linked,
  MEMBER,
  nothing,
  RUN,
  type TABLES,
  TRANSFORM,
} from "./lineage-kinds.ts";
import { execute, type Operation } from "./operation.ts";
import { Lists, NONE, NodeIndex, IndexSet } from "./row-numbers.ts";
import type { Viewer } from "./viewer.ts";

/** What is asked: around which row, how many hops each way, and at most how many nodes. */
export interface LineageQuestion {
  readonly focus: { readonly name: (typeof TABLES)[number]["name"]; readonly id: number; readonly uid: string };
  /** A hop is artifact → run → artifact. */
  readonly upstream: Hops;
  readonly downstream: Hops;
  readonly limit: number;
  /** Only what had been recorded by then. */
  readonly asOf?: Date;
  /** Also the other outputs of the runs in the graph. */
  readonly siblings?: boolean;
}

/**
 * The lineage around one row. An output depends only on the inputs that its run had linked before it was made, so the
 * flow of data has no cycles; a collection depends on its members too. Runs that made the same bytes again and runs that
 * started others are drawn beside it.
 */
export function* lineage(
  dialect: Dialect,
  viewer: Viewer,
  question: LineageQuestion,
  reading: "plain" | "members" | "whole" = "plain",
): Operation<FoundGraph> {
  const { focus, upstream, downstream, limit, asOf, siblings = false } = question;
  checkHops("upstream", upstream);
  checkHops("downstream", downstream);
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw invalid(`limit must be a whole number, 1 or more, not ${String(limit)}`, "Write { limit: 1000 }.");
  const index = new NodeIndex();
  const start = index.of(rowNumber(kindNamed(focus.name), focus.id));
  const walk: Walk = {
    starts: [{ table: focus.name.toLowerCase() as Start["table"], ids: [focus.id] }],
    upstream,
    downstream,
    limit,
    asOf,
    siblings,
    members: reading !== "plain",
    again: false,
  };
  const whole = { ...walk, upstream: upstream && "all", downstream: downstream && "all" } as const;
  const read = reading === "whole" ? whole : walk;
  const rows = yield* rowsOf(dialect, index, read);
  if (!walk.members && mayHaveMembers(index, rows, walk)) return yield* lineage(dialect, viewer, question, "members");
  // Whether a member came of its collection is only known from all that lies behind it.
  const isPart = whole.upstream !== read.upstream || whole.downstream !== read.downstream;
  if (isPart && hasMembers(rows)) return yield* lineage(dialect, viewer, question, "whole");
  const [up, down, among, facts] = yield* around(dialect, viewer, index, walk, start, rows);
  const focused = facts.nodes[start];
  if (!focused || facts.removed.has(focused.id))
    throw new LinealError("not-found", `there is no ${focus.name} ${focus.uid} any more`, {
      hint: `List what is there with ${focus.name}.filter().`,
    });

  const more = { up: new Set(up.more), down: new Set(down.more) };
  const edges: Edge[] = [];
  const nodeAt = (node: number): Node | undefined => facts.nodes[node];
  const put = (role: EdgeRole, from: number, to: number, order?: number): void => {
    const [first, last] = [nodeAt(from), nodeAt(to)];
    if (first && last)
      edges.push(
        order === undefined ? { from: first.id, to: last.id, role } : { from: first.id, to: last.id, role, order },
      );
  };
  const isRun = (node: number): boolean => kindOf(index.keyAt(node)) === RUN;
  // A run that the walks started from was not entered by any edge.
  if (isRun(start) && lastAt(start, up) > -lastAt(start, down)) up.mixed.add(start);
  const isMixed = up.mixed.size + down.mixed.size > 0;
  /** Data flow along an edge; its order is told only where it tells something. */
  const flow = (from: number, to: number, order: number): void => {
    const role = focus.name === "Transform" ? "predecessor" : isRun(from) ? "output" : isRun(to) ? "input" : "member";
    const run = role === "output" ? from : to;
    put(
      role,
      from,
      to,
      isMixed && (up.mixed.has(run) || down.mixed.has(run)) && Number.isFinite(order) ? order : undefined,
    );
  };
  for (let i = 0; i < up.edges.length; i += 3)
    flow(up.edges[i] as number, up.edges[i + 1] as number, up.edges[i + 2] as number);
  for (let i = 0; i < down.edges.length; i += 3)
    flow(down.edges[i + 1] as number, down.edges[i] as number, -(down.edges[i + 2] as number));
  // Edges beside the flow of data come last, with the nodes that there is still room for.
  let rest = facts.sideEdges.map(({ role, from, to }) => ({ role, from: index.of(from), to: index.of(to) }));
  for (let before = -1; rest.length > 0 && among.size > before; ) {
    before = among.size;
    rest = rest.filter(({ role, from, to }) => {
      const known = among.has(to) ? to : from;
      const other = known === to ? from : to;
      if (!among.has(known) || !nodeAt(other)) return true;
      if (!among.has(other) && among.size >= limit)
        (down.nodes.has(known) && known !== start ? more.down : more.up).add(known);
      else {
        among.add(other);
        put(role, from, to);
      }
      return false;
    });
  }
  const nodes: Node[] = [];
  for (const at of among.list) {
    const node = nodeAt(at);
    if (node) nodes.push(node);
  }
  const ids = [...more.up, ...more.down].flatMap((node) => nodeAt(node)?.id ?? []);
  const cut = { upstream: more.up.size > 0 || up.cut, downstream: more.down.size > 0 || down.cut };
  const truncated =
    cut.upstream || cut.downstream ? { ...cut, limit, ...(ids.length > 0 ? { more: [...new Set(ids)] } : {}) } : false;
  // An edge can come from both walks only where some node lies on both ways (runs may form cycles); siblings tell all outputs.
  const distinct = !siblings && !down.nodes.list.some((node) => node !== start && up.nodes.has(node));
  return { focus: focused.id, nodes, edges, truncated, distinct, descriptions: facts.descriptions };
}

/** What is known of transforms, by uid; of those that were deleted for good nothing. */
export function* transformsOf(
  dialect: Dialect,
  viewer: Viewer,
  uids: readonly string[],
  asOf: Date | undefined,
): Operation<Node[]> {
  const found = yield* execute(sql`select id from transform where uid in ${dialect.texts(uids)}`);
  if (found.length === 0) return [];
  const none = { rare: NOTHING_RARE, room: 0, remade: [], remaking: [], starting: undefined };
  const { nodes } = yield* factsOf(
    dialect,
    viewer,
    new NodeIndex(),
    found.map(({ id }) => rowNumber(TRANSFORM, id as number)),
    { ...none, asOf },
  );
  return nodes.filter((node) => node !== undefined);
}

/** The table of the focus. */
const tableOf = ({ starts: [start] }: Walk): Start["table"] => (start as Start).table;

/** The last order on one side of the run that a walk started from. */
function lastAt(start: number, { edges }: Reached): number {
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < edges.length; i += 3) if (edges[i + 1] === start) last = Math.max(last, edges[i + 2] as number);
  return last;
}

/** Whether members have to be asked for: downstream it is not known yet what they are members of. */
function mayHaveMembers(index: NodeIndex, { rare, sides: [up] }: Rows, walk: Walk): boolean {
  const { downstream } = walk;
  const table = tableOf(walk);
  return (
    rare.members &&
    (downstream !== 0 ||
      table === "collection" ||
      table === "transform" ||
      up.uses.data.some((node) => node !== NONE && kindOf(index.keyAt(node)) === COLLECTION))
  );
}

const hasMembers = ({ sides }: Rows): boolean => sides.some(({ holds }) => holds.runs.length > 0);

/** What the first statement read, each way: what lies beside runs, or pairs of transforms. */
interface Rows {
  readonly sides: readonly [Linked, Linked];
  /** Outputs of the runs, when they were asked for. */
  readonly outputs: Linked;
  /** Whether anything at all was ever made again, and the like. */
  readonly rare: Rare;
  /** Not all links were read. */
  readonly cut: readonly [boolean, boolean];
}

function* rowsOf(dialect: Dialect, index: NodeIndex, walk: Walk): Operation<Rows> {
  const all = [nothing(), nothing(), nothing()] as const;
  if (walk.upstream === 0 && walk.downstream === 0)
    return {
      sides: [all[0], all[1]],
      outputs: all[2],
      rare: { recreated: true, initiated: true, members: false },
      cut: [false, false],
    };
  const rare = { ...NOTHING_RARE };
  const [ask, actor] =
    tableOf(walk) === "transform" ? ([walkTransforms, TRANSFORM] as const) : ([walkRuns, RUN] as const);
  for (const { part, columns } of yield* linksOf(ask(dialect, walk))) {
    if ("rare" in part) {
      rare[part.rare] = true;
      continue;
    }
    const into = all[part.side];
    const [runs = [], ids = [], link = [], maker = [], mark = []] = columns;
    const placed = (kind: number, list: readonly (number | null)[]): number[] =>
      list.map((id) => (id === null ? NONE : index.of(rowNumber(kind, id))));
    const data = placed(part.kind === MEMBER ? ARTIFACT : part.kind, ids);
    const links = { data, numbers: link.map((number) => number ?? 0) };
    if (part.takes && part.kind === MEMBER) into.holds = both(into.holds, { ...links, runs: placed(COLLECTION, runs) });
    else if (part.takes) into.uses = both(into.uses, { ...links, runs: placed(actor, runs) });
    if (part.makes)
      into.made = both(into.made, {
        runs: placed(actor, maker),
        data,
        numbers: mark.map((number) => number ?? Number.POSITIVE_INFINITY),
      });
  }
  const [up, down, outputs] = all;
  const most = rowLimit(walk.limit);
  return {
    sides: [up, down],
    outputs,
    rare,
    cut: [
      up.uses.runs.length > most || up.holds.runs.length > most,
      down.uses.runs.length > most || down.made.runs.length > most || down.holds.runs.length > most,
    ],
  };
}

/** What can be reached from the start, and the facts of it. */
function* around(
  dialect: Dialect,
  viewer: Viewer,
  index: NodeIndex,
  walk: Walk,
  start: number,
  rows: Rows,
): Operation<[up: ReturnType<Reach>, down: ReturnType<Reach>, among: IndexSet, facts: Facts]> {
  const { limit, asOf } = walk;
  const linked = linkedOf(index, rows);
  const reach = (side: 0 | 1): Reach => reachOf(index, walk, start, linked[side], rows.cut[side], side);
  const [up, down] = shared([reach(0), reach(1)], limit);
  const among = down.nodes.size === 1 ? up.nodes : new IndexSet(index, [...up.nodes.list, ...down.nodes.list]);
  if (walk.siblings) takeSiblings(rows, limit, among, up, down);
  const { rare } = rows;
  const onwards = walk.downstream !== 0;
  const keysOf = (list: readonly number[]): number[] => list.map((node) => index.keyAt(node));
  // A run that made data again is as far away as their maker: not beyond the last hop.
  const rim = new Set(up.rim);
  const facts = yield* factsOf(dialect, viewer, index, keysOf(among.list), {
    remade: rare.recreated ? keysOf(among.list.filter((node) => !rim.has(node))) : [],
    remaking: rare.recreated && onwards ? keysOf(down.nodes.list) : [],
    starting: onwards && ["run", "transform"].includes(tableOf(walk)) ? index.keyAt(start) : undefined,
    rare,
    asOf,
    room: limit - among.size,
  });
  return [up, down, among, facts];
}

/** Adds the other outputs of the runs that are there, as far as there is room, and what they tell of the runs. */
function takeSiblings(
  { sides, outputs: siblings }: Rows,
  limit: number,
  among: IndexSet,
  up: ReturnType<Reach>,
  down: ReturnType<Reach>,
): void {
  const last = new Map<number, number>();
  for (const { uses } of sides) each(uses, (run, _, link) => last.set(run, Math.max(last.get(run) ?? 0, link)));
  const outputs: [run: number, data: number, mark: number][] = [];
  each(siblings.made, (run, data, mark) => {
    if (data !== NONE && among.has(run)) outputs.push([run, data, mark]);
  });
  for (const [run, data, mark] of outputs.sort(([a, x], [b, y]) => a - b || x - y)) {
    if (!among.has(data) && among.size >= limit) {
      down.more.add(run);
      continue;
    }
    among.add(data);
    down.edges.push(data, run, -mark);
    if (mark < (last.get(run) ?? 0)) up.mixed.add(run);
  }
}

/** A walk one way, as far as a number of new nodes allows; `cut` when not even all links were read. */
type Reach = (quota: number) => Reached & { cut: boolean };

/** All that is linked on either side, each link once. */
function linkedOf(index: NodeIndex, rows: Rows): Rows["sides"] {
  const [up, down] = rows.sides;
  return hasMembers(rows) ? withoutCircles(index, joined([up]), joined([down])) : rows.sides;
}

function reachOf(index: NodeIndex, walk: Walk, start: number, linked: Linked, cut: boolean, side: 0 | 1): Reach {
  const { upstream, downstream } = walk;
  const hops = side === 0 ? upstream : downstream;
  if (hops === 0)
    return () => ({
      nodes: new IndexSet(index, [start]),
      edges: [],
      more: new Set(),
      rim: [start],
      mixed: new Set(),
      cut,
    });
  if (tableOf(walk) === "transform") {
    const { runs, data } = linked.uses;
    const neighbours = new Lists(
      index,
      runs,
      data.map((other, i) => (other === runs[i] ? NONE : other)),
      linked.uses.numbers,
    );
    return (quota) => ({ ...reachTransforms(index, start, neighbours, hops, quota), cut });
  }
  const links = (side === 0 ? upstreamOf : downstreamOf)(index, linked);
  return (quota) => ({ ...reachRuns(index, start, links, hops, quota), cut });
}

/** Both ways with as many nodes as there is room for: neither starves the other. */
function shared([up, down]: [Reach, Reach], room: number): [ReturnType<Reach>, ReturnType<Reach>] {
  const [whole, rest] = [up(room), down(room)];
  const [u, d] = [whole.nodes.size, rest.nodes.size];
  if (u + d - 1 <= room || new Set([...whole.nodes.list, ...rest.nodes.list]).size <= room) return [whole, rest];
  // The start is in both.
  const half = Math.ceil((room + 1) / 2);
  return [up(Math.max(half, room + 1 - d)), down(Math.max(room + 1 - half, room + 1 - u))];
}

function checkHops(what: string, hops: Hops): void {
  if (hops === "all" || (Number.isSafeInteger(hops) && hops >= 0)) return;
  throw invalid(
    `${what} must be a whole number of hops, 0 or more, or "all", not ${String(hops)}`,
    `Write { ${what}: 3 } or { ${what}: "all" }.`,
  );
}

const invalid = (message: string, hint: string): LinealError => new LinealError("invalid", message, { hint });
