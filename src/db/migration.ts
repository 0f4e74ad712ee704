/** Neutral operations that change a database's tables, and how each dialect prints them. */
import sql, { join, raw, type Sql } from "sql-template-tag";
import { identifier } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import type { Step } from "./migrations/steps.ts";
import type { Column, Index, Repeats, TableSpec } from "./tables.ts";

export type Change =
  | { readonly do: "create-table"; readonly table: TableSpec }
  | { readonly do: "add-column"; readonly table: string; readonly column: Column }
  | { readonly do: "create-index"; readonly table: string; readonly index: Index }
  | { readonly do: "drop-index"; readonly table: string; readonly index: Index }
  /** From now on these columns repeat those of another table: filled for the rows that are there. */
  | { readonly do: "repeat"; readonly table: string; readonly repeats: Repeats }
  | { readonly do: "drop-table"; readonly table: string }
  /** A table that older versions of Lineal wrote: in its place is an empty view that refuses rows, and says why. */
  | { readonly do: "refuse-inserts"; readonly table: string; readonly columns: readonly Column[] }
  /** Rows that were deleted for good are not changed any more, whichever version of Lineal writes. */
  | { readonly do: "freeze-removed"; readonly table: string }
  /** What can only be done by code (see `steps.ts`). */
  | { readonly do: "step"; readonly step: Step }
  /** Rows that are there from the start, with fixed ids. */
  | {
      readonly do: "insert";
      readonly table: string;
      readonly rows: readonly Readonly<Record<string, string | number | null>>[];
    };

export interface Migration {
  /** Sorts and identifies: `0001-initial`. */
  readonly name: string;
  readonly changes: readonly Change[];
}

const RENEWED =
  "the database was migrated by a newer version of Lineal: stop this process, update it with `npm install lineal@latest` and start it again";

/** The statements of a migration for one database, and steps between them, in order. */
export function statements(dialect: Dialect, migration: Migration, now: Date): (Sql | Step)[] {
  const tables: Sql[] = [];
  const references: Sql[] = [];
  const rest: (Sql | Step)[] = [];
  const created = new Set<string>();
  for (const change of migration.changes) {
    if (change.do === "create-table") {
      const { table } = change;
      created.add(table.name);
      // A table may refer to one that comes later: where the database insists, the reference follows.
      const late = table.columns.filter((c) => c.kind === "ref" && !created.has(c.to as string));
      tables.push(
        sql`create table ${identifier(table.name)} (${join(table.columns.map((c) => columnSql(dialect, c, !dialect.forwardReferences && late.includes(c))))})`,
      );
      if (!dialect.forwardReferences) {
        for (const c of late)
          references.push(
            sql`alter table ${identifier(table.name)} add foreign key (${identifier(c.name)}) references ${identifier(c.to as string)} (id)`,
          );
      }
      rest.push(...table.indexes.map((index) => indexSql(table.name, index)));
    } else if (change.do === "add-column") {
      rest.push(sql`alter table ${identifier(change.table)} add column ${columnSql(dialect, change.column, false)}`);
    } else if (change.do === "create-index") {
      rest.push(indexSql(change.table, change.index));
    } else if (change.do === "drop-index") {
      rest.push(sql`drop index ${identifier(indexName(change.table, change.index))}`);
    } else if (change.do === "repeat") {
      const { table, repeats } = change;
      const [to, of] = [identifier(table), identifier(repeats.of)];
      const sets = repeats.columns.map(
        (column) =>
          sql`${identifier(column)} = (select o.${identifier(column)} from ${of} o where o.id = ${to}.from_id)`,
      );
      rest.push(sql`update ${to} set ${join(sets)}`);
    } else if (change.do === "drop-table") {
      rest.push(sql`drop table ${identifier(change.table)}`);
    } else if (change.do === "refuse-inserts") {
      const columns = change.columns.map((column) => {
        const [type = ""] = dialect.columnType(column).split(" collate ");
        return sql`cast(null as ${raw(type)}) as ${identifier(column.name)}`;
      });
      rest.push(sql`create view ${identifier(change.table)} as select ${join(columns)} where 1 = 0`);
      rest.push(...dialect.refuse("instead of insert", change.table, undefined, RENEWED));
    } else if (change.do === "freeze-removed") {
      rest.push(
        ...dialect.refuse("before update", change.table, "old.removed_at is not null", "this was deleted for good"),
      );
    } else if (change.do === "step") {
      rest.push(change.step);
    } else {
      for (const row of change.rows) {
        const keys = [...Object.keys(row), "created_at"];
        rest.push(
          sql`insert into ${identifier(change.table)} (${join(keys.map(identifier))}) values (${join([...Object.values(row), dialect.encode("time", now)])})`,
        );
      }
      const after = dialect.afterFixedIds(change.table);
      if (after) rest.push(after);
    }
  }
  return [...tables, ...references, ...rest];
}

function columnSql(dialect: Dialect, column: Column, withoutReference: boolean): Sql {
  const parts = [identifier(column.name), raw(dialect.columnType(column))];
  if (column.kind !== "id" && !column.optional) parts.push(raw("not null"));
  if (column.unique) parts.push(raw("unique"));
  if (column.kind === "ref" && !withoutReference) parts.push(sql`references ${identifier(column.to as string)} (id)`);
  return join(parts, " ");
}

const indexName = (table: string, index: Index): string =>
  `${table}__${index.columns.map((c) => c.replace(/[^a-z_]/g, "")).join("_")}`.slice(0, 63);

function indexSql(table: string, index: Index): Sql {
  const columns = join(index.columns.map((c) => (/^[a-z_]+$/.test(c) ? identifier(c) : raw(c))));
  const where = index.where ? sql` where ${raw(index.where)}` : raw("");
  return sql`create ${raw(index.unique ? "unique index" : "index")} ${identifier(indexName(table, index))} on ${identifier(table)} (${columns})${where}`;
}

/** What must change so that tables `from` become tables `to`; columns and tables are only added. */
export function difference(from: readonly TableSpec[], to: readonly TableSpec[]): Change[] {
  const changes: Change[] = [];
  for (const table of to) {
    const old = from.find((t) => t.name === table.name);
    if (!old) {
      changes.push({ do: "create-table", table });
      continue;
    }
    for (const column of table.columns)
      if (!old.columns.some((c) => c.name === column.name))
        changes.push({ do: "add-column", table: table.name, column });
    if (table.repeats && !same(table.repeats, old.repeats))
      changes.push({ do: "repeat", table: table.name, repeats: table.repeats });
    // An index of the same columns, for other rows, has the same name.
    for (const index of old.indexes)
      if (!table.indexes.some((i) => same(i, index))) changes.push({ do: "drop-index", table: table.name, index });
    for (const index of table.indexes)
      if (!old.indexes.some((i) => same(i, index))) changes.push({ do: "create-index", table: table.name, index });
  }
  return changes;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The tables that a list of migrations leads to. */
export function tablesAfter(migrations: readonly Migration[]): TableSpec[] {
  const tables = new Map<string, TableSpec>();
  for (const change of migrations.flatMap((m) => m.changes)) {
    if (change.do === "create-table") tables.set(change.table.name, change.table);
    const table = "table" in change && typeof change.table === "string" ? tables.get(change.table) : undefined;
    if (table && change.do === "add-column")
      tables.set(table.name, { ...table, columns: [...table.columns, change.column] });
    if (table && change.do === "create-index")
      tables.set(table.name, { ...table, indexes: [...table.indexes, change.index] });
    if (table && change.do === "drop-index")
      tables.set(table.name, { ...table, indexes: table.indexes.filter((index) => !same(index, change.index)) });
    if (change.do === "drop-table") tables.delete(change.table);
    if (table && change.do === "repeat") tables.set(table.name, { ...table, repeats: change.repeats });
  }
  return [...tables.values()];
}
