/** The first of the two statements of a lineage graph: which runs can be reached, and all that is linked to them. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { identifier } from "./columns.ts";
import type { Arm, Dialect } from "./dialect.ts";
import type { Hops } from "./lineage-walk.ts";

/** Up to this many hops the walk counts; beyond it, ids alone are walked and the hops counted afterwards. */
const COUNTED_HOPS = 16;
/** Rows read at most, as a multiple of the nodes asked for. */
const LINKS_PER_NODE = 50;

/** Where a walk starts and how far it goes. */
export interface Walk {
  readonly table: "artifact" | "collection" | "run" | "transform";
  /** One, or several runs. */
  readonly ids: readonly number[];
  readonly upstream: Hops;
  readonly downstream: Hops;
  /** Nodes wanted at most. */
  readonly limit: number;
  readonly asOf: Date | undefined;
  /** Also the other outputs of the runs that are reached, as `side` 2. */
  readonly siblings: boolean;
}

/** The most rows of one sort that a side of `walkRuns` or `walkTransforms` gives; one more means that there are others. */
export const rowLimit = (limit: number): number => limit * LINKS_PER_NODE;

type Side = "up" | "down";
/** A condition on when a row was made, for an alias. */
type Since = (alias: string) => Sql;

/** Rows `run`, `data`, `number` of one kind (see `walkRuns`), as a table of their own when others read it by `name`. */
interface Part {
  readonly kind: number;
  readonly name?: string;
  readonly rows: Sql;
}

/**
 * What lies beside the runs that are reached, `side` 0 upstream, 1 downstream, of four kinds: `run` took `data` by the link
 * `number` (`kind` 0 artifact, 1 collection), or made it when the last of its links was `number` (`kind` 2 artifact,
 * 3 collection). A run with nothing beside it has a row without data. Each kind comes as lists, as JSON.
 */
export function walkRuns(dialect: Dialect, walk: Walk): Sql {
  const since = until(dialect, walk.asOf);
  const shown = (alias: string): Sql => sql`${since(alias)} and ${raw(alias)}.internal = ${dialect.encode("bool", false)}`;
  const outputs = (side: Side): Sql => sql`select d.run_id as run, d.id as data, d.input_mark as number from ${raw(`${side}s`)} w join ${dialect.seek("artifact", "d", sql`d.run_id = w.id${shown("d")}`)}`;
  return statement(dialect, walk, outputs, (side) => ({
    walk: recursion(dialect, side, startOfRuns(walk, side, since), [armOf(side, "artifact", since, shown), armOf(side, "collection", since, since)], walk),
    parts: (side === "up" ? partsUp : partsDown)(dialect, walk, since, shown),
  }));
}

function startOfRuns({ table, ids }: Walk, side: Side, since: Since): Sql {
  if (table === "run") return sql`select id from run where id in (${join(ids)})`;
  if (side === "up") return sql`select run_id from ${identifier(table)} where id = ${ids[0]} and run_id is not null`;
  return sql`select l.to_id from ${identifier(`${table}_input_of`)} l where l.from_id = ${ids[0]}${since("l")}`;
}

function armOf(side: Side, table: "artifact" | "collection", since: Since, shown: Since): Arm {
  const [links, data] = [raw(`${table}_input_of l`), raw(`${table} d`)];
  if (side === "up") return { id: sql`d.run_id`, from: sql`${links} cross join ${data} where l.to_id = w.id${since("l")} and d.id = l.from_id${shown("d")} and d.run_id is not null` };
  return { id: sql`l.to_id`, from: sql`${data} cross join ${links} where d.run_id = w.id${shown("d")} and l.from_id = d.id${since("l")}` };
}

// A collection has no mark and its links are numbered apart from those of artifacts: it depends on all inputs.
function partsUp({ seek }: Dialect, { table, ids }: Walk, since: Since, shown: Since): Part[] {
  const focus = (name: string, mark: Sql): Sql => (table === name ? sql`select d.run_id as run, d.id as data, ${mark} as number from ${identifier(name)} d where d.id = ${ids[0]} union all ` : empty);
  const links = (name: string): Sql => seek(`${name}_input_of`, "l", sql`l.to_id = w.id${since("l")}`);
  const data = (name: string, seen: Sql): Sql => sql`(select distinct data from ${raw(name)}) f join ${seek(name.slice(3), "d", sql`d.id = f.data${seen}`)}`;
  return [
    { kind: 0, name: "up_artifact", rows: sql`select w.id as run, l.from_id as data, l.id as number from ups w left join ${links("artifact")}` },
    { kind: 1, name: "up_collection", rows: sql`select w.id as run, l.from_id as data, 0 as number from ups w join ${links("collection")}` },
    { kind: 2, rows: sql`${focus("artifact", sql`d.input_mark`)}select d.run_id as run, d.id as data, d.input_mark as number from ${data("up_artifact", shown("d"))}` },
    { kind: 3, rows: sql`${focus("collection", NO_INTEGER)}select d.run_id as run, d.id as data, ${NO_INTEGER} as number from ${data("up_collection", since("d"))}` },
  ];
}

function partsDown({ seek }: Dialect, { table, ids }: Walk, since: Since, shown: Since): Part[] {
  const outputs = (name: string, seen: Sql): Sql => seek(name, "d", sql`d.run_id = w.id${seen}`);
  const links = (name: string): Sql => sql`(select data from ${raw(`down_${name}`)} union select ${table === name ? sql`cast(${ids[0]} as bigint)` : NO_INTEGER}) f join ${seek(`${name}_input_of`, "l", sql`l.from_id = f.data${since("l")}`)}`;
  return [
    { kind: 2, name: "down_artifact", rows: sql`select w.id as run, d.id as data, d.input_mark as number from downs w left join ${outputs("artifact", shown("d"))}` },
    { kind: 3, name: "down_collection", rows: sql`select w.id as run, d.id as data, ${NO_INTEGER} as number from downs w join ${outputs("collection", since("d"))}` },
    { kind: 0, rows: sql`select l.to_id as run, l.from_id as data, l.id as number from ${links("artifact")}` },
    { kind: 1, rows: sql`select l.to_id as run, l.from_id as data, 0 as number from ${links("collection")}` },
  ];
}

/** Rows of transforms side by side: `data` comes before `run` upstream (`side` 0), after it downstream; both are ids. */
export function walkTransforms(dialect: Dialect, walk: Walk): Sql {
  const since = until(dialect, walk.asOf);
  const through = (side: Side, table: "artifact" | "collection"): Arm => {
    const [links, data] = [raw(`${table}_input_of l`), raw(`${table} d`)];
    const own = raw("run r");
    const other = raw("run o");
    if (side === "up") return { id: sql`o.transform_id`, from: sql`${own} cross join ${links} cross join ${data} cross join ${other} where r.transform_id = w.id and l.to_id = r.id${since("l")} and d.id = l.from_id and o.id = d.run_id` };
    return { id: sql`o.transform_id`, from: sql`${own} cross join ${data} cross join ${links} cross join ${other} where r.transform_id = w.id and d.run_id = r.id and l.from_id = d.id${since("l")} and o.id = l.to_id` };
  };
  const chained = (side: Side): Arm => {
    const [near, far] = side === "up" ? [sql`p.from_id`, sql`p.to_id`] : [sql`p.to_id`, sql`p.from_id`];
    return { id: far, from: sql`transform_predecessors p where ${near} = w.id${since("p")}` };
  };
  return statement(dialect, walk, undefined, (side) => {
    const arms = [chained(side), through(side, "artifact"), through(side, "collection")];
    const reached = raw(`${side}s w`);
    const beside = arms.map(({ id, from }) => sql`select w.id, ${id}, ${NO_INTEGER} from ${reached} cross join ${from}`);
    return {
      walk: recursion(dialect, side, sql`select id from transform where id = ${walk.ids[0]}`, arms, walk),
      parts: [{ kind: 0, rows: sql`select w.id as run, ${NO_INTEGER} as data, ${NO_INTEGER} as number from ${reached} union ${join(beside, " union ")}` }],
    };
  });
}

/** `side` 3: a row for each of these tables that is not empty. */
const RARE = [["severed_link"], ["artifact_recreating_runs", "collection_recreating_runs"]];

const NO_INTEGER = sql`cast(null as bigint)`;

const until = (dialect: Dialect, asOf: Date | undefined): Since => (alias) => (asOf ? sql` and ${raw(alias)}.created_at <= ${dialect.encode("time", asOf)}` : raw(""));

/** `up` or `down`, walked breadth first, and `ups` or `downs`: the first of it, as many as are needed and one more. */
function recursion(dialect: Dialect, side: Side, start: Sql, arms: readonly Arm[], walk: Walk): Sql {
  const hops = side === "up" ? walk.upstream : walk.downstream;
  const name = raw(side);
  const body =
    hops !== "all" && hops <= COUNTED_HOPS
      ? sql`${name}(id, hop) as (select s.*, 1 from (${start}) s union ${dialect.steps(side, arms, hops)}), ${raw(`${side}s`)} as materialized (select distinct id from ${name}`
      : sql`${name}(id) as (${start} union ${dialect.steps(side, arms)}), ${raw(`${side}s`)} as materialized (select id from ${name}`;
  return sql`${body} limit ${walk.limit + 1})`;
}

function statement(dialect: Dialect, walk: Walk, siblings: ((side: Side) => Sql) | undefined, make: (side: Side) => { walk: Sql; parts: readonly Part[] }): Sql {
  const limit = sql`limit ${rowLimit(walk.limit) + 1}`;
  const sides = (["up", "down"] as const).filter((side) => (side === "up" ? walk.upstream : walk.downstream) !== 0);
  const tables: Sql[] = [];
  const lists: Sql[] = [];
  const list = (side: number, kind: number, rows: Sql): number =>
    lists.push(sql`select ${raw(String(side))} as side, ${raw(String(kind))} as kind, ${dialect.list("run")} as runs, ${dialect.list("data")} as data, ${dialect.list("number")} as numbers from ${rows}`);
  for (const side of sides) {
    const { walk: steps, parts } = make(side);
    tables.push(steps);
    for (const { kind, name, rows } of parts) {
      const limited = sql`(select * from (${rows}) r ${limit})`;
      if (name) tables.push(sql`${raw(name)} as materialized ${limited}`);
      list(side === "up" ? 0 : 1, kind, name ? raw(name) : sql`${limited} s`);
    }
  }
  RARE.forEach((tables, kind) => {
    const some = tables.map((table) => sql`select * from (select ${NO_INTEGER} as run, ${NO_INTEGER} as data, ${NO_INTEGER} as number from ${raw(table)} limit 1) s`);
    list(3, kind, sql`(${join(some, " union all ")}) s`);
  });
  if (walk.siblings && siblings) list(2, 2, sql`(${join(sides.map(siblings), " union ")} ${limit}) s`);
  return sql`with recursive ${join(tables)} ${join(lists, " union all ")}`;
}
