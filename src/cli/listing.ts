/** Lists of records, as a table for people and as items for programs. */

import { Table } from "../formats/table.ts";
import { model, type Name, printTime } from "../model/index.ts";
import type { Answer } from "./command.ts";
import { type AnyQuery, type AnyRecord, openRegistry, plural } from "./registries.ts";

/** Characters of a uid that people read and type. */
const shortUid = 8;

/** The answer that shows a page of a query, and how many there are in all. */
export async function listing(name: Name, query: AnyQuery, { limit = 20, offset = 0 }: { limit?: number | undefined; offset?: number | undefined }): Promise<Answer> {
  const total = await query.count();
  const items = await (offset > 0 ? query.offset(offset).limit(limit) : query.limit(limit));
  const json = { items: items.map((record) => record.toJSON()), total };
  if (items.length === 0) return { text: total === 0 ? `no ${plural(name.toLowerCase())}` : `no more: ${total} in all`, json };
  const rest = total - offset - items.length;
  const more = rest > 0 ? `\n… ${rest} more: --limit ${limit} --offset ${offset + items.length}` : "";
  return { text: async () => (await recordsTable(name, items)) + more, json };
}

/** Records as a table: the columns that the registry shows and some record fills, users by handle, uids short. */
export async function recordsTable(name: Name, records: readonly AnyRecord[]): Promise<string> {
  const rows = records.map((record) => record.toJSON());
  const handles = await handlesOf(rows);
  const columns = model[name].show.map((key) => ({ name: key, values: rows.map((row) => cell(name, key, row[key], handles)) }));
  // A column that says the same of nothing, or that all are the latest, says nothing.
  const telling = columns.filter((column) => column.values.some((value) => value !== null && !(column.name === "isLatest" && value === true)));
  return Table.from({ columns: telling }).toString({ rows: rows.length });
}

function cell(name: Name, key: string, value: unknown, handles: ReadonlyMap<string, string>): unknown {
  if (value instanceof Date) return printTime(value);
  if (typeof value !== "string") return value ?? null;
  const column = model[name].columns[key];
  if (column?.is === "ref") return (column.to === "User" ? handles.get(value) : undefined) ?? value.slice(0, shortUid);
  return key === "uid" ? value.slice(0, shortUid) : value;
}

async function handlesOf(rows: readonly Record<string, unknown>[]): Promise<Map<string, string>> {
  const uids = [...new Set(rows.map((row) => row.createdBy).filter((uid) => typeof uid === "string"))];
  if (uids.length === 0) return new Map();
  const users = await (await openRegistry("User")).filter({ uid: { in: uids } });
  return new Map(users.map((user) => [user.uid, String(user.toJSON().handle)]));
}
