/** The second of the two statements of a lineage graph: what is known of its nodes, and who made them again. */
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { type Node, toNode } from "../lineage/node.ts";
import type { Dialect } from "./dialect.ts";
import { ARTIFACT, COLLECTION, idOf, keyOf, kindOf, RUN, TRANSFORM } from "./lineage-walk.ts";
import { execute, type Operation, type Raw } from "./operation.ts";
import { besides, type Severed } from "./severed.ts";

/** The branch that is the trash, from the first migration on. */
const TRASH = 3;
const DELETED = { deleted: true } as const;
/** The tag of rows that are no nodes: a run made the bytes of data again. */
const RECREATED = 9;
/** Of a link to what was removed for good. */
const SEVERED = 8;
/** Of a change after the time that was asked for. */
const CHANGED = 7;
const TRASH_UID = "tttttttttttt";

const NO_TEXT = sql`cast(null as text)`;
const NO_INTEGER = sql`cast(null as bigint)`;
const NO_TIME = sql`cast(null as timestamptz)`;

/** Nodes by key, and pairs of a run and data whose bytes it made again. */
export interface Facts {
  readonly nodes: ReadonlyMap<number, Node>;
  readonly initiated: readonly (readonly [by: number, run: number])[];
  readonly recreated: readonly (readonly [run: number, data: number])[];
  /** Links between the nodes and what was removed for good. */
  readonly severed: readonly Severed[];
}

/** Reads the facts of all nodes in one statement; `room` is how many re-creating runs there is room for, one more is read. */
export function* factsOf(dialect: Dialect, keys: Iterable<number>, room: number, asOf: Date | undefined): Operation<Facts> {
  const ids: number[][] = [[], [], [], []];
  for (const key of keys) (ids[kindOf(key)] as number[]).push(idOf(key));
  const rows = yield* execute(statement(dialect, ids, room, asOf));
  const nodes = new Map<number, Node>();
  const initiated: [number, number][] = [];
  const recreated: [number, number][] = [];
  const severed: Severed[] = [];
  const rest = asOf ? takenBack(rows, asOf) : rows;
  for (const row of rest) {
    if (row.tag === RECREATED) {
      recreated.push([keyOf(RUN, row.number as number), keyOf(row.data as number, row.id as number)]);
      continue;
    }
    if (row.tag === SEVERED) {
      severed.push({ id: row.id as number, role: row.description as Severed["role"], from: row.uid as string, to: row.key as string, mark: row.number as number });
      continue;
    }
    const key = keyOf(row.tag as number, row.id as number);
    nodes.set(key, nodeOf(dialect, row));
    if (row.tag === RUN && row.number !== null) initiated.push([keyOf(RUN, row.number as number), key]);
  }
  return { nodes, initiated, recreated, severed };
}

/** Rows as they were before the changes among them, which are left out. */
function takenBack(rows: readonly Raw[], asOf: Date): Raw[] {
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
    if (Object.hasOwn(was, "branch")) then.branch_id = was.branch === TRASH_UID ? TRASH : 0;
    if (registry !== "Run") return [then];
    for (const [column, name] of [["name", "name"], ["b", "status"], ["ended", "finishedAt"]] as const) set(column, was, name);
    // What ended later was still going on, even where nobody wrote down how it had been before.
    const ended = then.ended === null ? undefined : new Date(then.ended as string | Date);
    return [ended && ended > asOf ? { ...then, ended: null, b: "started" } : then];
  });
}

function statement(dialect: Dialect, ids: readonly (readonly number[])[], room: number, asOf: Date | undefined): Sql {
  const among = (kind: number): Sql => dialect.integers(ids[kind] as number[]);
  const until = asOf ? sql` and created_at <= ${dialect.encode("time", asOf)}` : empty;
  const again = [ARTIFACT, COLLECTION].flatMap((kind) =>
    ids[kind]?.length === 0 ? [] : [sql`select ${raw(String(kind))} as data, from_id, to_id from ${raw(kind === ARTIFACT ? "artifact_recreating_runs" : "collection_recreating_runs")} where from_id in ${among(kind)}${until}`],
  );
  // Which version was the latest follows from those there were.
  const latest = (table: string): Sql =>
    asOf ? sql`not exists (select 1 from ${raw(table)} n where n.stem = d.stem and n.revision > d.revision and n.branch_id = d.branch_id and n.created_at <= ${dialect.encode("time", asOf)}) as is_latest` : sql`d.is_latest`;
  const data = (kind: number, own: Sql, table: string): Sql =>
    sql`select ${raw(String(kind))} as tag, d.id, d.uid, d."key", d.description, ${own}, d.version, d.created_at as began, ${NO_TIME} as ended, ${latest(table)}, d.branch_id, u.handle, cast(null as integer) as data
      from ${raw(table)} d left join "user" u on u.id = d.created_by_id where d.id in ${among(kind)}`;
  const parts: Sql[] = [];
  if (ids[ARTIFACT]?.length) parts.push(data(ARTIFACT, sql`d.suffix as a, d.hash as b, d.kind as c, ${NO_TEXT} as name, d.size as number`, "artifact"));
  if (ids[COLLECTION]?.length) parts.push(data(COLLECTION, sql`${NO_TEXT} as a, d.hash as b, ${NO_TEXT} as c, ${NO_TEXT} as name, ${NO_INTEGER} as number`, "collection"));
  if (ids[TRANSFORM]?.length) parts.push(data(TRANSFORM, sql`${NO_TEXT} as a, ${NO_TEXT} as b, d.kind as c, ${NO_TEXT} as name, ${NO_INTEGER} as number`, "transform"));
  if (ids[RUN]?.length || again.length > 0) {
    parts.push(sql`select ${raw(String(RUN))} as tag, d.id, d.uid, t."key", t.description, d.entrypoint as a, d.status as b, t.kind as c, d.name, d.initiated_by_run_id as number, t.uid as version,
      d.started_at as began, d.finished_at as ended, t.is_latest, d.branch_id, u.handle, cast(null as integer) as data
      from run d join transform t on t.id = d.transform_id left join "user" u on u.id = d.created_by_id
      where d.id in (select value from ${among(RUN)} i${again.length > 0 ? sql` union select to_id from again` : empty})${asOf ? sql` and d.created_at <= ${dialect.encode("time", asOf)}` : empty}`);
  }
  if (again.length > 0) {
    const none = join(Array.from({ length: 7 }, () => NO_TEXT));
    parts.push(sql`select ${raw(String(RECREATED))} as tag, from_id, ${none}, to_id, ${NO_TEXT}, ${NO_TIME}, ${NO_TIME}, null, ${NO_INTEGER}, ${NO_TEXT}, data from again`);
  }
  const uids = ["artifact", "collection", "run"].flatMap((table, kind) => (ids[kind]?.length ? [sql`select uid from ${raw(table)} where id in ${among(kind)} and exists (select 1 from severed_link)`] : []));
  if (uids.length > 0) {
    const none = join(Array.from({ length: 4 }, () => NO_TEXT));
    parts.push(sql`select ${raw(String(SEVERED))} as tag, s.id, s.from_uid, s.to_uid, s.role, ${none}, s.mark, ${NO_TEXT}, ${NO_TIME}, ${NO_TIME}, null, ${NO_INTEGER}, ${NO_TEXT}, cast(null as integer) from severed_link s
      where ${besides(dialect, sql`(${join(uids, " union all ")})`, asOf)}`);
  }
  if (asOf) {
    const nodes = ["artifact", "collection", "run", "transform"].flatMap((table, kind) => (ids[kind]?.length ? [sql`select uid from ${raw(table)} where id in ${among(kind)}`] : []));
    if (ids[RUN]?.length) nodes.push(sql`select t.uid from transform t join run r on r.transform_id = t.id where r.id in ${among(RUN)}`);
    const none = join(Array.from({ length: 4 }, () => NO_TEXT));
    parts.push(sql`select ${raw(String(CHANGED))} as tag, c.id, c.uid, c.registry, cast(c.before as text), ${none}, ${NO_INTEGER}, ${NO_TEXT}, ${NO_TIME}, ${NO_TIME}, null, ${NO_INTEGER}, ${NO_TEXT}, cast(null as integer) from "change" c
      where c.operation = 'update' and c.before is not null and c.at > ${dialect.encode("time", asOf)} and c.uid in (${join(nodes, " union all ")})`);
  }
  const head = again.length > 0 ? sql`with again as materialized (select * from (${join(again, " union all ")}) s order by to_id, from_id limit ${room + 1}) ` : empty;
  return sql`${head}${join(parts, " union all ")}`;
}

function nodeOf(dialect: Dialect, row: Raw): Node {
  const text = (value: unknown): string | null => value as string | null;
  // SQLite keeps times as the very text that is wanted.
  const time = (value: unknown): string | null => (value instanceof Date ? value.toISOString() : text(value));
  const uid = row.uid as string;
  const createdBy = text(row.handle);
  const deleted = row.branch_id === TRASH ? DELETED : undefined;
  const [key, description] = [text(row.key), text(row.description)];
  if (row.tag === RUN) {
    const [name, transform, transformKind, entrypoint, status] = [text(row.name), text(row.version), text(row.c), text(row.a), text(row.b)];
    return toNode({ kind: "run", uid, name, transform, transformKey: key, transformKind, entrypoint, status, startedAt: time(row.began), finishedAt: time(row.ended), createdBy, ...deleted }, description);
  }
  const [version, createdAt] = [text(row.version), time(row.began)];
  if (row.tag === TRANSFORM) return toNode({ kind: "transform", uid, key, description, transformKind: text(row.c), version, createdAt, createdBy, ...deleted });
  const isLatest = dialect.decode("bool", row.is_latest) === true && !deleted;
  if (row.tag === COLLECTION) return toNode({ kind: "collection", uid, key, description, createdAt, createdBy, version, isLatest, ...deleted });
  const [suffix, size, hash, artifactKind] = [text(row.a), row.number as number | null, text(row.b), text(row.c)];
  return toNode({ kind: "artifact", uid, key, description, suffix, size, hash, artifactKind, createdAt, createdBy, version, isLatest, ...deleted });
}
