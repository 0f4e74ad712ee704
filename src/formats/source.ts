/** Bytes to read from: random access, whole, in chunks, or as text. */
import { LinealError } from "../ground/errors.ts";

/**
 * Where a format reads from: `byteLength` bytes (NaN while unknown), any part of which can be had.
 *
 * `chunks` is optional; a source that can be read from start to end more cheaply than in slices offers it.
 */
export interface ByteSource {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<Uint8Array>;
  chunks?(): AsyncIterable<Uint8Array>;
}

const CHUNK_BYTES = 1 << 18;

/** A source over bytes in memory. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return { byteLength: bytes.byteLength, slice: async (start, end) => bytes.subarray(start, end) };
}

/** All bytes of a source. */
export async function bytesOf(source: ByteSource): Promise<Uint8Array> {
  if (source.chunks === undefined) return source.slice(0, source.byteLength);
  const parts: Uint8Array[] = [];
  for await (const part of source.chunks()) parts.push(part);
  return concat(parts);
}

/** Several pieces of bytes as one. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}

/** The bytes of a source from start to end, a part at a time. */
export async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (source.chunks !== undefined) return yield* source.chunks();
  for (let start = 0; start < source.byteLength; start += CHUNK_BYTES) {
    yield await source.slice(start, Math.min(start + CHUNK_BYTES, source.byteLength));
  }
}

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
  throw new LinealError(
    "invalid",
    `the text ${JSON.stringify(text.slice(0, 40))} holds half a character and cannot be stored as UTF-8`,
    {
      hint: "text.toWellFormed() replaces such halves",
    },
  );
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
