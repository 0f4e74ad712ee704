/** A lineage graph in the DOT language of Graphviz. */
import { cutNote, distinction, statusOf } from "../graph/node.ts";
import type { EdgeRole, GraphData, Node, NodeKind } from "../graph/node.ts";
import { escapeControls, truncate } from "../../ground/width.ts";
import { PALETTES } from "../draw/theme.ts";

const LIGHT = PALETTES.light;

const SHAPES: { readonly [K in NodeKind]: string } = {
  artifact: "note",
  run: "box",
  transform: "hexagon",
  collection: "box3d",
  record: "parallelogram",
};

const EDGE_STYLES: { readonly [R in EdgeRole]: string } = {
  input: "",
  output: "",
  member: ' [arrowhead=odiamond, arrowsize=0.8, label="member"]',
  predecessor: "",
  recreated: ' [style=dashed, label="re-created"]',
  initiated: ' [style=dotted, arrowhead=empty, label="started"]',
};

/** Columns of a label that are kept. */
const LONGEST = 60;

/** DOT text, top to bottom, with the shapes and light colours of the SVG; the focus has a thick blue outline. */
export function dot(graph: GraphData): string {
  const note = graph.truncated ? `, label=${quoted(cutNote(graph.truncated))}` : "";
  return [
    `digraph ${quoted(graph.focus)} {`,
    `  graph [rankdir=TB, fontname="Helvetica", fontsize=8, fontcolor="${LIGHT.small}"${note}];`,
    `  node [style=filled, fontname="Helvetica", fontsize=10, fontcolor="${LIGHT.text}"];`,
    `  edge [color="${LIGHT.edge}", arrowsize=0.5, fontname="Helvetica", fontsize=8, fontcolor="${LIGHT.small}"];`,
    ...graph.nodes.map((node) => `  ${quoted(node.id)} [${attributes(node, graph.focus)}];`),
    ...graph.edges.map((edge) => `  ${quoted(edge.from)} -> ${quoted(edge.to)}${EDGE_STYLES[edge.role]};`),
    "}",
    "",
  ].join("\n");
}

function attributes(node: Node, focus: string): string {
  const status = statusOf(node);
  const isDashed = status === "failed" || status === "deleted";
  const [fill, ink] = status ? LIGHT.statuses[status] : [LIGHT.paper, undefined];
  const stroke = isDashed ? ink : LIGHT[node.kind][1];
  const style = ["filled", node.kind === "run" && "rounded", isDashed && "dashed"].filter(Boolean).join(",");
  return [
    `label=${caption(node)}`,
    `shape=${SHAPES[node.kind]}`,
    ...(style === "filled" ? [] : [`style="${style}"`]),
    `fillcolor="${fill}"`,
    `color="${node.id === focus ? LIGHT.accent : stroke}"`,
    ...(node.id === focus ? ["penwidth=3"] : []),
  ].join(", ");
}

function caption(node: Node): string {
  const label = entities(truncate(escapeControls(node.label), LONGEST, "middle"));
  const small = distinction(node);
  if (!small) return quoted(label);
  const status = statusOf(node);
  const color = status ? LIGHT.statuses[status][1] : LIGHT.small;
  return `<${label.replaceAll("\\", "\\\\")}<br/><font point-size="8" color="${color}">${entities(escapeControls(small)).replaceAll("\\", "\\\\")}</font>>`;
}

/** Graphviz reads HTML entities in quoted labels too, so `&` must not stay as it is in either. */
function entities(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
