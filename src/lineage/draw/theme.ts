/** The colours of pictures, light and dark, as a style sheet. Shapes and words say all that colours say. */
import type { NodeStatus } from "../graph/node.ts";

/** `"auto"` follows the reader's system, in viewers that know how to. */
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

type Paint = readonly [fill: string, stroke: string];

interface Palette {
  readonly paper: string;
  readonly text: string;
  readonly small: string;
  readonly edge: string;
  /** The ring around the focus. */
  readonly accent: string;
  readonly artifact: Paint;
  readonly run: Paint;
  readonly transform: Paint;
  readonly collection: Paint;
  readonly record: Paint;
  /** The fill of a status, and its text. */
  readonly statuses: { readonly [S in NodeStatus]: Paint };
}

const LIGHT: Palette = {
  paper: "#ffffff",
  text: "#16191d",
  small: "#59616b",
  edge: "#7b8592",
  accent: "#0b5fd0",
  artifact: ["#ffffff", "#33373d"],
  run: ["#ffffff", "#7a35e8"],
  transform: ["#ffffff", "#1e8032"],
  collection: ["#ffffff", "#0b4f86"],
  record: ["#ffffff", "#a8559b"],
  statuses: {
    failed: ["#fde8e6", "#a3180f"],
    running: ["#e3f0fc", "#0a5aa8"],
    older: ["#eeeef2", "#51525c"],
    deleted: ["#eeeef2", "#51525c"],
  },
};

const DARK: Palette = {
  paper: "#0f1419",
  text: "#e8ecf1",
  small: "#9aa5b1",
  edge: "#6a7582",
  accent: "#7db4ff",
  artifact: ["#0f1419", "#dfe8f5"],
  run: ["#0f1419", "#8170ea"],
  transform: ["#0f1419", "#4fe094"],
  collection: ["#0f1419", "#6aa9d6"],
  record: ["#0f1419", "#e0557d"],
  statuses: {
    failed: ["#3d1a18", "#ff9d94"],
    running: ["#10294a", "#8cc4ff"],
    older: ["#262a31", "#b9bcc8"],
    deleted: ["#262a31", "#b9bcc8"],
  },
};

/** The colours of both themes, as CSS hex colours. */
export const PALETTES = { light: LIGHT, dark: DARK };

/** The style sheet of a theme; every rule begins with `.lineal-<theme>`, so pictures in one page do not mix. */
export function styleSheet(theme: Theme): string {
  const scope = `.lineal-${theme}`;
  const rules = (palette: Palette) =>
    paints(palette)
      .map((rule) => `${scope} ${rule}`)
      .join("\n");
  const common = lines()
    .map((rule) => `${scope} ${rule}`)
    .join("\n");
  if (theme !== "auto") return `${common}\n${rules(PALETTES[theme])}`;
  return `${common}\n${rules(LIGHT)}\n@media (prefers-color-scheme: dark) {\n${rules(DARK)}\n}`;
}

/** What is the same in every theme. */
function lines(): string[] {
  return [
    ".edge{fill:none;stroke-width:1.1}",
    ".tip{stroke-width:1.1;stroke-linejoin:round}",
    ".recreated .edge{stroke-dasharray:6 4}",
    ".initiated .edge{stroke-dasharray:0.1 4;stroke-width:2;stroke-linecap:round}",
    ".node path{stroke-width:1.6;stroke-linejoin:round}",
    ".node .crease{fill:none}",
    ".failed path{stroke-width:2;stroke-dasharray:6 3}",
    ".deleted path{stroke-dasharray:4 3}",
    ".ring path{stroke-width:7.6;stroke-linejoin:round}",
  ];
}

function paints({ paper, text, small, edge, accent, statuses, ...kinds }: Palette): string[] {
  const { artifact, run, transform, collection, record } = kinds;
  const paint = (name: string, [fill, stroke]: Paint) => `.${name} path{fill:${fill};stroke:${stroke}}`;
  return [
    `.paper{fill:${paper}}`,
    `text{fill:${text}}`,
    `.small{fill:${small}}`,
    `.edge{stroke:${edge}}`,
    `.tip{fill:${edge};stroke:${edge}}`,
    `.member .tip{fill:${paper}}`,
    `.initiated .tip{fill:${paper}}`,
    paint("artifact", artifact),
    paint("run", run),
    paint("transform", transform),
    paint("collection", collection),
    paint("record", record),
    ...Object.entries(statuses).flatMap(([status, [fill, ink]]) => [
      `.${status} path{fill:${fill}}`,
      `.${status} .small{fill:${ink}}`,
    ]),
    `.failed path{stroke:${statuses.failed[1]}}`,
    `.deleted path{stroke:${statuses.deleted[1]}}`,
    `.deleted text{fill:${statuses.deleted[1]}}`,
    `.ring path{stroke:${accent}}`,
    ".node .crease{fill:none}",
  ];
}
