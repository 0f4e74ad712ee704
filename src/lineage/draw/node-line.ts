/** One line about one node, for the terminal: its label and, as far as there is room, what else is good to know. */
import { nameOfRun, stateOf, versionOf, whoAndWhen } from "../graph/node.ts";
import type { Node } from "../graph/node.ts";
import { printSize } from "../../ground/size.ts";
import { displayWidth, escapeControls, truncate } from "../../ground/width.ts";

/** A label and what stands after it, already cut to fit. */
export interface Caption {
  readonly label: string;
  readonly details: string;
}

const ENOUGH = 24; // columns of a label that are kept before details are dropped
const NAME = 24; // columns of a run's name at most

/** The caption of a node in at most `width` columns: details go first, then the middle of the label. `note` stays. */
export function captionOf(node: Node, width: number, note = "", full = false): Caption {
  const label = escapeControls(node.label);
  const wanted = Math.min(displayWidth(label), ENOUGH);
  const end = note && `  ${note}`;
  const choices = [...details(node, full), ""].map((text) => (text ? `  ${escapeControls(text)}${end}` : end));
  const chosen = choices.find((text) => wanted + displayWidth(text) <= width) ?? choices.at(-1) ?? "";
  const cut = truncate(label, Math.max(1, width - displayWidth(chosen)), "middle");
  return { label: cut, details: truncate(chosen, width - displayWidth(cut)) };
}

/** What can be said of a node, from everything to the most important. */
function details(node: Node, full: boolean): string[] {
  const state = stateOf(node);
  const [version, older] = versionOf(node);
  const uid = full ? `uid ${node.uid.slice(0, 8)}` : undefined;
  switch (node.kind) {
    case "run": {
      const run = [`run ${node.uid.slice(0, 8)}`, truncate(nameOfRun(node) ?? "", NAME)].filter(Boolean).join("  ");
      const rows = [[whoAndWhen(node.createdBy, node.startedAt), state], [node.createdBy, state], [state]];
      return [...rows.map((row) => [run, listed(row)].filter(Boolean).join("  ")), state ?? ""];
    }
    case "artifact": {
      const suffix = node.suffix && !node.label.endsWith(node.suffix) ? node.suffix : undefined;
      const size = node.size === null ? undefined : printSize(node.size);
      return [
        listed([suffix, node.artifactKind, size, version, uid, older, state]),
        listed([size, older, state]),
        listed([older, state]),
      ];
    }
    case "transform":
      return [listed([node.transformKind, version, uid, state]), listed([state])];
    case "collection":
      return [listed(["collection", version, uid, older, state]), listed([older, state])];
    case "record":
      return [listed([node.type ?? "record", uid, state]), listed([state])];
  }
}

function listed(parts: readonly (string | null | undefined)[]): string {
  return parts.filter(Boolean).join(", ");
}
