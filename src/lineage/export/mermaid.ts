/** A lineage graph as a Mermaid flowchart, to paste into Markdown, issues and notebooks. */
import { cutNote, isFailed, stateOf, whoAndWhen } from "../node.ts";
import type { EdgeRole, GraphData, Node, NodeKind } from "../node.ts";
import { harmless, shorten } from "../terminal.ts";

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
  member: "-->",
  predecessor: "-->",
  recreated: '-. "re-created" .->',
  initiated: '-. "started" .->',
};

const CLASSES = [
  "classDef data fill:#ffffff,stroke:#4b5563,color:#111827",
  "classDef act fill:#eff2ff,stroke:#4b5563,color:#111827",
  "classDef failed fill:#eff2ff,stroke:#b91c1c,color:#111827,stroke-dasharray:4 3",
  "classDef deleted fill:#f3f4f6,stroke:#9ca3af,color:#6b7280,stroke-dasharray:4 3",
  "classDef focus fill:#10b981,stroke:#065f46,color:#111827",
];

const NOTE = "classDef note fill:none,stroke:none,color:#6b7280";
/** Columns of a label that are kept. */
const LONGEST = 60;

/** Mermaid text, top to bottom, with ids n0, n1, … in the order of the nodes; the focus is green. */
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
  const small = [node.kind === "run" && whoAndWhen(node.createdBy, node.startedAt), stateOf(node)].filter(Boolean).join(", ");
  return small ? `${label}<br/>${escaped(harmless(small))}` : label;
}

function styleOf(node: Node, focus: string): string {
  if (node.id === focus) return "focus";
  if (node.deleted) return "deleted";
  if (isFailed(node)) return "failed";
  return node.kind === "run" || node.kind === "transform" ? "act" : "data";
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
