/** Everything about one record as text: a title, a block of facts, then relations. */
import type { Row, RowRef } from "../../db/columns.ts";
import { shapeOf } from "../../db/columns.ts";
import { byId, lazyColumn, select } from "../../db/select.ts";
import type { Operation } from "../../db/operation.ts";
import type { Connection } from "../../instance/connection.ts";
import {
  model,
  type Name,
  printJson,
  printTitle,
  printValue,
  relationOf,
  relationsOf,
  shortUid,
} from "../../model/index.ts";

const TEXT_LINES = 30;
const NAMES_SHOWN = 10;

/** The description of a row; `more` are facts that are no columns. */
export async function describe(
  connection: Connection,
  name: Name,
  row: Row,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { columns } = model[name];
  const { scalars, refs } = shapeOf(name);
  const shown = scalars.filter(({ field: { options } }) => !options.hidden && !options.minor);
  const present = shown.filter(({ key, field }) => !field.options.lazy && row[key] !== null);
  const blocks = present.filter(({ key, field }) => field.kind === "json" && !Array.isArray(row[key]));
  const lines = await connection.read(function* () {
    const facts = new Map<string, string>();
    for (const { key, field } of present)
      if (!blocks.some((block) => block.key === key)) facts.set(key, printValue(row[key], field.options.unit));
    for (const { key, to } of refs) {
      const ref = row[key] as RowRef | null;
      if (ref && !columns[key]?.options.hidden) facts.set(key, yield* nameOf(connection, to, ref));
    }
    for (const [key, value] of Object.entries(more)) facts.set(key, value);
    const width = Math.max(...[...facts.keys()].map((key) => key.length));
    const out = [
      `${name}: ${printTitle(name, row)}${row.version ? ` (${row.version})` : ""}`,
      ...warnings(connection, row),
      ...[...facts].map(([key, value]) => `├── ${key.padEnd(width)}  ${value}`),
    ];
    for (const { key } of blocks)
      out.push(
        `├── ${key}`,
        ...Object.entries(row[key] as object).map(([part, value]) => `│   ${part}: ${printJson(value)}`),
      );
    out.push(...(yield* relations(connection, name, row)));
    for (const { key, field } of shown) if (field.options.lazy) out.push(...(yield* text(connection, name, row, key)));
    return out;
  });
  const last = lines.findLastIndex((line) => line.startsWith("├── "));
  return lines
    .map((line, i) => (i === last ? line.replace("├", "└") : i > last && last >= 0 ? line.replace(/^│ /, "  ") : line))
    .join("\n");
}

function* warnings(connection: Connection, row: Row): Generator<string> {
  const branch = (row.branch as RowRef | undefined)?.id;
  if (branch === connection.branches.trash.id) yield "! in trash: restore() brings it back";
  else if (branch === connection.branches.archive.id) yield "! archived";
  else if (row.isLatest === false) yield "! not the latest version";
  if (row.overwritten) yield "! its bytes have been overwritten in place";
}

/** A related row: its title where no other has it, else its uid and what people know it by. */
function* nameOf(connection: Connection, to: Name, { id, uid }: RowRef): Operation<string> {
  const { dialect } = connection.database;
  const viewer = connection.viewerOfOne();
  const row = yield* byId(dialect, viewer, to, id);
  if (!row) return uid;
  const { title, columns, knownBy } = model[to];
  if (columns[title]?.options.unique) return String(row[title]);
  if (!knownBy) return row[title] ? `${shortUid(uid)} (${row[title]})` : shortUid(uid);
  const [key, column] = knownBy;
  const other = relationOf(to, key)?.to as Name;
  const related = yield* byId(dialect, viewer, other, (row[key] as RowRef).id);
  const known = related ? (related[model[other].title] ?? related.uid) : "?";
  return `${shortUid(uid)} (${known}${row[column] ? `: ${row[column]}` : ""})`;
}

/** To-many relations that hold something: the first few names. */
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
    const shown = rows.slice(0, NAMES_SHOWN).map((one) => printTitle(to, one));
    out.push(`├── ${key}: ${shown.join(", ")}${rows.length > NAMES_SHOWN ? " …" : ""}`);
  }
  return out;
}

/** The first lines of a long text. */
function* text(connection: Connection, name: Name, row: Row, key: string): Operation<string[]> {
  const { dialect } = connection.database;
  const whole = (yield* lazyColumn(dialect, connection.viewerOfOne(), name, key, row.id)) as string | null;
  if (!whole) return [];
  const lines = whole.replace(/\n$/, "").split("\n");
  const left = lines.length - TEXT_LINES;
  return [
    `├── ${key}`,
    ...lines.slice(0, TEXT_LINES).map((line) => `│   ${line}`),
    ...(left > 0 ? [`│   … ${left} more lines`] : []),
  ];
}
