/** Draws a vega-lite chart as a PNG: the chore that every figure of the examples shares. */
import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import { None, parse, View } from "vega";
import { compile, type Config, type TopLevelSpec } from "vega-lite";

const require = createRequire(import.meta.url);
// Without a font file resvg leaves every label out on a machine that has none installed.
const fontFiles = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) =>
  require.resolve(`dejavu-fonts-ttf/ttf/${file}`),
);
const font = "DejaVu Sans";
const grey = "#57606a";

const look: Config = {
  background: "white",
  font,
  padding: 20,
  view: { stroke: "#d0d7de" },
  title: { anchor: "start", fontSize: 15, offset: 14, subtitleFontSize: 11, subtitleColor: grey, subtitlePadding: 6 },
  axis: {
    labelColor: grey,
    titleColor: "#24292f",
    titleFontWeight: "normal",
    gridColor: "#eaeef2",
    domainColor: "#d0d7de",
    tickColor: "#d0d7de",
  },
  legend: { labelColor: grey, titleColor: "#24292f", titleFontWeight: "normal", symbolOpacity: 1 },
};

/** The PNG of a chart, twice as many pixels as the chart is wide; the same chart gives the same bytes. */
export async function drawPng(chart: TopLevelSpec): Promise<Uint8Array> {
  const { spec } = compile(chart, { config: look });
  const view = new View(parse(spec), { renderer: "none", logLevel: None });
  const svg = await view.toSVG();
  view.finalize();
  const drawing = new Resvg(svg, {
    fitTo: { mode: "zoom", value: 2 },
    font: { fontFiles, defaultFontFamily: font, loadSystemFonts: false },
  });
  return drawing.render().asPng();
}
