/** Colours and weights of a tree in a terminal. */

const CODES = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 } as const;

/** A colour or weight of the terminal. */
export type Ink = keyof typeof CODES;

/** Paints text, or leaves it as it is when colour is off. */
export function painter(color: boolean): (text: string, ...inks: Ink[]) => string {
  return (text, ...inks) =>
    color && text && inks.length > 0 ? `\x1b[${inks.map((ink) => CODES[ink]).join(";")}m${text}\x1b[0m` : text;
}
