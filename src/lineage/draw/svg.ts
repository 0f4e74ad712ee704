/** A lineage graph drawn as SVG text: one file without scripts, links or anything from outside. */
import { escapeControls } from "../../ground/width.ts";
import { figureOf, inside, LABEL_SIZE, SMALL_SIZE } from "./node-shape.ts";
import type { Figure } from "./node-shape.ts";
import { folded } from "./folding.ts";
import { arrange, checkSize, type Direction, DIRECTIONS, directionOf, type Point } from "./layout.ts";
import { legendOf } from "./legend.ts";
import { cutNote, statusOf } from "../graph/node.ts";
import type { EdgeRole, GraphData, Node } from "../graph/node.ts";
import { checked, numberFrom } from "../graph/options.ts";
import { styleSheet, THEMES } from "./theme.ts";
import type { Theme } from "./theme.ts";

/** How a picture is drawn: `theme` is `"auto"` unless told; data flows `"down"`, or `"right"` where more than 12 boxes would be side by side. */
export interface SvgOptions {
  readonly theme?: Theme;
  readonly direction?: Direction;
  /** How many alike nodes or chains between the same neighbours are drawn before the rest is folded into `… 176 more` (default 24; Infinity draws all). */
  readonly fan?: number;
}

const PAD = 16;
const LINE = 22; // height of a line of text below the picture
const TIP = 7; // length of an arrow's tip
const DIAMOND = 12; // and of what stands at its place where a collection has a member
const CORNER = 30; // how far a line may have to be led on to a rounded corner
export const FONTS = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans Condensed', sans-serif";
const SAYS: { readonly [R in EdgeRole]?: string } = { member: "member", recreated: "re-created", initiated: "started" };

export const SVG_OPTIONS = { theme: THEMES, direction: DIRECTIONS, fan: numberFrom(1) };

/**
 * SVG text, laid out by Graphviz; the same graph always gives the same text. Throws `invalid` for more than 3,000 boxes
 * or 6,000 lines after folding.
 *
 * @example
 * await graph.to("svg", { theme: "dark", direction: "right" });
 */
export async function svg(whole: GraphData, options?: SvgOptions): Promise<string> {
  const { theme = "auto", fan = 24, direction } = checked<SvgOptions>('graph.to("svg")', options, SVG_OPTIONS);
  const graph = folded(whole, fan);
  checkSize(graph);
  const figures = new Map(graph.nodes.map((node) => [node.id, figureOf(node)]));
  const layout = await arrange(graph, figures, direction ?? directionOf(graph));
  const note = graph.truncated ? cutNote(graph.truncated) : "";
  const legend = legendOf(graph);
  const belowWidth = Math.max(note.length * SMALL_SIZE * 0.6, legend.width);
  const width = Math.ceil(Math.max(layout.width, belowWidth)) + 2 * PAD;
  const legendAt = Math.ceil(layout.height) + 2 * PAD + 8;
  const height = Math.ceil(layout.height) + 2 * PAD + (legend.text ? LINE : 0) + (note ? LINE : 0);
  const shift = PAD + Math.max(0, (belowWidth - layout.width) / 2);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const focus = byId.get(graph.focus);
  const within = (id: string) => (point: Point) => {
    const [node, figure, at] = [byId.get(id), figures.get(id), layout.nodes.get(id)];
    return !node || !figure || !at || inside(node.kind, figure, point.x - at.x, point.y - at.y);
  };
  const name = `Lineage of ${escaped(escapeControls(focus?.label ?? graph.focus))}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="lineal-${theme}" role="img" aria-label="${name}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONTS}" font-size="${LABEL_SIZE}" text-anchor="middle">`,
    `<title>${name}</title>`,
    `<style>\n${styleSheet(theme)}\n</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<g transform="translate(${round(shift)} ${PAD})">`,
    ringText(figures.get(graph.focus), layout.nodes.get(graph.focus)),
    ...graph.edges.map((edge, i) =>
      edgeText(edge.role, reached(layout.edges[i] ?? [], within(edge.from), within(edge.to))),
    ),
    ...graph.nodes.map((node) =>
      nodeText(node, figures.get(node.id), layout.nodes.get(node.id), node.id === graph.focus),
    ),
    "</g>",
    ...(legend.text ? [`<g class="legend" transform="translate(${width / 2} ${legendAt})">${legend.text}</g>`] : []),
    ...(note
      ? [`<text class="small" font-size="${SMALL_SIZE}" x="${width / 2}" y="${height - PAD}">${note}</text>`]
      : []),
    "</svg>",
    "",
  ].join("\n");
}

/** The ring around the focus; it is behind the lines that end there. */
function ringText(figure: Figure | undefined, at: Point | undefined): string {
  if (!figure || !at) return "";
  const paths = figure.outline.map((path) => `<path d="${path}"/>`);
  return `<g class="ring" transform="translate(${round(at.x)} ${round(at.y)})">${paths.join("")}</g>`;
}

function nodeText(node: Node, figure: Figure | undefined, at: Point | undefined, isFocus: boolean): string {
  if (!figure || !at) return "";
  const classes = ["node", node.kind, statusOf(node), isFocus && "focus"].filter(Boolean).join(" ");
  const state = figure.state && `<tspan class="state">${escaped(figure.state)}</tspan>`;
  const below = [escaped(figure.small), state].filter(Boolean).join(", ");
  const drop = node.kind === "collection" ? 3 : 0; // the front sheet of a stack lies lower left
  return [
    `<g class="${classes}" transform="translate(${round(at.x)} ${round(at.y)})"><title>${escaped(figure.title).replaceAll("\n", "&#10;")}</title>`,
    ...figure.outline.map((path) => `<path d="${path}"/>`),
    figure.crease && `<path class="crease" d="${figure.crease}"/>`,
    `<text x="${-drop}" y="${(below ? -3 : 4) + drop}">${escaped(figure.label)}</text>`,
    below && `<text class="small" font-size="${SMALL_SIZE}" x="${-drop}" y="${12 + drop}">${below}</text>`,
    "</g>",
  ].join("");
}

/** A line led on at both ends to the outlines it means: layouts think of every node as a box. */
function reached(
  points: readonly Point[],
  inFirst: (point: Point) => boolean,
  inLast: (point: Point) => boolean,
): readonly Point[] {
  if (points.length < 2) return points;
  const led = ledOn(points, inLast);
  return ledOn(led.toReversed(), inFirst).toReversed();
}

function ledOn(points: readonly Point[], isThere: (point: Point) => boolean): readonly Point[] {
  const [{ x, y }, dx, dy] = arrival(points);
  for (let step = 0; step <= CORNER; step++) {
    const end = { x: x + step * dx, y: y + step * dy };
    if (isThere(end)) return [...points.slice(0, -1), end];
  }
  return points;
}

/** Where a line ends, and the direction (of length 1) it has there. */
function arrival(points: readonly Point[]): readonly [end: Point, dx: number, dy: number] {
  const end = points.at(-1) ?? { x: 0, y: 0 };
  const before = points.findLast((point) => Math.hypot(end.x - point.x, end.y - point.y) > 1) ?? {
    x: end.x,
    y: end.y - 1,
  };
  const far = Math.hypot(end.x - before.x, end.y - before.y);
  return [end, (end.x - before.x) / far, (end.y - before.y) / far];
}

function edgeText(role: EdgeRole, points: readonly Point[]): string {
  const [start] = points;
  if (!start) return "";
  const [end, dx, dy] = arrival(points);
  const [length, widest] = role === "member" ? [DIAMOND, DIAMOND / 2] : [TIP, TIP];
  // The line stops where the tip begins: a hollow tip would show it.
  const neck = { x: end.x - dx * length, y: end.y - dy * length };
  const line = `M${pair(start)}${points.length > 2 ? "C" : "L"}${[...points.slice(1, -1), neck].map(pair).join(" ")}`;
  const side = (turn: 1 | -1) =>
    pair({ x: end.x - dx * widest - turn * dy * TIP * 0.45, y: end.y - dy * widest + turn * dx * TIP * 0.45 });
  const tip = [pair(end), side(1), ...(widest < length ? [pair(neck)] : []), side(-1)].join("L");
  const drawn = `<path class="edge" d="${line}"/><path class="tip" d="M${tip}Z"/>`;
  const says = SAYS[role];
  return says ? `<g class="${role}"><title>${says}</title>${drawn}</g>` : drawn;
}

function pair({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10 + 0; // + 0: no "-0"
}

/** Text as XML can hold it: markup escaped, and what XML forbids even then replaced. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are not allowed in XML
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}
