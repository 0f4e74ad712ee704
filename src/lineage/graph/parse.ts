/** A graph read back from JSON: every node, fact and edge is checked before anything believes it. */
import { LinealError } from "../../ground/errors.ts";
import { EDGE_ROLES, NODE_KINDS } from "./node.ts";
import type { Edge, EdgeRole, GraphData, Node, NodeKind, Truncation } from "./node.ts";

type Fact = "text" | "number" | "flag" | "flag?";
type FactTable = {
  [K in NodeKind]: Record<keyof Omit<Extract<Node, { kind: K }>, "id" | "kind" | "uid" | "label">, Fact>;
};

const versioned = { version: "text", isLatest: "flag" } as const;
const created = { createdAt: "text", createdBy: "text", deleted: "flag?" } as const;

const FACTS: FactTable = {
  artifact: {
    key: "text",
    description: "text",
    suffix: "text",
    size: "number",
    hash: "text",
    artifactKind: "text",
    ...versioned,
    ...created,
  },
  run: {
    name: "text",
    transform: "text",
    transformKey: "text",
    transformKind: "text",
    entrypoint: "text",
    status: "text",
    startedAt: "text",
    finishedAt: "text",
    createdBy: "text",
    deleted: "flag?",
  },
  transform: { key: "text", description: "text", transformKind: "text", version: "text", ...created },
  collection: { key: "text", description: "text", ...versioned, ...created },
  record: { name: "text", type: "text", ...created },
};

/** Checked graph data from JSON text or its parsed value; throws `invalid` naming the place that is wrong. */
export function parseGraph(data: unknown): GraphData {
  const root = object(typeof data === "string" ? json(data) : data, "the graph");
  const nodes = list(root.nodes, "nodes").map((value, i) => node(value, `nodes[${i}]`));
  const known = new Set(nodes.map((n) => n.id));
  if (known.size < nodes.length) throw bad("nodes: two of them have the same id");
  const edges = list(root.edges, "edges").map((value, i) => edge(value, `edges[${i}]`, known));
  const focus = text(root.focus, "focus");
  if (!known.has(focus)) throw bad("focus is not the id of one of the nodes");
  const partial = fact(root.partial, "flag?", "partial") as boolean | undefined;
  return { focus, nodes, edges, truncated: truncation(root.truncated, known), ...(partial ? { partial } : {}) };
}

/** The facts in the order in which they were read, so that a graph is written again as it was. */
function inOrderOf<T extends object>(raw: object, facts: T): T {
  const names = [...Object.keys(raw), ...Object.keys(facts)].filter((name) => Object.hasOwn(facts, name));
  return Object.fromEntries(names.map((name) => [name, facts[name as keyof T]])) as T;
}

function node(value: unknown, at: string): Node {
  const raw = object(value, at);
  const kind = oneOf(NODE_KINDS, raw.kind, `${at}.kind`);
  const uid = text(raw.uid, `${at}.uid`);
  if (!/^[^\s\p{Cc}]+$/u.test(uid)) throw bad(`${at}.uid is empty or has blanks in it`);
  const id = text(raw.id, `${at}.id`);
  if (id !== `${kind}:${uid}`) throw bad(`${at}.id is not "${kind}:<uid>"`);
  const facts = Object.entries(FACTS[kind])
    .map(([name, type]) => [name, fact(raw[name], type, `${at}.${name}`)] as const)
    .filter(([, found]) => found !== undefined);
  return inOrderOf(raw, {
    id,
    kind,
    uid,
    label: text(raw.label, `${at}.label`),
    ...Object.fromEntries(facts),
  }) as unknown as Node;
}

function fact(value: unknown, type: Fact, at: string): unknown {
  const flag = type === "flag" || type === "flag?";
  if (value === undefined || value === null) {
    if (type === "flag") throw bad(`${at} is missing`);
    return flag ? undefined : null;
  }
  const right = flag
    ? typeof value === "boolean"
    : type === "number"
      ? Number.isFinite(value)
      : typeof value === "string";
  if (!right) throw bad(`${at} should be ${flag ? "true or false" : type === "number" ? "a number" : "text"}`);
  return value;
}

function edge(value: unknown, at: string, known: ReadonlySet<string>): Edge {
  const raw = object(value, at);
  const end = (name: "from" | "to") => {
    const id = text(raw[name], `${at}.${name}`);
    if (!known.has(id)) throw bad(`${at}.${name} is not the id of one of the nodes`);
    return id;
  };
  const role = oneOf<EdgeRole>(EDGE_ROLES, raw.role, `${at}.role`);
  const order = fact(raw.order, "number", `${at}.order`) as number | null;
  return inOrderOf(raw, { from: end("from"), to: end("to"), role, ...(order === null ? {} : { order }) });
}

function truncation(value: unknown, known: ReadonlySet<string>): false | Truncation {
  if (value === false || value === undefined) return false;
  const raw = object(value, "truncated");
  const { upstream, downstream, limit } = raw;
  if (typeof upstream !== "boolean" || typeof downstream !== "boolean") throw bad("truncated says no directions");
  if (typeof limit !== "number" || !(limit >= 0)) throw bad("truncated.limit should be a number");
  if (raw.more === undefined) return inOrderOf(raw, { upstream, downstream, limit });
  const more = list(raw.more, "truncated.more").map((id, i) => text(id, `truncated.more[${i}]`));
  if (!more.every((id) => known.has(id))) throw bad("truncated.more names nodes that are not there");
  return inOrderOf(raw, { upstream, downstream, limit, more });
}

function json(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw new LinealError("invalid", "a lineage graph cannot be read: this is not JSON", {
      hint: 'Graph.fromJSON(…) takes what graph.to("json") or JSON.stringify(graph) wrote.',
      cause,
    });
  }
}

function object(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad(`${at} should be an object`);
  return value as Record<string, unknown>;
}

function list(value: unknown, at: string): unknown[] {
  if (!Array.isArray(value)) throw bad(`${at} should be an array`);
  return value;
}

function text(value: unknown, at: string): string {
  if (typeof value !== "string") throw bad(`${at} should be text`);
  return value;
}

function oneOf<T extends string>(names: readonly T[], value: unknown, at: string): T {
  const found = names.find((name) => name === value);
  if (found === undefined) throw bad(`${at} should be one of ${names.join(", ")}`);
  return found;
}

function bad(what: string): LinealError {
  return new LinealError("invalid", `a lineage graph cannot be read: ${what}`, {
    hint: 'Graph.fromJSON(…) takes what graph.to("json") or JSON.stringify(graph) wrote.',
  });
}
