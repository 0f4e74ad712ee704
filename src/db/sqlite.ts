/** The embedded database: one file, WAL, many processes; every statement is synchronous. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { LinealError } from "../ground/errors.ts";
import type { Dialect } from "./dialect.ts";
import { canonicalJson, type Database, escapeNul, jsonText, type Operation, type Raw, takerOf } from "./operation.ts";

/** How long a writer waits for the others, in milliseconds. */
const BUSY_TIMEOUT = 30_000;
const STATEMENTS_KEPT = 300;

const TYPES = {
  text: "text",
  int: "integer",
  real: "real",
  bool: "integer",
  json: "text",
  time: "text",
  ref: "integer",
} as const;

const steps = (column: Sql, path: readonly string[]): { from: Sql; last: string } => {
  let from = sql`json_each(${column}) j0`;
  let last = "j0";
  path.slice(1).forEach((_, i) => {
    last = `j${i + 1}`;
    from = sql`${from}, json_each(case when ${raw(`j${i}`)}.type in ('object', 'array') then ${raw(`j${i}`)}.value end) ${raw(last)}`;
  });
  path.forEach((key, i) => {
    from =
      i === 0
        ? sql`${from} where j0.key = ${escapeNul(key)}`
        : sql`${from} and ${raw(`j${i}`)}.key = ${escapeNul(key)}`;
  });
  return { from, last };
};
const at = (column: Sql, path: readonly string[], test: (row: Sql) => Sql): Sql => {
  const { from, last } = steps(column, path);
  return sql`exists (select 1 from ${from} and ${test(raw(last))})`;
};

const sqliteDialect: Dialect = {
  name: "sqlite",
  columnType: ({ kind }) => (kind === "id" ? "integer primary key autoincrement" : TYPES[kind]),
  encode(kind, value) {
    if (value === null || value === undefined) return null;
    if (kind === "bool") return value ? 1 : 0;
    if (kind === "json") return jsonText(value);
    if (kind === "time") return (value as Date).toISOString();
    return kind === "text" ? escapeNul(value as string) : value;
  },
  decode(kind, value) {
    if (value === null || value === undefined) return null;
    if (kind === "bool") return value === 1;
    if (kind === "json") return JSON.parse(value as string);
    return kind === "time" ? new Date(value as string) : value;
  },
  fold: (text) => sql`fold(${text})`,
  contains: (text, part) => sql`instr(${text}, ${part}) > 0`,
  endsWith: (text, part) =>
    sql`(length(${part}) <= length(${text}) and substr(${text}, length(${text}) - length(${part}) + 1) = ${part})`,
  matches: (text, pattern) => sql`matches(${pattern}, ${text})`,
  json: {
    present: (column, path) => at(column, path, (row) => sql`${row}.type <> 'null'`),
    equals(column, path, value) {
      if (value === null) return sql`not ${this.present(column, path)}`;
      if (typeof value === "number")
        return at(column, path, (row) => sql`${row}.type in ('integer', 'real') and ${row}.atom = ${value}`);
      if (typeof value === "string")
        return at(column, path, (row) => sql`${row}.type = 'text' and ${row}.atom = ${escapeNul(value)}`);
      if (typeof value === "boolean") return at(column, path, (row) => sql`${row}.type = ${String(value)}`);
      return at(
        column,
        path,
        (row) =>
          sql`${row}.type in ('object', 'array') and canonical(${row}.value) = ${canonicalJson(JSON.parse(jsonText(value)))}`,
      );
    },
    compare: (column, path, type, make) =>
      at(
        column,
        path,
        (row) =>
          sql`${row}.type in (${raw(type === "number" ? "'integer', 'real'" : "'text'")}) and ${make(sql`${row}.atom`)}`,
      ),
  },
  lock: () => undefined,
  forUpdate: empty,
  forShare: empty,
  integers: (values) => sql`(select value from json_each(${JSON.stringify(values)}))`,
  texts: (values) => sql`(select value from json_each(${JSON.stringify(values)}))`,
  list: (column) => sql`json_group_array(${raw(column)})`,
  withIds: (table, alias, ids, fits) =>
    sql`json_each(${JSON.stringify(ids)}) i join ${raw(table)} ${raw(alias)} on ${raw(alias)}.id = i.value${fits}`,
  seek: (table, alias, fits) => sql`${raw(table)} ${raw(alias)} on ${fits}`,
  each: (table, _, by, value) => sql`${raw(`"${table}" t on t."${by}"`)} = ${value}`,
  // A range, so that the rows come in their order, and no more of them are looked at than are wanted.
  beginning(table, column, down, order, rows, most) {
    const last = sql`select ${column} from ${table} t0 where ${rows} order by ${order} limit 1 offset ${most}`;
    const end = sql`select ${raw(down ? "min" : "max")}(${column}) from ${table} t0`;
    const within = sql`${column} ${raw(down ? ">=" : "<=")} coalesce((${last}), (${end}))`;
    return { from: sql`${table} t0`, where: [within] };
  },
  withoutIndex: (column) => sql`+${column}`,
  apart: empty,
  // The limit stands in the walk itself: one around it is only found when it is read once.
  steps: (name, arms, most, hops) =>
    sql`${join(
      arms.map(({ id, from }) =>
        hops === undefined
          ? sql`select ${id} from ${raw(name)} w cross join ${from}`
          : sql`select ${id}, w.hop + 1 from ${raw(name)} w cross join ${from} and w.hop < ${hops}`,
      ),
      " union ",
    )} limit ${most}`,
  timeText: (column) => column,
  isoTime: (text) => text,
  forwardReferences: true,
  hasTable: (name) => sql`select 1 from sqlite_master where type = 'table' and name = ${name}`,
  refuse: (at, table, when, message) => [
    raw(
      `create trigger "${table}__refuse" ${at} on "${table}"${when ? ` when ${when}` : ""} begin select raise(abort, '${message}'); end`,
    ),
  ],
  afterFixedIds: () => undefined,
};

/** Opens (and makes) a database file. `timeout` is how long a writer waits for others, in milliseconds. */
export function openSqlite(path: string, options: { timeout?: number } = {}): Database {
  const timeout = options.timeout ?? BUSY_TIMEOUT;
  let connection: DatabaseSync;
  try {
    mkdirSync(dirname(path), { recursive: true });
    connection = new DatabaseSync(path, { timeout });
    enterWal(connection, timeout);
    connection.exec(
      // Text that was deleted is overwritten in the file.
      "pragma secure_delete = on; pragma synchronous = normal; pragma foreign_keys = on; pragma temp_store = memory; pragma cache_size = -65536",
    );
  } catch (error) {
    throw translate(error, path);
  }
  connection.function("fold", { deterministic: true }, (text) =>
    typeof text === "string" ? text.toLowerCase() : null,
  );
  connection.function("canonical", { deterministic: true }, (text) =>
    typeof text === "string" ? canonicalJson(JSON.parse(text)) : null,
  );
  const patterns = new Map<string, RegExp>();
  connection.function("matches", { deterministic: true }, (pattern, text) => {
    if (typeof text !== "string") return 0;
    let compiled = patterns.get(String(pattern));
    if (!compiled) patterns.set(String(pattern), (compiled = new RegExp(String(pattern), "su")));
    return compiled.test(text) ? 1 : 0;
  });

  const statements = new Map<string, { prepared: StatementSync; names: readonly string[] }>();
  const run = (statement: Sql): Raw[] => {
    const text = statement.sql;
    let kept = statements.get(text);
    if (kept) statements.delete(text);
    else {
      const prepared = connection.prepare(text);
      // Arrays made into objects here cost half of the objects that the driver makes.
      prepared.setReturnArrays(true);
      kept = { prepared, names: prepared.columns().map((column) => column.name) };
    }
    statements.set(text, kept);
    if (statements.size > STATEMENTS_KEPT) statements.delete(statements.keys().next().value as string);
    const { names } = kept;
    const values = statement.values as SQLInputValue[];
    const take = takerOf(statement);
    // The driver's iterator costs more than the list of all rows.
    const rows = kept.prepared.all(...values) as unknown as unknown[][];
    if (take) {
      for (const row of rows) take(row);
      return [];
    }
    return rows.map((values) => {
      const row: Raw = {};
      for (let i = 0; i < names.length; i++) row[names[i] as string] = values[i];
      return row;
    });
  };
  const drive = <T>(operation: Operation<T>): T => {
    let step = operation.next([]);
    while (!step.done) {
      let rows: Raw[];
      try {
        rows = run(step.value);
      } catch (error) {
        step = operation.throw(translate(error, path));
        continue;
      }
      step = operation.next(rows);
    }
    return step.value;
  };
  const transaction = <T>(body: () => Operation<T>): T => {
    try {
      connection.exec("begin immediate");
    } catch (error) {
      throw translate(error, path);
    }
    try {
      const result = drive(body());
      connection.exec("commit");
      return result;
    } catch (error) {
      if (connection.isTransaction) connection.exec("rollback");
      throw translate(error, path);
    }
  };
  return {
    dialect: sqliteDialect,
    place: path,
    read: async (body) => drive(body()),
    write: async (body) => transaction(body),
    writeSync: transaction,
    async close() {
      statements.clear();
      if (connection.isOpen) connection.close();
    },
  };
}

/** Several processes may open a new file at once; the switch to WAL does not wait by itself. */
function enterWal(connection: DatabaseSync, timeout: number): void {
  const deadline = Date.now() + timeout;
  for (;;) {
    try {
      connection.exec("pragma journal_mode = wal");
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

const code = (error: unknown): number => (error as { errcode?: number }).errcode ?? 0;
const isBusy = (error: unknown): boolean =>
  (code(error) & 0xff) === 5 || /database is locked/.test(String((error as Error).message));

function translate(error: unknown, path: string): unknown {
  if (error instanceof LinealError || !(error instanceof Error)) return error;
  if (isBusy(error)) {
    return new LinealError("unavailable", `the database is locked by another process: ${path}`, {
      hint: "Wait for the other process to finish, then try again.",
      cause: error,
    });
  }
  const primary = code(error) & 0xff;
  if (primary === 13)
    return new LinealError("unavailable", `the disk is full: ${path}`, {
      hint: "Free some space, then try again.",
      cause: error,
    });
  if (primary === 8 || primary === 14 || primary === 23 || /EACCES|EROFS|EPERM/.test(error.message)) {
    return new LinealError("forbidden", `the database cannot be written: ${path}`, {
      hint: "Check that the folder exists and that you may write to it.",
      cause: error,
    });
  }
  if (primary === 11 || primary === 26)
    return new LinealError("unavailable", `not a database, or a damaged one: ${path}`, {
      hint: "Restore it from a backup, or start a new instance with `lineal init`.",
      cause: error,
    });
  if (code(error) === 2067 || code(error) === 1555 || /UNIQUE constraint failed/.test(error.message)) {
    return new LinealError(
      "conflict",
      `a row with this value is there already (${error.message.replace(/^.*failed: /, "")})`,
      { hint: "Choose another name, or get the row that is there.", cause: error },
    );
  }
  return error;
}
