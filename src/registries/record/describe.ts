/** Everything about one record as text: a title, a block of facts, then relations. */
import type { Row, RowRef } from "../../db/columns.ts";
import { shapeOf } from "../../db/columns.ts";
import { byId, lazyColumn, select } from "../../db/select.ts";
import type { Operation } from "../../db/operation.ts";
import type { Connection } from "../../instance/connection.ts";
import { model, type Name, printTime, printValue, relationOf, relationsOf } from "../../model/index.ts";
import { pathOfRow } from "../artifact/access.ts";
import { SHORT } from "./listing.ts";

const SOURCE_LINES = 30;
const NAMES_SHOWN = 10;
/** Told by the title or of no interest to people. */
const UNTOLD = ["isLatest", "isType", "overwritten", "modules", "hashType"];

/** The description of a row. */
export async function describe(connection: Connection, name: Name, row: Row): Promise<string> {
  const { dialect } = connection.database;
  const lines = await connection.read(function* () {
    const out = [title(name, row), ...warnings(connection, row)];
    const { scalars, refs } = shapeOf(name);
    const facts: [string, string][] = [["uid", row.uid]];
    for (const { key, field } of scalars) {
      if (field.options.hidden || field.options.lazy || UNTOLD.includes(key) || key === "uid" || key === "params")
        continue;
      if (row[key] !== null) facts.push([key, key === "size" ? bytes(Number(row[key])) : printValue(row[key])]);
    }
    for (const { key, to } of refs) {
      const ref = row[key] as RowRef | null;
      if (ref && !model[name].columns[key]?.options.hidden) facts.push([key, yield* nameOf(connection, to, ref)]);
    }
    const width = Math.max(...facts.map(([key]) => key.length));
    out.push(...facts.map(([key, value]) => `├── ${key.padEnd(width)}  ${value}`));
    if (name === "Artifact") out.push(`├── ${"path".padEnd(width)}  ${pathOfRow(connection, row)}`);
    if (row.params)
      out.push(
        "├── params",
        ...Object.entries(row.params as object).map(
          ([key, value]) => `│   ${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
        ),
      );
    out.push(...(yield* relations(connection, name, row)));
    if (name === "Transform") {
      const source = (yield* lazyColumn(
        dialect,
        connection.viewer({ branches: "all", internal: true }),
        name,
        "sourceCode",
        row.id,
      )) as string | null;
      if (source) {
        const text = source.replace(/\n$/, "").split("\n");
        out.push(
          "├── sourceCode",
          ...text.slice(0, SOURCE_LINES).map((line) => `│   ${line}`),
          ...(text.length > SOURCE_LINES ? [`│   … ${text.length - SOURCE_LINES} more lines`] : []),
        );
      }
    }
    return out;
  });
  const last = lines.findLastIndex((line) => line.startsWith("├── "));
  return lines
    .map((line, i) =>
      i === last ? line.replace("├── ", "└── ") : i > last && last >= 0 ? line.replace(/^│ /, "  ") : line,
    )
    .join("\n");
}

function title(name: Name, row: Row): string {
  const label = row[model[name].title] ?? row.name ?? row.description ?? row.uid.slice(0, SHORT);
  return `${name}: ${label instanceof Date ? printTime(label) : label}${row.version ? ` (${row.version})` : ""}`;
}

function* warnings(connection: Connection, row: Row): Generator<string> {
  const branch = (row.branch as RowRef | undefined)?.id;
  if (branch === connection.places.trash.id) yield "! in trash: restore() brings it back";
  else if (branch === connection.places.archive.id) yield "! archived";
  else if (row.isLatest === false) yield "! not the latest version";
  if (row.overwritten) yield "! its bytes have been overwritten in place";
}

function* nameOf(connection: Connection, to: Name, { id, uid }: RowRef): Operation<string> {
  const row = yield* byId(connection.database.dialect, connection.viewer({ branches: "all", internal: true }), to, id);
  if (!row) return uid;
  const label = row[model[to].title];
  if (to === "User" || to === "Branch" || to === "Space" || to === "Storage") return String(label);
  if (to !== "Run") return label ? `${uid.slice(0, SHORT)} (${label})` : uid.slice(0, SHORT);
  const transform = yield* byId(
    connection.database.dialect,
    connection.viewer({ branches: "all", internal: true }),
    "Transform",
    (row.transform as RowRef).id,
  );
  return `${uid.slice(0, SHORT)} (${transform?.key ?? transform?.uid ?? "?"}${row.entrypoint ? `: ${row.entrypoint}` : ""})`;
}

/** To-many relations that hold something: how many, and the first few names. */
function* relations(connection: Connection, name: Name, row: Row): Operation<string[]> {
  const { dialect } = connection.database;
  const out: string[] = [];
  for (const key of relationsOf(name).manys) {
    const to = relationOf(name, key)?.to;
    if (!to || key === "versions") continue;
    const rows = yield* select(dialect, connection.viewer(), {
      name: to,
      from: { name, key, uid: row.uid },
      limit: NAMES_SHOWN + 1,
    });
    if (rows.length === 0) continue;
    const shown = rows
      .slice(0, NAMES_SHOWN)
      .map((r) => String(r[model[to].title] ?? r.description ?? r.uid.slice(0, SHORT)));
    out.push(`├── ${key}: ${shown.join(", ")}${rows.length > NAMES_SHOWN ? " …" : ""}`);
  }
  return out;
}

/** A size for people. */
function bytes(size: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, size > 0 ? Math.floor(Math.log10(size) / 3) : 0);
  return power === 0 ? `${size} B` : `${(size / 10 ** (3 * power)).toFixed(1)} ${units[power]}`;
}
