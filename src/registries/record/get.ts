/** `get`: one row by uid, by the beginning of a uid, or by a filter. */
import type { Row, RowRef } from "../../db/columns.ts";
import type { Operation } from "../../db/operation.ts";
import { lastRemoved } from "../../db/removed.ts";
import { byUid, select } from "../../db/select.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { checkRecords } from "./row.ts";
import { isUidLike, model, type Name, printTime, REVISION_LENGTH } from "../../model/index.ts";

/** How many versions are looked at as of a time. */
export const MANY = 2000;
/** How many rows with the same beginning are looked at, unless they are of one family. */
const SOME = 100;

/** The row; `not-found` for none, `ambiguous` for several, `invalid` for what is neither uid nor filter. */
export async function getRecord(
  connection: Connection,
  name: Name,
  wanted: string | Record<string, unknown>,
): Promise<Row> {
  if (typeof wanted === "string") return getByUid(connection, name, wanted);
  checkWanted(connection, name, wanted);
  const { dialect } = connection.database;
  const asks = (key: string): boolean => key in wanted;
  const viewer = connection.viewerFor([wanted]);
  const question = { name, limit: 3 };
  const family = model[name].versioned && !["uid", "version", "isLatest", "versions"].some(asks);
  return connection.read(function* () {
    let rows = yield* select(dialect, viewer, { ...question, where: family ? [wanted, { isLatest: true }] : [wanted] });
    if (rows.length === 0 && family)
      rows = (yield* select(dialect, viewer, { ...question, where: [wanted], order: ["-id"], limit: 1 })).slice(0, 1);
    // A branch's own version goes before main's.
    const here = rows.filter(
      (row) => (row.branch as { id: number } | undefined)?.id === connection.branches.current.id,
    );
    if (rows.length > 1 && here.length === 1) rows = here;
    if (rows.length > 1)
      throw new LinealError("ambiguous", `more than one ${name} fits ${show(wanted)}`, {
        hint: "Say more in the filter, or use filter(…).first().",
      });
    if (!rows[0])
      throw new LinealError("not-found", `no ${name} fits ${show(wanted)}`, {
        hint: `\`await ln.${name}.filter()\` lists what there is.`,
      });
    return rows[0];
  });
}

/** Refuses what is no filter, and records of another instance in it. */
export function checkWanted(connection: Connection, name: Name, wanted: unknown): void {
  if (wanted === null || typeof wanted !== "object" || Array.isArray(wanted)) {
    throw new LinealError("invalid", `get takes a uid or a filter, not ${JSON.stringify(wanted)}`, {
      hint: `Write ln.${name}.get("AsXmTxA3") or ln.${name}.get({ ${model[name].title}: "…" }).`,
    });
  }
  checkRecords(wanted, connection);
}

/** Refuses what cannot be the beginning of a uid. */
export function checkUid(name: Name, prefix: string): void {
  if (!isUidLike(prefix) || prefix.length > model[name].uid) {
    throw new LinealError(
      "not-found",
      `no ${name} has the uid "${prefix}"`,
      otherwise(name, prefix, `A uid has ${model[name].uid} letters and digits. `),
    );
  }
}

/** How to find by its title what has no such uid. */
const otherwise = (name: Name, text: string, first = ""): { hint: string; shell: string } => ({
  hint: `${first}By another field: ln.${name}.get({ ${model[name].title}: ${JSON.stringify(text)} }).`,
  shell: `${first}By another field: lineal list ${name.toLowerCase()} --filter '${model[name].title}=${text}'`,
});

async function getByUid(connection: Connection, name: Name, prefix: string): Promise<Row> {
  checkUid(name, prefix);
  const { dialect } = connection.database;
  const rows = await connection.read(function* () {
    const some = yield* byUid(dialect, connection.viewerOfOne(), name, prefix, SOME);
    return some.length === SOME && asksFamily(name, prefix) ? yield* headsByUid(connection, name, prefix, some) : some;
  });
  if (rows.length === 0)
    throw (
      (await gone(connection, name, prefix)) ??
      new LinealError("not-found", `no ${name} has a uid that begins with "${prefix}"`, otherwise(name, prefix))
    );
  return chooseByUid(connection, name, prefix, rows);
}

/** Of a large family the versions that may be meant; with one of another family, when there is any. */
function* headsByUid(connection: Connection, name: Name, prefix: string, some: readonly Row[]): Operation<Row[]> {
  const { dialect } = connection.database;
  const stem = String(some[0]?.stem);
  const viewer = connection.viewerOfOne();
  const question = { name, limit: 1 };
  // Letters and digits all come before a tilde.
  const beyond = { uid: { gt: `${stem}~`, lt: `${prefix}~` } };
  const others = yield* select(dialect, viewer, { ...question, where: [beyond], order: ["uid"] });
  if (others[0]) return [some[0] as Row, others[0]];
  const { current: branch, main, trash, archive } = connection.branches;
  const seen = { branch: { uid: { notIn: [trash.uid, archive.uid] } } };
  const newest = { ...question, family: stem, order: ["-revision"] };
  const latest = { ...question, family: stem, where: [{ isLatest: true }] };
  return [
    ...(yield* select(dialect, viewer, { ...latest, onBranch: main.id })),
    ...(yield* select(dialect, viewer, { ...latest, onBranch: branch.id })),
    ...(yield* select(dialect, viewer, newest)),
    ...(yield* select(dialect, viewer, { ...newest, where: [seen] })),
  ].sort((a, b) => Number(a.revision) - Number(b.revision));
}

/** Says so when a uid is that of something that was deleted for good. */
export async function gone(connection: Connection, name: Name, prefix: string): Promise<LinealError | undefined> {
  const found = await connection.read(() =>
    lastRemoved(connection.database.dialect, connection.viewer(), name, prefix),
  );
  return found && deletedForGood(`${name} ${found.uid}${found.key === null ? "" : ` (${found.key})`}`, found.at);
}

export const deletedForGood = (what: string, at: Date): LinealError =>
  new LinealError("not-found", `${what} was deleted for good at ${printTime(at)}`, {
    hint: "What it was made from, and what was made from it, still show it in their lineage.",
  });

/** Whether the beginning of a uid may be that of a family. */
const asksFamily = (name: Name, prefix: string): boolean =>
  model[name].versioned === true && prefix.length <= model[name].uid - REVISION_LENGTH;

/** Of rows whose uids begin so: the latest of one family, or the only one; `ambiguous` for others. */
export function chooseByUid(connection: Connection, name: Name, prefix: string, rows: readonly Row[]): Row {
  if (asksFamily(name, prefix)) {
    const stems = new Set(rows.map((row) => row.stem));
    if (stems.size > 1) throw ambiguous(name, prefix, rows);
    return newest(connection, rows);
  }
  if (rows.length > 1) throw ambiguous(name, prefix, rows);
  return rows[0] as Row;
}

/** The latest of a family: on the current branch, else on main, else the highest revision, in trash or archive only where there is no other. */
function newest(connection: Connection, rows: readonly Row[]): Row {
  const { current: branch, main, trash, archive } = connection.branches;
  const branchOf = (row: Row): string => (row.branch as RowRef).uid;
  const on = (uid: string): Row | undefined => rows.find((row) => row.isLatest === true && branchOf(row) === uid);
  const seen = rows.filter((row) => branchOf(row) !== trash.uid && branchOf(row) !== archive.uid);
  return on(branch.uid) ?? on(main.uid) ?? seen.at(-1) ?? (rows.at(-1) as Row);
}

function ambiguous(name: Name, prefix: string, rows: readonly Row[]): LinealError {
  const some = [...new Set(rows.map((row) => row.uid))].slice(0, 3).join(", ");
  return new LinealError("ambiguous", `several ${name} records have a uid that begins with "${prefix}": ${some} …`, {
    hint: "Give more characters of the uid.",
  });
}

/** A filter for people. */
export function show(wanted: Record<string, unknown>): string {
  try {
    return JSON.stringify(wanted);
  } catch {
    return "this filter";
  }
}
