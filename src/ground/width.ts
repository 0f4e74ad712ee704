/** How wide a text stands in a terminal, and how to show one without letting control characters through. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/gu;
const PLAIN = /^[\u0020-\u007e]*$/;

// as strings: a literal with property classes is built when the file is parsed
const ZERO = "^[\\p{Mn}\\p{Me}\\p{Cf}\\u115f\\u1160]";
const EMOJI = "^\\p{Emoji_Presentation}|\\ufe0f";

/** What only texts beyond ASCII need: it takes 20 ms to make, so the first of them does. */
interface Unicode {
  readonly segmenter: Intl.Segmenter;
  readonly zero: RegExp;
  readonly emoji: RegExp;
}
let made: Unicode | undefined;

function unicode(): Unicode {
  made ??= {
    segmenter: new Intl.Segmenter("en", { granularity: "grapheme" }),
    zero: new RegExp(ZERO, "u"),
    emoji: new RegExp(EMOJI, "u"),
  };
  return made;
}

/** East Asian wide and full-width ranges (Unicode 16), first and last code point of each. */
const WIDE = [
  0x1100, 0x115f, 0x2e80, 0x303e, 0x3041, 0x33ff, 0x3400, 0x4dbf, 0x4e00, 0xa4cf, 0xa960, 0xa97c, 0xac00, 0xd7a3,
  0xf900, 0xfaff, 0xfe30, 0xfe6f, 0xff01, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x1b2ff, 0x20000, 0x3fffd,
];

/** The text with control characters, bidirectional overrides and lone surrogates written as escapes (`\n`, `\x1b`). */
export function escapeControls(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, escapeOne);
}

/** Columns of a terminal that a text without control characters takes. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of unicode().segmenter.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The text cut to `width` terminal columns, the last of them `…` when something was cut. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = "";
  let left = width - 1;
  for (const { segment } of unicode().segmenter.segment(text)) {
    left -= graphemeWidth(segment);
    if (left < 0) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** The text filled with spaces to `width` terminal columns. */
export function pad(text: string, width: number, side: "left" | "right"): string {
  const spaces = " ".repeat(Math.max(0, width - displayWidth(text)));
  return side === "left" ? spaces + text : text + spaces;
}

function graphemeWidth(grapheme: string): number {
  if (unicode().zero.test(grapheme)) return 0;
  if (unicode().emoji.test(grapheme)) return 2;
  const code = grapheme.codePointAt(0) ?? 0;
  for (let i = 0; i < WIDE.length; i += 2) {
    if (code < (WIDE[i] ?? 0)) return 1;
    if (code <= (WIDE[i + 1] ?? 0)) return 2;
  }
  return 1;
}

function escapeOne(character: string): string {
  const named = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
