/** The colours of pictures, light and dark, as a style sheet. Shapes and words say all that colours say. */

/** `"auto"` follows the reader's system, in viewers that know how to. */
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

type Paint = readonly [fill: string, stroke: string];

interface Palette {
  readonly paper: string;
  readonly text: string;
  readonly small: string;
  readonly edge: string;
  /** The outline of what failed. */
  readonly bad: string;
  /** The ring around the focus. */
  readonly accent: string;
  readonly gone: Paint;
  readonly artifact: Paint;
  readonly run: Paint;
  readonly transform: Paint;
  readonly collection: Paint;
  readonly record: Paint;
}

const LIGHT: Palette = {
  paper: "#ffffff",
  text: "#16191d",
  small: "#59616b",
  edge: "#7b8592",
  bad: "#a3180f",
  accent: "#0b5fd0",
  gone: ["#eeeef2", "#51525c"],
  artifact: ["#ffffff", "#33373d"],
  run: ["#ffffff", "#7a35e8"],
  transform: ["#ffffff", "#1e8032"],
  collection: ["#ffffff", "#0b4f86"],
  record: ["#ffffff", "#a8559b"],
};

const DARK: Palette = {
  paper: "#0f1419",
  text: "#e8ecf1",
  small: "#9aa5b1",
  edge: "#6a7582",
  bad: "#ff9d94",
  accent: "#7db4ff",
  gone: ["#262a31", "#b9bcc8"],
  artifact: ["#0f1419", "#dfe8f5"],
  run: ["#0f1419", "#8170ea"],
  transform: ["#0f1419", "#4fe094"],
  collection: ["#0f1419", "#6aa9d6"],
  record: ["#0f1419", "#e0557d"],
};

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
    ".node path{stroke-width:1.2;stroke-linejoin:round}",
    ".node .crease{fill:none}",
    ".failed path{stroke-width:1.8;stroke-dasharray:6 3}",
    ".deleted path{stroke-dasharray:4 3}",
    ".ring path{stroke-width:7.2;stroke-linejoin:round}",
  ];
}

function paints({ paper, text, small, edge, bad, accent, gone, ...kinds }: Palette): string[] {
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
    paint("deleted", gone),
    `.deleted text{fill:${small}}`,
    `.failed path{stroke:${bad}}`,
    `.failed .state{fill:${bad}}`,
    `.ring path{stroke:${accent}}`,
    ".node .crease{fill:none}",
  ];
}
