/** The second of the two statements of a lineage graph: what is known of its nodes, and who made them again. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { type Node, toNode } from "../lineage/node.ts";
import type { Dialect } from "./dialect.ts";
import { ARTIFACT, COLLECTION, DATA, idOf, keyOf, kindOf, RECORD, RUN, TRANSFORM } from "./linked.ts";
import { execute, type Operation } from "./operation.ts";
import { besides, type Severed } from "./severed.ts";

/** The branch that is the trash, from the first migration on. */
const TRASH = 3;
const TRASH_UID = "tttttttttttt";
/** Tags of rows that are no nodes: a change after the time that was asked for; a link to what was removed for good; a run that made the bytes of data again. */
const [CHANGED, SEVERED, RECREATED] = [16, 17, 18];
/** Nodes whose rows come in one text: a text has a greatest length. */
const NODES_PER_TEXT = 100_000;
/** Tags of nodes are their kinds. */
const REGISTRIES = ["Artifact", "Collection", "Record", "Run", "Transform"];

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

/** A row of the statement. */
type Listed = unknown[];
/** Where columns of nodes lie in it; the later ones depend on the kind. */
const AT = { id: 0, uid: 1, key: 2, description: 3, version: 4, began: 5, branch: 6, createdBy: 7, isLatest: 8, type: 8, initiatedBy: 8, kind: 9, suffix: 10, entrypoint: 10, hash: 11, status: 11, size: 12, name: 12, ended: 13 } as const;

/** Reads the facts of all nodes in one statement; `room` is how many re-creating runs there is room for, one more is read. */
export function* factsOf(dialect: Dialect, keys: Iterable<number>, room: number, rare: Rare, asOf: Date | undefined): Operation<Facts> {
  const ids: number[][] = REGISTRIES.map(() => []);
  for (const key of keys) (ids[kindOf(key)] as number[]).push(idOf(key));
  // Neighbours in the table are read together.
  for (const list of ids) list.sort((a, b) => a - b);
  const parts = (yield* execute(statement(dialect, ids, room, rare, asOf))).map(({ tag, rows }) => ({ tag: tag as number, rows: JSON.parse(rows as string) as Listed[] }));
  const nodes = new Map<number, Node>();
  const initiated: [number, number][] = [];
  const recreated: [number, number][] = [];
  const severed: Severed[] = [];
  const before = asOf ? changesOf(parts.flatMap(({ tag, rows }) => (tag === CHANGED ? rows : []))) : undefined;
  for (const { tag, rows } of parts) {
    for (const row of rows) {
      if (tag >= RECREATED) {
        const [kind, data, run] = row as number[];
        recreated.push([keyOf(RUN, run as number), keyOf(kind as number, data as number)]);
      } else if (tag === SEVERED) {
        const [id, from, to, role, mark] = row as [number, string, string, Severed["role"], number];
        severed.push({ id, from, to, role, mark });
      } else if (tag !== CHANGED) {
        if (before && asOf) takeBack(dialect, tag, row, before, asOf);
        const key = keyOf(tag, row[AT.id] as number);
        nodes.set(key, nodeOf(dialect, tag, row));
        const by = tag === RUN ? (row[AT.initiatedBy] as number | null) : null;
        if (by !== null) initiated.push([keyOf(RUN, by), key]);
      }
    }
  }
  return { nodes, initiated, recreated, severed };
}

type Before = (registry: string, uid: unknown) => Readonly<Record<string, unknown>>;

/** What columns held before these changes. */
function changesOf(changes: readonly Listed[]): Before {
  const was = new Map<string, Record<string, unknown>>();
  for (const [, uid, registry, before] of [...changes].sort((a, b) => Number(b[0]) - Number(a[0]))) {
    const name = `${registry} ${uid}`;
    was.set(name, { ...was.get(name), ...(JSON.parse(before as string) as object) });
  }
  return (registry, uid) => was.get(`${registry} ${uid}`) ?? {};
}

/** Makes a row what it was before the changes. */
function takeBack(dialect: Dialect, tag: number, row: Listed, before: Before, asOf: Date): void {
  const registry = REGISTRIES[tag] as string;
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

function statement(dialect: Dialect, ids: readonly (readonly number[])[], room: number, rare: Rare, asOf: Date | undefined): Sql {
  const among = (kind: number): Sql => dialect.integers(ids[kind] as number[]);
  const chunks = (list: readonly number[]): Sql[] => Array.from({ length: Math.ceil(list.length / NODES_PER_TEXT) }, (_, i) => dialect.integers(list.slice(i * NODES_PER_TEXT, (i + 1) * NODES_PER_TEXT)));
  const has = (kind: number): boolean => ids[kind]?.length !== 0;
  const until = (alias: string): Sql => (asOf ? sql` and ${raw(alias)}.created_at <= ${dialect.encode("time", asOf)}` : empty);
  const part = (tag: number, columns: Sql, from: Sql): Sql => sql`select ${raw(String(tag))} as tag, ${dialect.jsonRows(columns)} as rows from ${from}`;
  const nodes = (kind: number, table: string, columns: Sql, more: { shown?: Sql; join?: Sql; among?: Sql }): Sql[] =>
    (more.among ? [more.among] : chunks(ids[kind] as number[])).map((among) => part(kind, columns, sql`${among} i join ${dialect.seek(table, "d", sql`d.id = i.value${more.shown ?? empty}`)} ${more.join ?? empty} left join "user" u on u.id = d.created_by_id`));
  const [created, started, finished] = ["created_at", "started_at", "finished_at"].map((column) => dialect.jsonTime(raw(`d.${column}`))) as [Sql, Sql, Sql];
  const common = sql`d.id, d.uid, d."key", d.description, d.version, ${created}, d.branch_id, u.handle`;
  const runs = (among?: Sql): Sql[] => {
    const columns = sql`d.id, d.uid, t."key", t.description, t.uid, ${started}, d.branch_id, u.handle, d.initiated_by_run_id, t.kind, d.entrypoint, d.status, d.name, ${finished}`;
    return nodes(RUN, "run", columns, { ...(among ? { among } : {}), join: sql`join transform t on t.id = d.transform_id`, shown: until("d") });
  };
  const parts: Sql[] = [];
  if (has(ARTIFACT)) parts.push(...nodes(ARTIFACT, "artifact", sql`${common}, d.is_latest, d.kind, d.suffix, d.hash, d.size`, { shown: sql` and d.internal = ${dialect.encode("bool", false)}` }));
  if (has(COLLECTION)) parts.push(...nodes(COLLECTION, "collection", sql`${common}, d.is_latest`, {}));
  if (has(RECORD)) parts.push(...nodes(RECORD, "record", sql`d.id, d.uid, d.name, d.description, null, ${created}, d.branch_id, u.handle, t.name`, { join: sql`left join record t on t.id = d.type_id` }));
  if (has(TRANSFORM)) parts.push(...nodes(TRANSFORM, "transform", sql`${common}, d.is_latest, d.kind`, {}));
  if (has(RUN)) parts.push(...runs());
  const again = DATA.flatMap(({ kind, table, remade }) =>
    rare.recreated && remade && has(kind) ? [sql`select ${raw(String(kind))} as kind, x.from_id, x.to_id from ${among(kind)} i join ${dialect.seek(`${table}_recreating_runs`, "x", sql`x.from_id = i.value${until("x")}`)}`] : [],
  );
  if (again.length > 0) {
    parts.push(...runs(sql`(select distinct to_id as value from again)`));
    parts.push(part(RECREATED, sql`kind, from_id, to_id`, sql`again`));
  }
  const uidsOf = (kinds: readonly number[]): Sql[] => kinds.filter(has).map((kind) => sql`select uid from ${raw((REGISTRIES[kind] as string).toLowerCase())} where id in ${among(kind)}`);
  const ends = rare.severed ? uidsOf([ARTIFACT, COLLECTION, RECORD, RUN]) : [];
  if (ends.length > 0) parts.push(part(SEVERED, sql`s.id, s.from_uid, s.to_uid, s.role, s.mark`, sql`severed_link s where ${besides(dialect, sql`(${join(ends, " union all ")})`, asOf)}`));
  if (asOf) {
    const uids = uidsOf([ARTIFACT, COLLECTION, RECORD, RUN, TRANSFORM]);
    if (has(RUN)) uids.push(sql`select t.uid from transform t join run r on r.transform_id = t.id where r.id in ${among(RUN)}`);
    const changes = sql`"change" c where c.operation = 'update' and c.before is not null and c.at > ${dialect.encode("time", asOf)} and c.uid in (${join(uids, " union all ")})`;
    parts.push(part(CHANGED, sql`c.id, c.uid, c.registry, cast(c.before as text)`, changes));
  }
  const head = again.length > 0 ? sql`with again as materialized (select * from (${join(again, " union all ")}) s order by to_id, from_id limit ${room + 1}) ` : empty;
  return sql`${head}${join(parts, " union all ")}`;
}

const textOfTime = (dialect: Dialect, value: unknown): string | null => (typeof value === "string" ? dialect.isoTime(value) : null);

function nodeOf(dialect: Dialect, kind: number, row: Listed): Node {
  const node = toNode(factsAt(dialect, kind, row), row[AT.description] as string | null);
  return row[AT.branch] === TRASH ? { ...node, deleted: true } : node;
}

/** The facts of one node; `key` is a record's name. */
function factsAt(dialect: Dialect, kind: number, row: Listed): Parameters<typeof toNode>[0] {
  const [uid, createdBy, createdAt] = [row[AT.uid] as string, row[AT.createdBy] as string | null, textOfTime(dialect, row[AT.began])];
  const text = (column: keyof typeof AT): string | null => row[AT[column]] as string | null;
  // Booleans are 0 and 1 on one database.
  const isLatest = Boolean(row[AT.isLatest]) && row[AT.branch] !== TRASH;
  switch (kind) {
    case RUN:
      return { kind: "run", uid, name: text("name"), transform: text("version"), transformKey: text("key"), transformKind: text("kind"), entrypoint: text("entrypoint"), status: text("status"), startedAt: createdAt, finishedAt: textOfTime(dialect, row[AT.ended]), createdBy };
    case TRANSFORM:
      return { kind: "transform", uid, key: text("key"), description: text("description"), transformKind: text("kind"), version: text("version"), createdAt, createdBy };
    case COLLECTION:
      return { kind: "collection", uid, key: text("key"), description: text("description"), createdAt, createdBy, version: text("version"), isLatest };
    case RECORD:
      return { kind: "record", uid, name: text("key"), type: text("type"), createdAt, createdBy };
    default:
      return { kind: "artifact", uid, key: text("key"), description: text("description"), suffix: text("suffix"), size: row[AT.size] as number | null, hash: text("hash"), artifactKind: text("kind"), createdAt, createdBy, version: text("version"), isLatest };
  }
}
