/** Bytes that are read in pieces: what storage gives and formats read. */

/** Bytes of which any part can be had. */
export interface ByteSource {
  /** Bytes; NaN while unknown, as of a compressed file before it is unpacked. */
  readonly byteLength: number;
  /** The bytes from `start` up to, not including, `end`, which count as in `Array.slice`. */
  slice(start: number, end?: number): Promise<Uint8Array>;
  /** All bytes in order, where that is cheaper than slices: one request instead of many. */
  chunks?(): AsyncIterable<Uint8Array>;
}

/** A `ByteSource` that holds something open until `close()`. */
export interface OpenBytes extends ByteSource {
  close(): Promise<void>;
}

const CHUNK_BYTES = 1 << 18;

/** A source over bytes in memory. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return { byteLength: bytes.byteLength, slice: async (start, end) => bytes.subarray(start, end) };
}

/** The bytes of a source in order, a part at a time. */
export async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (source.chunks !== undefined) return yield* source.chunks();
  for (let start = 0; start < source.byteLength; start += CHUNK_BYTES) {
    const bytes = await source.slice(start, Math.min(start + CHUNK_BYTES, source.byteLength));
    if (bytes.byteLength === 0) return; // cut shorter since it was opened
    yield bytes;
  }
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
