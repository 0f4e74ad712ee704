/** What was removed for good: its links are kept by uid, so that lineage leads through it. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import type { EdgeRole } from "../lineage/graph/node.ts";
import { model, type Name } from "../model/index.ts";
import { identifier, type Row, type RowRef } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { ACTS, DATA, type DataTable, TABLES, TRASH } from "./lineage-kinds.ts";
import { execute, type Operation, type Raw } from "./operation.ts";

/** A link between a removed row and another, by uids, along the flow of data. */
export interface Severed {
  readonly id: number;
  readonly role: EdgeRole;
  readonly from: string;
  readonly to: string;
  /** The number of an input link; of an output, the last input link that its run had then. */
  readonly mark: number;
}

/** Collections and records depend on all inputs of their run; their input links are numbered apart. */
const ALL_INPUTS = Number.MAX_SAFE_INTEGER;
const numberOf = ({ marked }: DataTable): Sql => (marked ? sql`l.id` : sql`0`);

/** Before a row is removed: keeps its links. Others than data, runs and transforms have none that carry data. */
export function* sever(dialect: Dialect, name: Name, row: Row): Operation<void> {
  const into = sql`insert into severed_link (role, from_uid, to_uid, mark, created_at)`;
  const uid = sql`cast(${row.uid} as text)`;
  const madeBy = (role: EdgeRole, run: RowRef, mark: number): Operation<Raw[]> =>
    execute(sql`${into} values (${role}, ${run.uid}, ${row.uid}, ${mark}, ${dialect.encode("time", row.createdAt)})`);
  if (name === "Transform") {
    const links = (own: Sql, other: Sql): Sql =>
      sql`from transform_predecessors l join transform t on t.id = ${other} where ${own} = ${row.id}`;
    yield* execute(
      sql`${into} select 'predecessor', t.uid, ${uid}, 0, l.created_at ${links(sql`l.from_id`, sql`l.to_id`)}`,
    );
    yield* execute(
      sql`${into} select 'predecessor', ${uid}, t.uid, 0, l.created_at ${links(sql`l.to_id`, sql`l.from_id`)}`,
    );
  }
  if ((name === "Artifact" && !row.internal) || name === "Collection") {
    const [own, other] =
      name === "Artifact"
        ? [sql`l.to_id`, sql`collection o on o.id = l.from_id`]
        : [sql`l.from_id`, sql`artifact o on o.id = l.to_id`];
    const ends = name === "Artifact" ? sql`${uid}, o.uid` : sql`o.uid, ${uid}`;
    yield* execute(
      sql`${into} select 'member', ${ends}, 0, l.created_at from collection_artifacts l join ${other} where ${own} = ${row.id}`,
    );
  }
  const starter = row.initiatedByRun as RowRef | null | undefined;
  if (starter) yield* madeBy("initiated", starter, 0);
  for (const data of DATA) {
    const { table } = data;
    const [inputs, again] = [identifier(`${table}_input_of`), identifier(`${table}_recreating_runs`)];
    if (name === "Run") {
      const other = sql`${identifier(table)} d on d.id = l.from_id where l.to_id = ${row.id}`;
      yield* execute(
        sql`${into} select 'input', d.uid, ${uid}, ${numberOf(data)}, l.created_at from ${inputs} l join ${other}`,
      );
      if (data.remade)
        yield* execute(sql`${into} select 'recreated', ${uid}, d.uid, 0, l.created_at from ${again} l join ${other}`);
    }
    if (name !== data.name || row.internal) continue;
    const runs = sql`run r on r.id = l.to_id where l.from_id = ${row.id}`;
    yield* execute(
      sql`${into} select 'input', ${uid}, r.uid, ${numberOf(data)}, l.created_at from ${inputs} l join ${runs}`,
    );
    if (data.remade)
      yield* execute(sql`${into} select 'recreated', r.uid, ${uid}, 0, l.created_at from ${again} l join ${runs}`);
    const run = row.run as RowRef | null;
    if (run) yield* madeBy("output", run, data.marked ? Number(row.inputMark) : ALL_INPUTS);
  }
}

const KEPT = [
  "isLatest",
  "description",
  "size",
  "suffix",
  "revision",
  "kind",
  "version",
  "name",
  "entrypoint",
  "status",
  "startedAt",
  "finishedAt",
];

/** What a tombstone says of a removed row: enough for its node in lineage. */
export function* epitaph(name: Name, row: Row): Operation<Record<string, unknown>> {
  const [by, code] = [row.createdBy, row.transform] as (RowRef | null | undefined)[];
  const [user] = by ? yield* execute(sql`select handle from "user" where id = ${by.id}`) : [];
  const [transform] = code ? yield* execute(sql`select uid, "key", kind from transform where id = ${code.id}`) : [];
  return {
    createdAt: row.createdAt,
    ...((row.branch as RowRef | null | undefined)?.id === TRASH ? { trashed: true } : {}),
    ...Object.fromEntries(
      KEPT.filter((key) => Object.hasOwn(model[name].columns, key)).map((key) => [key, row[key] ?? null]),
    ),
    ...(user ? { createdBy: user.handle } : {}),
    ...(transform ? { transform: transform.uid, transformKey: transform.key, transformKind: transform.kind } : {}),
  };
}

/** The severed links that begin or end at one of these uids. */
export function* severedLinks(dialect: Dialect, uids: Sql, asOf: Date | undefined): Operation<Severed[]> {
  return (yield* execute(
    sql`select s.id, s.role, s.from_uid, s.to_uid, s.mark from severed_link s where ${besides(dialect, uids, asOf)}`,
  )).map(severedOf);
}

/** The condition on `severed_link s` for `severedLinks`. */
export function besides(dialect: Dialect, uids: Sql, asOf: Date | undefined): Sql {
  const until = asOf ? sql` and s.created_at <= ${dialect.encode("time", asOf)}` : empty;
  return sql`(s.from_uid in ${uids} or s.to_uid in ${uids})${until}`;
}

const severedOf = (row: Raw): Severed => ({
  id: row.id as number,
  role: row.role as Severed["role"],
  from: row.from_uid as string,
  to: row.to_uid as string,
  mark: row.mark as number,
});

const NO_TEXT = sql`cast(null as text)`;
const NO_INTEGER = sql`cast(null as bigint)`;

/** Which rows and tombstones have these uids, with their kind (see `linked.ts`); `registry` is null for rows that are there. */
export function* identified(dialect: Dialect, uids: readonly string[]): Operation<Raw[]> {
  const among = dialect.texts(uids);
  const rest = sql`${NO_TEXT} as registry, ${NO_TEXT} as "key", ${NO_TEXT} as hash, ${NO_TEXT} as facts, cast(null as timestamptz) as at`;
  const found = [
    ...DATA.map(
      ({ kind, table, marked }) =>
        sql`select ${raw(String(kind))} as kind, id, uid, run_id as maker, ${marked ? raw("input_mark") : NO_INTEGER} as mark, ${rest} from ${raw(table)} where uid in ${among}`,
    ),
    ...ACTS.map(
      ({ kind, table }) =>
        sql`select ${raw(String(kind))} as kind, id, uid, ${NO_INTEGER} as maker, ${NO_INTEGER} as mark, ${rest} from ${raw(table)} where uid in ${among}`,
    ),
    ...TABLES.map(
      ({ name, kind }) =>
        sql`select ${raw(String(kind))} as kind, id, uid, ${NO_INTEGER}, ${NO_INTEGER}, registry, "key", hash, cast(facts as text), at from tombstone where registry = ${name} and uid in ${among}`,
    ),
  ];
  return yield* execute(join(found, " union all "));
}
