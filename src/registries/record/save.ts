/** `save` of everything but artifacts: found by the natural key, or added. */
import { realpathSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { Row, RowRef } from "../../db/columns.ts";
import { select } from "../../db/select.ts";
import { insert, lock, update } from "../../db/write.ts";
import { LinealError } from "../../ground/errors.ts";
import { isUrl } from "../../ground/url.ts";
import type { Connection } from "../../instance/connection.ts";
import { readStorageNote } from "../../instance/storage-note.ts";
import { model, type Name } from "../../model/index.ts";
import { isFolder } from "../../storage/file.ts";
import { openBackend } from "../../storage/open.ts";
import { checkDraft, commonValues, differing } from "./draft.ts";
import { naturalFilter, naturalLock } from "./natural-key.ts";
import { demote, nextVersion } from "./versions.ts";

/** Saves a draft; what an existing row says otherwise is updated. */
export async function saveDraft(connection: Connection, name: Name, draft: Record<string, unknown>): Promise<Row> {
  const values = await checkDraft(connection, name, draft);
  checkRules(name, values);
  if (name === "Storage") Object.assign(values, storageValues(String(values.root)));
  const { natural = [] } = model[name];
  const common = await commonValues(connection, name, values);
  const writer = await connection.writer();
  const { dialect } = connection.database;
  const where = naturalFilter(name, values);
  const viewer = connection.viewer();
  const row = await connection.write(function* () {
    if (natural.length > 0) yield* lock(dialect, naturalLock(name, values));
    const found = natural.length > 0 ? yield* select(dialect, viewer, { name, where: [where], order: ["-id"] }) : [];
    const existing = found.find((row) => row.isLatest) ?? found[0];
    if (existing) {
      const different = differing(name, existing, values);
      return Object.keys(different).length > 0
        ? yield* update(dialect, writer, name, existing.id, different)
        : existing;
    }
    if (!model[name].versioned) {
      const started =
        name === "Run" && values.startedAt === undefined && values.status !== "scheduled"
          ? { startedAt: writer.now }
          : {};
      return yield* insert(dialect, name, { uid: connection.newUid(name), ...started, ...common });
    }
    const [head] = values.key
      ? yield* select(dialect, viewer, { name, where: [{ key: values.key as string, isLatest: true }] })
      : [];
    const version = yield* nextVersion(
      dialect,
      name,
      head ?? connection.newUid(name),
      values.version as string | undefined,
    );
    yield* demote(dialect, writer, name, String(version.stem), common.branch as RowRef);
    return yield* insert(dialect, name, { ...common, ...version });
  });
  if (name === "Storage") await connection.refreshStorages();
  return row;
}

/** The root of a storage as its backend names it, a local one as it is on disk; and whose bytes are kept there. */
function storageValues(given: string): Record<string, unknown> {
  const { root, type, local } = openBackend(given);
  if (!local) return { root, type };
  if ((!isUrl(given) && !isAbsolute(given)) || !isFolder(root)) {
    throw new LinealError("invalid", `${given} is no folder with an absolute path`, {
      hint: 'Write ln.Storage.save({ root: "/data/sequencer" }) with a folder that exists.',
    });
  }
  const note = readStorageNote(realpathSync(root));
  return { root: realpathSync(root), ...(note ? { instanceUid: note.instance } : {}) };
}

function checkRules(name: Name, values: Record<string, unknown>): void {
  if (name === "Transform" && !values.key)
    throw new LinealError("invalid", "a transform needs a key", {
      hint: 'Write ln.Transform.save({ key: "Cell Ranger", kind: "pipeline" }).',
    });
  if (name === "Record" && !values.name)
    throw new LinealError("invalid", "a record needs a name", {
      hint: 'Write ln.Record.save({ name: "Experiment1" }).',
    });
  if (name === "Reference" && typeof values.doi === "string" && !/^10\.\d{4,9}\/\S+$/.test(values.doi)) {
    throw new LinealError("invalid", `"${values.doi}" is no DOI`, {
      hint: "A DOI looks like 10.1038/s41586-020-2649-2.",
    });
  }
  if (name === "Storage" || name === "Branch" || name === "Space") {
    const title = values[model[name].title];
    if (typeof title !== "string" || title.trim() === "")
      throw new LinealError("invalid", `${name} needs a ${model[name].title}`, { hint: "Give it a name." });
  }
}
