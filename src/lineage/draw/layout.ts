/** Where the nodes and edges of a picture go: by Graphviz as long as that is quick, by plain layers above. */
import { alike, branchesOf } from "./alike.ts";
import type { Branch } from "./alike.ts";
import type { Size } from "./node-shape.ts";
import { layered } from "./layered.ts";
import type { Direction, Layout, Point } from "./layered.ts";
import type { GraphData } from "../graph/node.ts";
import { spread } from "./spread.ts";

/** Up to here Graphviz takes a second or two; beyond, its time grows much faster than the graph. */
const MOST_NODES = 3000;
const MOST_EDGES = 6000;
const HASTE = 1500; // from so many nodes and edges on, fewer attempts to avoid crossings
const CURVES = 3000; // so many nodes and edges still get curves around what lies between: a second for 1,000 nodes
const FAN = 8; // so many that are alike still go side by side

/**
 * Positions for boxes of the given sizes (pixels, by node id). Graphs of more than 3,000 nodes or 6,000 edges, and any
 * that Graphviz cannot cope with, get straight edges between plain layers instead of its curves.
 */
export async function arrange(
  graph: GraphData,
  sizes: ReadonlyMap<string, Size>,
  direction: Direction = "down",
): Promise<Layout> {
  const small = graph.nodes.length <= MOST_NODES && graph.edges.length <= MOST_EDGES;
  const layout = small ? await graphviz(graph, sizes, direction) : undefined;
  return layout ? spread(graph, sizes, layout, direction) : plain(graph, sizes, direction);
}

/** The layered layout in either direction: for `"right"` it is made with the boxes turned, then turned back. */
export function plain(graph: GraphData, sizes: ReadonlyMap<string, Size>, direction: Direction = "down"): Layout {
  if (direction === "down") return spread(graph, sizes, layered(graph, sizes), direction);
  const { width, height, nodes, edges } = layered(
    graph,
    new Map(Array.from(sizes, ([id, size]) => [id, { width: size.height, height: size.width }])),
  );
  const turn = ({ x, y }: Point): Point => ({ x: y, y: x });
  const turned = {
    width: height,
    height: width,
    nodes: new Map(Array.from(nodes, ([id, point]) => [id, turn(point)])),
    edges: edges.map((line) => line.map(turn)),
  };
  return spread(graph, sizes, turned, direction);
}

interface Drawn {
  readonly bb: string;
  readonly objects?: readonly { readonly pos: string }[];
  readonly edges?: readonly { readonly id: string; readonly pos: string }[];
}

async function graphviz(
  graph: GraphData,
  sizes: ReadonlyMap<string, Size>,
  direction: Direction,
): Promise<Layout | undefined> {
  const { instance } = await import("@viz-js/viz");
  // A new instance each time: one whose stack overflowed (very long chains) is of no use afterwards.
  const viz = await instance();
  let drawn: Drawn;
  try {
    const result = viz.render(dotOf(graph, sizes, direction), { format: "json0", yInvert: true });
    if (result.status !== "success") return undefined;
    drawn = JSON.parse(result.output) as Drawn;
  } catch {
    return undefined;
  }
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

/** Boxes and arrows without any text: Graphviz counts in points, so a pixel here is a point there. */
function dotOf(graph: GraphData, sizes: ReadonlyMap<string, Size>, direction: Direction): string {
  const short = new Map(graph.nodes.map((node, i) => [node.id, `n${i}`]));
  const size = graph.nodes.length + graph.edges.length;
  const effort = size > HASTE ? ", nslimit=0.1, nslimit1=0.5, mclimit=0.02" : "";
  const lines = size > CURVES ? ", splines=line" : "";
  const lengths = stagger(graph);
  return [
    "digraph {",
    `graph [rankdir=${direction === "right" ? "LR" : "TB"}, ranksep=0.5, nodesep=0.25${effort}${lines}];`,
    'node [shape=box, fixedsize=true, label=""];',
    "edge [arrowhead=none];",
    ...graph.nodes.map((node) => {
      const { width = 0, height = 0 } = sizes.get(node.id) ?? {};
      return `${short.get(node.id)} [width=${width / 72}, height=${height / 72}];`;
    }),
    ...graph.edges.map(
      (edge, i) => `${short.get(edge.from)} -> ${short.get(edge.to)} [id=${i}, minlen=${lengths[i] ?? 1}];`,
    ),
    "}",
  ].join("\n");
}

/** How many layers each edge spans: the many that are alike are laid in rows, or the picture would be a ribbon. */
function stagger(graph: GraphData): number[] {
  const rows = new Map<string, { readonly branch: Branch; readonly above: number; readonly below: number }>();
  for (const group of alike(graph, branchesOf(graph, FAN), () => "")) {
    if (group.length <= FAN) continue;
    const count = Math.ceil(Math.sqrt(group.length / 2));
    for (const [n, branch] of group.entries()) {
      const row = { branch, above: (n % count) * branch.length, below: (count - 1 - (n % count)) * branch.length };
      for (const { id } of branch) rows.set(id, row);
    }
  }
  return graph.edges.map(({ from, to }) => {
    const [start, end] = [rows.get(from), rows.get(to)];
    return start?.branch === end?.branch ? 1 : 1 + (start?.below ?? 0) + (end?.above ?? 0);
  });
}
