/** `get(…, { asOf })`: a record as it was at a time. */
import { type Row, type RowRef, shapeOf } from "../db/columns.ts";
import { buriedSince, changedSince, rowsAsOf } from "../db/history.ts";
import type { Operation } from "../db/operation.ts";
import { byUid, select } from "../db/select.ts";
import { LinealError } from "../errors.ts";
import type { Connection } from "../instance/connection.ts";
import { coerce, model, type Name, printTime, time } from "../model/index.ts";
import { checkUid, checkWanted, chooseByUid, MANY } from "./get.ts";

/** A time in the past from what people give; `invalid` for what is no time, or not past. */
export function pastTime(connection: Connection, value: unknown): Date {
  const at = coerce(time(), value) as Date | undefined;
  if (!at) throw new LinealError("invalid", `asOf must be a Date or an ISO time, not ${JSON.stringify(value)}`, { hint: 'Write { asOf: "2026-01-01" }.' });
  if (at > connection.now()) throw new LinealError("invalid", `${printTime(at)} is in the future`, { hint: "Give a time in the past, or leave asOf out." });
  return at;
}

/**
 * The record that `get` gave then. Own columns with plain values are compared as they were; relations and other tests
 * as they are now.
 */
export async function getAsOf(connection: Connection, name: Name, wanted: string | Record<string, unknown>, asOf: unknown): Promise<Row> {
  const at = pastTime(connection, asOf);
  if (typeof wanted === "string") checkUid(name, wanted);
  else checkWanted(connection, name, wanted);
  const { dialect } = connection.database;
  const found = await connection.read(function* () {
    const rows = typeof wanted === "string" ? yield* byUidThen(connection, name, wanted, at) : yield* byFilterThen(connection, name, wanted, at);
    const named = typeof wanted === "string" ? { uid: wanted } : typeof wanted.key === "string" ? { key: wanted.key } : undefined;
    return { rows, buried: rows.length === 0 && named ? yield* buriedSince(dialect, name, named, at) : undefined };
  });
  if (found.rows.length === 0) {
    const hint = found.buried ? `It was deleted for good at ${printTime(found.buried)}.` : "It may have been added later; ask without asOf.";
    throw new LinealError("not-found", `no ${name} fitted at ${printTime(at)}`, { hint });
  }
  if (typeof wanted === "string") return chooseByUid(connection, name, wanted, found.rows);
  return chooseByFilter(connection, name, wanted, found.rows, at);
}

function* byUidThen(connection: Connection, name: Name, prefix: string, at: Date): Operation<Row[]> {
  const { dialect } = connection.database;
  return yield* rowsAsOf(dialect, name, yield* byUid(dialect, name, prefix, MANY), at);
}

/** All rows that fitted then and could be seen. */
function* byFilterThen(connection: Connection, name: Name, wanted: Record<string, unknown>, at: Date): Operation<Row[]> {
  const { dialect } = connection.database;
  const own = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => shapeOf(name).fields.has(key) && (value === null || typeof value !== "object" || value instanceof Date)));
  const rest = Object.fromEntries(Object.entries(wanted).filter(([key]) => !Object.hasOwn(own, key)));
  const hidden = connection.hiddenBranches;
  const rows = yield* select(dialect, { name, where: [{ ...rest, ...own }], hidden });
  const changed = Object.keys(own).length > 0 ? yield* changedSince(dialect, name, Object.keys(own), at) : [];
  if (changed.length > 0) {
    const known = new Set(rows.map((row) => row.id));
    const others = yield* select(dialect, { name, where: [rest, { uid: { in: changed } }], hidden });
    rows.push(...others.filter((row) => !known.has(row.id)));
  }
  return (yield* rowsAsOf(dialect, name, rows, at)).filter((row) => fits(name, row, own) && (!row.internal || typeof wanted.uid === "string") && ("branch" in wanted || isSeen(connection, row)));
}

function fits(name: Name, row: Row, own: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(own).every(([key, value]) => {
    const field = shapeOf(name).fields.get(key)?.field;
    const canonical = field && value !== null ? coerce(field, value) : value;
    return canonical instanceof Date ? (row[key] as Date | null)?.getTime() === canonical.getTime() : (row[key] ?? null) === canonical;
  });
}

const branchOf = (row: Row): string | undefined => (row.branch as RowRef | null | undefined)?.uid;

function isSeen(connection: Connection, row: Row): boolean {
  const branch = branchOf(row);
  return branch === undefined || branch === connection.places.branch.uid || branch === connection.places.main.uid;
}

/** As `get` chooses: the latest of families, the current branch before main. */
function chooseByFilter(connection: Connection, name: Name, wanted: Record<string, unknown>, rows: readonly Row[], at: Date): Row {
  const family = model[name].versioned && !["uid", "version", "isLatest", "versions"].some((key) => key in wanted);
  const latest = family ? rows.filter((row) => row.isLatest) : rows;
  const fitting = latest.length > 0 ? latest : [...rows].sort((a, b) => b.id - a.id).slice(0, 1);
  const here = fitting.filter((row) => branchOf(row) === connection.places.branch.uid);
  const chosen = fitting.length > 1 && here.length === 1 ? here : fitting;
  if (chosen.length > 1) throw new LinealError("ambiguous", `more than one ${name} fitted at ${printTime(at)}`, { hint: "Say more in the filter, or give a uid." });
  return chosen[0] as Row;
}
