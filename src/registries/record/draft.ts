/** Drafts and changes: checked against the declaration, relations turned into ids. */
import type { Row, RowRef } from "../../db/columns.ts";
import { shapeOf } from "../../db/columns.ts";
import type { Operation } from "../../db/operation.ts";
import { removedAmong } from "../../db/removed.ts";
import { select } from "../../db/select.ts";
import { closest, LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { checkValue, type HasUid, model, type Name } from "../../model/index.ts";
import { isEntry, nameOf, refOf } from "./row.ts";

/** Columns that a draft or an update gives, in the form that is written. */
export async function checkDraft(
  connection: Connection,
  name: Name,
  draft: Record<string, unknown>,
  what: "draft" | "changes" = "draft",
): Promise<Record<string, unknown>> {
  if (draft === null || typeof draft !== "object" || Array.isArray(draft)) {
    throw new LinealError("invalid", `${name} needs an object`, {
      hint: `Write ln.${name}.save({ ${model[name].title}: "…" }).`,
    });
  }
  const { columns } = model[name];
  const writable = Object.keys(columns).filter(
    (key) => columns[key]?.options.editable !== false && !columns[key]?.options.hidden,
  );
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(draft)) {
    if (value === undefined) continue;
    const column = Object.hasOwn(columns, key) ? columns[key] : undefined;
    if (!column || !writable.includes(key)) {
      const near = closest(key, writable);
      const exists = (column && !column.options.hidden) || key === "uid" || key === "createdAt";
      throw new LinealError("invalid", exists ? `${name}.${key} is set by Lineal` : `${name} has no field "${key}"`, {
        hint: near && !exists ? `Did you mean ${near}?` : `Fields to give: ${writable.join(", ")}.`,
      });
    }
    values[key] =
      column.is === "ref"
        ? await resolveRef(connection, column.to as Name, value, `${name}.${key}`, column.options.optional ?? false)
        : checkValue(column, value, `${name}.${key}`);
  }
  if (what === "draft") {
    for (const key of writable) {
      const column = columns[key];
      if (
        column &&
        !column.options.optional &&
        column.options.default === undefined &&
        !["space", "branch"].includes(key) &&
        (values[key] === undefined || values[key] === "")
      ) {
        throw new LinealError("invalid", `${name} needs ${key}`, { hint: `Write ln.${name}.save({ ${key}: … }).` });
      }
    }
  }
  return values;
}

/** Refuses records that were deleted for good since they were read. */
export function* requireThere(connection: Connection, name: Name, refs: readonly RowRef[]): Operation<void> {
  const ids = refs.map(({ id }) => id);
  const uid = yield* removedAmong(connection.database.dialect, name, ids);
  if (uid !== undefined)
    throw new LinealError("not-found", `this ${name} is gone: ${uid}`, { hint: "Someone deleted it for good." });
}

/** A relation as people give it (a record, `{ uid }`, the name of a branch or space) as id and uid. */
export async function resolveRef(
  connection: Connection,
  to: Name,
  value: unknown,
  path: string,
  optional: boolean,
): Promise<RowRef | null> {
  if (value === null && optional) return null;
  if (isEntry(value)) {
    if (nameOf(value) !== to)
      throw new LinealError("invalid", `${path} takes a ${to}, not a ${nameOf(value)}`, {
        hint: `Get one first: await ln.${to}.get({ … }).`,
      });
    const ref = refOf(value, connection);
    await connection.read(() => requireThere(connection, to, [ref]));
    return ref;
  }
  const where =
    typeof value === "string"
      ? { any: [{ uid: value }, ...(model[to].title === "key" ? [] : [{ [model[to].title]: value }])] }
      : isUid(value)
        ? { uid: value.uid }
        : undefined;
  if (!where)
    throw new LinealError("invalid", `${path} takes a ${to} record`, {
      hint: `Get one first: await ln.${to}.get({ … }).`,
    });
  const { dialect } = connection.database;
  const row = await connection.read(function* () {
    // A name means a live record; a uid may mean one in trash too.
    const [seen] = yield* select(dialect, connection.viewer({ internal: true }), {
      name: to,
      where: [where],
      limit: 1,
    });
    return (
      seen ??
      (yield* select(dialect, connection.viewerOfOne(), {
        name: to,
        where: [{ uid: typeof value === "string" ? value : (where as HasUid).uid }],
        limit: 1,
      }))[0]
    );
  });
  if (!row)
    throw new LinealError(
      "not-found",
      `there is no ${to} ${JSON.stringify(typeof value === "string" ? value : where.uid)}`,
      {
        hint: `Make it with ln.${to}.save({ … }), or check the spelling.`,
        shell: `See what there is: lineal list ${to.toLowerCase()}`,
      },
    );
  return { id: row.id, uid: row.uid };
}

const isUid = (value: unknown): value is HasUid =>
  value !== null && typeof value === "object" && typeof (value as { uid?: unknown }).uid === "string";

/** The columns that every new row takes from who, when and where it is made. */
export async function commonValues(
  connection: Connection,
  name: Name,
  values: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { columns } = model[name];
  const { user } = await connection.writer();
  const { scope } = connection;
  return {
    createdAt: connection.now(),
    ...(columns.createdBy ? { createdBy: user } : {}),
    ...(columns.branch ? { branch: connection.branches.current } : {}),
    ...(columns.space ? { space: connection.space } : {}),
    ...(columns.run && scope ? { run: scope.run } : {}),
    ...values,
  };
}

/** Whether a row's columns differ from the values given. */
export function differing(name: Name, row: Row, values: Record<string, unknown>): Record<string, unknown> {
  const { fields } = shapeOf(name);
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => {
      if (fields.get(key)?.field.options.lazy) return true;
      const now = row[key];
      if (!fields.has(key)) return (now as RowRef | null)?.id !== (value as RowRef | null)?.id;
      return JSON.stringify(now ?? null) !== JSON.stringify(value ?? null);
    }),
  );
}
