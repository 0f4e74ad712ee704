/** Which rows are seen: by a list unless it is asked otherwise, and through relations. */
import sql, { join, type Sql } from "sql-template-tag";
import { model, type Name } from "../model/index.ts";
import { columnOf, TRUE } from "./columns.ts";
import type { Dialect } from "./dialect.ts";

/** Which rows a list shows: those on these branches (ids; none means all), and internal ones or not. */
export interface Visibility {
  readonly branches: readonly number[];
  readonly internal: boolean;
}

/** The condition that a list shows a row. */
export function shownByLists(dialect: Dialect, name: Name, alias: string, { branches, internal }: Visibility): Sql {
  const { columns } = model[name];
  const parts: Sql[] = [];
  if (columns.branch && branches.length > 0) parts.push(sql`${columnOf(alias, "branch_id")} in (${join(branches)})`);
  if (columns.internal && !internal) parts.push(notInternal(dialect, alias));
  return parts.length > 0 ? sql`(${join(parts, " and ")})` : TRUE;
}

/** The condition that a to-many relation shows a row: not on the branches `hidden`, and not internal. */
export function shownByRelations(dialect: Dialect, name: Name, alias: string, hidden: readonly number[]): Sql {
  const { columns } = model[name];
  const parts: Sql[] = [];
  if (columns.branch && hidden.length > 0)
    parts.push(sql`${columnOf(alias, "branch_id")} not in (${join([...hidden])})`);
  if (columns.internal) parts.push(notInternal(dialect, alias));
  return parts.length > 0 ? join(parts, " and ") : TRUE;
}

const notInternal = (dialect: Dialect, alias: string): Sql =>
  sql`${columnOf(alias, "internal")} = ${dialect.encode("bool", false)}`;
