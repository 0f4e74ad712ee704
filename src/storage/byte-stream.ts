/** Ranges, chunks and streams of bytes, shared by the backends. */

import { LinealError } from "../ground/errors.ts";
import type { OpenBytes, Source } from "./backend.ts";

const chunkSize = 1 << 20;

/** `start` and `end` cut to `size`, with negative ones counted from the end, as `Array.slice` does. */
export function cutRange(size: number, start: number, end = size): { start: number; end: number } {
  const cut = (at: number): number => Math.min(Math.max(at < 0 ? size + at : at, 0), size);
  return { start: cut(start), end: Math.max(cut(start), cut(end)) };
}

/** A stream of what `open` opens: opened at the first read, closed at the end or when cancelled. */
export function streamOf(open: () => Promise<OpenBytes>): ReadableStream<Uint8Array> {
  let source: OpenBytes | undefined;
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        source ??= await open();
        try {
          const bytes = at < source.byteLength ? await source.slice(at, at + chunkSize) : new Uint8Array();
          at += bytes.length;
          if (bytes.length > 0) return controller.enqueue(bytes);
        } catch (error) {
          await source.close();
          throw error;
        }
        await source.close();
        controller.close();
      },
      cancel: () => source?.close(),
    },
    { highWaterMark: 0 },
  );
}

/** The bytes of a source that is not a path, in order; anything but bytes in a stream is `invalid`. */
export async function* chunksOf(source: Exclude<Source, { path: string }>): AsyncGenerator<Uint8Array> {
  if ("bytes" in source) {
    for (let at = 0; at < source.bytes.length; at += chunkSize) yield source.bytes.subarray(at, at + chunkSize);
    return;
  }
  for await (const chunk of source.stream as AsyncIterable<unknown>) {
    if (!(chunk instanceof Uint8Array)) {
      throw new LinealError("invalid", `the stream gave a ${typeof chunk} where bytes were expected`, {
        hint: "encode text first: stream.pipeThrough(new TextEncoderStream())",
      });
    }
    yield chunk;
  }
}

/** Lets timers, signals and progress bars have their turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
