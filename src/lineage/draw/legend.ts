/** The line below a picture that says what its unusual lines, shapes and outlines mean. */
import { measure, shapeOf, SMALL_SIZE } from "./node-shape.ts";
import { isFailed } from "../graph/node.ts";
import type { GraphData, NodeKind } from "../graph/node.ts";

/** SVG text around (0, 0), its middle; `width` is 0 when there is nothing to say. Units are pixels. */
interface Legend {
  readonly width: number;
  readonly text: string;
}

const [X, Y] = [13, 6]; // half the size of a sample
const [GAP, SPACE] = [6, 20]; // between a sample and its words, and between two of them

/** The legend of a graph: only what it has beyond files, runs and the lines between them. */
export function legendOf({ nodes, edges }: GraphData): Legend {
  const line = `<path class="key edge" d="M${-X} 0H${X - 7}"/><path class="key tip" d="M${X} 0L${X - 7} -3.2V3.2Z"/>`;
  const held = `<path class="key edge" d="M${-X} 0H${X - 12}"/><path class="key tip" d="M${X} 0L${X - 6} -3.2L${X - 12} 0L${X - 6} 3.2Z"/>`;
  const drawn = (kind: NodeKind, state = "") =>
    `<g class="key node ${kind}${state}">${shapeOf(kind, X, Y)
      .outline.map((path) => `<path d="${path}"/>`)
      .join("")}</g>`;
  const roles = new Set(edges.map((edge) => edge.role));
  const kinds = new Set(nodes.map((node) => node.kind));
  const items = [
    roles.has("member") && ["member of a collection", `<g class="member">${held}</g>`],
    roles.has("recreated") && ["re-created", `<g class="recreated">${line}</g>`],
    roles.has("initiated") && ["started", `<g class="initiated">${line}</g>`],
    ...(["transform", "collection", "record"] as const).map((kind) => kinds.has(kind) && [kind, drawn(kind)]),
    nodes.some(isFailed) && ["failed", drawn("run", " failed")],
    nodes.some((node) => node.deleted) && ["deleted", drawn("artifact", " deleted")],
  ].filter((item) => item !== false) as [words: string, sample: string][];
  if (items.length === 0) return { width: 0, text: "" };

  const widths = items.map(([words]) => 2 * X + GAP + measure(words, SMALL_SIZE));
  const width = widths.reduce((sum, own) => sum + own + SPACE, -SPACE);
  let left = -width / 2;
  const text = items.map(([words, sample], i) => {
    const x = Math.round((left + X) * 10) / 10;
    left += (widths[i] ?? 0) + SPACE;
    return `<g transform="translate(${x} 0)">${sample}<text class="small" font-size="${SMALL_SIZE}" text-anchor="start" x="${X + GAP}" y="3.5">${words}</text></g>`;
  });
  return { width, text: text.join("") };
}
