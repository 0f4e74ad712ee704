/** What was deleted for good becomes rows again, with its links: once there were tables of tombstones and of cut links. */
import sql, { join, type Sql } from "sql-template-tag";
import { identifier } from "../columns.ts";
import type { Dialect } from "../dialect.ts";
import { execute, type Operation, type Raw } from "../operation.ts";
import { scrub } from "../removed.ts";
import { type Column, snake, type TableSpec } from "../tables.ts";
import initial from "./0001-initial.json" with { type: "json" };

/** The tables as they were then. */
const tables = new Map(
  initial.changes.flatMap(({ table }) => (typeof table === "object" ? [[table.name, table as TableSpec]] : [])),
);
const tableOf = (registry: string): string => (registry === "ULabel" ? "ulabel" : snake(registry));

/** Texts that stay. */
const KEPT = ["uid", "stem", "key", "hash", "hash_type", "code_hash"];
const WORDS: Readonly<Record<string, readonly string[]>> = {
  kind: [...["dataset", "model", "report", "plan"], ...["script", "notebook", "pipeline", "function", "upload", "app"]],
  status: [
    ...["scheduled", "started", "restarted", "completed", "errored", "aborted"],
    ...["standalone", "draft", "review", "merged", "closed"],
  ],
};
const isKept = ({ name, kind }: Column, value: unknown): boolean =>
  (kind !== "text" && kind !== "json") || KEPT.includes(name) || (WORDS[name]?.includes(value as string) ?? false);

/** Rows that others must refer to come first. */
const FIRST = ["user", "space", "branch", "storage", "transform"];
const [MAIN, TRASH] = [1, 3];

type Values = Readonly<Record<string, unknown>>;
/** What was deleted for good. */
interface Removed {
  readonly registry: string;
  readonly table: string;
  readonly uid: string;
  readonly at: unknown;
  /** What is known of it, by column names or keys. */
  readonly was: Values;
}

/** Makes rows of tombstones, and links of cut ones; takes out of the history what rows that were deleted do not keep. */
export function* keepRemovedRows(dialect: Dialect): Operation<void> {
  const ids = new Ids();
  const removed = yield* readTombstones(dialect);
  for (const one of removed) yield* addRow(dialect, ids, one);
  // Rows may refer to each other.
  for (const one of removed) yield* addReferences(ids, one);
  const links = yield* execute(
    sql`select id, role, from_uid, to_uid, mark, created_at from severed_link order by case role when 'output' then 0 when 'initiated' then 0 else 1 end, id`,
  );
  for (const link of links) yield* addLink(ids, link);
  for (const { registry, table, uid } of removed) {
    const columns = new Map(columnsOf(table).map((column) => [column.name, column]));
    yield* scrub(dialect, registry, uid, (key, value) => {
      const column = columns.get(snake(key));
      return column === undefined || isKept(column, value);
    });
  }
}

/** All tombstones, oldest rows first; of what was deleted twice the last. */
function* readTombstones(dialect: Dialect): Operation<Removed[]> {
  const json = (value: unknown): Values => (dialect.decode("json", value) ?? {}) as Values;
  const stones = yield* execute(sql`select registry, uid, "key", hash, run_uid, facts, at from tombstone order by id`);
  const deleted = new Map<string, Values>();
  for (const change of yield* execute(
    sql`select registry, uid, before from "change" where operation = 'delete' order by id`,
  ))
    deleted.set(`${change.registry} ${change.uid}`, json(change.before));
  const found = new Map<string, Removed & { readonly since: string }>();
  for (const { registry, uid, key, hash, run_uid, facts, at } of stones) {
    const { createdBy: handle, trashed, ...known } = json(facts);
    const branch = trashed ? "tttttttttttt" : undefined;
    const was: Values = { key, hash, run: run_uid, branch, ...known, ...deleted.get(`${registry} ${uid}`), handle };
    const since = String(was.createdAt ?? (dialect.decode("time", at) as Date).toISOString());
    found.set(`${registry} ${uid}`, {
      registry: String(registry),
      table: tableOf(String(registry)),
      uid: String(uid),
      at,
      was: { ...was, createdAt: since },
      since,
    });
  }
  const rank = ({ table }: Removed): number => (FIRST.includes(table) ? FIRST.indexOf(table) : FIRST.length);
  return [...found.values()].sort((a, b) => rank(a) - rank(b) || (a.since < b.since ? -1 : a.since > b.since ? 1 : 0));
}

const columnsOf = (table: string): readonly Column[] => tables.get(table)?.columns ?? [];
const keyOf = (column: string): string => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Ids of rows by uid. */
class Ids {
  readonly #known = new Map<string, number>();

  *of(table: string, uid: unknown): Operation<number | undefined> {
    const name = `${table} ${uid}`;
    const known = this.#known.get(name);
    if (known !== undefined || typeof uid !== "string") return known;
    const [row] = yield* execute(sql`select id from ${identifier(table)} where uid = ${uid}`);
    if (row) this.#known.set(name, Number(row.id));
    return row && Number(row.id);
  }

  /** The first of these tables that has the uid. */
  *among(tables: readonly string[], uid: unknown): Operation<{ table: string; id: number } | undefined> {
    for (const table of tables) {
      const id = yield* this.of(table, uid);
      if (id !== undefined) return { table, id };
    }
    return undefined;
  }
}

/** The row of a tombstone, unless another one has its uid. */
function* addRow(dialect: Dialect, ids: Ids, { table, uid, at, was }: Removed): Operation<void> {
  if (yield* ids.of(table, uid)) return;
  const values: [string, unknown][] = [["removed_at", at]];
  for (const column of columnsOf(table)) {
    const { name, kind, optional, unique } = column;
    if (kind === "id") continue;
    const value = was[keyOf(kind === "ref" ? name.slice(0, -"_id".length) : name)] ?? null;
    if (kind === "ref") values.push([name, yield* required(ids, column, value, was)]);
    else if (name === "uid") values.push([name, uid]);
    else if (name === "stem") values.push([name, uid.slice(0, -4)]);
    else if (name === "is_latest") values.push([name, dialect.encode("bool", false)]);
    else if (value !== null && isKept(column, value))
      values.push([name, dialect.encode(kind, kind === "time" ? new Date(String(value)) : value)]);
    else if (optional) values.push([name, null]);
    else values.push([name, unique ? uid : kind === "text" ? "" : kind === "bool" ? dialect.encode("bool", false) : 0]);
  }
  const names = values.map(([name]) => identifier(name));
  yield* execute(
    sql`insert into ${identifier(table)} (${join(names)}) values (${join(values.map(([, value]) => value))})`,
  );
}

/** What a row must refer to; where that is not known, what is there from the start. */
function* required(ids: Ids, { name, to = "", optional }: Column, uid: unknown, was: Values): Operation<number | null> {
  if (name === "branch_id") return TRASH;
  if (optional) return null;
  const known = yield* ids.of(to, uid);
  if (known !== undefined) return known;
  const [handled] =
    to === "user" ? yield* execute(sql`select id from "user" where handle = ${was.handle ?? null}`) : [];
  const [first] = yield* execute(sql`select min(id) as id from ${identifier(to)}`);
  return Number(handled?.id ?? first?.id);
}

/** What a row may refer to. */
function* addReferences(ids: Ids, { table, uid, was }: Removed): Operation<void> {
  const sets: Sql[] = [];
  for (const { name, kind, optional, to = "" } of columnsOf(table)) {
    if (kind !== "ref" || !optional) continue;
    const known = yield* ids.of(to, was[keyOf(name.slice(0, -"_id".length))]);
    const former = name === "former_branch_id" ? ((yield* ids.of("branch", was.branch)) ?? MAIN) : undefined;
    const id = known ?? former;
    if (id !== undefined) sets.push(sql`${identifier(name)} = ${id}`);
  }
  if (sets.length > 0)
    yield* execute(sql`update ${identifier(table)} set ${join(sets)} where uid = ${uid} and removed_at is not null`);
}

const DATA = ["artifact", "collection", "record"];

/** A link as it was before one of its ends was deleted. */
function* addLink(ids: Ids, { role, from_uid: from, to_uid: to, mark, created_at: at }: Raw): Operation<void> {
  const run = yield* ids.of("run", role === "input" ? to : from);
  const data = yield* ids.among(DATA, role === "input" ? from : to);
  if (role === "output" || role === "initiated") {
    const started = yield* ids.of("run", to);
    if (role === "initiated" && run !== undefined && started !== undefined)
      yield* execute(sql`update run set initiated_by_run_id = ${run} where id = ${started} and removed_at is not null`);
    if (role === "output" && run !== undefined && data) {
      const marked = data.table === "artifact" ? sql`, input_mark = ${mark}` : sql``;
      yield* execute(
        sql`update ${identifier(data.table)} set run_id = ${run}${marked} where id = ${data.id} and removed_at is not null`,
      );
    }
  } else if (role === "input" && run !== undefined && data) {
    const [taken] =
      data.table === "artifact" ? yield* execute(sql`select 1 from artifact_input_of where id = ${mark}`) : [{}];
    const repeated = data.table === "artifact" ? ["run_id", "input_mark"] : ["run_id"];
    const source = yield* execute(
      sql`select ${join(repeated.map(identifier))} from ${identifier(data.table)} where id = ${data.id}`,
    );
    yield* insertLink(`${data.table}_input_of`, data.id, run, at, {
      ...(taken ? {} : { id: mark }),
      ...source[0],
    });
  } else if (role === "recreated" && run !== undefined && data) {
    yield* insertLink(`${data.table}_recreating_runs`, data.id, run, at);
  } else {
    const [table, name] = role === "member" ? ["artifact", "collection"] : ["transform", "transform"];
    const [there, here] = [yield* ids.of(table, from), yield* ids.of(name, to)];
    const links = role === "member" ? "collection_artifacts" : "transform_predecessors";
    if (there !== undefined && here !== undefined && (role === "member" || role === "predecessor"))
      yield* insertLink(links, here, there, at);
  }
}

function* insertLink(table: string, from: number, to: number, at: unknown, more: Raw = {}): Operation<void> {
  const values = Object.entries({ ...more, from_id: from, to_id: to, created_at: at });
  const names = values.map(([name]) => identifier(name));
  yield* execute(
    sql`insert into ${identifier(table)} (${join(names)}) select ${join(values.map(([, value]) => value))} where not exists (select 1 from ${identifier(table)} where from_id = ${from} and to_id = ${to})`,
  );
}
