/** A question as SQL: its conditions, its order, and reading the rows. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { check, type Checked, type Condition, type Question, type Relation, relationOf } from "../model/index.ts";
import { columnOf, decodeRow, FALSE, identifier, type Row, selection, shapeOf, TRUE } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { askedOften, execute, type Operation } from "./operation.ts";
import { joinOf } from "./relations.ts";
import { searchFor } from "./search.ts";
import { beginsIndex, tableOf } from "./tables.ts";
import { inSight, notRemoved, shownByLists, type Viewer } from "./viewer.ts";
import { Conditions } from "./where.ts";

/** What only Lineal itself asks. */
interface Internal {
  /** Rows of one family of versions. */
  readonly family?: string;
  /** Artifacts with one of these hashes, the latest with one of these keys in a space and branch, and those at one of these places of a storage. */
  readonly alike?: {
    readonly hashes: readonly string[];
    readonly keys: readonly string[];
    readonly space: number;
    readonly branch: number;
    readonly places: readonly string[];
    readonly storage: number;
  };
  /** Rows on one branch (id), whatever is visible. */
  readonly onBranch?: number;
  /** Rows after this id, for paging by key (only without order and search). */
  readonly after?: number;
}
export interface Selection extends Question, Internal {}

/** A column to sort by. */
interface SortKey {
  readonly key: string;
  readonly column: string;
  readonly down: boolean;
  /** Some rows have no value; they come last. */
  readonly optional: boolean;
  /** An index holds the rows that have a value in this order. */
  readonly indexed: boolean;
}

/** A question that has been checked. */
export interface Asked extends Omit<Checked, "order"> {
  readonly order: readonly SortKey[];
  /** No index need have the rows in this order. */
  readonly sorted: boolean;
  readonly internal: Internal;
  readonly viewer: Viewer;
}

export function ask({ family, alike, onBranch, after, ...question }: Selection, viewer: Viewer): Asked {
  const checked = check(question);
  const { fields } = shapeOf(checked.name);
  const order = checked.order.map(({ key, down }) => {
    const scalar = fields.get(key);
    const column = scalar?.column ?? key;
    const optional = scalar?.field.options.optional ?? false;
    return { key, column, down, optional, indexed: beginsIndex(tableOf(checked.name), column) };
  });
  const internal = { family, alike, onBranch, after } as Internal;
  const { where, from, search } = checked;
  const sorted = search !== undefined || from !== undefined || !isEmpty(where) || order[0]?.indexed === false;
  return { ...checked, order, sorted, internal, viewer };
}

/** All that must hold of the rows `t0`. `rowByRow`: each is found in another way and only looked at. */
export function conditionsOf(dialect: Dialect, asked: Asked, rowByRow = false): Sql[] {
  const { name, where, from, search, internal, viewer } = asked;
  const column = (name: string): Sql => (rowByRow ? dialect.withoutIndex(columnOf("t0", name)) : columnOf("t0", name));
  const parts = [new Conditions(dialect, viewer, { rowByRow }).of(name, "t0", where)];
  // Looked at where few rows are left: planners without statistics expect nearly all rows to be removed.
  parts.push(shownByLists(dialect, name, "t0", internal.alike ? { ...viewer, removed: true } : viewer));
  if (from) parts.push(isReachedFrom(from, viewer, column, rowByRow ? dialect.apart : undefined));
  if (internal.family !== undefined) parts.push(sql`${column("stem")} = ${internal.family}`);
  if (internal.onBranch !== undefined) parts.push(sql`${column("branch_id")} = ${internal.onBranch}`);
  if (internal.alike) parts.push(isAlike(dialect, internal.alike));
  if (internal.after !== undefined) parts.push(sql`${columnOf("t0", "id")} > ${internal.after}`);
  if (search !== undefined) parts.push(searchFor(dialect, name, search).condition);
  return parts.filter((part) => part !== TRUE);
}

/** Each part by its own index; joined by `or` they would be read together with all else. */
function isAlike(dialect: Dialect, alike: NonNullable<Internal["alike"]>): Sql {
  const { hashes, keys, space, branch, places, storage } = alike;
  const parts: Sql[] = [];
  if (hashes.length > 0) parts.push(sql`hash in ${dialect.texts(hashes)}`);
  if (keys.length > 0)
    parts.push(
      sql`"key" in ${dialect.texts(keys)} and "key" is not null and is_latest and space_id = ${space} and branch_id = ${branch}`,
    );
  if (places.length > 0)
    parts.push(sql`place_key in ${dialect.texts(places)} and place_key is not null and storage_id = ${storage}`);
  const artifacts = parts.map((part) => sql`select a.id from artifact a where ${part} and ${notRemoved("a")}`);
  return artifacts.length > 0 ? sql`t0.id in (${join(artifacts, " union ")})` : FALSE;
}

/** The condition that a to-many relation leads to row `t0` from one record. */
function isReachedFrom(
  { name, key, uid }: NonNullable<Question["from"]>,
  viewer: Viewer,
  column: (name: string) => Sql,
  apart: Sql | undefined,
): Sql {
  const relation = relationOf(name, key) as Relation;
  const of = (column: string): Sql =>
    sql`(select f.${identifier(column)} from ${identifier(tableOf(name))} f where f.uid = ${uid} and ${inSight(name, "f", viewer)})`;
  const join = joinOf(relation);
  if (!join) return sql`${column("stem")} = ${of("stem")}`;
  const { table, here, there } = join;
  if (there === "id") return sql`${column(here)} = ${of("id")}`;
  const links = sql`from ${identifier(table)} l where l.${identifier(here)} = ${of("id")}`;
  return apart
    ? sql`exists (select 1 ${links} and l.${identifier(there)} = ${column("id")}${apart})`
    : sql`${column("id")} in (select l.${identifier(there)} ${links})`;
}

/** `where …`, or nothing. */
export const whereAll = (conditions: readonly Sql[]): Sql =>
  conditions.length > 0 ? sql` where ${join([...conditions], " and ")}` : empty;

/** What `limit` and `offset` add. */
export function pageOf({ limit, offset }: Asked): Sql {
  // SQLite takes no offset without a limit.
  if (limit === undefined) return offset ? sql` limit ${Number.MAX_SAFE_INTEGER} offset ${offset}` : empty;
  return offset ? sql` limit ${limit} offset ${offset}` : sql` limit ${limit}`;
}

const direction = (down: boolean): Sql => raw(down ? "desc" : "asc");

/** The order of the rows `t0`. */
export function orderOf(dialect: Dialect, { name, order, search }: Asked): Sql {
  const keys = order.map(
    ({ column, down, optional }) =>
      // Said only where it matters: PostgreSQL would not read an index backwards for it.
      sql`${columnOf("t0", column)} ${direction(down)}${raw(optional ? " nulls last" : "")}`,
  );
  if (keys.length === 0 && search !== undefined) keys.push(sql`${searchFor(dialect, name, search).rank} desc`);
  return join([...keys, sql`t0.id ${direction(order.at(-1)?.down ?? false)}`]);
}

/** The rows that meet these conditions, in the order of the question, its page of them. */
export function* readRows(
  dialect: Dialect,
  asked: Asked,
  conditions: readonly Sql[],
  { sorted = asked.sorted, from, often }: { sorted?: boolean; from?: Sql; often?: boolean } = {},
): Operation<Row[]> {
  const { table } = shapeOf(asked.name);
  const order = orderOf(dialect, asked);
  const page = sql`from ${from ?? sql`${table} t0`}${whereAll(conditions)} order by ${order}${pageOf(asked)}`;
  const columns = selection(asked.name, "t0");
  const statement =
    sorted && asked.limit !== undefined
      ? // A row is wide, with a look-up for each relation: only the ids are sorted.
        sql`select ${columns} from ${table} t0 where t0.id in (select t0.id ${page}) order by ${order}`
      : sql`select ${columns} ${page}`;
  const rows = yield* execute(often ? askedOften(statement) : statement);
  return rows.map((row) => decodeRow(dialect, asked.name, row));
}

const isEmpty = (where: Condition): boolean => where.is === "all" && where.of.every(isEmpty);
