/** Files that stay bytes: images, archives, whatever is unknown; and those that are not readable yet. */
import { LinealError } from "../ground/errors.ts";
import type { Format } from "./format.ts";
import { bytesOf } from "../ground/bytes.ts";
import { utf8 } from "./utf8.ts";

/** Any file as `Uint8Array`; a string may be written too (an SVG picture). */
export const binary: Format = bytes("binary", [], "application/octet-stream");

/** Pictures, as their bytes, with the type a browser needs. */
export const images: readonly Format[] = [
  bytes("png", [".png"], "image/png"),
  bytes("jpeg", [".jpg", ".jpeg"], "image/jpeg"),
  bytes("gif", [".gif"], "image/gif"),
  bytes("webp", [".webp"], "image/webp"),
  bytes("svg", [".svg"], "image/svg+xml"),
  bytes("tiff", [".tif", ".tiff"], "image/tiff"),
  bytes("pdf", [".pdf"], "application/pdf"),
];

/** Formats that are stored and tracked like any other file, but whose content has no reader here yet. */
export const unread: readonly Format[] = [
  unreadable("h5ad", [".h5ad", ".h5mu", ".loom"], "application/x-hdf5"),
  unreadable("zarr", [".zarr"], "application/zarr"),
];

function bytes(name: string, suffixes: readonly string[], mime: string): Format {
  return {
    name,
    kind: "bytes",
    suffixes,
    mime,
    read: bytesOf,
    async write(value) {
      if (name === "svg" && typeof value === "string") return utf8(value);
      throw new LinealError("invalid", `a ${name} file holds bytes`, {
        hint: "pass a Uint8Array, or a path to a file",
      });
    },
  };
}

function unreadable(name: string, suffixes: readonly string[], mime: string): Format {
  const refuse = async (): Promise<never> => {
    throw new LinealError("missing-dependency", `${name} files are not readable yet`, {
      hint: "use cache() for the path and open it with a library of your own",
    });
  };
  return { name, kind: "bytes", suffixes, mime, read: refuse, open: refuse };
}
