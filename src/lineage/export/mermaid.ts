/** A lineage graph as a Mermaid flowchart, to paste into Markdown, issues and notebooks. */
import { cutNote, distinction, isFailed, NODE_KINDS } from "../node.ts";
import type { EdgeRole, GraphData, Node, NodeKind } from "../node.ts";
import { harmless, shorten } from "../terminal.ts";
import { LIGHT } from "../theme.ts";

const SHAPES: { readonly [K in NodeKind]: readonly [open: string, close: string] } = {
  artifact: ["[", "]"],
  run: ["([", "])"],
  transform: ["{{", "}}"],
  collection: ["[[", "]]"],
  record: ["[/", "/]"],
};

const ARROWS: { readonly [R in EdgeRole]: string } = {
  input: "-->",
  output: "-->",
  member: '-- "member" --o',
  predecessor: "-->",
  recreated: '-. "re-created" .->',
  initiated: '-. "started" .->',
};

const CLASSES = [
  ...NODE_KINDS.map(kind => painted(kind, LIGHT[kind])),
  painted("failed", [LIGHT.run[0], LIGHT.bad], "stroke-dasharray:4 3"),
  painted("deleted", LIGHT.gone, "stroke-dasharray:4 3", LIGHT.small),
  painted("focus", LIGHT.focus),
];

const NOTE = `classDef note fill:none,stroke:none,color:${LIGHT.small}`;
/** Columns of a label that are kept. */
const LONGEST = 60;

/** Mermaid text, top to bottom, with ids n0, n1, … in the order of the nodes, in the light colours of the SVG; the focus is green. */
export function mermaid(graph: GraphData): string {
  const short = new Map(graph.nodes.map((node, i) => [node.id, `n${i}`]));
  const nodes = graph.nodes.map(node => {
    const [open, close] = SHAPES[node.kind];
    return `${short.get(node.id)}${open}"${caption(node)}"${close}:::${styleOf(node, graph.focus)}`;
  });
  const edges = graph.edges.map(edge => `${short.get(edge.from)} ${ARROWS[edge.role]} ${short.get(edge.to)}`);
  const note = graph.truncated ? [`n${graph.nodes.length}["${escaped(cutNote(graph.truncated))}"]:::note`, NOTE] : [];
  return ["flowchart TD", ...[...nodes, ...edges, ...CLASSES, ...note].map(line => `  ${line}`), ""].join("\n");
}

function caption(node: Node): string {
  const label = escaped(shorten(harmless(node.label), LONGEST));
  const small = distinction(node);
  return small ? `${label}<br/>${escaped(harmless(small))}` : label;
}

function styleOf(node: Node, focus: string): string {
  if (node.id === focus) return "focus";
  if (node.deleted) return "deleted";
  if (isFailed(node)) return "failed";
  return node.kind;
}

function painted(name: string, [fill, stroke]: readonly [string, string], line = "", color = LIGHT.text): string {
  return [`classDef ${name} fill:${fill}`, `stroke:${stroke}`, `color:${color}`, line].filter(Boolean).join(",");
}

/**
 * Text that Mermaid shows as it is. Mermaid reads quotes, HTML, Markdown (`__x__`, a leading `1.` or `-`), icons
 * (`fa:fa-car`) and `#35;` codes inside labels, so all but letters, digits and harmless punctuation become codes.
 */
function escaped(text: string): string {
  return text.replace(
    /[^\p{L}\p{M}\p{N} _/.:,()=-]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|:(?![ \d])|^[-=]|(?<=^\d+)[.)]| (?= )|^ /gu,
    char => `#${char.codePointAt(0)};`,
  );
}
