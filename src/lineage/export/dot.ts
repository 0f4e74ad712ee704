/** A lineage graph in the DOT language of Graphviz. */
import { unfinished, whoAndWhen } from "../node.ts";
import type { EdgeRole, GraphData, Node } from "../node.ts";

const EDGE_STYLES: { readonly [R in EdgeRole]: string } = {
  input: "",
  output: "",
  predecessor: "",
  recreated: ' [style=dashed, tooltip="re-created"]',
  initiated: ' [style=dotted, arrowhead=empty, tooltip="started"]',
};

/** DOT text, top to bottom: rounded boxes, the focus green, runs light violet with user and time in small grey. */
export function dot(graph: GraphData): string {
  return [
    `digraph ${quoted(graph.focus)} {`,
    "  rankdir=TB;",
    '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", color="#4b5563", fontname="Helvetica", fontsize=10];',
    '  edge [color="dimgrey", arrowsize=0.5];',
    ...graph.nodes.map(node => `  ${quoted(node.id)} [${attributes(node, graph.focus)}];`),
    ...graph.edges.map(edge => `  ${quoted(edge.from)} -> ${quoted(edge.to)}${EDGE_STYLES[edge.role]};`),
    "}",
    "",
  ].join("\n");
}

function attributes(node: Node, focus: string): string {
  const all = [`label=${caption(node)}`];
  if (node.id === focus) all.push('fillcolor="#10b981"', "penwidth=2");
  else if (node.kind === "run" || node.kind === "transform") all.push('fillcolor="#eff2ff"');
  if (node.kind === "run" && (node.status === "errored" || node.status === "aborted")) all.push('color="#b91c1c"');
  if (node.deleted) all.push('style="rounded,filled,dashed"', 'fontcolor="#6b7280"');
  return all.join(", ");
}

function caption(node: Node): string {
  if (node.kind !== "run") return quoted(entities(node.label));
  const status = unfinished(node);
  const small = [whoAndWhen(node.createdBy, node.startedAt), status].filter(Boolean).join(", ");
  if (!small) return quoted(entities(node.label));
  const color = status ? "#b91c1c" : "#4b5563";
  return `<${entities(node.label)}<br/><font point-size="8" color="${color}">${entities(small)}</font>>`;
}

/** Graphviz reads HTML entities in quoted labels too, so `&` must not stay as it is in either. */
function entities(text: string): string {
  return text
    .replace(/\p{Cc}|[\u2028\u2029]/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
