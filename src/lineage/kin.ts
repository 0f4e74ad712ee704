/** Who is next to whom in a tree of lineage: sorted for reading, and put together when they lead on to the same runs. */
import type { EdgeRole, GraphData, Node } from "./node.ts";
import { beyond, FLOW, isAct, linkUp, stepper, walker } from "./walk.ts";

/** Nodes that lead on to the same runs, and how many more of them there are. */
export interface Group {
  readonly nodes: readonly Node[];
  readonly hidden: number;
}

/** The neighbours of nodes in one direction. */
export interface Kin {
  /** What is drawn beyond a node, sorted: runs by time, data by label. */
  next(node: Node): readonly Node[];
  /** Runs that made the same data again, and are not drawn as having done so. */
  again(node: Node): readonly Node[];
  /** What a run made besides what the focus came from. */
  besides(run: Node): readonly Node[];
  /** The runs that started this run. */
  startedBy(node: Node): readonly Node[];
  /** True when `run` only re-created `data`. */
  remade(run: Node, data: Node): boolean;
  /** True when `by` started this run (or transform). */
  started(by: Node, node: Node): boolean;
  /** True when `act` made members of `data`, but not `data`. */
  gave(act: Node, data: Node): boolean;
  /** What lies beyond a run, by what lies beyond that; at most about `fan` nodes are shown, `hidden` counts the rest. */
  groups(act: Node, fan: number): { groups: readonly Group[]; hidden: number };
}

const byLabel = new Intl.Collator("en", { numeric: true });

/** Neighbours upstream and downstream. */
export function kin(graph: GraphData): { up: Kin; down: Kin } {
  const byId = new Map(graph.nodes.map(node => [node.id, node]));
  const links = linkUp(graph.edges);
  const pairs = (role: EdgeRole) => new Set(graph.edges.filter(e => e.role === role).map(e => `${e.from}\0${e.to}`));
  const [made, held, remade, started] = [pairs("output"), pairs("member"), pairs("recreated"), pairs("initiated")];
  const nodes = (ids: Iterable<string>) => Array.from(new Set(ids), id => byId.get(id) as Node).sort(inOrder);
  const up = stepper(links, "up");
  const down = stepper(links, "down", [...FLOW, "recreated", "initiated"]);
  const makes = stepper(links, "down", ["output"]);
  // A tree says of everything in it that the focus came from it, or that it came of the focus.
  const known = beyond([graph.focus], walker(links, "up")).add(graph.focus);
  const after = beyond([graph.focus], walker(links, "down", [...FLOW, "initiated"])).add(graph.focus);
  const below = beyond([graph.focus], walker(links, "down", [...FLOW, "recreated", "initiated"]));
  const again = stepper(links, "up", ["recreated"]);
  const starters = stepper(links, "up", ["initiated"]);

  function facing(step: typeof up): Kin {
    const cache = new Map<string, readonly Node[]>();
    const next = (node: Node) => {
      const before = cache.get(node.id);
      if (before) return before;
      const found = nodes(step(node.id)).filter(other => other !== node && (step === up ? known : below).has(other.id));
      cache.set(node.id, found);
      return found;
    };
    const self: Kin = {
      next,
      again: node => {
        if (step === down && node.id === graph.focus) return []; // told upstream
        return nodes(again(node.id)).filter(run => (step === up ? !next(node).includes(run) : !after.has(run.id)));
      },
      besides: run => nodes(makes(run.id).filter(id => !known.has(id))),
      startedBy: node => nodes(starters(node.id)),
      remade: (run, data) => step === down && remade.has(`${run.id}\0${data.id}`) && !made.has(`${run.id}\0${data.id}`),
      started: (by, node) => step === down && started.has(`${by.id}\0${node.id}`),
      gave: (act, data) => step === up && held.has(`${act.id}\0${data.id}`) && !made.has(`${act.id}\0${data.id}`),
      groups: (act, fan) => grouped(next(act), node => keyOf(self, act, node), fan),
    };
    return self;
  }
  return { up: facing(up), down: facing(down) };
}

/** What is put together: plain data without anything beyond, and data with the same runs beyond. */
function keyOf(near: Kin, act: Node, node: Node): string {
  if (isAct(node)) return `act ${node.id}`;
  return JSON.stringify([near.remade(act, node), ...[near.next(node), near.again(node)].map(nodes => nodes.map(({ id }) => id))]);
}

function grouped(nodes: readonly Node[], key: (node: Node) => string, fan: number): { groups: Group[]; hidden: number } {
  const all = [...Map.groupBy(nodes, key).values()];
  const shown = all.length <= fan + 1 ? all : all.slice(0, fan);
  const room = nodes.length <= fan + 1 ? nodes.length : Math.max(1, Math.floor(fan / shown.length));
  let spare = fan - shown.reduce((sum, members) => sum + Math.min(members.length, room), 0);
  const groups = shown.map(members => {
    const extra = Math.max(0, Math.min(spare, members.length - room));
    spare -= extra;
    const size = members.length <= room + extra + 1 ? members.length : room + extra;
    return { nodes: members.slice(0, size), hidden: members.length - size };
  });
  return { groups, hidden: all.slice(shown.length).reduce((sum, members) => sum + members.length, 0) };
}

/** Runs by time, data by label, data first. */
export function inOrder(a: Node, b: Node): number {
  if (a.kind === "run" && b.kind === "run" && a.startedAt !== b.startedAt) return (a.startedAt ?? "") < (b.startedAt ?? "") ? -1 : 1;
  if (isAct(a) !== isAct(b)) return isAct(a) ? 1 : -1;
  return byLabel.compare(a.label, b.label) || (a.id < b.id ? -1 : 1);
}
