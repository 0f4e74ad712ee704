/** Where many edges meet one side of a node it is longer, and they share it evenly: layouts aim at its middle, and all but a few would meet its corners. */
import { figureOf } from "./figure.ts";
import type { Figure, Size } from "./figure.ts";
import type { Direction, Layout, Point } from "./layered.ts";
import type { GraphData } from "./node.ts";

const FEW = 4; // so many find room by themselves
const END = 14; // room for each end of the others, up to
const MOST: Size = { width: 360, height: 240 };
const CORNER = 12; // kept free at both ends of a side
const CLEAR = 8; // how far outside of a node a curve must pass to be led to another place on it
const LEAN = 24; // the length of the last straight part of a curve, at most

/** The figures of a graph's nodes by their ids. */
export function figuresOf({ nodes, edges }: GraphData, direction: Direction): Map<string, Figure> {
  const [starts, ends] = [Map.groupBy(edges, edge => edge.from), Map.groupBy(edges, edge => edge.to)];
  return new Map(nodes.map(node => {
    const count = Math.max(starts.get(node.id)?.length ?? 0, ends.get(node.id)?.length ?? 0);
    const room = count > FEW ? count * END : 0;
    const least = direction === "down" ? { width: Math.min(room, MOST.width), height: 0 } : { width: 0, height: Math.min(room, MOST.height) };
    return [node.id, figureOf(node, least)];
  }));
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
export function spread(graph: GraphData, sizes: ReadonlyMap<string, Size>, layout: Layout, direction: Direction): Layout {
  const turn = direction === "right" ? ({ x, y }: Point): Point => ({ x: y, y: x }) : (point: Point): Point => point;
  const lines = layout.edges.map(line => line.map(turn));
  const boxes = new Map(Array.from(layout.nodes, ([id, point]) => {
    const { width = 0, height = 0 } = sizes.get(id) ?? {};
    return [id, { ...turn(point), ...(direction === "right" ? { width: height, height: width } : { width, height }) }];
  }));
  for (const { box, sign, ends } of sidesOf(graph, lines, boxes)) {
    if (ends.length <= FEW) continue;
    const room = Math.max(0, box.width - 2 * CORNER) / ends.length;
    ends.sort((a, b) => a.angle - b.angle || a.edge - b.edge);
    for (const [i, { edge, last }] of ends.entries()) {
      const x = box.x + (i + 0.5 - ends.length / 2) * room;
      const line = lines[edge] ?? [];
      lines[edge] = last ? led(line, box, sign, x) : led(line.toReversed(), box, sign, x).toReversed();
    }
  }
  return { ...layout, edges: lines.map(line => line.map(turn)) };
}

function sidesOf({ edges }: GraphData, lines: readonly (readonly Point[])[], boxes: ReadonlyMap<string, Point & Size>): Iterable<Side> {
  const sides = new Map<string, Side>();
  for (const [edge, { from, to }] of edges.entries()) {
    if (from === to) continue;
    for (const [id, last] of [[to, true], [from, false]] as const) {
      const [box, line] = [boxes.get(id), last ? lines[edge] : lines[edge]?.toReversed()];
      if (!box || !line) continue;
      const sign = ([1, -1] as const).find(one => turnOff(line, box, one) >= 0);
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

/** A line led to another place on that side. */
function led(line: readonly Point[], box: Point & Size, sign: 1 | -1, x: number): Point[] {
  const at = turnOff(line, box, sign);
  const [start, next] = [line[at], line[at + 1]];
  if (!start || !next) return [...line];
  const y = box.y - (sign * box.height) / 2;
  if (line.length === 2) return [start, { x, y }];
  const far = sign * (y - start.y);
  // The curve leaves its last point as before, but turns before it is level with the node.
  const part = Math.min(1, (far - CLEAR) / Math.max(1, sign * (next.y - start.y)));
  const on = { x: start.x + part * (next.x - start.x), y: start.y + part * (next.y - start.y) };
  return [...line.slice(0, at + 1), on, { x, y: y - sign * Math.min(LEAN, far / 2) }, { x, y }];
}
