/** Compressed files: any text, value or table format inside `.gz` or `.zst`. */
import type { Transform } from "node:stream";
import { LinealError } from "../ground/errors.ts";
import type { Format, ReadOptions } from "./format.ts";
import { type ByteSource, bytesOf, chunksOf } from "../ground/bytes.ts";

/** How many bytes a compressed file may unfold to by default: 4 GiB. */
const MAX_UNFOLDED_BYTES = 4 * 1024 ** 3;

interface Codec {
  readonly mime: string;
  unfold(): Promise<Transform>;
  fold(bytes: Uint8Array): Promise<Uint8Array>;
}

const CODECS: Readonly<Record<string, Codec>> = {
  ".gz": {
    mime: "application/gzip",
    unfold: async () => (await import("node:zlib")).createGunzip(),
    async fold(bytes) {
      const folded = new Uint8Array((await import("node:zlib")).gzipSync(bytes));
      folded.fill(0, 4, 8); // no time of writing
      folded[9] = 255; // and no operating system: the same bytes everywhere
      return folded;
    },
  },
  ".zst": {
    mime: "application/zstd",
    unfold: async () => (await import("node:zlib")).createZstdDecompress(),
    fold: async (bytes) => new Uint8Array((await import("node:zlib")).zstdCompressSync(bytes)),
  },
};

/** The format of a compressed suffix: `base` unfolded before reading and folded after writing. */
export function compressed(base: Format, compression: string): Format {
  const codec = CODECS[compression];
  if (codec === undefined) return unsupported(base, compression);
  const { write, open, summarise } = base;
  const inner = (source: ByteSource, options: ReadOptions = {}): ByteSource =>
    unfolded(source, codec, options.maxBytes ?? MAX_UNFOLDED_BYTES);
  return {
    name: `${base.name}${compression}`,
    kind: base.kind,
    suffixes: base.suffixes.map((suffix) => suffix + compression),
    mime: codec.mime,
    read: (source, options) => base.read(inner(source, options), options),
    ...(write && { write: async (value) => codec.fold(await write(value)) }),
    ...(open && { open: (source, options) => open(inner(source, options), options) }),
    ...(summarise && { summarise: (source, options) => summarise(inner(source, options), options) }),
  };
}

/** A compressed source seen unfolded; random access unfolds it once, into memory. */
function unfolded(source: ByteSource, codec: Codec, maxBytes: number): ByteSource {
  let whole: Promise<Uint8Array> | undefined;
  return {
    byteLength: Number.NaN,
    chunks: () => unfold(source, codec, maxBytes),
    async slice(start, end) {
      whole ??= bytesOf(this);
      return (await whole).subarray(start, end);
    },
  };
}

async function* unfold(source: ByteSource, codec: Codec, maxBytes: number): AsyncGenerator<Uint8Array> {
  const [{ pipeline, Readable }, transform] = await Promise.all([import("node:stream"), codec.unfold()]);
  const stream = pipeline(Readable.from(chunksOf(source)), transform, () => {});
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength;
      if (length > maxBytes) {
        throw new LinealError("invalid", `the compressed file unfolds to more than ${maxBytes} bytes`, {
          hint: "use cache() for the path, or raise maxBytes when the file is to be trusted",
        });
      }
      yield chunk;
    }
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    if (typeof code !== "string" || !/^(Z|ERR_ZSTD|ZSTD)_/.test(code)) throw cause;
    throw new LinealError("invalid", `the compressed file is damaged: ${(cause as Error).message}`, {
      hint: "save it again from its source",
      cause,
    });
  }
}

function unsupported(base: Format, compression: string): Format {
  const refuse = async (): Promise<never> => {
    throw new LinealError("missing-dependency", `${compression} files cannot be unfolded here`, {
      hint: "use cache() for the path and unfold it yourself, or save it as .gz or .zst",
    });
  };
  return {
    name: `${base.name}${compression}`,
    kind: base.kind,
    suffixes: [],
    mime: "application/octet-stream",
    read: refuse,
    write: refuse,
    open: refuse,
  };
}
