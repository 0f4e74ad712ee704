/** The second of the two statements of a lineage graph: what is known of its nodes, and who made them again. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import type { UnlabelledNode as Node } from "../lineage/graph/node.ts";
import type { Dialect } from "./dialect.ts";
import { until } from "./lineage-sql.ts";
import {
  ARTIFACT,
  COLLECTION,
  DATA,
  idOf,
  rowNumber,
  kindOf,
  RECORD,
  RUN,
  TABLES,
  TRANSFORM,
  TRASH,
  TRASH_UID,
} from "./lineage-kinds.ts";
import { executeEach, type Operation } from "./operation.ts";
import type { NodeIndex } from "./row-numbers.ts";
import { notRemoved, onBranchInSight, type Viewer } from "./viewer.ts";

/** Tags of nodes are their kinds; of rows that are no nodes: a change after the time that was asked for; an edge beside the flow of data. */
const [CHANGED, SIDE_EDGE] = [16, 17];

/** Instead of the branch of what was deleted for good. */
const REMOVED = -1;

/** What is known of nodes, each at its index, and the edges beside the flow of data. */
export interface Facts {
  readonly nodes: readonly (Node | undefined)[];
  readonly sideEdges: readonly SideEdge[];
  /** By id of a run whose transform has no key: the description of the transform. */
  readonly descriptions: ReadonlyMap<string, string>;
  /** Ids of nodes that were deleted for good. */
  readonly removed: ReadonlySet<string>;
}

/** A run that made the bytes of data again, or a run or transform that started another; by keys. */
interface SideEdge {
  readonly role: "recreated" | "initiated";
  readonly from: number;
  readonly to: number;
}

/** What most instances have nothing of: it is only asked for where there is some. */
export interface Rare {
  readonly recreated: boolean;
  readonly initiated: boolean;
  readonly members: boolean;
}

export const NOTHING_RARE: Rare = { recreated: false, initiated: false, members: false };

/** What is wanted with the facts of the nodes. */
export interface Wanted {
  readonly rare: Rare;
  readonly asOf: Date | undefined;
  /** How many further nodes there is room for; of edges beside the flow of data one more is read. */
  readonly room: number;
  /** Keys of the data whose re-creating runs are wanted. */
  readonly remade: readonly number[];
  /** Keys of the runs whose re-created data are wanted. */
  readonly remaking: readonly number[];
  /** Key of the run (or transform) whose started runs are wanted. */
  readonly starting: number | undefined;
}

/** A row of the statement: columns of a node by index, the later ones depending on its kind. */
type Listed = unknown[];
const AT = {
  tag: 0,
  id: 1,
  uid: 2,
  key: 3,
  description: 4,
  version: 5,
  began: 6,
  branch: 7,
  createdBy: 8,
  isLatest: 9,
  size: 10,
  kind: 11,
  type: 11,
  suffix: 12,
  entrypoint: 12,
  hash: 13,
  status: 13,
  name: 14,
  ended: 15,
} as const;

/** Reads the facts of all nodes in one statement. */
export function* factsOf(
  dialect: Dialect,
  viewer: Viewer,
  index: NodeIndex,
  keys: readonly number[],
  wanted: Wanted,
): Operation<Facts> {
  const { asOf } = wanted;
  const { sees } = viewer;
  const nodes = new Array<Node | undefined>(index.size).fill(undefined);
  const sideEdges: SideEdge[] = [];
  const descriptions = new Map<string, string>();
  const removed = new Set<string>();
  const take = (row: Listed): void => {
    const [tag, id] = [row[AT.tag] as number, row[AT.id] as number];
    if (tag === SIDE_EDGE) {
      const kind = row[AT.branch] as number;
      const isAct = kind === RUN || kind === TRANSFORM;
      sideEdges.push({
        role: isAct ? "initiated" : "recreated",
        from: rowNumber(isAct ? kind : RUN, row[AT.size] as number),
        to: rowNumber(kind, id),
      });
    } else if (tag !== CHANGED && (sees?.includes(row[AT.branch] as number) ?? true)) {
      const node = nodeOf(dialect, tag, row);
      nodes[index.of(rowNumber(tag, id))] = node;
      if (row[AT.branch] === REMOVED) removed.add(node.id);
      if (tag === RUN && !row[AT.key] && row[AT.description]) descriptions.set(node.id, row[AT.description] as string);
    }
  };
  const asked = statement(dialect, viewer, keys, wanted);
  if (asOf) {
    const rows: Listed[] = [];
    yield* executeEach(asked, (row) => void rows.push(row));
    const before = changesOf(rows);
    for (const row of rows) {
      if ((row[AT.tag] as number) < TABLES.length) takeBack(dialect, row[AT.tag] as number, row, before, asOf);
      take(row);
    }
  } else yield* executeEach(asked, take);
  return { nodes, sideEdges, descriptions, removed };
}

const tableAt = (kind: number): (typeof TABLES)[number] => TABLES[kind] as (typeof TABLES)[number];

/** Neighbours in a table are read together. */
function idsByKind(keys: Iterable<number>): number[][] {
  const ids: number[][] = TABLES.map(() => []);
  for (const key of keys) (ids[kindOf(key)] as number[]).push(idOf(key));
  return ids.map((list) => Array.from(Float64Array.from(list).sort()));
}

type Before = (registry: string, uid: unknown) => Readonly<Record<string, unknown>>;

/** What columns held before the changes among the rows. */
function changesOf(rows: readonly Listed[]): Before {
  const was = new Map<string, Record<string, unknown>>();
  const changes = rows.filter((row) => row[AT.tag] === CHANGED).sort((a, b) => Number(b[AT.id]) - Number(a[AT.id]));
  for (const row of changes) {
    const name = `${row[AT.key]} ${row[AT.uid]}`;
    was.set(name, { ...was.get(name), ...(JSON.parse(row[AT.description] as string) as object) });
  }
  return (registry, uid) => was.get(`${registry} ${uid}`) ?? {};
}

/** Makes a row what it was before the changes. */
function takeBack(dialect: Dialect, tag: number, row: Listed, before: Before, asOf: Date): void {
  const { name: registry } = tableAt(tag);
  const was = before(registry, row[AT.uid]);
  const code = tag === RUN ? before("Transform", row[AT.version]) : was;
  const set = (column: keyof typeof AT, from: Readonly<Record<string, unknown>>, name: string = column): void => {
    if (Object.hasOwn(from, name)) row[AT[column]] = from[name];
  };
  set("key", code, tag === RECORD ? "name" : "key");
  set("description", code);
  if (tag === ARTIFACT || tag === TRANSFORM) set("kind", was);
  if (tag !== RUN) set("version", was);
  if (tag === ARTIFACT || tag === COLLECTION) set("isLatest", was);
  if (Object.hasOwn(was, "branch")) row[AT.branch] = was.branch === TRASH_UID ? TRASH : 0;
  if (tag !== RUN) return;
  set("name", was);
  set("status", was);
  if (Object.hasOwn(was, "finishedAt")) row[AT.ended] = was.finishedAt;
  // What ended later was still going on, even where nobody wrote down how it had been before.
  const ended = textOfTime(dialect, row[AT.ended]);
  if (ended !== null && new Date(ended) > asOf) Object.assign(row, { [AT.ended]: null, [AT.status]: "started" });
}

/** What rows of one kind select, beside their id; what is left out is null. */
type Columns = { readonly [C in Exclude<keyof typeof AT, "tag" | "id">]?: Sql };

const INTEGERS = [AT.branch, AT.size] as number[];
const NULLS = Array.from({ length: AT.ended + 1 }, (_, at) =>
  at === AT.isLatest ? sql`null` : INTEGERS.includes(at) ? sql`cast(null as bigint)` : sql`cast(null as text)`,
);

function selected(tag: number, id: Sql, columns: Columns, from: Sql): Sql {
  const list = [...NULLS];
  list[AT.tag] = raw(String(tag));
  list[AT.id] = id;
  for (const [column, value] of Object.entries(columns)) list[AT[column as keyof typeof AT]] = value;
  return sql`select ${join(list)} from ${from}`;
}

/** Rows of one kind, as a table of their ids. */
interface Among {
  readonly kind: number;
  readonly among: Sql;
  /** When they are known. */
  readonly ids?: readonly number[];
}

function statement(dialect: Dialect, viewer: Viewer, keys: readonly number[], wanted: Wanted): Sql {
  const { rare, asOf } = wanted;
  const amongKeys = (ids: readonly (readonly number[])[]): Among[] =>
    ids.flatMap((list, kind) => (list.length === 0 ? [] : [{ kind, ids: list, among: dialect.integers(list) }]));
  const ids = idsByKind(keys);
  const all = amongKeys(ids);
  const side = sideEdgesOf(dialect, ids, wanted);
  if (side) {
    const act = actOf(ids);
    for (const { kind, remade } of rare.recreated ? DATA : [])
      if (remade)
        all.push({ kind, among: sql`(select distinct id as value from side_edge where kind = ${raw(String(kind))})` });
    all.push({
      kind: act,
      among: sql`(select run as value from side_edge union select id from side_edge where kind = ${raw(String(act))})`,
    });
  }
  const parts = all.map((one) => nodesOf(dialect, viewer, one, asOf));
  if (side) parts.push(selected(SIDE_EDGE, raw("id"), { branch: raw("kind"), size: raw("run") }, raw("side_edge")));
  const uidsOf = ({ kind, among }: Among): Sql => sql`select uid from ${raw(tableAt(kind).table)} where id in ${among}`;
  if (asOf) {
    const uids = all.flatMap((one) => [
      uidsOf(one),
      ...(one.kind === RUN
        ? [sql`select t.uid from transform t join run r on r.transform_id = t.id where r.id in ${one.among}`]
        : []),
    ]);
    const changes = sql`"change" c where c.operation in ('update', 'delete') and c.before is not null and c.at > ${dialect.encode("time", asOf)} and c.uid in (${join(uids, " union all ")})`;
    parts.push(
      selected(
        CHANGED,
        raw("c.id"),
        { uid: raw("c.uid"), key: raw("c.registry"), description: raw("cast(c.before as text)") },
        changes,
      ),
    );
  }
  return sql`${side ? sql`with recursive ${side} ` : empty}${join(parts, " union all ")}`;
}

/** The rows of nodes of one kind. */
function nodesOf(dialect: Dialect, viewer: Viewer, { kind, among, ids }: Among, asOf: Date | undefined): Sql {
  const { table } = tableAt(kind);
  const d = (column: string): Sql => raw(`d."${column}"`);
  const named = { key: d("key"), version: d("version") };
  const versioned = { ...named, isLatest: d("is_latest") };
  const [columns, also, shown]: readonly [own: Columns, also?: Sql, shown?: Sql] =
    kind === ARTIFACT
      ? [
          { ...versioned, kind: d("kind"), suffix: d("suffix"), hash: d("hash"), size: d("size") },
          empty,
          sql` and d.internal = ${dialect.encode("bool", false)}`,
        ]
      : kind === COLLECTION
        ? [versioned]
        : kind === RECORD
          ? [
              { key: d("name"), type: raw("t.name") },
              sql`left join record t on t.id = d.type_id and ${onBranchInSight("Record", "t", viewer)}`,
            ]
          : kind === TRANSFORM
            ? [{ ...named, kind: d("kind") }]
            : [
                {
                  key: raw('t."key"'),
                  description: raw("t.description"),
                  version: raw("t.uid"),
                  kind: raw("t.kind"),
                  began: dialect.timeText(d("started_at")),
                  ended: dialect.timeText(d("finished_at")),
                  entrypoint: d("entrypoint"),
                  status: d("status"),
                  name: d("name"),
                },
                sql`${raw(viewer.sees ? "left join" : "join")} transform t on t.id = d.transform_id and ${onBranchInSight("Transform", "t", viewer)}`,
                until(dialect, asOf)("d"),
              ];
  const these = ids
    ? dialect.withIds(table, "d", ids, shown ?? empty)
    : sql`${among} i join ${dialect.seek(table, "d", sql`d.id = i.value${shown ?? empty}`)}`;
  const rows = sql`${these} ${also ?? empty} left join "user" u on u.id = d.created_by_id`;
  return selected(
    kind,
    d("id"),
    {
      uid: d("uid"),
      description: d("description"),
      began: dialect.timeText(d("created_at")),
      branch: raw(`case when d.removed_at is null then d.branch_id else ${REMOVED} end`),
      createdBy: raw("u.handle"),
      ...columns,
    },
    rows,
  );
}

/** Whether these are runs, or transforms that stand for all of theirs. */
const actOf = (ids: readonly (readonly number[])[]): typeof RUN | typeof TRANSFORM =>
  ids[TRANSFORM]?.length ? TRANSFORM : RUN;

/** The table `side_edge`: a `run` (or transform) that made the data `kind` `id` again, or that started the run `id`, or one that started that. */
function sideEdgesOf(
  dialect: Dialect,
  ids: readonly (readonly number[])[],
  { rare, asOf, room, remade, remaking, starting }: Wanted,
): Sql | undefined {
  if (!rare.recreated && !rare.initiated) return undefined;
  const tables: Sql[] = [];
  const rows: Sql[] = [];
  const since = until(dialect, asOf)("x");
  const [data, runs] = [idsByKind(remade), idsByKind(remaking)[RUN] as number[]];
  for (const { kind, table, remade: can } of rare.recreated ? DATA : []) {
    if (!can) continue;
    const columns = sql`select ${raw(String(kind))} as kind, x.from_id as id, x.to_id as run`;
    const again = (at: "from_id" | "to_id", among: readonly number[]): Sql =>
      sql`${columns} from ${dialect.integers(among)} i join ${dialect.seek(`${table}_recreating_runs`, "x", sql`x.${raw(at)} = i.value${since}`)}`;
    if (data[kind]?.length) rows.push(again("from_id", data[kind]));
    if (runs.length > 0) rows.push(again("to_id", runs));
  }
  const act = actOf(ids);
  if (rare.initiated && (ids[act]?.length || rows.length > 0)) {
    const runOf = (fits: Sql): Sql => dialect.seek("run", "r", fits);
    const begun = (by: Sql, end: Sql): Sql =>
      act === RUN
        ? sql`select r.initiated_by_run_id as run, r.id as id from ${by} join ${runOf(sql`r.id = ${end} and r.initiated_by_run_id is not null`)}`
        : sql`select x.transform_id as run, r.transform_id as id from ${by} join ${runOf(sql`r.transform_id = ${end} and ${notRemoved("r")} and r.initiated_by_run_id is not null${until(dialect, asOf)("r")}`)} join run x on x.id = r.initiated_by_run_id and x.transform_id <> r.transform_id`;
    const again = rows.length > 0 ? sql` union select run from again` : empty;
    if (rows.length > 0)
      tables.push(
        sql`again as materialized (select * from (${join(rows, " union ")}) s order by kind, run, id limit ${room + 1})`,
      );
    tables.push(
      sql`starters(run, id) as (${begun(sql`(select value from ${dialect.integers(ids[act] as number[])} i${again}) i`, sql`i.value`)} union ${begun(sql`starters s`, sql`s.run`)})`,
    );
    if (rows.length > 0) rows.splice(0, rows.length, sql`select * from again`);
    rows.push(sql`select ${raw(String(act))} as kind, id, run from starters`);
    if (starting !== undefined) {
      const at = sql`= ${idOf(starting)}`;
      rows.push(
        act === RUN
          ? sql`select ${raw(String(RUN))} as kind, x.id, x.initiated_by_run_id as run from run x where x.initiated_by_run_id ${at}${since}`
          : sql`select ${raw(String(TRANSFORM))} as kind, x.transform_id as id, r.transform_id as run from run r join ${dialect.seek("run", "x", sql`x.initiated_by_run_id = r.id and ${notRemoved("x")}${since}`)} where r.transform_id ${at} and x.transform_id <> r.transform_id`,
      );
    }
  }
  return rows.length > 0
    ? join([
        ...tables,
        sql`side_edge as materialized (select * from (${join(rows, " union ")}) s order by kind, run, id limit ${room + 1})`,
      ])
    : undefined;
}

const textOfTime = (dialect: Dialect, value: unknown): string | null =>
  typeof value === "string" ? dialect.isoTime(value) : null;

const isDeleted = (row: Listed): boolean => row[AT.branch] === TRASH || row[AT.branch] === REMOVED;

function nodeOf(dialect: Dialect, kind: number, row: Listed): Node {
  const node = factsAt(dialect, kind, row);
  return isDeleted(row) ? { ...node, deleted: true } : node;
}

/** One node, made in one piece: there are many. `key` is a record's name. */
function factsAt(dialect: Dialect, kind: number, row: Listed): Node {
  const uid = row[AT.uid] as string;
  const [key, description] = [row[AT.key] as string | null, row[AT.description] as string | null];
  const createdBy = row[AT.createdBy] as string | null;
  const createdAt = textOfTime(dialect, row[AT.began]);
  const version = row[AT.version] as string | null;
  // Booleans are 0 and 1 on one database.
  const isLatest = Boolean(row[AT.isLatest]) && !isDeleted(row);
  const text = (column: keyof typeof AT): string | null => row[AT[column]] as string | null;
  switch (kind) {
    case RUN: {
      const [name, entrypoint, finishedAt] = [text("name"), text("entrypoint"), textOfTime(dialect, row[AT.ended])];
      return {
        id: `run:${uid}`,
        label: "",
        kind: "run",
        uid,
        name,
        transform: version,
        transformKey: key,
        transformKind: text("kind"),
        entrypoint,
        status: text("status"),
        startedAt: createdAt,
        finishedAt,
        createdBy,
      };
    }
    case TRANSFORM:
      return {
        id: `transform:${uid}`,
        label: "",
        kind: "transform",
        uid,
        key,
        description,
        transformKind: text("kind"),
        version,
        createdAt,
        createdBy,
      };
    case COLLECTION:
      return {
        id: `collection:${uid}`,
        label: "",
        kind: "collection",
        uid,
        key,
        description,
        createdAt,
        createdBy,
        version,
        isLatest,
      };
    case RECORD:
      return {
        id: `record:${uid}`,
        label: "",
        kind: "record",
        uid,
        name: key,
        type: text("type"),
        createdAt,
        createdBy,
      };
    default: {
      const [size, suffix, hash] = [row[AT.size] as number | null, text("suffix"), text("hash")];
      return {
        id: `artifact:${uid}`,
        label: "",
        kind: "artifact",
        uid,
        key,
        description,
        suffix,
        size,
        hash,
        artifactKind: text("kind"),
        createdAt,
        createdBy,
        version,
        isLatest,
      };
    }
  }
}
