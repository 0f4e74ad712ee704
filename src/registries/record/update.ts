/** Changing columns of a saved row. */
import type { Row } from "../../db/columns.ts";
import { byId } from "../../db/select.ts";
import { lock, update } from "../../db/write.ts";
import { everything } from "../../db/viewer.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { model, type Name } from "../../model/index.ts";
import { checkDraft, differing } from "./draft.ts";
import { naturalLock, requireNatural } from "./natural-key.ts";
import { elect, keyHolder, keyTaken } from "./versions.ts";

/** Writes what differs, keeps what was in the history, returns the row as it is now. */
export async function updateRecord(
  connection: Connection,
  name: Name,
  row: Row,
  changes: Record<string, unknown>,
): Promise<Row> {
  const values = await checkDraft(connection, name, changes, "changes");
  const { dialect } = connection.database;
  const writer = await connection.writer();
  return connection.write(function* () {
    const keys = [row.key, values.key].filter((key) => typeof key === "string");
    yield* lock(
      dialect,
      ...keys.map((key) => `key:${key}`),
      ...(row.stem ? [`family:${row.stem}`] : []),
      naturalLock(name, { ...row, ...values }),
    );
    const now = yield* byId(dialect, everything, name, row.id);
    if (!now)
      throw new LinealError("not-found", `this ${name} is gone: ${row.uid}`, { hint: "Someone deleted it for good." });
    const different = differing(name, now, values);
    if (Object.keys(different).length === 0) return now;
    if (!model[name].versioned || !different.branch) {
      const holder =
        now.isLatest && ("key" in different || "space" in different)
          ? yield* keyHolder(dialect, name, { ...now, ...different })
          : undefined;
      if (holder) throw keyTaken(name, holder);
      if (model[name].natural?.some((key) => key in different) || different.branch)
        yield* requireNatural(dialect, name, { ...now, ...different });
      return yield* update(dialect, writer, name, row.id, different);
    }
    // On another branch it may not be the latest any more, and here another one is.
    yield* update(dialect, writer, name, row.id, { ...different, isLatest: false });
    yield* elect(dialect, writer, name, String(row.stem), now.branch as never);
    yield* elect(dialect, writer, name, String(row.stem), different.branch as never, { strict: true });
    return (yield* byId(dialect, everything, name, row.id)) as Row;
  });
}
