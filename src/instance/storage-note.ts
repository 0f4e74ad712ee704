/** `storage.json` in a storage root: which instance keeps its bytes there. */
import { join } from "node:path";
import { readJson, removeFile, writeShared } from "./home.ts";

export interface StorageNote {
  readonly uid: string;
  /** The instance that stores here. */
  readonly instance: string;
  readonly slug: string;
}

const path = (root: string): string => join(root, ".lineal", "storage.json");

export const readStorageNote = (root: string): StorageNote | undefined => readJson<StorageNote & object>(path(root));

export function writeStorageNote(root: string, note: StorageNote): void {
  writeShared(path(root), `${JSON.stringify(note, undefined, 2)}\n`);
}

export const removeStorageNote = (root: string): boolean => removeFile(path(root));
