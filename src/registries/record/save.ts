/** `save` of everything but artifacts: found by the natural key, or added. */
import type { Row, RowRef } from "../../db/columns.ts";
import { select } from "../../db/select.ts";
import { insert, lock, update } from "../../db/write.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { fieldsOf, model, type Name } from "../../model/index.ts";
import { checkDraft, commonValues, differing } from "./draft.ts";
import { naturalFilter, naturalLock } from "./natural-key.ts";
import { demote, nextVersion } from "./versions.ts";

/** What a registry makes of the checked values of a draft: values that nobody gives, or that are written in another way. */
export type Complete = (values: Readonly<Record<string, unknown>>, now: Date) => Record<string, unknown>;

/** Saves a draft; what an existing row says otherwise is updated. */
export async function saveDraft(
  connection: Connection,
  name: Name,
  draft: Record<string, unknown>,
  complete?: Complete,
): Promise<Row> {
  const given = await checkDraft(connection, name, draft);
  checkNeeds(name, given);
  const values = { ...given, ...complete?.(given, connection.now()) };
  const { natural = [] } = model[name];
  const common = await commonValues(connection, name, values);
  const writer = await connection.writer();
  const { dialect } = connection.database;
  const where = naturalFilter(name, values);
  const viewer = connection.viewer();
  return connection.write(function* () {
    if (natural.length > 0) yield* lock(dialect, naturalLock(name, values));
    const found = natural.length > 0 ? yield* select(dialect, viewer, { name, where: [where], order: ["-id"] }) : [];
    const existing = found.find((row) => row.isLatest) ?? found[0];
    if (existing) {
      const different = differing(name, existing, values);
      return Object.keys(different).length > 0
        ? yield* update(dialect, writer, name, existing.id, different)
        : existing;
    }
    if (!model[name].versioned) return yield* insert(dialect, name, { uid: connection.newUid(name), ...common });
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
}

/** What a draft needs that older rows may lack. */
function checkNeeds(name: Name, values: Record<string, unknown>): void {
  for (const [key, field] of fieldsOf(name)) {
    const { needed } = field.options;
    if (needed !== undefined && String(values[key] ?? "").trim() === "")
      throw new LinealError("invalid", `a ${name.toLowerCase()} needs a ${key}`, {
        hint: `Write ln.${name}.save(${needed}).`,
      });
  }
}
