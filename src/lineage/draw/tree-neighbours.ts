/** Who is next to whom in a tree of lineage: sorted for reading, and put together when they lead on to the same runs. */
import type { EdgeRole, GraphData, Node } from "../graph/node.ts";
import { beyond, FLOW, idOf, isAct, linkUp, stepper, walker } from "../graph/walk.ts";
import type { Step } from "../graph/walk.ts";

/** A node as it is met: a run may be met in several ways, for an output depends only on what its run had read before it. */
export interface Spot {
  readonly node: Node;
  /** The same wherever the same lies beyond the node. */
  readonly place: string;
}

/** What leads on to the same runs, and how much more of it there is. */
export interface Group {
  readonly spots: readonly Spot[];
  readonly hidden: number;
}

/** The neighbours of nodes in one direction. */
export interface Kin {
  /** A node as it is met first, whatever lies beyond it. */
  spot(node: Node): Spot;
  /** What is drawn beyond a node, sorted: runs by time, data by label. */
  next(spot: Spot): readonly Spot[];
  /** Runs that made the same data again, and are not drawn as having done so. */
  again(node: Node): readonly Node[];
  /** What a run made besides what the focus came from. */
  besides(run: Node): readonly Node[];
  /** The runs that started this run. */
  startedBy(node: Node): readonly Node[];
  /** True when `run` only re-created `data`. */
  remade(run: Spot, data: Node): boolean;
  /** True when `by` started this run (or transform). */
  started(by: Node, node: Node): boolean;
  /** True when `act` made members of `data`, but not `data`. */
  gave(act: Node, data: Node): boolean;
  /** What lies beyond a run, by what lies beyond that; at most about `fan` nodes are shown, `hidden` counts the rest. */
  groups(act: Spot, fan: number): { groups: readonly Group[]; hidden: number };
}

const byLabel = new Intl.Collator("en", { numeric: true });

/** Neighbours upstream and downstream. */
export function kin(graph: GraphData): { up: Kin; down: Kin } {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const links = linkUp(graph.edges);
  const pairs = (role: EdgeRole) =>
    new Set(graph.edges.filter((e) => e.role === role).map((e) => `${e.from}\0${e.to}`));
  const [made, held, remade, started] = [pairs("output"), pairs("member"), pairs("recreated"), pairs("initiated")];
  const nodes = (ids: Iterable<string>) => Array.from(new Set(ids), (id) => byId.get(id) as Node).sort(inOrder);
  const up = walker(links, "up");
  const down = walker(links, "down", [...FLOW, "recreated", "initiated"]);
  const flow = walker(links, "down");
  const makes = stepper(links, "down", ["output"]);
  // A tree says of everything in it that the focus came from it, or that it came of the focus.
  const known = beyond([graph.focus], up).add(graph.focus);
  const after = beyond([graph.focus], walker(links, "down", [...FLOW, "initiated"])).add(graph.focus);
  const again = stepper(links, "up", ["recreated"]);
  const starters = stepper(links, "up", ["initiated"]);

  function facing(step: Step): Kin {
    const cache = new Map<string, readonly Spot[]>();
    const met = new Map<string, Spot>();
    const ways = new Map<string, Spot>();
    const at = (place: string): Spot => {
      const before = met.get(place);
      if (before) return before;
      const id = idOf(place);
      // Of two ways to meet a run, one leads to all that the other leads to: they are the same when they lead to as much.
      const way = `${step(place).length} ${id}`;
      const spot = ways.get(way) ?? { node: byId.get(id) as Node, place };
      met.set(place, spot);
      ways.set(way, spot);
      return spot;
    };
    const self: Kin = {
      spot: (node) => at(node.id),
      next: ({ node, place }) => {
        const before = cache.get(place);
        if (before) return before;
        const found = new Map(step(place).map((to) => [idOf(to), to]));
        found.delete(node.id);
        // What the focus came of was only made again: it did not come of the focus.
        for (const id of found.keys())
          if (known.has(id) && self.remade({ node, place }, byId.get(id) as Node)) found.delete(id);
        const next = Array.from(found.values(), at).sort((a, b) => inOrder(a.node, b.node));
        cache.set(place, next);
        return next;
      },
      again: (node) => {
        if (step === down && node.id === graph.focus) return []; // told upstream
        return nodes(again(node.id)).filter((run) =>
          step === up ? !self.next(at(node.id)).some((other) => other.node === run) : !after.has(run.id),
        );
      },
      besides: (run) => nodes(makes(run.id).filter((id) => !known.has(id))),
      startedBy: (node) => nodes(starters(node.id)),
      remade: (run, data) =>
        step === down && remade.has(`${run.node.id}\0${data.id}`) && !flow(run.place).includes(data.id),
      started: (by, node) => step === down && started.has(`${by.id}\0${node.id}`),
      gave: (act, data) => step === up && held.has(`${act.id}\0${data.id}`) && !made.has(`${act.id}\0${data.id}`),
      groups: (act, fan) => grouped(self.next(act), (spot) => keyOf(self, act, spot), fan),
    };
    return self;
  }
  return { up: facing(up), down: facing(down) };
}

/** What is put together: plain data without anything beyond, and data with the same runs beyond. */
function keyOf(near: Kin, act: Spot, spot: Spot): string {
  if (isAct(spot.node)) return `act ${spot.node.id}`;
  return JSON.stringify([
    near.remade(act, spot.node),
    near.next(spot).map(({ place }) => place),
    near.again(spot.node).map(({ id }) => id),
  ]);
}

function grouped(
  spots: readonly Spot[],
  key: (spot: Spot) => string,
  fan: number,
): { groups: Group[]; hidden: number } {
  const all = [...Map.groupBy(spots, key).values()];
  const shown = all.length <= fan + 1 ? all : all.slice(0, fan);
  const room = spots.length <= fan + 1 ? spots.length : Math.max(1, Math.floor(fan / shown.length));
  let spare = fan - shown.reduce((sum, members) => sum + Math.min(members.length, room), 0);
  const groups = shown.map((members) => {
    const extra = Math.max(0, Math.min(spare, members.length - room));
    spare -= extra;
    const size = members.length <= room + extra + 1 ? members.length : room + extra;
    return { spots: members.slice(0, size), hidden: members.length - size };
  });
  return { groups, hidden: all.slice(shown.length).reduce((sum, members) => sum + members.length, 0) };
}

/** Runs by time, data by label, data first. */
export function inOrder(a: Node, b: Node): number {
  if (a.kind === "run" && b.kind === "run" && a.startedAt !== b.startedAt)
    return (a.startedAt ?? "") < (b.startedAt ?? "") ? -1 : 1;
  if (isAct(a) !== isAct(b)) return isAct(a) ? 1 : -1;
  return byLabel.compare(a.label, b.label) || (a.id < b.id ? -1 : 1);
}
