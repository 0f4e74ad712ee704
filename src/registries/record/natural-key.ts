/** Natural keys: what people know a row by, where the database does not say that it is unique. */
import type { Row, RowRef } from "../../db/columns.ts";
import type { Dialect } from "../../db/dialect.ts";
import type { Operation } from "../../db/operation.ts";
import { select } from "../../db/select.ts";
import { everything } from "../../db/viewer.ts";
import { LinealError } from "../../ground/errors.ts";
import { model, type Name } from "../../model/index.ts";

/** The filter for rows with the natural key that these values have; a version counts when it is given. */
export function naturalFilter(name: Name, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { natural = [] } = model[name];
  return Object.fromEntries(
    natural.filter((key) => key !== "version" || values.version).map((key) => [key, asFilter(values[key] ?? null)]),
  );
}

/** The lock for finding or adding the row with this natural key; versions of all kinds wait for their key. */
export const naturalLock = (name: Name, values: Readonly<Record<string, unknown>>): string =>
  model[name].versioned ? `key:${String(values.key)}` : `${name}:${JSON.stringify(naturalFilter(name, values))}`;

/** Refuses when another row of the branch has the natural key of `row`; families of versions have their keys for that. */
export function* requireNatural(dialect: Dialect, name: Name, row: Row): Operation<void> {
  const { natural = [], versioned, columns } = model[name];
  if (natural.length === 0 || versioned || !columns.branch) return;
  const others = yield* select(dialect, everything, {
    name,
    where: [naturalFilter(name, row)],
    onBranch: (row.branch as RowRef).id,
  });
  const holder = others.find((other) => other.id !== row.id);
  if (!holder) return;
  const called = natural
    .map((key) => row[key])
    .filter((value) => typeof value === "string")
    .join(", ");
  throw new LinealError("conflict", `another ${name} is called "${called}" (${holder.uid})`, {
    hint: "Give one of the two another name.",
  });
}

const asFilter = (value: unknown): unknown =>
  value !== null && typeof value === "object" && "uid" in value ? { uid: value.uid } : value;
