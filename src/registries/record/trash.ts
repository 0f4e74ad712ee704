/** Trash, restore and removal for good. */
import type { Row, RowRef } from "../../db/columns.ts";
import { byId } from "../../db/select.ts";
import { remove } from "../../db/removed.ts";
import { lock, referrers, remember, update } from "../../db/write.ts";
import { everything } from "../../db/viewer.ts";
import { LinealError } from "../../ground/errors.ts";
import { BUILT_IN, type Connection } from "../../instance/connection.ts";
import { model, type Name, shortUid } from "../../model/index.ts";
import { markObjects, removeMarked, storedObjectsOf } from "../artifact/objects.ts";
import { naturalLock, requireNatural } from "./natural-key.ts";
import { elect } from "./versions.ts";

/** Moves a row to trash (undefined is never returned then), or removes it for good. */
export async function deleteRecord(
  connection: Connection,
  name: Name,
  row: Row,
  options: { permanent?: boolean },
): Promise<Row | undefined> {
  if (options.permanent) {
    await removeRecord(connection, name, row);
    return undefined;
  }
  if (!model[name].columns.branch) {
    throw new LinealError("invalid", `a ${name} cannot go to trash`, {
      hint: "Remove it for good with delete({ permanent: true }).",
      shell: "Remove it for good with --permanent.",
    });
  }
  const { dialect } = connection.database;
  const { trash } = connection.branches;
  const writer = await connection.writer();
  const result = await connection.write(function* () {
    yield* lockFamily(connection, row);
    const now = yield* byId(dialect, everything, name, row.id);
    if (!now) throw gone(name, row);
    const branch = now.branch as RowRef;
    if (branch.id === trash.id) return { row: now, promoted: undefined };
    const trashed = yield* update(dialect, writer, name, row.id, {
      branch: trash,
      formerBranch: branch,
      ...(model[name].versioned ? { isLatest: false } : {}),
    });
    yield* remember(dialect, writer, name, row.uid, "trash", null);
    const promoted =
      model[name].versioned && now.isLatest ? yield* elect(dialect, writer, name, String(row.stem), branch) : undefined;
    return { row: trashed, promoted };
  });
  connection.log("info", `moved ${name}('${shortUid(row.uid)}') to trash`);
  if (result.promoted) connection.log("info", `latest version is now: ${result.promoted.uid}`);
  return result.row;
}

/** Takes a row out of trash or archive, back to where it was; the newest of its family becomes the latest. */
export async function restoreRecord(connection: Connection, name: Name, row: Row): Promise<Row> {
  const { dialect } = connection.database;
  const writer = await connection.writer();
  const { main } = connection.branches;
  const { hidden } = connection.viewer();
  return connection.write(function* () {
    yield* lockFamily(connection, row);
    const now = yield* byId(dialect, everything, name, row.id);
    if (!now) throw gone(name, row);
    if (!model[name].columns.branch || !hidden.includes((now.branch as RowRef).id)) return now;
    const home = (now.formerBranch as RowRef | null) ?? main;
    yield* lock(dialect, naturalLock(name, now));
    yield* requireNatural(
      dialect,
      name,
      yield* update(dialect, writer, name, row.id, { branch: home, formerBranch: null }),
    );
    yield* remember(dialect, writer, name, row.uid, "restore", null);
    if (model[name].versioned) yield* elect(dialect, writer, name, String(row.stem), home, { strict: true });
    return (yield* byId(dialect, everything, name, row.id)) as Row;
  });
}

async function removeRecord(connection: Connection, name: Name, row: Row): Promise<void> {
  if (isBuiltIn(connection, row))
    throw new LinealError("invalid", `this ${name} is built in: ${row[model[name].title]}`, {
      hint: "Delete one that you made.",
    });
  const { dialect } = connection.database;
  const writer = await connection.writer();
  const objects = model[name].columns.storage ? await storedObjectsOf(connection, row) : undefined;
  const marked = await connection.write(function* () {
    yield* lockFamily(connection, row);
    const now = yield* byId(dialect, everything, name, row.id);
    if (!now) throw gone(name, row);
    const holding = yield* referrers(name, row.id);
    if (holding.length > 0) {
      const list = holding.map((h) => `${h.n} ${h.name}${h.n > 1 ? "s" : ""} (${h.key})`).join(", ");
      throw new LinealError("conflict", `this ${name} is still referred to by ${list}`, {
        hint: "Delete those first, or move this one to trash with delete().",
        shell: "Delete those first, or move this one to the trash: without --permanent.",
      });
    }
    yield* remove(dialect, writer, name, now);
    if (model[name].versioned && now.isLatest)
      yield* elect(dialect, writer, name, String(now.stem), now.branch as RowRef);
    return objects !== undefined && (yield* markObjects(dialect, writer.now, objects));
  });
  // The row first: a crash in between leaves bytes without a row, never a row without bytes.
  if (objects && marked) await removeMarked(connection, objects.storage);
  connection.log("info", `deleted ${name}('${shortUid(row.uid)}')`);
}

/** What every instance needs to work. */
const isBuiltIn = ({ settings }: Connection, { uid, root }: Row): boolean =>
  (Object.values(BUILT_IN) as string[]).includes(uid) || root === settings.storage;

/** All who change a family's latest wait for each other. */
function* lockFamily(connection: Connection, row: Row) {
  const { dialect } = connection.database;
  yield* lock(dialect, ...(row.key ? [`key:${row.key}`] : []), ...(row.stem ? [`family:${row.stem}`] : []));
}

const gone = (name: Name, row: Row): LinealError =>
  new LinealError("not-found", `this ${name} is gone: ${row.uid}`, { hint: "Someone deleted it for good." });
