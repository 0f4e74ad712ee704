/** The second of the two statements of a lineage graph: what is known of its nodes, and who made them again. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { type Node, toNode } from "../lineage/node.ts";
import type { Dialect } from "./dialect.ts";
import { ARTIFACT, COLLECTION, idOf, keyOf, kindOf, RUN, TRANSFORM } from "./linked.ts";
import { execute, type Operation, type Raw } from "./operation.ts";
import { besides, type Severed } from "./severed.ts";

/** The branch that is the trash, from the first migration on. */
const TRASH = 3;
/** Tags of rows that are no nodes: a change after the time that was asked for; a link to what was removed for good. */
const [CHANGED, SEVERED] = [7, 8];
/** And: a run made the bytes of data again; an artifact's, and one more for a collection's. */
const RECREATED = 9;
const TRASH_UID = "tttttttttttt";

const NO_TEXT = sql`cast(null as text)`;
const NO_INTEGER = sql`cast(null as bigint)`;

/** Nodes by key, and pairs of a run and data whose bytes it made again. */
export interface Facts {
  readonly nodes: ReadonlyMap<number, Node>;
  readonly initiated: readonly (readonly [by: number, run: number])[];
  readonly recreated: readonly (readonly [run: number, data: number])[];
  /** Links between the nodes and what was removed for good. */
  readonly severed: readonly Severed[];
}

/** What most instances have nothing of: it is only asked for where there is some. */
export interface Rare {
  readonly severed: boolean;
  readonly recreated: boolean;
}

/** Reads the facts of all nodes in one statement; `room` is how many re-creating runs there is room for, one more is read. */
export function* factsOf(dialect: Dialect, keys: Iterable<number>, room: number, rare: Rare, asOf: Date | undefined): Operation<Facts> {
  const ids: number[][] = [[], [], [], []];
  for (const key of keys) (ids[kindOf(key)] as number[]).push(idOf(key));
  const rows = yield* execute(statement(dialect, ids, room, rare, asOf));
  const nodes = new Map<number, Node>();
  const initiated: [number, number][] = [];
  const recreated: [number, number][] = [];
  const severed: Severed[] = [];
  const yes = dialect.encode("bool", true);
  const rest = asOf ? takenBack(dialect, rows, asOf) : rows;
  for (const row of rest) {
    const tag = row.tag as number;
    if (tag >= RECREATED) {
      recreated.push([keyOf(RUN, row.number as number), keyOf(tag - RECREATED, row.id as number)]);
      continue;
    }
    if (tag === SEVERED) {
      severed.push({ id: row.id as number, role: row.description as Severed["role"], from: row.uid as string, to: row.key as string, mark: row.number as number });
      continue;
    }
    const key = keyOf(tag, row.id as number);
    nodes.set(key, nodeOf(yes, row));
    if (tag === RUN && row.number !== null) initiated.push([keyOf(RUN, row.number as number), key]);
  }
  return { nodes, initiated, recreated, severed };
}

/** Rows as they were before the changes among them, which are left out. */
function takenBack(dialect: Dialect, rows: readonly Raw[], asOf: Date): Raw[] {
  const changes = new Map<string, Raw[]>();
  for (const row of rows) if (row.tag === CHANGED) changes.set(`${row.key} ${row.uid}`, [...(changes.get(`${row.key} ${row.uid}`) ?? []), row]);
  const before = (registry: string, uid: unknown): Record<string, unknown> =>
    Object.assign({}, ...(changes.get(`${registry} ${uid}`) ?? []).sort((a, b) => Number(b.id) - Number(a.id)).map((row) => JSON.parse(row.description as string) as object)) as Record<string, unknown>;
  const REGISTRIES = ["Artifact", "Collection", "Run", "Transform"];
  return rows.flatMap((row) => {
    if (row.tag === CHANGED) return [];
    const registry = REGISTRIES[row.tag as number];
    if (registry === undefined) return [row];
    const was = before(registry, row.uid);
    const code = registry === "Run" ? before("Transform", row.version) : was;
    const then = { ...row };
    const set = (column: string, from: Record<string, unknown>, name: string): void => {
      if (Object.hasOwn(from, name)) then[column] = from[name];
    };
    set("key", code, "key");
    set("description", code, "description");
    if (registry === "Artifact" || registry === "Transform") set("c", was, "kind");
    if (registry !== "Run") set("version", was, "version");
    if (typeof was.isLatest === "boolean") then.is_latest = dialect.encode("bool", was.isLatest);
    if (Object.hasOwn(was, "branch")) then.branch_id = was.branch === TRASH_UID ? TRASH : 0;
    if (registry !== "Run") return [then];
    for (const [column, name] of [["name", "name"], ["b", "status"], ["ended", "finishedAt"]] as const) set(column, was, name);
    // What ended later was still going on, even where nobody wrote down how it had been before.
    const ended = then.ended === null ? undefined : new Date(then.ended as string | Date);
    return [ended && ended > asOf ? { ...then, ended: null, b: "started" } : then];
  });
}

function statement(dialect: Dialect, ids: readonly (readonly number[])[], room: number, rare: Rare, asOf: Date | undefined): Sql {
  const among = (kind: number): Sql => dialect.integers(ids[kind] as number[]);
  const has = (kind: number): boolean => ids[kind]?.length !== 0;
  const until = (alias: string): Sql => (asOf ? sql` and ${raw(alias)}.created_at <= ${dialect.encode("time", asOf)}` : empty);
  /** The columns of a row that is no node, after its tag and id. */
  const aside = (columns: { uid?: Sql; key?: Sql; description?: Sql; number?: Sql }): Sql =>
    sql`${columns.uid ?? NO_TEXT}, ${columns.key ?? NO_TEXT}, ${columns.description ?? NO_TEXT}, ${join(Array(3).fill(NO_TEXT))}, ${columns.number ?? NO_INTEGER}, ${join(Array(4).fill(NO_TEXT))}, null, ${NO_INTEGER}, ${NO_TEXT}`;
  const data = (kind: number, table: string, own: Sql): Sql =>
    sql`select ${raw(String(kind))} as tag, d.id, d.uid, d."key", d.description, ${own}, d.version, ${NO_TEXT} as name, ${dialect.isoTime(sql`d.created_at`)} as began, ${NO_TEXT} as ended, d.is_latest, d.branch_id, u.handle
      from ${among(kind)} i join ${dialect.seek(table, "d", sql`d.id = i.value`)} left join "user" u on u.id = d.created_by_id`;
  const runs = (among: Sql): Sql =>
    sql`select ${raw(String(RUN))} as tag, d.id, d.uid, t."key", t.description, d.entrypoint as a, d.status as b, t.kind as c, d.initiated_by_run_id as number, t.uid as version, d.name, ${dialect.isoTime(sql`d.started_at`)} as began, ${dialect.isoTime(sql`d.finished_at`)} as ended, null as is_latest, d.branch_id, u.handle
      from ${among} i join ${dialect.seek("run", "d", sql`d.id = i.value${until("d")}`)} join transform t on t.id = d.transform_id left join "user" u on u.id = d.created_by_id`;
  const parts: Sql[] = [];
  if (has(ARTIFACT)) parts.push(data(ARTIFACT, "artifact", sql`d.suffix as a, d.hash as b, d.kind as c, d.size as number`));
  if (has(COLLECTION)) parts.push(data(COLLECTION, "collection", sql`${NO_TEXT} as a, d.hash as b, ${NO_TEXT} as c, ${NO_INTEGER} as number`));
  if (has(TRANSFORM)) parts.push(data(TRANSFORM, "transform", sql`${NO_TEXT} as a, ${NO_TEXT} as b, d.kind as c, ${NO_INTEGER} as number`));
  if (has(RUN)) parts.push(runs(among(RUN)));
  const again = ([[ARTIFACT, "artifact"], [COLLECTION, "collection"]] as const).flatMap(([kind, table]) =>
    rare.recreated && has(kind) ? [sql`select ${raw(String(RECREATED + kind))} as tag, x.from_id, x.to_id from ${among(kind)} i join ${dialect.seek(`${table}_recreating_runs`, "x", sql`x.from_id = i.value${until("x")}`)}`] : [],
  );
  if (again.length > 0) {
    parts.push(runs(sql`(select distinct to_id as value from again)`));
    parts.push(sql`select tag, from_id, ${aside({ number: sql`to_id` })} from again`);
  }
  const uids = ["artifact", "collection", "run"].flatMap((table, kind) => (rare.severed && has(kind) ? [sql`select uid from ${raw(table)} where id in ${among(kind)}`] : []));
  if (uids.length > 0) {
    parts.push(sql`select ${raw(String(SEVERED))} as tag, s.id, ${aside({ uid: sql`s.from_uid`, key: sql`s.to_uid`, description: sql`s.role`, number: sql`s.mark` })} from severed_link s where ${besides(dialect, sql`(${join(uids, " union all ")})`, asOf)}`);
  }
  if (asOf) {
    const nodes = ["artifact", "collection", "run", "transform"].flatMap((table, kind) => (has(kind) ? [sql`select uid from ${raw(table)} where id in ${among(kind)}`] : []));
    if (has(RUN)) nodes.push(sql`select t.uid from transform t join run r on r.transform_id = t.id where r.id in ${among(RUN)}`);
    parts.push(sql`select ${raw(String(CHANGED))} as tag, c.id, ${aside({ uid: sql`c.uid`, key: sql`c.registry`, description: sql`cast(c.before as text)` })} from "change" c
      where c.operation = 'update' and c.before is not null and c.at > ${dialect.encode("time", asOf)} and c.uid in (${join(nodes, " union all ")})`);
  }
  const head = again.length > 0 ? sql`with again as materialized (select * from (${join(again, " union all ")}) s order by to_id, from_id limit ${room + 1}) ` : empty;
  return sql`${head}${join(parts, " union all ")}`;
}

type TextColumn = "uid" | "key" | "description" | "a" | "b" | "c" | "version" | "name" | "began" | "ended" | "handle";

/** `yes` is how the database says true. */
function nodeOf(yes: unknown, row: Raw): Node {
  const { uid, key, description, a, b, c, version, name, began, ended, handle: createdBy } = row as Record<TextColumn, string>;
  const deleted = row.branch_id === TRASH;
  const isLatest = row.is_latest === yes && !deleted;
  const build = (): Node => {
    if (row.tag === RUN) return toNode({ kind: "run", uid, name, transform: version, transformKey: key, transformKind: c, entrypoint: a, status: b, startedAt: began, finishedAt: ended, createdBy }, description);
    if (row.tag === TRANSFORM) return toNode({ kind: "transform", uid, key, description, transformKind: c, version, createdAt: began, createdBy });
    if (row.tag === COLLECTION) return toNode({ kind: "collection", uid, key, description, createdAt: began, createdBy, version, isLatest });
    return toNode({ kind: "artifact", uid, key, description, suffix: a, size: row.number as number | null, hash: b, artifactKind: c, createdAt: began, createdBy, version, isLatest });
  };
  return deleted ? { ...build(), deleted } : build();
}
