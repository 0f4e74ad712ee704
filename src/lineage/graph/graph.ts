/** The lineage graph: what was made from what, by which run, and the questions one can ask it. */
import { LinealError, inWords } from "../../ground/errors.ts";
import { formats } from "../export/index.ts";
import type { Exported, Format, FormatOptions } from "../export/index.ts";
import { NODE_KINDS } from "./node.ts";
import type { Edge, GraphData, Node, NodeKind, Truncation } from "./node.ts";
import { check, checked } from "./options.ts";
import { parseGraph } from "./parse.ts";
import { drawTree } from "../draw/tree.ts";
import type { TreeOptions } from "../draw/tree.ts";
import { beyond, FLOW, linkUp, reach, shortest, stepper, walker } from "./walk.ts";
import type { Links, Step } from "./walk.ts";

/** A node, named by its id (`"artifact:<uid>"`), its uid, or anything that has a uid: a node, an artifact, a run. */
export type NodeRef = string | { readonly uid: string };

/** How many runs to cross (`"all"` without end), and which side edges count as well as those data flow along. */
export interface WalkOptions {
  readonly hops?: number | "all";
  readonly also?: readonly ("recreated" | "initiated")[];
}

const ALSO = {
  fits: (value: unknown) => Array.isArray(value) && value.every((role) => role === "recreated" || role === "initiated"),
  says: 'a list of "recreated" and "initiated"',
};
const HOPS = {
  fits: (value: unknown) =>
    value === "all" || value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && Number(value) >= 0),
  says: 'a whole number of hops from 0 on, or "all"',
};

/**
 * A lineage graph around one node, its `focus`. Edges run input → run → output. It never changes: `merge` gives a new one.
 *
 * @example
 * const graph = await artifact.lineage();
 * console.log(String(graph));                 // a tree for the terminal
 * graph.sources("artifact");                  // the raw data it all came from
 * graph.path(raw, figure);                    // how the two are connected
 */
export class Graph implements GraphData {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** The id of the node the graph was asked for. */
  readonly focus: string;
  /** False, or where more can be had than was read. */
  readonly truncated: false | Truncation;
  /** True when something was left out on purpose: what did not fit a filter. */
  readonly partial: boolean;
  #nodesById: ReadonlyMap<string, Node> | undefined;
  #byUid: Map<string, Node> | undefined;
  #links: Links | undefined;

  /** Repeated edges are kept once and edges to nodes that are not there are left out, unless they are known to be `distinct`. */
  constructor(
    data: Omit<GraphData, "truncated"> & Partial<Pick<GraphData, "truncated" | "partial">>,
    options: { distinct?: boolean } = {},
  ) {
    this.focus = data.focus;
    this.truncated = data.truncated ?? false;
    this.partial = data.partial ?? false;
    this.nodes = options.distinct ? data.nodes : [...byId(data.nodes).values()];
    if (options.distinct) {
      this.edges = data.edges;
      return;
    }
    if (!this.#byId.has(data.focus)) {
      throw new LinealError("not-found", `${data.focus} is not a node of this lineage graph`, {
        hint: "The focus must be the id of one of the nodes.",
      });
    }
    const ends = new Map<string, Set<string>>();
    this.edges = data.edges.filter(({ from, to, role }) => {
      if (!this.#byId.has(from) || !this.#byId.has(to)) return false;
      const known = ends.get(from) ?? new Set();
      const end = role + to;
      if (known.has(end)) return false;
      ends.set(from, known.add(end));
      return true;
    });
  }

  /** Made when it is first asked for: a graph that is only passed on needs none. */
  get #byId(): ReadonlyMap<string, Node> {
    this.#nodesById ??= byId(this.nodes);
    return this.#nodesById;
  }

  /** A graph from what `toJSON` or `to("json")` gave, parsed or as text; throws `invalid` naming what is wrong. */
  static fromJSON(data: unknown): Graph {
    return new Graph(parseGraph(data));
  }

  /** The node with this id or uid, or undefined. */
  node(ref: NodeRef): Node | undefined {
    const name = nameOf(ref);
    const kind = typeof ref === "string" || !("kind" in ref) ? undefined : ref.kind;
    const exact = this.#byId.get(name) ?? this.#byId.get(`${kind}:${name}`);
    if (exact) return exact;
    this.#byUid ??= new Map(this.nodes.map((node) => [node.uid, node]));
    return this.#byUid.get(name);
  }

  /** Nodes (of one kind, if given) with no such node upstream: `sources("artifact")` is the raw data. */
  sources(kind?: NodeKind): Node[] {
    return this.#ends(kind, "down");
  }

  /** Nodes (of one kind, if given) with no such node downstream: `sinks("artifact")` are the final results. */
  sinks(kind?: NodeKind): Node[] {
    return this.#ends(kind, "up");
  }

  /** What directly leads to a node: a run's inputs, an artifact's run. */
  parents(ref: NodeRef, options?: Pick<WalkOptions, "also">): Node[] {
    return this.#named(this.#step("up", options)(this.#find(ref).id));
  }

  /** What a node directly leads to: a run's outputs, the runs that used an artifact. */
  children(ref: NodeRef, options?: Pick<WalkOptions, "also">): Node[] {
    return this.#named(this.#step("down", options)(this.#find(ref).id));
  }

  /** Everything a node came from, nearest first. A hop is artifact → run → artifact; the node itself is left out. */
  upstream(ref: NodeRef, options?: WalkOptions["hops"] | WalkOptions): Node[] {
    return this.#reach(ref, "up", options);
  }

  /** Everything that came from a node, nearest first. A hop is artifact → run → artifact; the node itself is left out. */
  downstream(ref: NodeRef, options?: WalkOptions["hops"] | WalkOptions): Node[] {
    return this.#reach(ref, "down", options);
  }

  /**
   * The shortest way between two nodes along the flow of data, whichever of them came first; it starts at `a` and
   * ends at `b`. Undefined when neither came from the other; throws `not-found` for a node that is not there.
   */
  path(a: NodeRef, b: NodeRef, options?: Pick<WalkOptions, "also">): Node[] | undefined {
    const [start, end] = [this.#find(a).id, this.#find(b).id];
    const way = shortest(start, end, this.#walk("down", options)) ?? shortest(start, end, this.#walk("up", options));
    return way && this.#named(way);
  }

  /** Both graphs as one, around this one's focus; where they tell different facts of a node, `other` is believed. */
  merge(other: GraphData): Graph {
    if (!Array.isArray(other?.nodes) || !Array.isArray(other.edges))
      throw new LinealError("invalid", `${inWords(other)} is not a lineage graph`, {
        hint: "Merge what lineage() or Graph.fromJSON(…) gave.",
      });
    return new Graph({
      focus: this.focus,
      nodes: [...this.nodes, ...other.nodes],
      edges: [...this.edges, ...other.edges],
      truncated: joined(this.truncated, other.truncated),
      partial: this.partial || (other.partial ?? false),
    });
  }

  /** The graph as plain data. */
  toJSON(): GraphData {
    const { focus, nodes, edges, truncated, partial } = this;
    return { focus, nodes, edges, truncated, ...(partial ? { partial } : {}) };
  }

  /**
   * The graph in another format: `"json"`, `"mermaid"` and `"dot"` give text, `"svg"` a promise of text, `"png"` a
   * promise of bytes; pictures take `{ theme, direction }`. Throws `invalid` for a format that does not exist.
   *
   * @example
   * await writeFile("lineage.svg", await graph.to("svg"));
   * await writeFile("lineage.png", await graph.to("png", { theme: "dark" }));
   */
  to<F extends Format>(format: F, ...options: FormatOptions<F>): Exported<F> {
    if (!Object.hasOwn(formats, format)) {
      const names = Object.keys(formats)
        .map((name) => `"${name}"`)
        .join(", ");
      throw new LinealError("invalid", `lineage cannot be exported as ${inWords(format)}`, {
        hint: `Use graph.to(…) with one of ${names}.`,
      });
    }
    const write = formats[format] as (graph: GraphData, ...options: unknown[]) => unknown;
    return write(this, ...options) as Exported<F>;
  }

  /** A tree for the terminal: what the focus was made from, and what came of it. */
  tree(options?: TreeOptions): string {
    return drawTree(this, options);
  }

  /** The tree in 80 columns without colour. */
  toString(): string {
    return drawTree(this);
  }

  /** What a notebook shows: the picture, and the tree where there are no pictures. */
  async [Symbol.for("Jupyter.display")](): Promise<Record<string, string>> {
    return { "image/svg+xml": await this.to("svg"), "text/plain": this.toString() };
  }

  #find(ref: NodeRef): Node {
    const node = this.node(ref);
    if (node) return node;
    throw new LinealError("not-found", `${nameOf(ref)} is not in this lineage graph`, {
      hint: this.truncated
        ? `The graph was cut at ${this.truncated.limit} nodes: ask for it with a higher limit.`
        : "Name a node by its id or uid: graph.nodes lists them.",
    });
  }

  #named(ids: Iterable<string>): Node[] {
    return Array.from(new Set(ids), (id) => this.#byId.get(id) as Node);
  }

  #step(direction: "up" | "down", options?: Pick<WalkOptions, "also">): Step {
    return this.#along(stepper, direction, options);
  }

  #walk(direction: "up" | "down", options?: Pick<WalkOptions, "also">): Step {
    return this.#along(walker, direction, options);
  }

  #along(make: typeof stepper, direction: "up" | "down", options?: Pick<WalkOptions, "also">): Step {
    const { also = [] } = checked<Pick<WalkOptions, "also">>("a step in a graph", options, { also: ALSO });
    this.#links ??= linkUp(this.edges);
    return make(this.#links, direction, [...FLOW, ...also]);
  }

  #reach(ref: NodeRef, direction: "up" | "down", given: WalkOptions["hops"] | WalkOptions): Node[] {
    const options = typeof given === "object" ? given : { hops: given ?? "all" };
    const { hops = "all", ...also } = checked<WalkOptions>("a walk in a graph", options, { hops: HOPS, also: ALSO });
    const { id } = this.#find(ref);
    const found = reach(this.#byId, id, this.#walk(direction, also), hops === "all" ? Number.POSITIVE_INFINITY : hops);
    found.delete(id);
    return this.#named(found.keys());
  }

  #ends(kind: NodeKind | undefined, away: "up" | "down"): Node[] {
    if (kind !== undefined) check("a kind of node", kind, NODE_KINDS);
    const candidates = kind ? this.nodes.filter((node) => node.kind === kind) : this.nodes;
    const inner = beyond(
      candidates.map((node) => node.id),
      this.#walk(away),
    );
    // A run that only made things again, or only started other runs, is neither beginning nor end of any data.
    const aside = new Set<string>();
    for (const edge of this.edges) if (!FLOW.includes(edge.role)) aside.add(edge.from);
    for (const edge of this.edges) {
      if (!FLOW.includes(edge.role)) continue;
      aside.delete(edge.from);
      aside.delete(edge.to);
    }
    return candidates.filter((node) => !inner.has(node.id) && !aside.has(node.id));
  }
}

function nameOf(ref: NodeRef): string {
  const name: unknown = typeof ref === "string" ? ref : ref?.uid;
  if (typeof name === "string") return name;
  throw new LinealError("invalid", `${inWords(ref)} does not name a node`, {
    hint: "Give the id or uid of a node, or anything that has a uid: graph.nodes lists them.",
  });
}

function joined(a: false | Truncation, b: false | Truncation): false | Truncation {
  if (!a || !b) return a || b;
  const more = [...new Set([...(a.more ?? []), ...(b.more ?? [])])];
  return {
    upstream: a.upstream || b.upstream,
    downstream: a.downstream || b.downstream,
    limit: Math.max(a.limit, b.limit),
    ...(more.length > 0 ? { more } : {}),
  };
}

const byId = (nodes: readonly Node[]): Map<string, Node> => new Map(nodes.map((node) => [node.id, node]));
