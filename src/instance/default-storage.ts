/** The default storage of an instance, as its database has it. */
import type { Database } from "../db/operation.ts";
import { select } from "../db/select.ts";
import { update } from "../db/write.ts";
import { everything } from "../db/viewer.ts";
import { LinealError } from "../ground/errors.ts";
import { isUrl } from "../ground/url.ts";
import type { InstanceSettings } from "./settings.ts";

/** The default storage root of an instance: the first that it manages. */
export async function storageRoot(database: Database, instanceUid: string): Promise<string> {
  const [row] = await database.read(() =>
    select(database.dialect, everything, { name: "Storage", where: [{ instanceUid }], limit: 1 }),
  );
  if (!row)
    throw new LinealError("unavailable", `${database.place} has no storage of its own`, {
      hint: "Run `lineal init` again with this database.",
    });
  return String(row.root);
}

/** An embedded database is inside its storage root: when the folder was moved, the stored root is corrected. */
export async function alignStorage(settings: InstanceSettings, database: Database): Promise<void> {
  if (settings.db || isUrl(settings.storage)) return;
  const { dialect } = database;
  const [own] = await database.read(() =>
    select(dialect, everything, { name: "Storage", where: [{ instanceUid: settings.uid }], limit: 1 }),
  );
  if (!own || own.root === settings.storage) return;
  await database.write(() =>
    update(dialect, { now: new Date(), userUid: null, runUid: null }, "Storage", own.id, { root: settings.storage }),
  );
}
