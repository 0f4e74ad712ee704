/** The first of the two statements of a lineage graph: which runs can be reached, and all that is linked to them. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { identifier } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
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

/** The most rows that one side of `walkRuns` or `walkTransforms` gives; one more means that there are others. */
export const rowLimit = (limit: number): number => limit * LINKS_PER_NODE;

type Side = "up" | "down";

/**
 * Rows of data beside the runs that are reached: `side` 0 upstream, 1 downstream; `kind` 0 artifact, 1 collection;
 * `run` took `data` by link `link`; `maker` made it when the last of its links was `mark`.
 */
export function walkRuns(dialect: Dialect, walk: Walk): Sql {
  const { table, ids } = walk;
  const id = ids[0] as number;
  const since = until(dialect, walk.asOf);
  const shown = (alias: string): Sql => sql`and ${raw(alias)}.internal = ${dialect.encode("bool", false)}${since(alias)}`;
  // One pass over the reached runs serves both kinds of data: recursion may name itself only once.
  const { seek } = dialect;
  const steps = {
    up: sql`left join ${seek("artifact_input_of", "l", sql`k.arm = 0 and l.to_id = w.id${since("l")}`)}
      left join ${seek("artifact", "a", sql`a.id = l.from_id ${shown("a")}`)}
      left join ${seek("collection_input_of", "cl", sql`k.arm = 1 and cl.to_id = w.id${since("cl")}`)}
      left join ${seek("collection", "c", sql`c.id = cl.from_id${since("c")}`)}`,
    down: sql`left join ${seek("artifact", "a", sql`k.arm = 0 and a.run_id = w.id ${shown("a")}`)}
      left join ${seek("artifact_input_of", "l", sql`l.from_id = a.id${since("l")}`)}
      left join ${seek("collection", "c", sql`k.arm = 1 and c.run_id = w.id${since("c")}`)}
      left join ${seek("collection_input_of", "cl", sql`cl.from_id = c.id${since("cl")}`)}`,
  };
  const next = { up: sql`coalesce(a.run_id, c.run_id)`, down: sql`coalesce(l.to_id, cl.to_id)` };
  const start = (side: Side): Sql => {
    if (table === "run") return sql`select id from run where id in ${dialect.integers(ids)}`;
    if (side === "up") return sql`select run_id from ${identifier(table)} where id = ${id} and run_id is not null`;
    return sql`select l.to_id from ${identifier(`${table}_input_of`)} l where l.from_id = ${id}${since("l")}`;
  };
  const focus = (side: Side): Sql[] => {
    if (table === "run" || table === "transform") return [];
    const [kind, link, mark] = table === "artifact" ? [0, sql`l.id`, sql`a.input_mark`] : [1, sql`0`, NO_INTEGER];
    if (side === "up") return [sql`select 0 as side, ${NO_INTEGER} as run, ${raw(String(kind))} as kind, a.id as data, ${NO_INTEGER} as link, a.run_id as maker, ${mark} as mark from ${identifier(table)} a where a.id = ${id}`];
    return [sql`select 1 as side, l.to_id as run, ${raw(String(kind))} as kind, l.from_id as data, ${link} as link, ${NO_INTEGER} as maker, ${NO_INTEGER} as mark from ${identifier(`${table}_input_of`)} l where l.from_id = ${id}${since("l")}`];
  };
  // A collection has no mark and its links are numbered apart from those of artifacts: it depends on all inputs.
  const rows = {
    up: [
      sql`select 0 as side, w.id as run, 0 as kind, a.id as data, l.id as link, a.run_id as maker, a.input_mark as mark from ups w
        left join artifact_input_of l on l.to_id = w.id${since("l")} left join artifact a on a.id = l.from_id ${shown("a")}`,
      sql`select 0 as side, w.id as run, 1 as kind, c.id as data, 0 as link, c.run_id as maker, ${NO_INTEGER} as mark from ups w
        join collection_input_of l on l.to_id = w.id${since("l")} join collection c on c.id = l.from_id${since("c")}`,
    ],
    down: [
      sql`select 1 as side, l.to_id as run, 0 as kind, a.id as data, l.id as link, w.id as maker, a.input_mark as mark from downs w
        left join artifact a on a.run_id = w.id ${shown("a")} left join artifact_input_of l on l.from_id = a.id${since("l")}`,
      sql`select 1 as side, l.to_id as run, 1 as kind, c.id as data, 0 as link, w.id as maker, ${NO_INTEGER} as mark from downs w
        join collection c on c.run_id = w.id${since("c")} left join collection_input_of l on l.from_id = c.id${since("l")}`,
    ],
  };
  const outputs = (side: Side): Sql => sql`select 2 as side, ${NO_INTEGER} as run, 0 as kind, a.id as data, ${NO_INTEGER} as link, a.run_id as maker, a.input_mark as mark from ${raw(`${side}s`)} w join artifact a on a.run_id = w.id ${shown("a")}`;
  return statement(walk, (side) => ({
    siblings: outputs(side),
    walk: recursion(side, start(side), next[side], sql`(select 0 as arm union all select 1) k ${steps[side]}`, walk),
    rows: [...focus(side), ...rows[side]],
  }));
}

/** Rows of transforms side by side: `data` comes before `run` upstream (`side` 0), after it downstream; both are ids. */
export function walkTransforms(dialect: Dialect, walk: Walk): Sql {
  const since = until(dialect, walk.asOf);
  const arms = sql`(select 0 as arm union all select 1 union all select 2) k`;
  const steps = {
    up: sql`${arms} left join transform_predecessors p on k.arm = 0 and p.from_id = w.id${since("p")}
      left join run r on k.arm > 0 and r.transform_id = w.id
      left join artifact_input_of l on k.arm = 1 and l.to_id = r.id${since("l")} left join artifact a on a.id = l.from_id
      left join collection_input_of cl on k.arm = 2 and cl.to_id = r.id${since("cl")} left join collection c on c.id = cl.from_id
      left join run o on o.id = coalesce(a.run_id, c.run_id)`,
    down: sql`${arms} left join transform_predecessors p on k.arm = 0 and p.to_id = w.id${since("p")}
      left join run r on k.arm > 0 and r.transform_id = w.id
      left join artifact a on k.arm = 1 and a.run_id = r.id left join artifact_input_of l on l.from_id = a.id${since("l")}
      left join collection c on k.arm = 2 and c.run_id = r.id left join collection_input_of cl on cl.from_id = c.id${since("cl")}
      left join run o on o.id = coalesce(l.to_id, cl.to_id)`,
  };
  const next = { up: sql`coalesce(p.to_id, o.transform_id)`, down: sql`coalesce(p.from_id, o.transform_id)` };
  return statement(walk, (side) => ({
    walk: recursion(side, sql`select id from transform where id = ${walk.ids[0]}`, next[side], steps[side], walk),
    rows: [sql`select distinct ${raw(side === "up" ? "0" : "1")} as side, w.id as run, ${next[side]} as data from ${raw(`${side}s`)} w cross join ${steps[side]}`],
  }));
}

const NO_INTEGER = sql`cast(null as bigint)`;

const until = (dialect: Dialect, asOf: Date | undefined) => (alias: string): Sql =>
  asOf ? sql` and ${raw(alias)}.created_at <= ${dialect.encode("time", asOf)}` : empty;

/** `up` or `down`, walked breadth first, and `ups` or `downs`: the first of it, as many as are needed and one more. */
function recursion(side: Side, start: Sql, next: Sql, steps: Sql, walk: Walk): Sql {
  const hops = side === "up" ? walk.upstream : walk.downstream;
  const name = raw(side);
  const counted = hops !== "all" && hops <= COUNTED_HOPS;
  const body = counted
    ? sql`${name}(id, hop) as (select s.*, 1 from (${start}) s union select ${next}, w.hop + 1 from ${name} w cross join ${steps} where ${next} is not null and w.hop < ${hops})`
    : sql`${name}(id) as (${start} union select ${next} from ${name} w cross join ${steps} where ${next} is not null)`;
  return sql`${body}, ${raw(`${side}s`)} as materialized (select ${counted ? raw("distinct ") : empty}id from ${name} limit ${walk.limit + 1})`;
}

function statement(walk: Walk, make: (side: Side) => { walk: Sql; rows: readonly Sql[]; siblings?: Sql }): Sql {
  const sides = (["up", "down"] as const).filter((side) => (side === "up" ? walk.upstream : walk.downstream) !== 0).map(make);
  const limited = sides.map(({ rows }) => sql`select * from (${join(rows, " union all ")} limit ${rowLimit(walk.limit) + 1}) s`);
  const beside = walk.siblings ? sides.flatMap(({ siblings }) => siblings ?? []) : [];
  if (beside.length > 0) limited.push(sql`select * from (${join(beside, " union ")} limit ${rowLimit(walk.limit) + 1}) s`);
  return sql`with recursive ${join(sides.map((side) => side.walk))} ${join(limited, " union all ")}`;
}
