/** The graph that a database found, with labels. */
import { Graph } from "./graph.ts";
import { type FoundGraph, labelled } from "./node.ts";

export function graphOf({ nodes, descriptions, distinct, ...graph }: FoundGraph): Graph {
  const named = nodes.map((node) => labelled(node, descriptions.size > 0 ? descriptions.get(node.id) : undefined));
  return new Graph({ ...graph, nodes: named }, { distinct });
}
