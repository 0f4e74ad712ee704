/** Where the nodes and edges of a picture go: Graphviz places boxes of given sizes. */
import { LinealError } from "../../ground/errors.ts";
import type { Edge, GraphData } from "../graph/node.ts";
import type { Size } from "./node-shape.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything is, in pixels from the top left. */
export interface Layout extends Size {
  /** The centre of every node by its id. */
  readonly nodes: ReadonlyMap<string, Point>;
  /** For each of `graph.edges` 1 + 3n points (n cubic Béziers), from start to end. */
  readonly edges: readonly (readonly Point[])[];
}

/** Which way data flows in a picture. */
export const DIRECTIONS = ["down", "right"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Beyond these Graphviz takes minutes, and nobody can read the picture. */
const [MOST_BOXES, MOST_LINES] = [3000, 6000];
/** So many boxes side by side are still read from left to right. */
const WIDEST = 12;
const HASTE = 1500; // from so many boxes and lines on, fewer attempts to avoid crossings
const CURVES = 3000; // so many still get curves around what is between: a second for 1,000 boxes

/** Refuses what cannot be drawn well. Throws `invalid`. */
export function checkSize({ nodes, edges }: GraphData): void {
  const boxes = nodes.length > MOST_BOXES;
  if (!boxes && edges.length <= MOST_LINES) return;
  throw tooLarge(
    boxes
      ? `${nodes.length.toLocaleString("en")} boxes are too many for a picture: at most ${MOST_BOXES.toLocaleString("en")}`
      : `${edges.length.toLocaleString("en")} lines are too many for a picture: at most ${MOST_LINES.toLocaleString("en")}`,
  );
}

function tooLarge(message: string): LinealError {
  return new LinealError("invalid", message, {
    hint: 'Draw less, lineage({ level: "transform" }) or lineage({ limit: 500 }), or take the data: to("json").',
    shell: "Draw less with --level transform or --limit 500, or take the data with --format json.",
  });
}

/** `right` where many boxes would be side by side in a picture that goes down. */
export function directionOf({ nodes, edges }: GraphData): Direction {
  const counts = new Map<number, number>();
  for (const rank of ranksOf(nodes, edges).values()) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  return Math.max(0, ...counts.values()) > WIDEST ? "right" : "down";
}

/** The ranks of all nodes outside of cycles: one below the lowest node before it, a beginning just above its first use. */
function ranksOf(nodes: GraphData["nodes"], edges: readonly Edge[]): Map<string, number> {
  const leaving = Map.groupBy(edges, ({ from }) => from);
  const waiting = new Map(nodes.map(({ id }) => [id, 0]));
  for (const { to } of edges) waiting.set(to, (waiting.get(to) ?? 0) + 1);
  const ranks = new Map<string, number>();
  const ready = nodes.flatMap(({ id }) => (waiting.get(id) === 0 ? [id] : []));
  for (const id of ready) {
    const rank = ranks.get(id) ?? 0;
    ranks.set(id, rank);
    for (const { to } of leaving.get(id) ?? []) {
      ranks.set(to, Math.max(ranks.get(to) ?? 0, rank + 1));
      const left = (waiting.get(to) ?? 0) - 1;
      waiting.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  for (const { id } of nodes) {
    const uses = (leaving.get(id) ?? []).map(({ to }) => ranks.get(to) ?? 1);
    if (ranks.get(id) === 0 && uses.length > 0) ranks.set(id, uses.reduce((least, rank) => Math.min(least, rank)) - 1);
  }
  return ranks;
}

interface Drawn {
  readonly bb: string;
  readonly objects?: readonly { readonly pos: string }[];
  readonly edges?: readonly { readonly id: string; readonly pos: string }[];
}

/** Positions for boxes of the given sizes (pixels, by node id). Throws `invalid` for what Graphviz cannot cope with. */
export async function arrange(
  graph: GraphData,
  sizes: ReadonlyMap<string, Size>,
  direction: Direction,
): Promise<Layout> {
  const { instance } = await import("@viz-js/viz");
  // A new instance each time: one whose stack overflowed (very long chains) is of no use afterwards.
  const viz = await instance();
  const drawn = render(() => viz.render(dotOf(graph, sizes, direction), { format: "json0", yInvert: true }));
  const [left = 0, a = 0, right = 0, b = 0] = drawn.bb.split(",").map(Number);
  const [top, bottom] = [Math.min(a, b), Math.max(a, b)];
  const points = (pos: string) =>
    pos.split(" ").map((pair) => {
      const [x = 0, y = 0] = pair.split(",").map(Number);
      return { x: x - left, y: y - top };
    });
  const nodes = new Map(graph.nodes.map((node, i) => [node.id, points(drawn.objects?.[i]?.pos ?? "")[0] as Point]));
  const edges: Point[][] = [];
  for (const edge of drawn.edges ?? []) edges[Number(edge.id)] = points(edge.pos);
  return { width: right - left, height: bottom - top, nodes, edges };
}

function render(call: () => { status: string; output?: string }): Drawn {
  let output: string | undefined;
  try {
    ({ output } = call());
  } catch {
    // Its stack overflows in very long chains.
  }
  if (output === undefined) throw tooLarge("this graph is too long for a picture");
  return JSON.parse(output) as Drawn;
}

/** Boxes and arrows without any text: Graphviz counts in points, so a pixel here is a point there. */
function dotOf(graph: GraphData, sizes: ReadonlyMap<string, Size>, direction: Direction): string {
  const short = new Map(graph.nodes.map((node, i) => [node.id, `n${i}`]));
  const size = graph.nodes.length + graph.edges.length;
  const effort = size > HASTE ? ", nslimit=0.1, nslimit1=0.5, mclimit=0.02" : "";
  const lines = size > CURVES ? ", splines=line" : "";
  return [
    "digraph {",
    `graph [rankdir=${direction === "right" ? "LR" : "TB"}, ranksep=0.5, nodesep=0.25${effort}${lines}];`,
    'node [shape=box, fixedsize=true, label=""];',
    "edge [arrowhead=none];",
    ...graph.nodes.map((node) => {
      const { width = 0, height = 0 } = sizes.get(node.id) ?? {};
      return `${short.get(node.id)} [width=${width / 72}, height=${height / 72}];`;
    }),
    ...graph.edges.map((edge, i) => `${short.get(edge.from)} -> ${short.get(edge.to)} [id=${i}];`),
    "}",
  ].join("\n");
}
