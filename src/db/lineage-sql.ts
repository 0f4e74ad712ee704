/** The first of the two statements of a lineage graph: which runs can be reached, and all that is linked to them. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { identifier } from "./columns.ts";
import { executeEach, type Operation } from "./operation.ts";
import type { Arm, Dialect } from "./dialect.ts";
import type { Hops } from "./lineage-walk.ts";
import { COLLECTION, DATA, type DataTable, MEMBER, TRANSFORM } from "./lineage-kinds.ts";
import { notRemoved } from "./viewer.ts";

/** Up to this many hops the walk counts; beyond it, ids alone are walked and the hops counted afterwards. */
const COUNTED_HOPS = 16;
/** Rows read at most, as a multiple of the nodes asked for. */
const LINKS_PER_NODE = 50;

/** Rows of one table. */
export interface Start {
  readonly table: DataTable["table"] | "run" | "transform";
  readonly ids: readonly number[];
}

/** Where a walk starts and how far it goes. */
export interface Walk {
  readonly starts: readonly Start[];
  readonly upstream: Hops;
  readonly downstream: Hops;
  /** Nodes wanted at most. */
  readonly limit: number;
  readonly asOf: Date | undefined;
  /** Also the other outputs of the runs that are reached, as `side` 2. */
  readonly siblings: boolean;
  /** Also from members to their collections and back: asked only where there are some. */
  readonly members: boolean;
  /** Upstream also through runs that made data again. */
  readonly again: boolean;
}

/** The most rows of one sort that a side of `walkRuns` or `walkTransforms` gives; one more means that there are others. */
export const rowLimit = (limit: number): number => limit * LINKS_PER_NODE;

type Side = "up" | "down";
/** A condition on when a row was made, for an alias. */
type Since = (alias: string) => Sql;

/** Rows of what lies beside runs: `run` took `data` by the `link`, and `maker` made it when the last of its links was `mark`. */
interface Rows {
  readonly kind: number;
  /** Columns of `rows`; what is left out is not known here. */
  readonly columns: readonly ("run" | "data" | "link" | "maker" | "mark")[];
  readonly rows: Sql;
}

/** Rows of the first statement: data of one `kind` upstream (`side` 0) or downstream (1) or made beside them (2), or a sign that there is something `rare`. */
export type Part =
  | { readonly side: 0 | 1 | 2; readonly kind: number; readonly takes: boolean; readonly makes: boolean }
  | { readonly rare: (typeof RARE)[number][0] };

/** The first statement. A row is the number of a part, then lists of all its `run`, `data`, `link`, `maker` and `mark`. */
export interface Asked {
  readonly statement: Sql;
  readonly parts: readonly Part[];
}

/** What is linked to the runs that are reached. */
export function walkRuns(dialect: Dialect, walk: Walk): Asked {
  const since = until(dialect, walk.asOf);
  const outputs = (side: Side): Rows[] => DATA.map((data) => outputsOf(dialect, data, `${side}s`, since, "join"));
  return statement(dialect, walk, outputs, (side) => ({
    walk: recursion(
      dialect,
      side,
      join(
        walk.starts.map((start) => startOfRuns(dialect, start, walk, side, since)),
        " union ",
      ),
      [
        ...DATA.map((data) => armOf(side, data, since)),
        ...(walk.members ? [armOfMembers(side, since)] : []),
        ...(walk.again && side === "up" ? armsAgain(dialect, since) : []),
      ],
      walk,
    ),
    parts: [
      ...DATA.flatMap((data) => [
        ...(side === "up" ? partsUp : partsDown)(dialect, data, since),
        ...walk.starts.flatMap((start) => focusOf(dialect, start, side, data, since)),
      ]),
      ...(walk.members ? memberParts(dialect, walk, side, since) : []),
    ],
  }));
}

/** Whatever their number, in the same words: databases keep statements by their text. */
const amongIds = (dialect: Dialect, ids: readonly number[]): Sql =>
  ids.length === 1 ? sql`= ${ids[0]}` : sql`in ${dialect.integers(ids)}`;

function startOfRuns(dialect: Dialect, { table, ids }: Start, { members, again }: Walk, side: Side, since: Since): Sql {
  const these = amongIds(dialect, ids);
  if (table === "run") return sql`select id from run where id ${these}`;
  if (side === "up") {
    const held = members && table === "collection";
    const makers = [sql`select run_id from ${identifier(table)} where id ${these} and run_id is not null`];
    if (held)
      makers.push(
        sql`select a.run_id from ${heldBy(dialect, sql`collection_artifacts m`)} where m.from_id ${these}${since("m")} and a.run_id is not null`,
      );
    if (again && DATA.some((data) => data.table === table && data.remade))
      makers.push(
        sql`select to_id from ${identifier(`${table}_recreating_runs`)} x where x.from_id ${these}${since("x")}`,
      );
    if (again && held)
      makers.push(
        sql`select x.to_id from collection_artifacts m join ${dialect.seek("artifact_recreating_runs", "x", sql`x.from_id = m.to_id${since("x")}`)} where m.from_id ${these}${since("m")}`,
      );
    return join(makers, " union ");
  }
  const users = sql`select l.to_id from ${identifier(`${table}_input_of`)} l where l.from_id ${these}${since("l")}`;
  return members && table === "artifact"
    ? sql`${users} union select l.to_id from collection_artifacts m join ${usersOf(dialect, since)} where m.to_id ${these}${since("m")}`
    : users;
}

// Links know who made what they lead from: a step asks one index.
function armOf(side: Side, data: DataTable, since: Since): Arm {
  const [here, there] = side === "up" ? [sql`l.to_id`, sql`l.run_id`] : [sql`l.run_id`, sql`l.to_id`];
  return {
    id: there,
    from: sql`${raw(`${data.table}_input_of l`)} where ${here} = w.id and ${there} is not null${since("l")} and ${inUse(data)}`,
  };
}

/** Collections and records are few: where there are no links of them, they are not asked for at every step. */
const inUse = ({ table, marked }: DataTable): Sql =>
  marked ? sql`true` : sql`exists (select 1 from ${raw(`${table}_input_of`)})`;

const heldBy = ({ seek }: Dialect, members: Sql): Sql =>
  sql`${members} join ${seek("artifact", "a", sql`a.id = m.to_id`)}`;
const usersOf = ({ seek }: Dialect, since: Since): Sql =>
  seek("collection_input_of", "l", sql`l.from_id = m.from_id${since("l")}`);

/** From a run that took a collection (`near`) to those that made its members (`far`), or the other way round. */
function membersOf(side: Side, since: Since): { near: Sql; far: Sql; tables: Sql; fits: Sql } {
  const fits = sql`m.to_id = a.id and m.from_id = l.from_id and a.run_id is not null${since("l")}${since("m")}`;
  return side === "up"
    ? {
        near: sql`l.to_id`,
        far: sql`a.run_id`,
        tables: sql`collection_input_of l cross join collection_artifacts m cross join artifact a`,
        fits,
      }
    : {
        near: sql`a.run_id`,
        far: sql`l.to_id`,
        tables: sql`artifact a cross join collection_artifacts m cross join collection_input_of l`,
        fits,
      };
}

function armOfMembers(side: Side, since: Since): Arm {
  const { near, far, tables, fits } = membersOf(side, since);
  return { id: far, from: sql`${tables} where ${near} = w.id and ${fits}` };
}

/** From a run to those that made again what it took, or members of that. */
function armsAgain({ seek }: Dialect, since: Since): Arm[] {
  const by = (table: string, data: Sql): Sql =>
    seek(`${table}_recreating_runs`, "x", sql`x.from_id = ${data}${since("x")}`);
  const there = (table: string): Sql => sql`exists (select 1 from ${raw(`${table}_recreating_runs`)})`;
  const again = DATA.flatMap((data) => {
    const { table, remade } = data;
    const links = sql`${raw(`${table}_input_of l`)} join ${by(table, sql`l.from_id`)}`;
    const fits = sql`l.to_id = w.id${since("l")} and ${inUse(data)} and ${there(table)}`;
    return remade ? [{ id: sql`x.to_id`, from: sql`${links} where ${fits}` }] : [];
  });
  const held = sql`collection_input_of l join ${seek("collection_artifacts", "m", sql`m.from_id = l.from_id${since("m")}`)}`;
  const members = sql`${held} join ${by("artifact", sql`m.to_id`)} where l.to_id = w.id${since("l")} and ${there("artifact")}`;
  return [...again, { id: sql`x.to_id`, from: members }];
}

/** Collections (as `run`) and their members: upstream those of collections that were taken, downstream those that hold what was made, with who took them. */
function memberParts(dialect: Dialect, { starts }: Walk, side: Side, since: Since): Rows[] {
  const startsIn = (table: string): Sql =>
    join(
      [
        empty,
        ...starts.flatMap((start) =>
          start.table === table ? [sql`select id from ${raw(table)} where id ${amongIds(dialect, start.ids)}`] : [],
        ),
      ],
      " union ",
    );
  if (side === "up") {
    const taken = sql`select distinct l.from_id as id from ups w join ${dialect.seek("collection_input_of", "l", sql`l.to_id = w.id${since("l")}`)}`;
    const collections = sql`(${taken}${startsIn("collection")}) c`;
    const members = dialect.seek("collection_artifacts", "m", sql`m.from_id = c.id${since("m")}`);
    return [
      {
        kind: MEMBER,
        columns: ["run", "data", "link", "maker", "mark"],
        rows: sql`select m.from_id as run, m.to_id as data, m.id as link, a.run_id as maker, a.input_mark as mark from ${heldBy(dialect, sql`${collections} join ${members}`)}`,
      },
    ];
  }
  const made = sql`select a.id from downs w join ${dialect.seek("artifact", "a", sql`a.run_id = w.id`)}`;
  const holders = sql`(${made}${startsIn("artifact")}) a join ${dialect.seek("collection_artifacts", "m", sql`m.to_id = a.id${since("m")}`)}`;
  return [
    {
      kind: MEMBER,
      columns: ["run", "data", "link"],
      rows: sql`select m.from_id as run, m.to_id as data, m.id as link from ${holders}`,
    },
    {
      kind: COLLECTION,
      columns: ["run", "data", "link"],
      rows: sql`select distinct l.to_id as run, l.from_id as data, 0 as link from ${holders} join ${usersOf(dialect, since)}`,
    },
  ];
}

// A collection or record has no mark and their links are numbered apart from those of artifacts: it depends on all inputs.
const linkOf = ({ marked }: DataTable): Sql => (marked ? sql`l.id` : sql`0`);
const markOf = ({ marked }: DataTable, alias: string): Sql => (marked ? sql`${raw(alias)}.input_mark` : NO_INTEGER);

function partsUp({ seek }: Dialect, data: DataTable, since: Since): Rows[] {
  const { kind, table, marked } = data;
  // Every run is told of once, even when it took nothing.
  const links = sql`${raw(marked ? "left join" : "join")} ${seek(`${table}_input_of`, "l", sql`l.to_id = w.id${since("l")}`)}`;
  return [
    {
      kind,
      columns: ["run", "data", "link", "maker", "mark"],
      rows: sql`select w.id as run, l.from_id as data, ${linkOf(data)} as link, l.run_id as maker, ${markOf(data, "l")} as mark from ups w ${links} where ${inUse(data)}`,
    },
  ];
}

function partsDown(dialect: Dialect, data: DataTable, since: Since): Rows[] {
  const links = dialect.seek(`${data.table}_input_of`, "l", sql`l.run_id = w.id${since("l")}`);
  return [
    outputsOf(dialect, data, "downs", since, data.marked ? "left join" : "join"),
    {
      kind: data.kind,
      columns: ["run", "data", "link"],
      rows: sql`select l.to_id as run, l.from_id as data, ${linkOf(data)} as link from downs w join ${links} where ${inUse(data)}`,
    },
  ];
}

function outputsOf(
  { seek, encode }: Dialect,
  data: DataTable,
  runs: "ups" | "downs",
  since: Since,
  how: "join" | "left join",
): Rows {
  const shown = data.marked ? sql` and d.internal = ${encode("bool", false)}` : empty;
  const made = sql`${raw(how)} ${seek(data.table, "d", sql`d.run_id = w.id${since("d")}${shown}`)}`;
  return {
    kind: data.kind,
    columns: ["maker", "data", "mark"],
    rows: sql`select w.id as maker, d.id as data, ${markOf(data, "d")} as mark from ${raw(runs)} w ${made}`,
  };
}

/** The focus itself is at the end of no link of a run that was reached. */
function focusOf(dialect: Dialect, { table, ids }: Start, side: Side, data: DataTable, since: Since): Rows[] {
  if (table !== data.table) return [];
  const { kind } = data;
  const these = amongIds(dialect, ids);
  if (side === "up")
    return [
      {
        kind,
        columns: ["maker", "data", "mark"],
        rows: sql`select d.run_id as maker, d.id as data, ${markOf(data, "d")} as mark from ${identifier(table)} d where d.id ${these}`,
      },
    ];
  return [
    {
      kind,
      columns: ["run", "data", "link"],
      rows: sql`select l.to_id as run, l.from_id as data, ${linkOf(data)} as link from ${identifier(`${table}_input_of`)} l where l.from_id ${these}${since("l")}`,
    },
  ];
}

/** Transforms follow on each other by runs that are there. */
const THERE = sql`${notRemoved("r")} and ${notRemoved("o")}`;

/** Transforms side by side: `data` comes before `run` upstream, after it downstream; both are ids of transforms. */
export function walkTransforms(dialect: Dialect, walk: Walk): Asked {
  const since = until(dialect, walk.asOf);
  const through = (side: Side, { table }: DataTable): Arm => {
    const [here, there] = side === "up" ? [sql`l.to_id`, sql`l.run_id`] : [sql`l.run_id`, sql`l.to_id`];
    return {
      id: sql`o.transform_id`,
      from: sql`run r cross join ${raw(`${table}_input_of l`)} cross join run o where r.transform_id = w.id and ${THERE} and ${here} = r.id${since("l")} and o.id = ${there}`,
    };
  };
  const chained = (side: Side): Arm => {
    const [near, far] = side === "up" ? [sql`p.from_id`, sql`p.to_id`] : [sql`p.to_id`, sql`p.from_id`];
    return { id: far, from: sql`transform_predecessors p where ${near} = w.id${since("p")}` };
  };
  const held = (side: Side): Arm => {
    const { near, far, tables, fits } = membersOf(side, since);
    return {
      id: sql`o.transform_id`,
      from: sql`run r cross join ${tables} cross join run o where r.transform_id = w.id and ${THERE} and ${near} = r.id and ${fits} and o.id = ${far}`,
    };
  };
  return statement(dialect, walk, undefined, (side) => {
    const arms = [chained(side), ...DATA.map((data) => through(side, data)), ...(walk.members ? [held(side)] : [])];
    const reached = raw(`${side}s w`);
    const beside = arms.map(({ id, from }) => sql`select w.id, ${id} from ${reached} cross join ${from}`);
    return {
      walk: recursion(
        dialect,
        side,
        sql`select id from transform where id ${amongIds(
          dialect,
          walk.starts.flatMap(({ ids }) => ids),
        )}`,
        arms,
        walk,
      ),
      parts: [
        {
          kind: TRANSFORM,
          columns: ["run", "data"],
          rows: sql`select w.id as run, ${NO_INTEGER} as data from ${reached} union ${join(beside, " union ")}`,
        },
      ],
    };
  });
}

/** What most instances have nothing of, and the tables that tell. */
const RARE = [
  ["recreated", "artifact_recreating_runs"],
  ["recreated", "collection_recreating_runs"],
  ["initiated", "run where initiated_by_run_id is not null"],
  ["members", "collection_artifacts"],
] as const;

const NO_INTEGER = sql`cast(null as bigint)`;
const NO_LIST = sql`cast(null as text)`;

/** The condition that a row was there at a time, if any. */
export const until =
  (dialect: Dialect, asOf: Date | undefined): Since =>
  (alias) =>
    asOf ? sql` and ${raw(alias)}.created_at <= ${dialect.encode("time", asOf)}` : empty;

/** `up` or `down`, walked breadth first, and `ups` or `downs`: the nearest of it, as many as are needed and one more. */
function recursion(dialect: Dialect, side: Side, start: Sql, arms: readonly Arm[], walk: Walk): Sql {
  const hops = side === "up" ? walk.upstream : walk.downstream;
  const [name, reached] = [raw(side), raw(`${side}s`)];
  if (hops === "all" || hops > COUNTED_HOPS) {
    const most = walk.limit + 1;
    return sql`${name}(id) as (${start} union ${dialect.steps(side, arms, most)}), ${reached} as materialized (select id from ${name} limit ${most})`;
  }
  // The same run may be met at every hop.
  const most = (walk.limit + 1) * hops;
  return sql`${name}(id, hop) as (select s.*, 1 from (${start}) s union ${dialect.steps(side, arms, most, hops)}), ${reached} as materialized (select distinct id from (select id from ${name} limit ${most}) s)`;
}

/** One part of the answer: its columns, `null` where a row has no value. */
export interface Found {
  readonly part: Part;
  readonly columns: readonly (readonly (number | null)[])[];
}

/** Asks the first statement. */
export function* linksOf(asked: Asked): Operation<Found[]> {
  const found: (Found | undefined)[] = [];
  yield* executeEach(asked.statement, ([number, ...lists]) => {
    const part = asked.parts[number as number] as Part;
    const columns = lists.map((list) => (list === null ? [] : (JSON.parse(list as string) as (number | null)[])));
    found[number as number] = { part, columns };
  });
  return found.filter((one) => one !== undefined);
}

/** The columns of a row after its part. */
const COLUMNS = ["run", "data", "link", "maker", "mark"] as const;

function statement(
  dialect: Dialect,
  walk: Walk,
  siblings: ((side: Side) => readonly Rows[]) | undefined,
  make: (side: Side) => { walk: Sql; parts: readonly Rows[] },
): Asked {
  const limit = sql`limit ${rowLimit(walk.limit) + 1}`;
  const sides = (["up", "down"] as const).filter((side) => (side === "up" ? walk.upstream : walk.downstream) !== 0);
  const tables: Sql[] = [];
  const parts: Part[] = [];
  const selects: Sql[] = [];
  const put = (part: Part, columns: readonly Sql[], from: Sql): void => {
    selects.push(sql`select ${join([raw(String(parts.length)), ...columns])} from ${from}`);
    parts.push(part);
  };
  const ask = (side: 0 | 1 | 2, { kind, columns, rows }: Rows): void => {
    const listed = COLUMNS.map((column) => (columns.includes(column) ? dialect.list(column) : NO_LIST));
    put(
      { side, kind, takes: columns.includes("run"), makes: columns.includes("maker") },
      listed,
      sql`(select * from (${rows}) r ${limit}) s`,
    );
  };
  for (const side of sides) {
    const { walk: steps, parts } = make(side);
    tables.push(steps);
    for (const rows of parts) ask(side === "up" ? 0 : 1, rows);
  }
  for (const [rare, table] of RARE)
    put(
      { rare },
      COLUMNS.map(() => NO_LIST),
      sql`(select 1 from ${raw(table)} limit 1) s`,
    );
  if (walk.siblings && siblings) for (const rows of sides.flatMap(siblings)) ask(2, rows);
  return { statement: sql`with recursive ${join(tables)} ${join(selects, " union all ")}`, parts };
}
