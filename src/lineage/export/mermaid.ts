/** A lineage graph as a Mermaid flowchart, to paste into Markdown, issues and notebooks. */
import { folded } from "../draw/folding.ts";
import { cutNote, distinction, NODE_KINDS, statusOf } from "../graph/node.ts";
import type { EdgeRole, GraphData, Node, NodeKind } from "../graph/node.ts";
import { checked, numberFrom } from "../graph/options.ts";
import { escapeControls, truncate } from "../../ground/width.ts";
import { PALETTES } from "../draw/theme.ts";

const LIGHT = PALETTES.light;

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

const STATUSES = ["failed", "running", "older", "deleted"] as const;

const CLASSES = [
  ...NODE_KINDS.map((kind) => `classDef ${kind} fill:${LIGHT.paper},stroke:${LIGHT[kind][1]},color:${LIGHT.text}`),
  ...STATUSES.map((status) => {
    const [fill, color] = LIGHT.statuses[status];
    const isDashed = status === "failed" || status === "deleted";
    return `classDef ${status} fill:${fill},color:${color}${isDashed ? `,stroke:${color},stroke-dasharray:4 3` : ""}`;
  }),
  `classDef focus stroke:${LIGHT.accent},stroke-width:3px`,
];

const NOTE = `classDef note fill:none,stroke:none,color:${LIGHT.small}`;
/** Columns of a label that are kept. */
const LONGEST = 60;

/** What Mermaid draws unless the page that shows it sets more; a diagram cannot. */
const MOST_EDGES = 500;
const MOST_CHARACTERS = 50_000;
const FAN = 24; // as in pictures

/** `fan` is how many that are alike are drawn before the rest is folded; unless told, pictures' 24 where Mermaid would not draw all, else all. */
export interface MermaidOptions {
  readonly fan?: number;
}

/**
 * Mermaid text, top to bottom, with ids n0, n1, … in the order of the nodes, in the light colours of the SVG; the focus
 * has a thick blue outline. What is larger than Mermaid draws by itself even so begins with a comment on what to set.
 */
export function mermaid(graph: GraphData, options?: MermaidOptions): string {
  const { fan } = checked<MermaidOptions>('graph.to("mermaid")', options, { fan: numberFrom(1) });
  const drawn = fan === undefined ? graph : folded(graph, fan);
  const text = textOf(drawn);
  const advice = adviceOn(drawn, text);
  if (advice === "" || fan !== undefined) return advice + text;
  const fewer = folded(graph, FAN);
  const shorter = textOf(fewer);
  return adviceOn(fewer, shorter) + shorter;
}

function adviceOn({ edges }: GraphData, { length }: string): string {
  const raise = [
    edges.length > MOST_EDGES && `maxEdges to ${edges.length}`,
    length > MOST_CHARACTERS && `maxTextSize to ${Math.ceil(length / 1000 + 1) * 1000}`,
  ].filter(Boolean);
  return raise.length === 0
    ? ""
    : `%% larger than Mermaid draws by itself: raise ${raise.join(" and ")}, for example in mermaid.initialize\n`;
}

function textOf(graph: GraphData): string {
  const short = new Map(graph.nodes.map((node, i) => [node.id, `n${i}`]));
  const nodes = graph.nodes.map((node) => {
    const [open, close] = SHAPES[node.kind];
    return `${short.get(node.id)}${open}"${caption(node)}"${close}:::${node.kind}`;
  });
  const edges = graph.edges.map((edge) => `${short.get(edge.from)} ${ARROWS[edge.role]} ${short.get(edge.to)}`);
  const note = graph.truncated ? [`n${graph.nodes.length}["${escaped(cutNote(graph.truncated))}"]:::note`, NOTE] : [];
  return [
    "flowchart TD",
    ...[...nodes, ...edges, ...CLASSES, ...marked(graph, short), ...note].map((line) => `  ${line}`),
    "",
  ].join("\n");
}

/**
 * A line break in a label is a real one: where a label has markup, be it `<br/>`, Mermaid decodes its codes too early,
 * and reads `\n`, icons and formulas out of what they stand for.
 */
function caption(node: Node): string {
  const label = escaped(truncate(escapeControls(node.label), LONGEST, "middle"));
  const small = distinction(node);
  return small ? `${label}\n${escaped(escapeControls(small))}` : label;
}

/** The lines that give nodes a status, and the focus its outline. Of two classes of a node the later one wins. */
function marked({ nodes, focus }: GraphData, short: ReadonlyMap<string, string>): string[] {
  const ids = Map.groupBy(nodes, statusOf);
  const lines = STATUSES.flatMap((status) => {
    const members = ids.get(status)?.map(({ id }) => short.get(id));
    return members ? [`class ${members.join(",")} ${status}`] : [];
  });
  return [...lines, `class ${short.get(focus)} focus`];
}

/**
 * Text that Mermaid shows as it is. Mermaid reads quotes, HTML, Markdown (`__x__`, a leading `1.` or `-`, `www.`), icons
 * (`fa:fa-car`) and `#35;` codes inside labels, so all but letters, digits and harmless punctuation become codes. Of a
 * line with `style` or `classDef`, a colon and then, without a space, a code it would cut off the last semicolon.
 * `ﬂ°` and `¶ß` are what it writes for `&` and `;` itself: a word joiner keeps them apart.
 */
function escaped(text: string): string {
  return text
    .replace(/ﬂ(?=°)|¶(?=ß)/g, "$&\u2060")
    .replace(
      /[^\p{L}\p{M}\p{N} _/.:,()=-]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|:(?! [^ ]|\d\d )|^[-=]|(?<=^\d+)[.)]|(?<=[wW]{3})\.| (?= )|^ /gu,
      (char) => `#${char.codePointAt(0)};`,
    );
}
