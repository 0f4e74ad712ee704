/** Text in a terminal: how many columns it takes, cutting it to fit, colour, and nothing that could steer the terminal. */

// Control characters, bidirectional overrides and line separators: they could move the cursor or reorder a line.
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;
const NO_WIDTH = /[\p{M}\p{Cf}]/u;
const WIDE =
  /[\u1100-\u115f\u231a\u231b\u23e9-\u23f3\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const ASCII = /^[\x20-\x7e]*$/;

/** The text with what could steer a terminal written out: a newline as `\n`, escape as `\x1b`, others as `\u{…}`. */
export function harmless(text: string): string {
  return text.replace(UNSAFE, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (char === "\n") return "\\n";
    if (char === "\t") return "\\t";
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** How many terminal columns a line takes: East Asian characters and emoji take two, combining marks none. */
export function columns(text: string): number {
  if (ASCII.test(text)) return text.length;
  let sum = 0;
  for (const char of text) sum += columnsOf(char);
  return sum;
}

function columnsOf(char: string): number {
  if (NO_WIDTH.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}

/** The text cut to at most `width` columns: in the middle, so that the ends of long keys stay readable, or at the end. */
export function shorten(text: string, width: number, where: "middle" | "end" = "middle"): string {
  if (columns(text) <= width) return text;
  if (width < 1) return "";
  const tail = where === "middle" ? Math.ceil((width - 1) / 2) : 0;
  const chars = [...text];
  return `${take(chars, width - 1 - tail).join("")}…${take(chars.toReversed(), tail).toReversed().join("")}`;
}

function take(chars: readonly string[], width: number): string[] {
  let left = width;
  const end = chars.findIndex((char) => {
    left -= columnsOf(char);
    return left < 0;
  });
  return end < 0 ? [...chars] : chars.slice(0, end);
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 } as const;

/** A colour or weight of the terminal. */
export type Ink = keyof typeof CODES;

/** Paints text, or leaves it as it is when colour is off. */
export function painter(color: boolean): (text: string, ...inks: Ink[]) => string {
  return (text, ...inks) =>
    color && text && inks.length > 0 ? `\x1b[${inks.map((ink) => CODES[ink]).join(";")}m${text}\x1b[0m` : text;
}

/** Bytes in short, in powers of 1,000: `12 B`, `16.9 kB`, `2.4 GB`. */
export function bytes(size: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let [value, unit] = [size, 0];
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1).replace(/\.0$/, "")} ${units[unit]}`;
}
