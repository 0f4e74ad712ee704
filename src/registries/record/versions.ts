/** Versions of a family: who is next, who is latest. */
import type { Row, RowRef } from "../../db/columns.ts";
import type { Dialect } from "../../db/dialect.ts";
import type { Operation } from "../../db/operation.ts";
import { select } from "../../db/select.ts";
import { update, type Values, type Writer } from "../../db/write.ts";
import { everything } from "../../db/viewer.ts";
import { LinealError } from "../../ground/errors.ts";
import { base62, type Name, REVISION_LENGTH, versionUid } from "../../model/index.ts";

/** How many versions are read at once where the newest may not do. */
const PAGE = 20;

/** The columns of a new version: of the family of `row`, or of a new one with this stem. */
export function* nextVersion(
  dialect: Dialect,
  name: Name,
  family: Row | string,
  tag: string | null | undefined,
): Operation<Record<string, unknown>> {
  if (typeof family === "string") return versionColumns(family, 0, tag);
  const stem = String(family.stem);
  const question = { name, family: stem, limit: 1 };
  const [taken] = tag ? yield* select(dialect, everything, { ...question, where: [{ version: tag }] }) : [];
  if (taken)
    throw new LinealError("conflict", `the version "${tag}" of this ${name} is there already (${taken.uid})`, {
      hint: "Give another version, or leave it out.",
    });
  // The uid of a version that was deleted for good is not given again.
  const [last] = yield* select(dialect, { ...everything, removed: true }, { ...question, order: ["-revision"] });
  return versionColumns(stem, Number(last?.revision ?? -1) + 1, tag);
}

function versionColumns(stem: string, revision: number, tag: string | null | undefined): Record<string, unknown> {
  return {
    stem,
    revision,
    uid: versionUid(stem, revision),
    version: tag ?? base62(revision, REVISION_LENGTH),
    isLatest: true,
  };
}

/** Makes room for a new latest of a family on a branch. */
export function* demote(dialect: Dialect, writer: Writer, name: Name, stem: string, branch: RowRef): Operation<void> {
  for (const row of yield* select(dialect, everything, {
    name,
    where: [{ isLatest: true }],
    family: stem,
    onBranch: branch.id,
  })) {
    yield* update(dialect, writer, name, row.id, { isLatest: false });
  }
}

/**
 * Makes the newest left of a family on a branch its latest. Returns it when it changed.
 * One whose key another family has taken since is passed over, or refused with `strict`.
 */
export function* elect(
  dialect: Dialect,
  writer: Writer,
  name: Name,
  stem: string,
  branch: RowRef,
  options: { strict?: boolean } = {},
): Operation<Row | undefined> {
  const question = { name, family: stem, onBranch: branch.id, order: ["-revision"], limit: PAGE };
  for (let offset = 0; ; offset += PAGE) {
    const rows = yield* select(dialect, everything, { ...question, offset });
    for (const row of rows) {
      if (row.isLatest) return undefined;
      const holder = yield* keyHolder(dialect, name, row);
      if (holder && options.strict) throw keyTaken(name, holder);
      if (holder) continue;
      yield* demote(dialect, writer, name, stem, branch);
      return yield* update(dialect, writer, name, row.id, { isLatest: true });
    }
    if (rows.length < PAGE) return undefined;
  }
}

/** The latest of another family that has the key of this row, where this row is. */
export function* keyHolder(dialect: Dialect, name: Name, row: Values): Operation<Row | undefined> {
  if (row.key === null || row.key === undefined) return undefined;
  const heads = yield* select(dialect, everything, {
    name,
    where: [{ key: row.key as string, isLatest: true }],
    onBranch: (row.branch as RowRef).id,
  });
  return heads.find((head) => head.stem !== row.stem && (head.space as RowRef).id === (row.space as RowRef).id);
}

export const keyTaken = (name: Name, holder: Row): LinealError =>
  new LinealError("conflict", `another ${name} has the key "${holder.key}" (${holder.uid})`, {
    hint: `Give one of the two another key: await (await ln.${name}.get("${holder.uid}")).update({ key: "…" }).`,
  });
