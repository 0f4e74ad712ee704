/** `get(…, { asOf })`: a record as it was at a time. */
import type { Row, RowRef } from "../../db/columns.ts";
import { changedSince, fitting, rowsAsOf } from "../../db/history.ts";
import type { Operation } from "../../db/operation.ts";
import { removedSince } from "../../db/removed.ts";
import { byUid, select } from "../../db/select.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { coerce, isUidLike, model, type Name, printTime, REVISION_LENGTH, time } from "../../model/index.ts";
import { checkUid, checkWanted, chooseByUid, deletedForGood, MANY, show } from "./get.ts";

/** A time in the past from what people give; `invalid` for what is no time, or not past. */
export function pastTime(connection: Connection, value: unknown): Date {
  const at = coerce(time(), value) as Date | undefined;
  if (!at)
    throw new LinealError(
      "invalid",
      `asOf must be a Date or an ISO time, not ${value instanceof Date ? String(value) : JSON.stringify(value)}`,
      { hint: 'Write { asOf: "2026-01-01" }.' },
    );
  if (at > connection.now())
    throw new LinealError("invalid", `${printTime(at)} is in the future`, {
      hint: "Give a time in the past; without a zone it is UTC.",
    });
  return at;
}

/**
 * The record that `get` gave then. Columns, and to which records it referred, are compared as they were; what lies
 * beyond a relation, and labels and other links, as they are now.
 */
export async function getAsOf(
  connection: Connection,
  name: Name,
  wanted: string | Record<string, unknown>,
  asOf: unknown,
): Promise<Row> {
  const at = pastTime(connection, asOf);
  if (typeof wanted === "string") checkUid(name, wanted);
  else checkWanted(connection, name, wanted);
  const { dialect } = connection.database;
  const found = await connection.read(function* () {
    const rows =
      typeof wanted === "string"
        ? yield* byUidThen(connection, name, wanted, at)
        : yield* byFilterThen(connection, name, wanted, at);
    const named =
      typeof wanted === "string" ? { uid: wanted } : typeof wanted.key === "string" ? { key: wanted.key } : undefined;
    // The latest of a family may be among what is gone: an older version is not what was there.
    const gone = rows.length === 0 || (asksFamily(name, wanted) && !rows.some((row) => row.isLatest));
    return {
      rows,
      removed: gone && named ? yield* removedSince(dialect, connection.viewer(), name, named, at) : undefined,
    };
  });
  if (found.rows.length === 0 || found.removed) {
    const hint = found.removed
      ? `It was deleted for good at ${printTime(found.removed)}.`
      : "It may have been added later; ask without asOf.";
    throw new LinealError(
      "not-found",
      `no ${name} fitted ${typeof wanted === "string" ? wanted : show(wanted)} at ${printTime(at)}`,
      { hint },
    );
  }
  if (typeof wanted === "string") return chooseByUid(connection, name, wanted, found.rows);
  return chooseByFilter(connection, name, wanted, found.rows, at);
}

/** Says so when what had this key, or a uid that begins so, at a time was deleted for good since. */
export async function goneThen(
  connection: Connection,
  name: Name,
  id: string,
  asOf: unknown,
): Promise<LinealError | undefined> {
  const at = pastTime(connection, asOf);
  const { dialect } = connection.database;
  const removed = await connection.read(function* () {
    return (
      (yield* removedSince(dialect, connection.viewer(), name, { key: id }, at)) ??
      (isUidLike(id) ? yield* removedSince(dialect, connection.viewer(), name, { uid: id }, at) : undefined)
    );
  });
  return removed && deletedForGood(`${name} ${id}, as it was at ${printTime(at)},`, removed);
}

/** Whether the latest of a family is meant, and not one version. */
function asksFamily(name: Name, wanted: string | Record<string, unknown>): boolean {
  if (!model[name].versioned) return false;
  return typeof wanted === "string"
    ? wanted.length <= model[name].uid - REVISION_LENGTH
    : !["uid", "version", "isLatest", "versions"].some((key) => key in wanted);
}

function* byUidThen(connection: Connection, name: Name, prefix: string, at: Date): Operation<Row[]> {
  const { dialect } = connection.database;
  const viewer = connection.viewerOfOne();
  return yield* rowsAsOf(dialect, viewer, name, yield* byUid(dialect, viewer, name, prefix, MANY), at);
}

/** All rows that fitted then and could be seen. */
function* byFilterThen(
  connection: Connection,
  name: Name,
  wanted: Record<string, unknown>,
  at: Date,
): Operation<Row[]> {
  const { dialect } = connection.database;
  const viewer = connection.viewerOfOne();
  const changed = new Set(yield* changedSince(dialect, viewer, name, columnsOf(name, wanted), at));
  // What has not changed since fits now if it fitted then.
  const same = (yield* select(dialect, viewer, { name, where: [wanted] })).filter((row) => !changed.has(row.uid));
  const others: Row[] = [];
  for (let uids = [...changed]; uids.length > 0; uids = uids.slice(MANY))
    others.push(...(yield* select(dialect, viewer, { name, where: [{ uid: { in: uids.slice(0, MANY) } }] })));
  const then = yield* rowsAsOf(dialect, viewer, name, others, at);
  const rows = [
    ...(yield* rowsAsOf(dialect, viewer, name, same, at)),
    ...(yield* fitting(dialect, viewer, name, then, wanted)),
  ];
  return rows.filter(
    (row) => (!row.internal || typeof wanted.uid === "string") && ("branch" in wanted || isSeen(connection, row)),
  );
}

/** The columns that a filter looks at, however nested. */
function* columnsIn(filter: Readonly<Record<string, unknown>>): Generator<string> {
  for (const [key, test] of Object.entries(filter)) {
    if (key === "any" && Array.isArray(test)) for (const one of test) yield* columnsIn(one as Record<string, unknown>);
    else if (key === "not" && test !== null && typeof test === "object")
      yield* columnsIn(test as Record<string, unknown>);
    else yield key;
  }
}

/** The columns that a filter of a registry looks at: a derived relation begins at one. */
function columnsOf(name: Name, filter: Readonly<Record<string, unknown>>): string[] {
  return Array.from(columnsIn(filter), (key) => {
    const way = model[name].derived?.[key];
    return way?.is === "via" ? (way.path[0] as string) : key;
  });
}

const branchOf = (row: Row): string | undefined => (row.branch as RowRef | null | undefined)?.uid;

function isSeen(connection: Connection, row: Row): boolean {
  const branch = branchOf(row);
  return branch === undefined || branch === connection.branches.current.uid || branch === connection.branches.main.uid;
}

/** As `get` chooses: the latest of families, the current branch before main. */
function chooseByFilter(
  connection: Connection,
  name: Name,
  wanted: Record<string, unknown>,
  rows: readonly Row[],
  at: Date,
): Row {
  const latest = asksFamily(name, wanted) ? rows.filter((row) => row.isLatest) : rows;
  const fitting = latest.length > 0 ? latest : [...rows].sort((a, b) => b.id - a.id).slice(0, 1);
  const here = fitting.filter((row) => branchOf(row) === connection.branches.current.uid);
  const chosen = fitting.length > 1 && here.length === 1 ? here : fitting;
  if (chosen.length > 1)
    throw new LinealError("ambiguous", `more than one ${name} fitted at ${printTime(at)}`, {
      hint: "Say more in the filter, or give a uid.",
    });
  return chosen[0] as Row;
}
