/** UTF-8 text of a source: whole, in parts or by lines. */
import { LinealError } from "../ground/errors.ts";
import { type ByteSource, bytesOf, chunksOf } from "../ground/bytes.ts";

/** The text of a source, a part at a time, without a byte-order mark; `invalid` when it is not UTF-8. */
export async function* textChunksOf(source: ByteSource): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const bytes of chunksOf(source)) {
    const text = decodeWith(decoder, bytes, true);
    if (text !== "") yield text;
  }
  const rest = decodeWith(decoder, undefined, false);
  if (rest !== "") yield rest;
}

/** The whole text of a source; a byte-order mark is dropped unless `keepMark`. `invalid` when it is not UTF-8. */
export async function textOf(source: ByteSource, { keepMark = false } = {}): Promise<string> {
  return decodeWith(new TextDecoder("utf-8", { fatal: true, ignoreBOM: keepMark }), await bytesOf(source), false);
}

/** The lines of a text source without their line ends (`\n` or `\r\n`). */
export async function* linesOf(source: ByteSource): AsyncGenerator<string> {
  let rest = "";
  for await (const text of textChunksOf(source)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  if (rest !== "") yield rest;
}

/** UTF-8 bytes of a text; `invalid` when it holds half a character (a lone surrogate), which UTF-8 cannot store. */
export function utf8(text: string): Uint8Array {
  assertWellFormed(text);
  return new TextEncoder().encode(text);
}

/** Throws `invalid` when a text holds half a character, which UTF-8 cannot store. */
export function assertWellFormed(text: string): void {
  if (text.isWellFormed()) return;
  const start = JSON.stringify(text.slice(0, 40));
  throw new LinealError("invalid", `the text ${start} holds half a character and cannot be stored as UTF-8`, {
    hint: "text.toWellFormed() replaces such halves",
  });
}

function decodeWith(decoder: TextDecoder, bytes: Uint8Array | undefined, stream: boolean): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch (cause) {
    throw new LinealError("invalid", "the bytes are not UTF-8 text", {
      hint: "use cache() for the path and decode the file yourself, or save it again as UTF-8",
      cause,
    });
  }
}
