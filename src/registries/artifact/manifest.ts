/** The manifest of a folder artifact: what files it has. */
import type { Row, RowRef } from "../../db/columns.ts";
import type { Connection } from "../../instance/connection.ts";
import { objectKey } from "../../storage/backend.ts";
import { type Entry, parseManifest } from "../../storage/manifest.ts";

/** The files of a folder artifact, in manifest order. */
export async function readManifest(connection: Connection, row: Row): Promise<Entry[]> {
  // The manifest of a folder that stays in place is kept in the default storage.
  const root =
    row.placeKey === null ? connection.storageOf((row.storage as RowRef).id).root : connection.defaultStorage.root;
  const backend = await connection.backend(root);
  const source = await backend.open(objectKey(String(row.hash), ""));
  try {
    return parseManifest(Buffer.from(await source.slice(0)).toString("utf8"));
  } finally {
    await source.close();
  }
}
