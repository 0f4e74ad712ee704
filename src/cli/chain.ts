/** Lines of an answer from lineage: chains of uids, and sentences within 80 columns. */

const WIDTH = 80;
/** Uids of a chain that are shown at its beginning and at its end. */
const [FIRST, LAST] = [3, 2];

/** The beginnings of uids from an output back to where it begins: `AsXmTxA3 ← 7hK2QpLz ← … 43 more ← VpL0JhiF`. */
export function chainText(chain: readonly string[]): string {
  const short = chain.map((uid) => uid.slice(0, 8));
  const more = short.length - FIRST - LAST;
  return (more > 1 ? [...short.slice(0, FIRST), `… ${more} more`, ...short.slice(-LAST)] : short).join(" ← ");
}

/** A sentence broken between words so that it fits, every line indented. */
export function fitted(text: string, indent: number): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH - indent) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => " ".repeat(indent) + line).join("\n");
}
