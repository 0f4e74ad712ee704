/** What a node looks like in a picture: its two lines of text, its outline and how large that is. Units are pixels. */
import { nameOfRun, stateOf, versionOf, whoAndWhen } from "../graph/node.ts";
import type { Node, NodeKind } from "../graph/node.ts";
import { printSize } from "../../ground/size.ts";
import { displayWidth, escapeControls, truncate } from "../../ground/width.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A node ready to be drawn around (0, 0). `label` and `small` are plain text, not yet escaped. */
export interface Figure extends Size {
  readonly label: string;
  readonly small: string;
  /** Why this node deserves attention; stands after `small`. */
  readonly state: string | undefined;
  /** Everything there is to say, for the tooltip. */
  readonly title: string;
  /** SVG path data: the filled outlines, back to front. */
  readonly outline: readonly string[];
  /** SVG path data of lines drawn on top, or "". */
  readonly crease: string;
}

/** Sizes of the text in pixels. */
export const LABEL_SIZE = 12;
export const SMALL_SIZE = 10;

const LABEL_COLUMNS = 36;
const SMALL_COLUMNS = 56;
const NAME_COLUMNS = 22; // of a run's name, so that who and when remain
const SLANT = 10; // how far corners are folded, cut or slanted
const SHEET = 3; // how far the sheets of a stack lie apart
const SHEETS = [2, 1, 0]; // from the back to the front

/** Room left and right of the text, so that it never meets the outline. */
const MARGIN: { readonly [K in NodeKind]: number } = {
  artifact: 14,
  run: 18,
  transform: 20,
  collection: 16,
  record: 20,
};

/** The figure of a node. */
export function figureOf(node: Node): Figure {
  const full = escapeControls(node.label);
  const label = truncate(full, LABEL_COLUMNS, "middle");
  const state = escapeControls(stateOf(node) ?? "") || undefined;
  const small = truncate(escapeControls(factsOf(node, NAME_COLUMNS)), SMALL_COLUMNS, "middle");
  const below = [small, state].filter(Boolean).join(", ");
  const text = Math.max(measure(label, LABEL_SIZE), measure(below, SMALL_SIZE));
  const width = Math.ceil(Math.max(64, text + 2 * MARGIN[node.kind]) / 2) * 2;
  const height = below ? 42 : 32;
  const all = [escapeControls(factsOf(node)), state].filter(Boolean).join(", ");
  const title = [
    full,
    [`${node.kind} ${escapeControls(node.uid)}`.trimEnd(), all].filter(Boolean).join(" · "),
    made(node),
  ];
  return {
    width,
    height,
    label,
    small,
    state,
    title: title.filter(Boolean).join("\n"),
    ...shapeOf(node.kind, width / 2, height / 2),
  };
}

function factsOf(node: Node, nameColumns = Number.POSITIVE_INFINITY): string {
  const [version, older] = versionOf(node);
  switch (node.kind) {
    case "run":
      return [truncate(nameOfRun(node) ?? "", nameColumns), whoAndWhen(node.createdBy, node.startedAt)]
        .filter(Boolean)
        .join(", ");
    case "artifact":
      return [node.artifactKind, node.size === null ? undefined : printSize(node.size), version, older]
        .filter(Boolean)
        .join(", ");
    case "transform":
      return [node.transformKind, version].filter(Boolean).join(", ") || whoAndWhen(node.createdBy, node.createdAt);
    case "collection":
      return ["collection", version, older].filter(Boolean).join(", ");
    case "record":
      return node.type ?? "record";
  }
}

function made(node: Node): string {
  return node.kind === "run" ? "" : escapeControls(whoAndWhen(node.createdBy, node.createdAt));
}

/** The outline of a kind of node that reaches `x` and `y` from its middle. */
export function shapeOf(kind: NodeKind, x: number, y: number): Pick<Figure, "outline" | "crease"> {
  switch (kind) {
    case "artifact": // a sheet with a folded corner
      return {
        outline: [`M${-x} ${-y}H${x - SLANT}L${x} ${SLANT - y}V${y}H${-x}Z`],
        crease: `M${x - SLANT} ${-y}V${SLANT - y}H${x}`,
      };
    case "run": {
      // a pill
      const arc = `A${y} ${y} 0 0 1`;
      return { outline: [`M${y - x} ${-y}H${x - y}${arc} ${x - y} ${y}H${y - x}${arc} ${y - x} ${-y}Z`], crease: "" };
    }
    case "transform": // a hexagon
      return {
        outline: [`M${SLANT - x} ${-y}H${x - SLANT}L${x} 0L${x - SLANT} ${y}H${SLANT - x}L${-x} 0Z`],
        crease: "",
      };
    case "collection": {
      // a stack of sheets
      const sheet = (back: number) =>
        `M${-x + back * SHEET} ${-y + (2 - back) * SHEET}H${x - (2 - back) * SHEET}V${y - back * SHEET}H${-x + back * SHEET}Z`;
      return { outline: SHEETS.map(sheet), crease: "" };
    }
    case "record": // a slanted card
      return { outline: [`M${SLANT - x} ${-y}H${x}L${x - SLANT} ${y}H${-x}Z`], crease: "" };
  }
}

/** Whether a point, told from the centre of a node, lies within its outline. */
export function inside(kind: NodeKind, { width, height }: Size, dx: number, dy: number): boolean {
  const [x, y] = [width / 2, height / 2];
  if (Math.abs(dx) > x + 0.6 || Math.abs(dy) > y + 0.6) return false; // layouts round
  switch (kind) {
    case "artifact":
      return x - dx + (y + dy) >= SLANT;
    case "run":
      return Math.hypot(Math.max(0, Math.abs(dx) - (x - y)), dy) <= y + 0.6;
    case "transform":
      return x - Math.abs(dx) >= (SLANT * Math.abs(dy)) / y;
    case "collection":
      return SHEETS.some(
        (back) =>
          dx >= back * SHEET - x - 0.6 &&
          dx <= x - (2 - back) * SHEET + 0.6 &&
          dy >= (2 - back) * SHEET - y - 0.6 &&
          dy <= y - back * SHEET + 0.6,
      );
    case "record":
      return Math.abs(dx + (SLANT / 2) * (dy / y)) <= x - SLANT / 2;
  }
}

/** At most how wide a text is in pixels: for each kind of letter the widest of the usual sans-serif fonts. */
export function measure(text: string, size: number): number {
  let sum = 0;
  for (const char of text) sum += widthOf(char);
  return sum * size;
}

function widthOf(char: string): number {
  if (/[ijlI|'!.,:;·]/.test(char)) return 0.3;
  if (/[frt()[\]{}/\\" *°-]/.test(char)) return 0.4;
  if (/[a-z0-9_]/.test(char) && !/[mw]/.test(char)) return 0.58;
  if (/[mMW@%—…]/.test(char)) return 0.96;
  const wide = displayWidth(char);
  return wide === 1 ? 0.74 : wide === 2 ? 1.05 : 0;
}
