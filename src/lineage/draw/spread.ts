/** Where many edges meet one side of a node it is longer, and they share it evenly: layouts aim at its middle, and all but a few would meet its corners. */
import { figureOf } from "./node-shape.ts";
import type { Figure, Size } from "./node-shape.ts";
import type { Direction, Layout, Point } from "./layered.ts";
import type { Edge, GraphData } from "../graph/node.ts";

const FEW = 4; // so many find room by themselves
const END = 14; // room for each end of the others, up to
const MOST: Size = { width: 360, height: 240 };
const CORNER = 12; // kept free at both ends of a side
const CLEAR = 8; // how far outside of a node a curve must pass to be led to another place on it
const LEAN = 24; // the length of the last straight part of a curve, at most
const NEAR = 28; // from here on nothing but the node itself is in the way, if its neighbours are no higher
const GAP = 2; // between a curve that is led and what it passes
const SAMPLES = 100; // points at which a long curve is compared with what it might cross

/** The figures of a graph's nodes by their ids. */
export function figuresOf({ nodes, edges }: GraphData, direction: Direction): Map<string, Figure> {
  const [starts, ends] = [Map.groupBy(edges, (edge) => edge.from), Map.groupBy(edges, (edge) => edge.to)];
  return new Map(
    nodes.map((node) => {
      const count = Math.max(starts.get(node.id)?.length ?? 0, ends.get(node.id)?.length ?? 0);
      const room = count > FEW ? count * END : 0;
      const least =
        direction === "down"
          ? { width: Math.min(room, MOST.width), height: 0 }
          : { width: 0, height: Math.min(room, MOST.height) };
      return [node.id, figureOf(node, least)];
    }),
  );
}

/** One end of an edge, the last or the first, and the angle at which it meets its node. */
interface End {
  readonly edge: number;
  readonly last: boolean;
  readonly angle: number;
}

/** The ends at one side of a node: where data comes in (sign 1, the top or left) or goes out (-1). */
interface Side {
  readonly box: Point & Size;
  readonly sign: 1 | -1;
  readonly ends: End[];
}

/** The layout with the ends of edges side by side, in the order in which they came. */
export function spread(
  graph: GraphData,
  sizes: ReadonlyMap<string, Size>,
  layout: Layout,
  direction: Direction,
): Layout {
  const turn = direction === "right" ? ({ x, y }: Point): Point => ({ x: y, y: x }) : (point: Point): Point => point;
  const lines = layout.edges.map((line) => line.map(turn));
  const boxes = new Map(
    Array.from(layout.nodes, ([id, point]) => {
      const { width = 0, height = 0 } = sizes.get(id) ?? {};
      return [
        id,
        { ...turn(point), ...(direction === "right" ? { width: height, height: width } : { width, height }) },
      ];
    }),
  );
  for (const { box, sign, ends } of sidesOf(graph, lines, boxes)) {
    if (ends.length <= FEW) continue;
    const room = Math.max(0, box.width - 2 * CORNER) / ends.length;
    ends.sort((a, b) => a.angle - b.angle || a.edge - b.edge);
    for (const [i, { edge, last }] of ends.entries()) {
      const x = box.x + (i + 0.5 - ends.length / 2) * room;
      const line = (last ? lines[edge] : lines[edge]?.toReversed()) ?? [];
      const ways = [Number.POSITIVE_INFINITY, NEAR].map((near) => led(line, box, sign, x, near));
      const best = ways.find((way) => isClear(way, boxes, graph.edges[edge])) ?? line;
      lines[edge] = last ? best : best.toReversed();
    }
  }
  return { ...layout, edges: lines.map((line) => line.map(turn)) };
}

function sidesOf(
  { edges }: GraphData,
  lines: readonly (readonly Point[])[],
  boxes: ReadonlyMap<string, Point & Size>,
): Iterable<Side> {
  const sides = new Map<string, Side>();
  for (const [edge, { from, to }] of edges.entries()) {
    if (from === to) continue;
    for (const [id, last] of [
      [to, true],
      [from, false],
    ] as const) {
      const [box, line] = [boxes.get(id), last ? lines[edge] : lines[edge]?.toReversed()];
      if (!box || !line) continue;
      const sign = ([1, -1] as const).find((one) => turnOff(line, box, one) >= 0);
      const point = line.length > 2 ? line.at(-1) : line[0];
      if (!sign || !point) continue;
      const side = sides.get(id + sign) ?? { box, sign, ends: [] };
      sides.set(id + sign, side);
      side.ends.push({ edge, last, angle: Math.atan2(point.x - box.x, sign * (box.y - point.y)) });
    }
  }
  return sides.values();
}

/** The last of a line's points that it goes through on a side of a box, above with sign 1 and below with -1; or less than 0. */
function turnOff(line: readonly Point[], box: Point & Size, sign: 1 | -1): number {
  const step = line.length === 2 ? 1 : 3;
  let at = line.length - 1 - step;
  while (at >= 0 && sign * (box.y - (line[at]?.y ?? 0)) < box.height / 2 + CLEAR) at -= step;
  return at;
}

/** A line led to another place on that side, from the last of these points on or from where it has come near. */
function led(line: readonly Point[], box: Point & Size, sign: 1 | -1, x: number, near: number): Point[] {
  const at = turnOff(line, box, sign);
  const y = box.y - (sign * box.height) / 2;
  const far = (point: Point): number => sign * (y - point.y);
  const [start, next, then, end] = line.slice(at, at + 4);
  if (at < 0 || !start || !next) return [...line];
  if (!then || !end) return [start, { x, y }];
  if (far(start) <= near)
    return [
      ...line.slice(0, at),
      start,
      turned(start, next, far),
      { x, y: y - sign * Math.min(LEAN, far(start) / 2) },
      { x, y },
    ];
  let [low, high] = [0, 1];
  for (let step = 0; step < 20; step++) {
    const half = (low + high) / 2;
    if (far(split([start, next, then, end], half)[3]) > near) low = half;
    else high = half;
  }
  const [, a, b, middle] = split([start, next, then, end], low);
  const on = { x: 2 * middle.x - b.x, y: 2 * middle.y - b.y };
  return [
    ...line.slice(0, at),
    start,
    a,
    b,
    middle,
    turned(middle, on, far),
    { x, y: y - sign * Math.min(LEAN, far(middle) / 2) },
    { x, y },
  ];
}

/** How a curve leaves a point: as before, but it turns before it is level with the node. */
function turned(start: Point, next: Point, far: (point: Point) => number): Point {
  return between(start, next, Math.min(1, (far(start) - CLEAR) / Math.max(1, far(start) - far(next))));
}

type Curve = readonly [Point, Point, Point, Point];

/** A Bézier curve up to a part of its way. */
function split([a, b, c, d]: Curve, part: number): Curve {
  const [ab, bc, cd] = [between(a, b, part), between(b, c, part), between(c, d, part)];
  const [abc, bcd] = [between(ab, bc, part), between(bc, cd, part)];
  return [a, ab, abc, between(abc, bcd, part)];
}

function between(a: Point, b: Point, part: number): Point {
  return { x: a.x + part * (b.x - a.x), y: a.y + part * (b.y - a.y) };
}

/** Whether the last curve of an edge passes outside of all boxes but those at its ends. */
function isClear(line: readonly Point[], boxes: ReadonlyMap<string, Point & Size>, edge: Edge | undefined): boolean {
  const curve = line.slice(-4);
  const [a, b, c, d] = curve;
  if (!a || !b || !c || !d) return true;
  const reach = (pick: (point: Point) => number, how: (...all: number[]) => number): number => how(...curve.map(pick));
  const [left, right, top, bottom] = [
    reach((p) => p.x, Math.min),
    reach((p) => p.x, Math.max),
    reach((p) => p.y, Math.min),
    reach((p) => p.y, Math.max),
  ];
  const ends = [edge?.from, edge?.to].map((id) => boxes.get(id ?? ""));
  const close = [...boxes.values()].filter(
    ({ x, y, width, height }) =>
      x + width / 2 + GAP > left &&
      x - width / 2 - GAP < right &&
      y + height / 2 + GAP > top &&
      y - height / 2 - GAP < bottom,
  );
  const others = close.filter((box) => !ends.includes(box));
  if (others.length === 0) return true;
  return Array.from({ length: SAMPLES + 1 }, (_, i) => split([a, b, c, d], i / SAMPLES)[3]).every((point) =>
    others.every(
      ({ x, y, width, height }) => Math.abs(point.x - x) > width / 2 + GAP || Math.abs(point.y - y) > height / 2 + GAP,
    ),
  );
}
