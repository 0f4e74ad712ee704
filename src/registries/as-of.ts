/** `get(…, { asOf })`: a record as it was at a time. */
import type { Row, RowRef } from "../db/columns.ts";
import { rowsAsOf } from "../db/history.ts";
import { byUid, select } from "../db/select.ts";
import { LinealError } from "../errors.ts";
import type { Connection } from "../instance/connection.ts";
import { coerce, model, type Name, printTime, time } from "../model/index.ts";

/** A time in the past from what people give; `invalid` for what is no time, or not past. */
export function pastTime(connection: Connection, value: unknown): Date {
  const at = coerce(time(), value) as Date | undefined;
  if (!at) throw new LinealError("invalid", `asOf must be a Date or an ISO time, not ${JSON.stringify(value)}`, { hint: 'Write { asOf: "2026-01-01" }.' });
  if (at > connection.now()) throw new LinealError("invalid", `${printTime(at)} is in the future`, { hint: "Give a time in the past, or leave asOf out." });
  return at;
}

/** The record that fitted then: of versions the latest there was, with the columns it had. */
export async function getAsOf(connection: Connection, name: Name, wanted: string | Record<string, unknown>, asOf: unknown): Promise<Row> {
  const at = pastTime(connection, asOf);
  const { dialect } = connection.database;
  const hidden = [connection.places.trash.uid, connection.places.archive.uid];
  const then = await connection.read(function* () {
    const found = typeof wanted === "string" ? yield* byUid(dialect, name, wanted, 10_000) : yield* select(dialect, { name, where: [wanted], hidden: [] });
    const rows = yield* rowsAsOf(dialect, name, found, at);
    return rows.filter((row) => !row.internal && (typeof wanted === "string" || !hidden.includes((row.branch as RowRef | undefined)?.uid ?? "")));
  });
  const exact = typeof wanted === "string" && wanted.length === model[name].uid;
  const latest = model[name].versioned && !exact ? newestOfEach(then) : then;
  if (latest.length > 1) throw new LinealError("ambiguous", `more than one ${name} fitted at ${printTime(at)}`, { hint: "Say more in the filter, or give a longer uid." });
  if (!latest[0]) throw new LinealError("not-found", `no ${name} fitted at ${printTime(at)}`, { hint: "It may have been added later; ask without asOf." });
  return latest[0];
}

function newestOfEach(rows: readonly Row[]): Row[] {
  const newest = new Map<unknown, Row>();
  for (const row of rows) {
    const other = newest.get(row.stem);
    if (!other || Number(row.revision) > Number(other.revision)) newest.set(row.stem, row);
  }
  return [...newest.values()].map((row) => ({ ...row, isLatest: true }));
}
