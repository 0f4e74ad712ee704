/** How wide a text stands in a terminal, how it is cut to fit, and how to show one without letting control characters through. */
import { eastAsianWidth } from "get-east-asian-width";

// Control characters, bidirectional overrides and line separators: they could move the cursor or reorder a line.
// As strings: a literal with property classes is built when the file is parsed, which takes 20 ms.
const UNSAFE = "[\\p{Cc}\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]|\\p{Cs}";
const ZERO = "^[\\p{Mn}\\p{Me}\\p{Cf}\\u115f\\u1160]";
const EMOJI = "^\\p{Emoji_Presentation}|\\ufe0f";
const PLAIN = /^[\u0020-\u007e]*$/;

/** What only texts beyond ASCII need: the first of them makes it. */
interface Unicode {
  readonly segmenter: Intl.Segmenter;
  readonly unsafe: RegExp;
  readonly zero: RegExp;
  readonly emoji: RegExp;
}
let made: Unicode | undefined;

function unicode(): Unicode {
  made ??= {
    segmenter: new Intl.Segmenter("en", { granularity: "grapheme" }),
    unsafe: new RegExp(UNSAFE, "gu"),
    zero: new RegExp(ZERO, "u"),
    emoji: new RegExp(EMOJI, "u"),
  };
  return made;
}

/** The text with control characters, bidirectional overrides and lone surrogates written as escapes (`\n`, `\x1b`, `\u202e`). */
export function escapeControls(text: string): string {
  return PLAIN.test(text) ? text : text.replace(unicode().unsafe, escapeOne);
}

function escapeOne(character: string): string {
  const named = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Columns of a terminal that a text without control characters takes. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return graphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

/** The text cut to `width` terminal columns with `…` for what was left out: at its end, in its middle or at its start. */
export function truncate(text: string, width: number, where: "end" | "middle" | "start" = "end"): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return "";
  const tail = { end: 0, middle: Math.ceil((width - 1) / 2), start: width - 1 }[where];
  const all = graphemes(text);
  const [head, rest] = [fitting(all, width - 1 - tail), fitting(all.toReversed(), tail)];
  return `${head.join("")}…${rest.reverse().join("")}`;
}

/** The first of the graphemes that fit in `width` columns. */
function fitting(all: readonly string[], width: number): string[] {
  let left = width;
  const end = all.findIndex((grapheme) => {
    left -= graphemeWidth(grapheme);
    return left < 0;
  });
  return end < 0 ? [...all] : all.slice(0, end);
}

/** The text filled with spaces to `width` terminal columns. */
export function pad(text: string, width: number, side: "left" | "right"): string {
  const spaces = " ".repeat(Math.max(0, width - displayWidth(text)));
  return side === "left" ? spaces + text : text + spaces;
}

const graphemes = (text: string): string[] =>
  PLAIN.test(text) ? [...text] : Array.from(unicode().segmenter.segment(text), ({ segment }) => segment);

function graphemeWidth(grapheme: string): number {
  if (PLAIN.test(grapheme)) return 1;
  if (unicode().zero.test(grapheme)) return 0;
  return unicode().emoji.test(grapheme) ? 2 : eastAsianWidth(grapheme.codePointAt(0) ?? 0);
}
