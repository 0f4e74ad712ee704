/** Reading rows: lists, counts, and single rows. */
import sql, { type Sql } from "sql-template-tag";
import { type Condition, type Name, type Relation, relationOf } from "../model/index.ts";
import { columnOf, decodeRow, identifier, type Row, selection, shapeOf, startsWith } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { firstRows } from "./first-rows.ts";
import { execute, type Operation } from "./operation.ts";
import { type Asked, ask, conditionsOf, pageOf, readRows, type Selection, whereAll } from "./question.ts";
import { leads } from "./relations.ts";
import { tableOf } from "./tables.ts";
import { inSight, type Viewer } from "./viewer.ts";

/** The rows that answer a question. */
export function* select(dialect: Dialect, viewer: Viewer, question: Selection): Operation<Row[]> {
  const asked = ask(question, viewer);
  const { limit, offset = 0 } = asked;
  const [first, ...rest] = asked.order;
  if (limit === undefined || !first?.optional || !first.indexed) return yield* page(dialect, asked);
  // Databases do not agree where in an index absent values are: the rows that have one are read by index, then the others.
  const absent: Condition = { is: "absent", key: first.key };
  const present = also(asked, { is: "not", of: absent }, [{ ...first, optional: false }, ...rest]);
  const rows = yield* page(dialect, present);
  if (rows.length === limit) return rows;
  const before = rows.length > 0 || offset === 0 ? offset : yield* total(dialect, present);
  const order = rest.length > 0 ? rest : [{ ...first, key: "id", column: "id", optional: false }];
  const left = { ...also(asked, absent, order), limit: limit - rows.length, offset: offset - before };
  return [...rows, ...(yield* page(dialect, left))];
}

const also = (asked: Asked, condition: Condition, order: Asked["order"]): Asked => ({
  ...asked,
  where: { is: "all", of: [asked.where, condition] },
  order,
});

function* page(dialect: Dialect, asked: Asked): Operation<Row[]> {
  return (yield* firstRows(dialect, asked)) ?? (yield* readRows(dialect, asked, conditionsOf(dialect, asked)));
}

/** How many rows there are; `limit` and `offset` count as in the list. */
export function* count(dialect: Dialect, viewer: Viewer, question: Selection): Operation<number> {
  const asked = ask(question, viewer);
  if (asked.limit === undefined && !asked.offset) return yield* total(dialect, asked);
  const rows = rowsOf(dialect, asked);
  const found = yield* execute(sql`select count(*) as n from (select 1 ${rows}${pageOf(asked)}) s`);
  return Number(found[0]?.n ?? 0);
}

function* total(dialect: Dialect, asked: Asked): Operation<number> {
  const found = yield* execute(sql`select count(*) as n ${rowsOf(dialect, asked)}`);
  return Number(found[0]?.n ?? 0);
}

const rowsOf = (dialect: Dialect, asked: Asked): Sql =>
  sql`from ${shapeOf(asked.name).table} t0${whereAll(conditionsOf(dialect, asked))}`;

/** Rows of a versioned or other registry whose uid begins with `prefix`. */
export function* byUid(dialect: Dialect, viewer: Viewer, name: Name, prefix: string, limit: number): Operation<Row[]> {
  const rows = yield* execute(
    sql`select ${selection(name, "t0")} from ${shapeOf(name).table} t0 where ${startsWith(dialect, columnOf("t0", "uid"), prefix)} and ${inSight(name, "t0", viewer)} order by t0.uid limit ${limit}`,
  );
  return rows.map((row) => decodeRow(dialect, name, row));
}

/** One row by id. */
export function* byId(dialect: Dialect, viewer: Viewer, name: Name, id: number): Operation<Row | undefined> {
  const rows = yield* execute(
    sql`select ${selection(name, "t0")} from ${shapeOf(name).table} t0 where t0.id = ${id} and ${inSight(name, "t0", viewer)}`,
  );
  return rows[0] && decodeRow(dialect, name, rows[0]);
}

/** A lazy column of one row. */
export function* lazyColumn(dialect: Dialect, viewer: Viewer, name: Name, key: string, id: number): Operation<unknown> {
  const scalar = shapeOf(name).fields.get(key);
  if (!scalar) throw new Error(`${name}.${key} is no column`);
  const rows = yield* execute(
    sql`select ${columnOf("t0", scalar.column)} as value from ${shapeOf(name).table} t0 where t0.id = ${id} and ${inSight(name, "t0", viewer)}`,
  );
  return rows[0] ? dialect.decode(scalar.kind, rows[0].value) : null;
}

/** The row that a to-one relation of a row leads to. */
export function* one(
  dialect: Dialect,
  viewer: Viewer,
  name: Name,
  key: string,
  id: number,
): Operation<Row | undefined> {
  const relation = relationOf(name, key) as Relation;
  const rows = yield* execute(
    sql`select ${selection(relation.to, "t1")} from ${shapeOf(name).table} t0 join ${identifier(tableOf(relation.to))} t1 on ${leads(relation, "t0", "t1")} where t0.id = ${id} and ${inSight(name, "t0", viewer)} and ${inSight(relation.to, "t1", viewer)}`,
  );
  return rows[0] && decodeRow(dialect, relation.to, rows[0]);
}
