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
  readonly bad: string;
  readonly gone: Paint;
  readonly focus: Paint;
  readonly artifact: Paint;
  readonly run: Paint;
  readonly transform: Paint;
  readonly collection: Paint;
  readonly record: Paint;
}

const FOCUS: Paint = ["#10b981", "#065f46"];

export const LIGHT: Palette = {
  paper: "#ffffff",
  text: "#111827",
  small: "#6b7280",
  edge: "#6b7280",
  bad: "#b91c1c",
  gone: ["#f9fafb", "#9ca3af"],
  focus: FOCUS,
  artifact: ["#ffffff", "#4b5563"],
  run: ["#eef2ff", "#4f46e5"],
  transform: ["#fef3c7", "#b45309"],
  collection: ["#e0f2fe", "#0369a1"],
  record: ["#fdf2f8", "#9d174d"],
};

const DARK: Palette = {
  paper: "#0d1117",
  text: "#f3f4f6",
  small: "#a3adbb",
  edge: "#8b95a3",
  bad: "#f87171",
  gone: ["#161b22", "#6b7280"],
  focus: FOCUS,
  artifact: ["#1f2733", "#9ca3af"],
  run: ["#25235a", "#8b8cf8"],
  transform: ["#43290c", "#f0b13f"],
  collection: ["#0b3550", "#4bbdf5"],
  record: ["#451232", "#f27ab8"],
};

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
  if (theme !== "auto") return `${common}\n${rules(theme === "dark" ? DARK : LIGHT)}`;
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
    ".focus path{stroke-width:2}",
  ];
}

function paints({ paper, text, small, edge, bad, gone, focus, ...kinds }: Palette): string[] {
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
    paint("focus", focus),
    ".focus text{fill:#011510}",
    ".focus .state{fill:#011510}",
    `.focus.failed path{stroke:${bad}}`,
    ".node .crease{fill:none}",
  ];
}
