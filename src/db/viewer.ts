/** Who looks, and the conditions that a read shows a row to them. */
import sql, { join, type Sql } from "sql-template-tag";
import { model, type Name } from "../model/index.ts";
import { columnOf, FALSE, type Row, type RowRef, TRUE } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { TRASH } from "./lineage-kinds.ts";

/** What is in sight of a read. Branches are ids. */
export interface Viewer {
  /** The branches in sight, null for all: rows on others are as if they did not exist. */
  readonly sees: readonly number[] | null;
  /** The branches that lists show, null for all in sight. */
  readonly lists: readonly number[] | null;
  /** The branches that to-many relations leave out, such as the trash. */
  readonly hidden: readonly number[];
  /** Whether lists show internal artifacts (reports, environments, source code) too. */
  readonly internal: boolean;
  /** Whether rows that were deleted for good are in sight: to number versions, and for what a run read and made. */
  readonly removed?: boolean;
}

/** Sees all there is: for locks, versions and purges, never for what a user asks. */
export const everything: Viewer = { sees: null, lists: null, hidden: [], internal: true };

/** The condition that a row is in sight: it was not deleted for good, and is on a branch in sight. */
export function inSight(name: Name, alias: string, viewer: Viewer): Sql {
  return both([viewer.removed ? TRUE : notRemoved(alias), onBranchInSight(name, alias, viewer)]);
}

/** The condition that a row that is there is in sight. What a row refers to is there: it cannot be deleted before. */
export function onBranchInSight(name: Name, alias: string, { sees }: Viewer): Sql {
  return sees && model[name].columns.branch ? onBranches(alias, sees) : TRUE;
}

/**
 * The condition that a row was not deleted for good. Written as a case: a planner without statistics expects one row in
 * 200 to be without a value, and then goes through whole tables.
 */
export const notRemoved = (alias: string): Sql =>
  sql`(case when ${columnOf(alias, "removed_at")} is null then true else false end)`;

/** Whether a row that was read is in sight. */
export function sees(viewer: Viewer, { branch }: Row): boolean {
  return !viewer.sees || !branch || viewer.sees.includes((branch as RowRef).id);
}

/** The condition that a list shows a row. */
export function shownByLists(dialect: Dialect, name: Name, alias: string, viewer: Viewer): Sql {
  const { columns } = model[name];
  const branches = columns.branch ? viewer.lists : null;
  // What was deleted for good is in the trash: asking for both makes planners without statistics expect few rows.
  const inTrash = branches === null || branches.includes(TRASH);
  const parts = [inTrash ? inSight(name, alias, viewer) : onBranchInSight(name, alias, viewer)];
  if (branches) parts.push(onBranches(alias, branches));
  if (columns.internal && !viewer.internal) parts.push(notInternal(dialect, alias));
  return both(parts);
}

/** The condition that a to-many relation shows a row; it never shows internal ones. */
export function shownByRelations(dialect: Dialect, name: Name, alias: string, viewer: Viewer): Sql {
  const { columns } = model[name];
  const inTrash = !columns.branch || !viewer.hidden.includes(TRASH);
  const parts = [inTrash ? inSight(name, alias, viewer) : onBranchInSight(name, alias, viewer)];
  if (columns.branch && viewer.hidden.length > 0)
    parts.push(sql`${columnOf(alias, "branch_id")} not in (${join([...viewer.hidden])})`);
  if (columns.internal) parts.push(notInternal(dialect, alias));
  return both(parts);
}

const onBranches = (alias: string, branches: readonly number[]): Sql =>
  branches.length > 0 ? sql`${columnOf(alias, "branch_id")} in (${join([...branches])})` : FALSE;

const notInternal = (dialect: Dialect, alias: string): Sql =>
  sql`${columnOf(alias, "internal")} = ${dialect.encode("bool", false)}`;

function both(conditions: readonly Sql[]): Sql {
  const parts = conditions.filter((one) => one !== TRUE);
  return parts.length > 0 ? sql`(${join(parts, " and ")})` : TRUE;
}
