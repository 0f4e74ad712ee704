/** Storage: a root where bytes live. */
import { isAbsolute } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { isUrl } from "../ground/url.ts";
import { readStorageNote } from "../instance/storage-note.ts";
import { isFolder, realPath } from "../storage/file.ts";
import { openBackend } from "../storage/open.ts";
import type { Draft } from "../model/index.ts";
import type { Of } from "./record/classes.ts";
import { entity } from "./record/registry.ts";
import { connectionOf } from "./record/row.ts";

/** A root where bytes live: a local folder or a bucket. */
export class Storage extends entity("Storage", rootOf) {
  static override async save(draft: Draft<"Storage">): Promise<Of<"Storage">> {
    const storage = await super.save(draft);
    await connectionOf(storage).refreshStorages();
    return storage;
  }
}

/** The root as its backend names it, a local one as it is on disk; and whose bytes are kept there. */
function rootOf(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = String(values.root);
  const { root, type, local } = openBackend(given);
  if (!local) return { root, type };
  const real = realPath(root);
  if ((!isUrl(given) && !isAbsolute(given)) || real === undefined || !isFolder(real)) {
    throw new LinealError("invalid", `${given} is no folder with an absolute path`, {
      hint: 'Write ln.Storage.save({ root: "/data/sequencer" }) with a folder that exists.',
    });
  }
  const note = readStorageNote(real);
  return { root: real, ...(note ? { instanceUid: note.instance } : {}) };
}

declare module "./record/classes.ts" {
  interface Registries {
    Storage: Storage;
  }
}
