/** What is to be saved: its source, and the content that becomes of it. */
import { basename } from "node:path";
import type { Row } from "../../db/columns.ts";
import type { ObjectName } from "../../db/objects.ts";
import { isTabular, suffixOf } from "../../formats/index.ts";
import { LinealError } from "../../ground/errors.ts";
import { isUrl } from "../../ground/url.ts";
import type { Connection, StorageRow } from "../../instance/connection.ts";
import { isFolder } from "../../storage/file.ts";
import { relativeKey, validateKey } from "../../storage/keys.ts";
import { localPath } from "../../storage/open.ts";

/** A file or folder, with its location when it is inside a registered storage; bytes; a stream; a table or any other value. */
export type Source =
  | { readonly is: "file" | "folder"; readonly path: string; readonly location: Location | undefined }
  | { readonly is: "bytes"; readonly bytes: Uint8Array }
  | { readonly is: "stream"; readonly stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> }
  | { readonly is: "value"; readonly value: unknown };

/** A file or folder inside a registered storage; the key of the root itself is "". */
export interface Location {
  readonly storage: StorageRow;
  readonly key: string;
}

/** A stored object and, where the bytes are far away, its row that was claimed. */
export interface ClaimedObject extends ObjectName {
  readonly claim?: number | undefined;
}

/** What is known of bytes once they are hashed and, unless they stay in place, stored. */
export interface Content {
  readonly hash: string;
  readonly hashType: "sha256" | "sha256-manifest";
  /** Bytes. */
  readonly size: number;
  readonly suffix: string;
  readonly kind: string | null;
  readonly otype: string | null;
  readonly nObservations: number | null;
  readonly nFiles: number | null;
  readonly storage: StorageRow;
  /** What is stored for it in the default storage: its bytes, or its manifest and then its files. Nothing of a file in place. */
  readonly objects: readonly ClaimedObject[];
  /** The path in the storage, for what stays in place. */
  readonly placeKey: string | null;
  readonly placeStat: { size: number; mtimeNs: string; ino: string } | null;
}

/** The source that a user gives; a path must exist. */
export function sourceOf(connection: Connection, given: unknown): Source {
  if (typeof given === "string" || given instanceof URL) return pathSource(connection, given);
  if (given instanceof Uint8Array) return { is: "bytes", bytes: given };
  if (given instanceof ArrayBuffer) return { is: "bytes", bytes: new Uint8Array(given) };
  const iterable = given !== null && typeof given === "object" && !isTabular(given) && Symbol.asyncIterator in given;
  return iterable ? { is: "stream", stream: given as AsyncIterable<Uint8Array> } : { is: "value", value: given };
}

function pathSource(connection: Connection, given: string | URL): Source {
  if (given === "" || String(given).includes("\0"))
    throw new LinealError("invalid", "the path is empty or holds a NUL character", {
      hint: "Give the path of a file or folder.",
    });
  const path = localPath(given);
  const folder = isFolder(path);
  if (folder === undefined)
    throw new LinealError("not-found", `there is no file ${given}`, {
      hint: `Check the path; the working directory is ${process.cwd()}.`,
    });
  return { is: folder ? "folder" : "file", path, location: locationOf(connection, path) };
}

/** The registered storage that a path is in; the longest root wins. */
function locationOf(connection: Connection, path: string): Location | undefined {
  const local = connection.storages.filter(({ root }) => !isUrl(root));
  for (const storage of local.sort((a, b) => b.root.length - a.root.length)) {
    const key = relativeKey(storage.root, path);
    if (key === undefined) continue;
    if (key !== "") validateKey(key);
    if (storage.instanceUid !== null && storage.instanceUid !== connection.settings.uid) {
      throw new LinealError("forbidden", `${storage.root} is a storage of another instance`, {
        hint: "Connect to that instance, or copy the file elsewhere first.",
      });
    }
    return { storage, key };
  }
  return undefined;
}

/** The suffix that a source has, or gets from its key; undefined for a value without one. */
export function suffixFor(source: Source, key: string | undefined): string | undefined {
  const wanted = key === undefined ? undefined : suffixOf(key);
  if (source.is === "value") return wanted;
  if (source.is === "bytes" || source.is === "stream") return wanted ?? "";
  const name = basename(key ?? source.path);
  if (source.is === "folder") return /\.zarr$/i.test(name) ? suffixOf(name) : "";
  const suffix = suffixOf(source.path);
  if (wanted === undefined || wanted === suffix) return suffix;
  throw new LinealError("invalid", `the key "${key}" and the path "${source.path}" have different suffixes`, {
    hint: `End the key with ${suffix || "no suffix"}.`,
  });
}

/** Refuses a key that an artifact cannot take: none, or one with another suffix. */
export function checkNewKey({ key, suffix }: Row, wanted: unknown): void {
  if (wanted === null && key !== null)
    throw new LinealError("invalid", "an artifact's key cannot be taken away", { hint: "Give it another key." });
  if (typeof wanted !== "string") return;
  validateKey(wanted);
  if (suffixOf(wanted) === suffix) return;
  throw new LinealError("invalid", `the key "${wanted}" has another suffix than the artifact (${suffix || "none"})`, {
    hint: `End the key with ${suffix || "no suffix"}.`,
  });
}
