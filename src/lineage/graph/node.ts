/** What a lineage graph is made of: nodes with their facts, edges with their roles, and how a node is named. */

/** The kinds of node, in the order they are listed. */
export const NODE_KINDS = ["artifact", "run", "transform", "collection", "record"] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

/**
 * What an edge says. `input` (data → run), `output` (run → data), `member` (artifact → collection; among
 * transforms: who made one → collection) and `predecessor`
 * (transform → transform) carry data; `recreated` (a run made the same bytes again) and `initiated` (a run started another) only stand beside them.
 */
export const EDGE_ROLES = ["input", "output", "member", "recreated", "initiated", "predecessor"] as const;
export type EdgeRole = (typeof EDGE_ROLES)[number];

/** A file, folder or table. `size` in bytes, times as ISO text, `createdBy` a handle. */
export interface ArtifactNode {
  readonly id: string;
  readonly kind: "artifact";
  readonly uid: string;
  readonly label: string;
  readonly key: string | null;
  readonly description: string | null;
  readonly suffix: string | null;
  readonly size: number | null;
  readonly hash: string | null;
  readonly artifactKind: string | null;
  readonly createdAt: string | null;
  readonly createdBy: string | null;
  readonly version: string | null;
  readonly isLatest: boolean;
  /** True for what is in the trash or was deleted for good. */
  readonly deleted?: boolean;
}

/** One execution. `transform` is the uid of what was executed, times are ISO text, `createdBy` a handle. */
export interface RunNode {
  readonly id: string;
  readonly kind: "run";
  readonly uid: string;
  readonly label: string;
  readonly name: string | null;
  readonly transform: string | null;
  readonly transformKey: string | null;
  readonly transformKind: string | null;
  readonly entrypoint: string | null;
  readonly status: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly createdBy: string | null;
  /** True when it is in the trash or was deleted for good. */
  readonly deleted?: boolean;
}

/** A script, notebook, pipeline, function, upload or app. */
export interface TransformNode {
  readonly id: string;
  readonly kind: "transform";
  readonly uid: string;
  readonly label: string;
  readonly key: string | null;
  readonly description: string | null;
  readonly transformKind: string | null;
  readonly version: string | null;
  readonly createdAt: string | null;
  readonly createdBy: string | null;
  readonly deleted?: boolean;
}

/** A versioned set of artifacts. */
export interface CollectionNode {
  readonly id: string;
  readonly kind: "collection";
  readonly uid: string;
  readonly label: string;
  readonly key: string | null;
  readonly description: string | null;
  readonly createdAt: string | null;
  readonly createdBy: string | null;
  readonly version: string | null;
  readonly isLatest: boolean;
  readonly deleted?: boolean;
}

/** A row of a sheet or ontology: a sample, an experiment, … `type` is the name of its record type. */
export interface RecordNode {
  readonly id: string;
  readonly kind: "record";
  readonly uid: string;
  readonly label: string;
  readonly name: string | null;
  readonly type: string | null;
  readonly createdAt: string | null;
  readonly createdBy: string | null;
  readonly deleted?: boolean;
}

/** One node: told apart by `kind`, its facts lie flat on it. */
export type Node = ArtifactNode | RunNode | TransformNode | CollectionNode | RecordNode;

/** A directed edge between two node ids; data flows input → run → output. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly role: EdgeRole;
  /**
   * Only on edges of a run that took something after it had made something: an output depends on the inputs of its run
   * whose order is not greater than its own. An input without one counts for all outputs, an output without one on all inputs.
   */
  readonly order?: number;
}

/** Where a graph was cut because it has more than `limit` nodes; `more` are ids of nodes with neighbours left out. */
export interface Truncation {
  readonly upstream: boolean;
  readonly downstream: boolean;
  readonly limit: number;
  readonly more?: readonly string[];
}

/** A graph as plain data: what goes into `new Graph(…)`, into exporters, and out as JSON. */
export interface GraphData {
  /** The id of the node the graph was asked for. */
  readonly focus: string;
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** False, or where more can be had. */
  readonly truncated: false | Truncation;
  /** True when something was left out on purpose: what did not fit a filter. */
  readonly partial?: boolean;
}

/** A graph as it was found: plain data, nothing in it has a label yet. */
export interface FoundGraph extends Omit<GraphData, "nodes"> {
  readonly nodes: readonly UnlabelledNode[];
  /** By id of a run whose transform has no key: the description of the transform. */
  readonly descriptions: ReadonlyMap<string, string>;
  /** No node and no edge is there twice. */
  readonly distinct: boolean;
}
/** A node whose label is still empty: it follows from the rest. */
export type UnlabelledNode = Node;

type FactsOf<N> = N extends Node ? Omit<N, "id" | "label"> : never;

/** A node without its id and label, which follow from the rest. */
export type NodeFacts = FactsOf<Node>;

/** Gives a node its label, in place, for there may be many; `fallback` is what a run is called whose transform has no key. */
export function labelled(node: UnlabelledNode, fallback?: string | null): Node {
  return Object.assign(node, { label: labelOf(node, fallback) });
}

/** The id of a node: `nodeId("artifact", "AsXmTxA3…")` is `"artifact:AsXmTxA3…"`. */
export function nodeId(kind: NodeKind, uid: string): string {
  return `${kind}:${uid}`;
}

/** What a node is called: data and transforms by key, else description, else uid, where `fallback` comes before the uid. */
const dataLabel = (uid: string, key: string | null, fallback?: string | null): string => key || fallback || uid;

/** What a run is called: `<transform key>[: entrypoint]`, where `fallback` (the transform's description) stands in for a missing key. */
function runLabel(
  { uid, transformKey, name, entrypoint }: Pick<RunNode, "uid" | "transformKey" | "name" | "entrypoint">,
  fallback?: string | null,
): string {
  const code = transformKey || fallback || name || uid;
  return entrypoint ? `${code}: ${entrypoint}` : code;
}

/** The name that a run was given, unless it is its label already. */
export const nameOfRun = ({ name, label }: RunNode): string | undefined =>
  name && label !== name && !label.startsWith(`${name}: `) ? name : undefined;

/** A node with id and label. */
export function toNode<F extends NodeFacts>(facts: F, fallback?: string | null): Extract<Node, { kind: F["kind"] }> {
  const node = { id: nodeId(facts.kind, facts.uid), label: labelOf(facts, fallback), ...facts };
  return node as unknown as Extract<Node, { kind: F["kind"] }>;
}

function labelOf(facts: NodeFacts, fallback?: string | null): string {
  if (facts.kind === "run") return runLabel(facts, fallback);
  return facts.kind === "record"
    ? dataLabel(facts.uid, facts.name, fallback)
    : dataLabel(facts.uid, facts.key, facts.description || fallback);
}

/** A user and a time in short, as pictures and trees show them: `testuser1, 2024-12-20 15:09 UTC`. */
export function whoAndWhen(who: string | null, when: string | null): string {
  return [
    who,
    when && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(when) ? `${when.slice(0, 10)} ${when.slice(11, 16)} UTC` : null,
  ]
    .filter(Boolean)
    .join(", ");
}

/** Why a node deserves attention: a run that did not complete, something deleted, or both: `errored, deleted`. */
export function stateOf(node: Node): string | undefined {
  const unfinished = node.kind === "run" && node.status !== "completed" ? node.status : undefined;
  return [unfinished, node.deleted && "deleted"].filter(Boolean).join(", ") || undefined;
}

/** A status that pictures paint. */
export type NodeStatus = "failed" | "running" | "older" | "deleted";

/** What a picture paints of a node's state; `stateOf` and `versionOf` say it in words. */
export function statusOf(node: Node): NodeStatus | undefined {
  if (node.deleted) return "deleted";
  if (isFailed(node)) return "failed";
  if (node.kind === "run" && /^(scheduled|started|restarted)$/.test(node.status ?? "")) return "running";
  return versionOf(node)[1] ? "older" : undefined;
}

/** Which version of its key something is: its name, and that there is a newer one. */
export function versionOf(node: Node): [version: string | undefined, older: string | undefined] {
  const version = "version" in node && node.version ? `version ${node.version}` : undefined;
  return [version, "isLatest" in node && !node.isLatest && !node.deleted ? "older version" : undefined];
}

/** What tells a node from others with its label: who ran it and when, which version it is, and why it deserves attention. */
export function distinction(node: Node): string {
  const run = node.kind === "run" ? [nameOfRun(node), whoAndWhen(node.createdBy, node.startedAt)] : [];
  return [...run, ...versionOf(node), stateOf(node)].filter(Boolean).join(", ");
}

/** True for runs that ended in failure. */
export function isFailed(node: Node): boolean {
  return node.kind === "run" && (node.status === "errored" || node.status === "aborted");
}

/** A sentence on where a graph was cut. */
export function cutNote({ upstream, downstream, limit }: Truncation): string {
  const where = [upstream && "upstream", downstream && "downstream"].filter(Boolean).join(" and ");
  return `cut at ${limit.toLocaleString("en-US")} nodes${where && `, more ${where}`}`;
}
