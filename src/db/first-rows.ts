/** The first rows of a list that is filtered through relations. Two ways lead there, and which is the short one depends on the data. */
import sql, { empty, join, raw } from "sql-template-tag";
import { type Condition, fieldsOf, type Name, type Relation, relationOf } from "../model/index.ts";
import { columnOf, identifier, type Row, shapeOf } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { askedOften, execute, type Operation } from "./operation.ts";
import { type Asked, conditionsOf, orderOf, readRows } from "./question.ts";
import { type Join, joinOf } from "./relations.ts";
import { beginsIndex, columnNameOf, tableOf } from "./tables.ts";
import { Conditions } from "./where.ts";

/** How many rows may be gathered from the far end of a relation, and twice as many gone through, before more is tried. */
const BUDGETS = [64, 2_048, 16_384];

/** Rows at the far end of relations, or of the list itself, that an index finds, and how they lead to the rows of the list. */
interface Start {
  readonly name: Name;
  readonly where: Condition;
  /** The column whose index finds them. */
  readonly by?: string;
  readonly steps: readonly Join[];
}

/**
 * Where few rows fit, they are gathered from the far end of a relation and sorted; where many do, the list is gone
 * through in its order until there are enough. Both are tried in turns with growing budgets, so that the work is never
 * many times that of the shorter way, whatever statistics the database has. Undefined when neither comes to an end.
 */
export function* firstRows(
  dialect: Dialect,
  asked: Asked,
  budgets: readonly number[] = BUDGETS,
): Operation<Row[] | undefined> {
  const { limit, offset = 0 } = asked;
  // A long page is most of the work anyway.
  if (limit === undefined || offset + limit > Math.max(...budgets)) return undefined;
  const starts = startsOf(asked);
  if (!starts.some(({ steps }) => steps.length > 0)) return undefined;
  let likely = false;
  for (const budget of budgets) {
    const few = likely ? undefined : yield* gather(dialect, asked, starts, budget);
    if (few) return few;
    const rows: Row[] = yield* walk(dialect, asked, 2 * (budget + offset + limit));
    if (rows.length === limit) return rows;
    // Eight times as many may be enough.
    likely = rows.length >= limit / 8;
  }
  return undefined;
}

/** The rows, when one of the starts comes to no more than so many. */
function* gather(dialect: Dialect, asked: Asked, starts: readonly Start[], most: number): Operation<Row[] | undefined> {
  for (const start of starts) {
    const ids = yield* idsFrom(dialect, asked, start, most);
    if (!ids) continue;
    if (ids.length === 0) return [];
    const among = sql`t0.id in ${dialect.integers(ids)}`;
    return yield* readRows(dialect, asked, [among, ...conditionsOf(dialect, asked, true)], { often: true });
  }
  return undefined;
}

/** The rows among the first so many of the list; none when no index has its order. */
function* walk(dialect: Dialect, asked: Asked, most: number): Operation<Row[]> {
  const { name, order, search, internal } = asked;
  const [{ column, down, indexed } = { column: "id", down: false, indexed: search === undefined }] = order;
  if (!indexed) return [];
  const first = columnOf("t0", column);
  const rows = [sql`${first} is not null`, ...(internal.after === undefined ? [] : [sql`t0.id > ${internal.after}`])];
  const keys = orderOf(dialect, asked);
  const { from, where } = dialect.beginning(shapeOf(name).table, first, down, keys, join(rows, " and "), most);
  return yield* readRows(dialect, asked, [...where, ...conditionsOf(dialect, asked, true)], {
    sorted: false,
    from,
    often: true,
  });
}

/** The starts of a question: each comes to all rows that can fit. */
function startsOf({ name, where, from }: Asked): Start[] {
  const starts = startsIn(name, where);
  const join = from && joinOf(relationOf(from.name, from.key) as Relation);
  if (!from || !join) return starts;
  const record: Condition = { is: "test", key: "uid", test: "eq", value: from.uid };
  const { table, here, there } = join;
  return [{ name: from.name, where: record, steps: [{ table, here: there, there: here }] }, ...starts];
}

function startsIn(name: Name, where: Condition): Start[] {
  const conditions = conjuncts(where);
  const far = conditions.flatMap((one) => {
    const relation = one.is === "related" ? relationOf(name, one.key) : undefined;
    const join = relation && joinOf(relation);
    if (one.is !== "related" || !join || !beginsIndex(join.table, join.there)) return [];
    return startsIn(relation.to, one.where).map((start) => ({ ...start, steps: [...start.steps, join] }));
  });
  const own = conditions.flatMap((one) => {
    const by = indexFor(name, one);
    return by === undefined ? [] : [{ name, where: one, by, steps: [] }];
  });
  const found = [...far, ...own];
  return found.length > 0 ? found : [{ name, where, steps: [] }];
}

const conjuncts = (where: Condition): readonly Condition[] =>
  where.is === "all" ? where.of.flatMap(conjuncts) : [where];

const INDEXED_TESTS = ["eq", "in", "gt", "gte", "lt", "lte", "startsWith"];

/** The column whose index finds the rows that fit, where that may be few. */
function indexFor(name: Name, one: Condition): string | undefined {
  if (one.is !== "test" || !INDEXED_TESTS.includes(one.test)) return undefined;
  // Of a few words each is that of many rows.
  if (fieldsOf(name).get(one.key)?.values) return undefined;
  const column = columnNameOf(name, one.key);
  return beginsIndex(tableOf(name), column) ? column : undefined;
}

/** The ids of rows that a start comes to; undefined when any step comes to more than `most`. */
function* idsFrom(
  dialect: Dialect,
  { viewer }: Asked,
  { name, where, by, steps }: Start,
  most: number,
): Operation<number[] | undefined> {
  const [limit, list] = [raw(`limit ${most + 1}`), (i: number) => raw(`s${i}`)];
  const condition = new Conditions(dialect, viewer).of(name, "t", where);
  const order = by === undefined ? empty : sql` order by ${columnOf("t", by)}`;
  const rows = sql`${identifier(tableOf(name))} t where ${condition}${order}`;
  const lists = [
    sql`${list(0)}(id) as materialized (select t.id from ${rows} ${limit})`,
    ...steps.map(({ table, here, there }, i) => {
      const rows = dialect.each(table, here, there, sql`s.id`, most + 1);
      return sql`${list(i + 1)}(id) as materialized (select ${columnOf("t", here)} from ${list(i)} s cross join ${rows} ${limit})`;
    }),
  ];
  const tooMany = steps.map(
    (_, i) => sql` union all select -1 from (select 1 from ${list(i)} limit 1 offset ${most}) m`,
  );
  const found = yield* execute(
    askedOften(
      sql`with ${join(lists)} select id from ${list(steps.length)}${tooMany.length > 0 ? join(tooMany, "") : empty}`,
    ),
  );
  const ids = found.map(({ id }) => Number(id));
  return ids.length > most || ids.includes(-1) ? undefined : ids;
}
