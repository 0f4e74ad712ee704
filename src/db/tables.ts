/** Tables of both databases, derived from the declarations. */
import { type Kind, model, type Name, names, type Registry } from "../model/index.ts";

/** Column kinds beyond the vocabulary: identities and references to a table's id. */
export interface Column {
  readonly name: string;
  readonly kind: Kind | "id" | "ref";
  readonly to?: string;
  readonly optional?: true;
  readonly unique?: true;
}
export interface Index {
  readonly columns: readonly string[];
  readonly unique?: true;
  /** Only rows where this holds. */
  readonly where?: string;
}
export interface TableSpec {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
  /** Columns that repeat those of the row that `from_id` names; whoever writes the one writes the other. */
  readonly repeats?: Repeats;
}
export interface Repeats {
  readonly of: string;
  readonly columns: readonly string[];
}

/** camelCase to snake_case: the only place where names change. */
export const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
export const tableOf = (name: Name): string => (name === "ULabel" ? "ulabel" : snake(name));
export const linkTableOf = (name: Name, key: string): string => `${tableOf(name)}_${snake(key)}`;
/** The column that holds a registry's field or reference. */
export const columnNameOf = (name: Name, key: string): string =>
  (model[name] as Registry).columns[key]?.is === "ref" ? `${snake(key)}_id` : snake(key);

const column = (name: string, kind: Column["kind"], more: Omit<Column, "name" | "kind"> = {}): Column => ({
  name,
  kind,
  ...more,
});

function registryTable(registry: Name): TableSpec {
  const { columns, versioned }: Registry = model[registry];
  const specs = [column("id", "id"), column("uid", "text", { unique: true }), column("created_at", "time")];
  // Lists show the newest first.
  const indexes: Index[] = [{ columns: ["created_at", "id"] }];
  for (const [key, { is, options, ...rest }] of Object.entries(columns)) {
    const optional = options.optional ? ({ optional: true } as const) : {};
    const unique = options.unique ? ({ unique: true } as const) : {};
    if (is === "ref")
      specs.push(column(`${snake(key)}_id`, "ref", { to: tableOf((rest as { to: Name }).to), ...optional }));
    else specs.push(column(snake(key), (rest as { kind: Kind }).kind, { ...optional, ...unique }));
    // All rows have the same few spaces, branches and storages: an index would only cost, and mislead a planner.
    const listed = is === "ref" && !["Space", "Branch", "Storage"].includes((rest as { to: string }).to);
    if (!options.index && !listed) continue;
    const name = columnNameOf(registry, key);
    // Where most rows have no value, statistics would say that a value is that of most rows. And if the versions of a key
    // came in the order of their ids, a planner without statistics would go through all of them for the latest.
    const columns = versioned && key === "key" ? [name, "revision"] : [name];
    indexes.push({ columns, ...(options.optional ? { where: `${name} is not null` } : {}) });
  }
  // When it was deleted for good: the row stays for lineage and history (see removed.ts).
  specs.push(column("removed_at", "time", { optional: true }));
  if (versioned) {
    indexes.push({ columns: ["stem", "revision"], unique: true });
    indexes.push({ columns: ["stem", "branch_id"], unique: true, where: "is_latest" });
    indexes.push({ columns: ["key", "branch_id", "space_id"], unique: true, where: "is_latest and key is not null" });
  }
  return { name: tableOf(registry), columns: specs, indexes };
}

function linkTables(name: Name): TableSpec[] {
  return Object.entries(model[name].links ?? {}).map(([key, link]) => {
    const repeated = link.repeats.map((repeat) => columnNameOf(name, repeat));
    return {
      name: linkTableOf(name, key),
      columns: [
        column("id", "id"),
        column("from_id", "ref", { to: tableOf(name) }),
        column("to_id", "ref", { to: tableOf(link.to as Name) }),
        ...(link.byFeature ? [column("feature_id", "ref", { to: "feature", optional: true })] : []),
        column("created_at", "time"),
        ...repeated.map((name) => column(name, "int", { optional: true })),
      ],
      indexes: [
        {
          columns: link.byFeature ? ["from_id", "to_id", "coalesce(feature_id, 0)"] : ["from_id", "to_id"],
          unique: true,
        },
        // With all that a walk asks for, in the order of linking.
        ...(repeated.length > 0
          ? [
              { columns: ["to_id", "id", ...repeated, "from_id"] },
              { columns: [repeated[0] as string, "id", "to_id", "from_id"] },
            ]
          : [{ columns: ["to_id", "from_id"] }]),
      ],
      ...(repeated.length > 0 ? { repeats: { of: tableOf(name), columns: repeated } } : {}),
    };
  });
}

/** Stored bytes and history: tables that no registry shows. */
const bookkeeping: TableSpec[] = [
  {
    name: "meta",
    columns: [column("id", "id"), column("name", "text", { unique: true }), column("value", "json")],
    indexes: [],
  },
  {
    name: "object",
    columns: [
      column("id", "id"),
      column("storage_id", "ref", { to: "storage" }),
      column("hash", "text"),
      column("suffix", "text"),
      column("size", "int"),
      column("created_at", "time"),
      // Set while a purge removes the bytes: whoever wants them has to store them again.
      column("purging_since", "time", { optional: true }),
    ],
    indexes: [
      { columns: ["hash", "suffix", "storage_id"], unique: true },
      { columns: ["storage_id"], where: "purging_since is not null" },
    ],
  },
  {
    name: "object_member",
    columns: [column("manifest_id", "ref", { to: "object" }), column("member_id", "ref", { to: "object" })],
    indexes: [{ columns: ["manifest_id", "member_id"], unique: true }, { columns: ["member_id"] }],
  },
  {
    name: "change",
    columns: [
      column("id", "id"),
      column("registry", "text"),
      column("uid", "text"),
      column("operation", "text"),
      column("before", "json", { optional: true }),
      column("at", "time"),
      column("user_uid", "text", { optional: true }),
      column("run_uid", "text", { optional: true }),
    ],
    indexes: [{ columns: ["registry", "uid"] }],
  },
];

/** All tables, in an order in which a table follows those it refers to where that is possible. */
export function allTables(): TableSpec[] {
  return [...names.map(registryTable), ...names.flatMap(linkTables), ...bookkeeping];
}

const beginnings = new Map<string, ReadonlySet<string>>();

/** Whether an index, or the table itself, has the rows that hold a value in a column in the order of that column. */
export function beginsIndex(table: string, column: string): boolean {
  if (beginnings.size === 0)
    for (const { name, columns, indexes } of allTables()) {
      const own = columns.filter(({ kind, unique }) => kind === "id" || unique).map(({ name }) => name);
      const led = indexes.flatMap(({ columns: [first = ""], where }) =>
        where === undefined || where === `${first} is not null` ? [first] : [],
      );
      beginnings.set(name, new Set([...own, ...led]));
    }
  return beginnings.get(table)?.has(column) ?? false;
}
