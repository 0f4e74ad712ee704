/** Lists of records, as a table for people and as items for programs. */

import type { Name } from "../model/index.ts";
import type { Answer } from "./command.ts";
import { type AnyQuery, plural } from "./registries.ts";

/** The answer that shows a page of a query, and how many there are in all. */
export async function listing(name: Name, query: AnyQuery, { limit = 20, offset = 0 }: { limit?: number | undefined; offset?: number | undefined }): Promise<Answer> {
  const total = await query.count();
  const page = offset > 0 ? query.offset(offset).limit(limit) : query.limit(limit);
  const items = await page;
  const json = { items: items.map((record) => record.toJSON()), total };
  if (items.length === 0) return { text: total === 0 ? `no ${plural(name.toLowerCase())}` : `no more: ${total} in all`, json };
  const rest = total - offset - items.length;
  const more = rest > 0 ? `\n… ${rest} more: --limit ${limit} --offset ${offset + items.length}` : "";
  return { text: async () => (await tableText(page, items.length)) + more, json };
}

/** The rows of a query as a table that fits the terminal. */
export async function tableText(query: AnyQuery, rows: number): Promise<string> {
  return (await query.toTable()).toString({ rows, width: process.stdout.columns ?? 80 });
}
