/**
 * Layers for graphs too large for Graphviz: longest path, a few barycentre sweeps, straight edges. Its time grows
 * with nodes and edges, never with the ways between them; cycles are opened where a depth-first walk closes them.
 */
import type { Size } from "./node-shape.ts";
import type { GraphData } from "../graph/node.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything lies, in pixels from the top left. */
export interface Layout extends Size {
  /** The centre of every node by its id. */
  readonly nodes: ReadonlyMap<string, Point>;
  /** For each of `graph.edges` two points (a straight line) or 1 + 3n points (n cubic Béziers), from start to end. */
  readonly edges: readonly (readonly Point[])[];
}

/** Which way data flows in a picture. */
export const DIRECTIONS = ["down", "right"] as const;
export type Direction = (typeof DIRECTIONS)[number];

const LAYER_GAP = 46;
const ROW_GAP = 16;
const NODE_GAP = 18;
const SWEEPS = 6;

/** A layered layout, top to bottom. A layer wider than the picture should be is broken into rows. */
export function layered(graph: GraphData, sizes: ReadonlyMap<string, Size>): Layout {
  const ids = graph.nodes.map((node) => node.id);
  const at = new Map(ids.map((id, i) => [id, i]));
  const size = ids.map((id) => sizes.get(id) ?? { width: 0, height: 0 });
  const links = graph.edges.map((edge) => [at.get(edge.from) as number, at.get(edge.to) as number] as const);
  const layers = order(layersOf(ids.length, opened(ids.length, links)), links);

  const area = size.reduce((sum, { width, height }) => sum + (width + NODE_GAP) * (height + LAYER_GAP), 0);
  const widest = Math.max(1600, 2 * Math.sqrt(area));
  const rows = layers.map((layer) => broken(layer, size, widest));
  const width = Math.ceil(rows.flat().reduce((most, row) => Math.max(most, lengthOf(row, size)), 0));
  const points: Point[] = [];
  let top = 0;
  for (const layer of rows) {
    for (const row of layer) {
      const height = row.reduce((most, i) => Math.max(most, size[i]?.height ?? 0), 0);
      let left = (width - lengthOf(row, size)) / 2;
      for (const i of row) {
        const own = size[i]?.width ?? 0;
        points[i] = { x: left + own / 2, y: top + height / 2 };
        left += own + NODE_GAP;
      }
      top += height + ROW_GAP;
    }
    top += LAYER_GAP - ROW_GAP;
  }
  const edges = links.map(([from, to]) =>
    straight(points[from] as Point, points[to] as Point, size[from] as Size, size[to] as Size),
  );
  return {
    width,
    height: Math.max(0, top - LAYER_GAP),
    nodes: new Map(ids.map((id, i) => [id, points[i] as Point])),
    edges,
  };
}

type Link = readonly [from: number, to: number];

function neighbours(count: number, links: readonly Link[]): number[][] {
  const lists = Array.from({ length: count }, (): number[] => []);
  for (const [from, to] of links) lists[from]?.push(to);
  return lists;
}

/** The links without those that close a cycle. */
function opened(count: number, links: readonly Link[]): Link[] {
  const next = neighbours(count, links);
  const done = new Uint8Array(count); // 1: on the way, 2: left behind
  const closing = new Set<string>();
  for (let start = 0; start < count; start++) {
    if (done[start]) continue;
    const way = [{ node: start, child: 0 }];
    done[start] = 1;
    for (let here = way.at(-1); here; here = way.at(-1)) {
      const to = next[here.node]?.[here.child++];
      if (to === undefined) done[(way.pop() ?? here).node] = 2;
      else if (done[to] === 1) closing.add(`${here.node} ${to}`);
      else if (!done[to]) {
        done[to] = 1;
        way.push({ node: to, child: 0 });
      }
    }
  }
  return closing.size === 0 ? [...links] : links.filter(([from, to]) => !closing.has(`${from} ${to}`));
}

/** Nodes by layer: each as high as what leads to it allows, except beginnings, which lie just above their first use. */
function layersOf(count: number, links: readonly Link[]): number[][] {
  const next = neighbours(count, links);
  const waiting = new Uint32Array(count);
  for (const [, to] of links) waiting[to] = (waiting[to] ?? 0) + 1;
  const first = Array.from(waiting, (w) => w === 0);
  const layer = new Uint32Array(count);
  const queue = [...first.keys()].filter((i) => first[i]);
  for (const i of queue) {
    for (const to of next[i] ?? []) {
      layer[to] = Math.max(layer[to] ?? 0, (layer[i] ?? 0) + 1);
      waiting[to] = (waiting[to] ?? 0) - 1;
      if (waiting[to] === 0) queue.push(to);
    }
  }
  const layers: number[][] = [];
  for (let i = 0; i < count; i++) {
    let depth = layer[i] ?? 0;
    const uses = next[i] ?? [];
    if (first[i] && uses.length > 0)
      depth = uses.reduce((least, to) => Math.min(least, layer[to] ?? 0), Number.POSITIVE_INFINITY) - 1;
    (layers[depth] ??= []).push(i);
  }
  return layers.filter(Boolean);
}

/** The layers with each node near the middle of its neighbours, so that fewer edges cross. */
function order(layers: number[][], links: readonly Link[]): number[][] {
  const count = layers.reduce((sum, layer) => sum + layer.length, 0);
  const down = neighbours(count, links);
  const up = neighbours(
    count,
    links.map(([from, to]) => [to, from] as const),
  );
  const place = new Float64Array(count);
  const settle = (layer: readonly number[]) => {
    for (const [i, node] of layer.entries()) place[node] = (i + 0.5) / layer.length;
  };
  layers.forEach(settle);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const [near, turn] = sweep % 2 === 0 ? [up, layers] : [down, layers.toReversed()];
    for (const layer of turn) {
      const wish = new Map(layer.map((node) => [node, middle(near[node] ?? [], place) ?? place[node] ?? 0]));
      layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      settle(layer);
    }
  }
  return layers;
}

function middle(nodes: readonly number[], place: Float64Array): number | undefined {
  if (nodes.length === 0) return undefined;
  return nodes.reduce((sum, node) => sum + (place[node] ?? 0), 0) / nodes.length;
}

function broken(layer: readonly number[], size: readonly Size[], widest: number): number[][] {
  const count = Math.max(1, Math.ceil(lengthOf(layer, size) / widest));
  const share = Math.ceil(layer.length / count);
  return Array.from({ length: Math.ceil(layer.length / share) }, (_, i) => layer.slice(i * share, (i + 1) * share));
}

function lengthOf(row: readonly number[], size: readonly Size[]): number {
  return row.reduce((sum, i) => sum + (size[i]?.width ?? 0) + NODE_GAP, -NODE_GAP);
}

/** From the bottom of one box to the top of another, or back up; a loop at the right for a node with itself. */
function straight(from: Point, to: Point, a: Size, b: Size): Point[] {
  if (from === to) {
    const [x, y, out] = [from.x + a.width / 2, from.y, 22];
    return [
      { x, y: y - 6 },
      { x: x + out, y: y - 14 },
      { x: x + out, y: y + 14 },
      { x, y: y + 6 },
    ];
  }
  const sign = from.y <= to.y ? 1 : -1;
  return [
    { x: from.x, y: from.y + (sign * a.height) / 2 },
    { x: to.x, y: to.y - (sign * b.height) / 2 },
  ];
}
