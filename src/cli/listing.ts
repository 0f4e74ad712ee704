/** Lists of records, as a table for people and as items for programs. */

import { Table } from "../formats/table.ts";
import { model, type Name, printMinute, printTime, shortUid } from "../model/index.ts";
import type { Answer } from "./command.ts";
import { columns } from "./print.ts";
import { type AnyQuery, type AnyRecord, openRegistry, plural } from "./registries.ts";

/** The answer that shows a page of a query, and how many there are in all. */
export async function listing(
  name: Name,
  query: AnyQuery,
  { limit = 20, offset = 0 }: { limit?: number | undefined; offset?: number | undefined },
): Promise<Answer> {
  const total = await query.count();
  const items = await (offset > 0 ? query.offset(offset).limit(limit) : query.limit(limit));
  const json = { items: items.map((record) => record.toJSON()), total };
  if (items.length === 0)
    return { text: total === 0 ? `no ${plural(name.toLowerCase())}` : `no more: ${total} in all`, json };
  const rest = total - offset - items.length;
  const more = rest > 0 ? `\n… ${rest} more: --limit ${limit} --offset ${offset + items.length}` : "";
  return { text: async () => (await recordsTable(name, items)) + more, json };
}

/** Records as a table: the columns that the registry shows and that are not empty, users by handle, uids short. */
export async function recordsTable(name: Name, records: readonly AnyRecord[]): Promise<string> {
  const rows = records.map((record) => record.toJSON());
  const handles = await handlesOf(rows);
  const shown = model[name].show.filter((key) => rows.some((row) => isWorthShowing(name, key, row)));
  const cells = (tight: boolean): { name: string; values: unknown[] }[] =>
    shown.map((key) => ({ name: key, values: rows.map((row) => cell(name, key, row[key], handles, tight)) }));
  const whole = cells(false);
  const width = whole.reduce(
    (sum, column) =>
      sum + 2 + Math.max(column.name.length, ...column.values.map((value) => String(value ?? "").length)),
    -2,
  );
  return Table.from({ columns: width > columns() ? cells(true) : whole }).toString({
    rows: rows.length,
  });
}

/** Not absent, not minor like the "latest" of nearly all, not the suffix that ends the key anyway. */
function isWorthShowing(name: Name, key: string, row: Readonly<Record<string, unknown>>): boolean {
  const value = row[key];
  const { minor, default: usual } = model[name].columns[key]?.options ?? {};
  if (value === null || value === undefined || (minor === "by default" && value === usual)) return false;
  return !(key === "suffix" && String(row.key ?? "").endsWith(String(value)));
}

/** Where room is short, a time to the minute says more than the beginning of a longer one. */
function cell(name: Name, key: string, value: unknown, handles: ReadonlyMap<string, string>, tight: boolean): unknown {
  if (value instanceof Date) return tight ? printMinute(value) : printTime(value);
  if (typeof value !== "string") return value ?? null;
  const column = model[name].columns[key];
  if (column?.is === "ref") return (column.to === "User" ? handles.get(value) : undefined) ?? shortUid(value);
  return key === "uid" ? shortUid(value) : value;
}

async function handlesOf(rows: readonly Record<string, unknown>[]): Promise<Map<string, string>> {
  const uids = [...new Set(rows.map((row) => row.createdBy).filter((uid) => typeof uid === "string"))];
  if (uids.length === 0) return new Map();
  const users = await (await openRegistry("User")).filter({ uid: { in: uids } });
  return new Map(users.map((user) => [user.uid, String(user.toJSON().handle)]));
}
