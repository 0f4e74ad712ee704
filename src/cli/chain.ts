/** Lines of an answer from lineage within 80 columns: chains, sentences, and pairs of values that differ. */
import { displayWidth, escapeControls, truncate } from "../ground/width.ts";

const WIDTH = 80;
/** Things of a chain that are shown at its beginning and at its end. */
const [FIRST, LAST] = [3, 2];
/** Columns of a name that shares its line with others. */
const NAME = 36;
/** Characters that both values share before the place where they differ. */
const BEFORE = 4;

/** Those things of a chain that are shown, undefined for what is left out. */
export const shownOf = (chain: readonly string[]): (string | undefined)[] =>
  chain.length > FIRST + LAST + 1 ? [...chain.slice(0, FIRST), undefined, ...chain.slice(-LAST)] : [...chain];

/** From an output back to where it begins: `clean.csv v0001 ← raw.csv v0000 ← … 43 more ← raw.csv v0002`. */
export function chainText(chain: readonly string[], labelOf: (uid: string) => string, indent: number): string {
  const parts = shownOf(chain).map((uid) =>
    uid === undefined ? `… ${chain.length - FIRST - LAST} more` : labelOf(uid),
  );
  return broken(parts, " ← ", indent);
}

/** A sentence broken between words so that it fits, every line indented. */
export const fitted = (text: string, indent: number): string => broken(escapeControls(text).split(" "), " ", indent);

function broken(parts: readonly string[], between: string, indent: number): string {
  const lines: string[] = [];
  const hanging = between.trimStart();
  for (const word of parts) {
    const part = nameText(word, WIDTH - indent - hanging.length);
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last + between + part) <= WIDTH - indent)
      lines[lines.length - 1] = last + between + part;
    else lines.push(last === undefined ? part : hanging + part);
  }
  return lines.map((line) => " ".repeat(indent) + line).join("\n");
}

/** A name on one line; of a long one the end is kept, which says most of a path. */
export const nameText = (name: string, width = NAME): string => truncate(escapeControls(name), width, "start");

/** `head: a → b` on one line, long values shortened around the place where they differ. */
export function pairText(head: string, a: string, b: string): string {
  const [left, right] = [escapeControls(a), escapeControls(b)];
  const room = WIDTH - displayWidth(head) - 3;
  if (displayWidth(left) + displayWidth(right) <= room) return `${head}${left} → ${right}`;
  const half = Math.floor(room / 2);
  // A short one leaves its room to the other.
  const [forLeft, forRight] = [Math.max(half, room - displayWidth(right)), Math.max(half, room - displayWidth(left))];
  let same = 0;
  while (same < left.length && left[same] === right[same]) same++;
  const around = (text: string, width: number): string => {
    if (displayWidth(text) <= width) return text;
    const start =
      displayWidth(text.slice(0, same)) < width - BEFORE
        ? 0
        : [...text.slice(0, same)].slice(0, -BEFORE).join("").length;
    return truncate(start > 0 ? `…${text.slice(start)}` : text, width);
  };
  return `${head}${around(left, forLeft)} → ${around(right, forRight)}`;
}

/** `head: value` on one line. */
export const valueText = (head: string, value: string): string => truncate(head + escapeControls(value), WIDTH);
