/** Which transform a source is: found by key, uid and hash, or added. */
import type { Row, RowRef } from "../../db/columns.ts";
import type { Operation } from "../../db/operation.ts";
import { lastRemoved } from "../../db/removed.ts";
import { byId, byUid, select } from "../../db/select.ts";
import { insert, lock, update, type Values } from "../../db/write.ts";
import { everything } from "../../db/viewer.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import {
  base62,
  checkValue,
  isUidLike,
  model,
  randomUid,
  REVISION_LENGTH,
  revisionOf,
  versionUid,
} from "../../model/index.ts";
import { make, type Of } from "../record/classes.ts";
import { deletedForGood } from "../record/get.ts";
import { isEntry, refOf, rowOf } from "../record/row.ts";
import { demote, nextVersion } from "../record/versions.ts";
import { keepText, type RunWriter } from "./runs.ts";

/** A source file as a transform keeps it. */
export interface SourceFacts {
  /** Its text, secrets blanked out. */
  readonly text: string;
  /** Of the original source and its local modules. */
  readonly hash: string;
  readonly codeHash: string;
  readonly modules: readonly { path: string; hash: string; codeHash?: string }[];
  /** JSON text of its local modules by path, secrets blanked out; undefined when it has none. */
  readonly bundle: string | undefined;
  /** Absolute path here. */
  readonly path: string;
}

/** The transform that a run, or a saved source file, wants. */
export interface TransformSpec {
  /** 12 characters follow the family, 16 pin a version. */
  readonly uid?: string | undefined;
  readonly key: string;
  readonly kind: string;
  readonly description?: string | undefined;
  readonly reference?: { url: string; type: string } | undefined;
  readonly source?: SourceFacts | undefined;
}

/** A source that is known to be acceptable, with its bundle stored; or a transform that was registered ahead. */
export type ReadyTransform = ReadySource | { readonly registered: RowRef };
type ReadySource = TransformSpec & { readonly bundle: RowRef | null };

export interface FoundTransform {
  readonly row: Row;
  readonly outcome: "created" | "loaded";
  /** Things worth a log line. */
  readonly notes: readonly string[];
  /** Things that may be mistakes. */
  readonly warnings: readonly string[];
}

const { uid: LENGTH, columns: COLUMNS } = model.Transform;
const STEM = LENGTH - REVISION_LENGTH;

/**
 * Refuses a transform that cannot be found or added, before anything is written; then stores its bundle.
 *
 * Throws `invalid` for a wrong uid, key or kind and a record of another instance, `not-found` when it was deleted for
 * good, `conflict` when a pinned version's code has changed or the key is another family's.
 */
export async function readyTransform(
  connection: Connection,
  subject: TransformSpec | Of<"Transform">,
): Promise<ReadyTransform> {
  if (!isEntry(subject)) return readySource(connection, subject as TransformSpec);
  const registered = refOf(subject, connection);
  await connection.read(() => registeredRow(connection, registered));
  return { registered };
}

async function readySource(connection: Connection, spec: TransformSpec): Promise<ReadySource> {
  if (spec.uid !== undefined) checkTransformUid(spec.uid);
  for (const key of ["key", "kind"] as const) {
    const column = COLUMNS[key];
    if (column?.is === "field") checkValue(column, spec[key], key);
  }
  if (spec.key.trim() === "")
    throw new LinealError("invalid", "the key of a transform is empty", { hint: "Give a name, or leave the key out." });
  await connection.read(() => choose(connection, spec, undefined));
  const bundle =
    spec.source?.bundle === undefined
      ? null
      : await keepText(connection, spec.source.bundle, ".json", "local modules of a transform");
  return { ...spec, bundle };
}

function checkTransformUid(uid: string): void {
  if ((uid.length === STEM || uid.length === LENGTH) && isUidLike(uid)) return;
  throw new LinealError("invalid", `"${uid}" is no transform uid: it needs ${STEM} or ${LENGTH} letters and digits`, {
    hint: `Use a new one: await ln.track("${randomUid(STEM)}").`,
  });
}

function* registeredRow(connection: Connection, { id, uid }: RowRef): Operation<Row> {
  const row = yield* byId(connection.database.dialect, everything, "Transform", id);
  if (row) return row;
  throw new LinealError("not-found", `the transform ${uid} is gone`, { hint: "Someone deleted it for good." });
}

/** Finds or adds the transform. */
export function* resolveTransform(
  connection: Connection,
  writer: RunWriter,
  spec: ReadyTransform,
): Operation<FoundTransform> {
  if ("registered" in spec)
    return { row: yield* registeredRow(connection, spec.registered), outcome: "loaded", notes: [], warnings: [] };
  const { dialect } = connection.database;
  yield* lock(dialect, `key:${spec.key}`, ...(spec.uid ? [`family:${spec.uid.slice(0, STEM)}`] : []));
  const { load, changes, version, notes, warnings } = yield* choose(connection, spec, writer.user);
  if (!load) return { row: yield* add(connection, writer, spec, version), outcome: "created", notes, warnings };
  const all: Values = { ...changes, ...(load.hash === null ? sourceOf(spec) : {}) };
  const row = Object.keys(all).length > 0 ? yield* update(dialect, writer, "Transform", load.id, all) : load;
  return { row, outcome: "loaded", notes, warnings };
}

/** The transforms whose outputs a transform read. */
export function predecessorsOf(connection: Connection, { uid }: Row): Operation<Row[]> {
  return select(connection.database.dialect, connection.viewer(), {
    name: "Transform",
    from: { name: "Transform", key: "predecessors", uid },
  });
}

/** Saves a source file as a transform; a version that is new counts as made by `run`. */
export async function saveTransform(
  connection: Connection,
  spec: TransformSpec,
  run: Of<"Run"> | undefined,
): Promise<Of<"Transform">> {
  const ready = await readySource(connection, spec);
  const writer = await connection.writer();
  const { row, notes, warnings } = await connection.write(function* () {
    const found = yield* resolveTransform(connection, writer, ready);
    if (found.outcome === "loaded" || run === undefined) return found;
    const made: RowRef = { id: rowOf(run).id, uid: run.uid };
    return {
      ...found,
      row: yield* update(connection.database.dialect, writer, "Transform", found.row.id, { run: made }),
    };
  });
  for (const note of notes) connection.log("info", note);
  for (const warning of warnings) connection.log("warning", warning);
  return make(connection, "Transform", row);
}

interface Choice {
  /** The version to use, and what changes in it; undefined for a new one. */
  readonly load?: Row;
  readonly changes?: Values;
  /** Columns of the new version. */
  readonly version: Values;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads which version it is, or will be. A user's own transform without source takes this one. */
function* choose(connection: Connection, spec: TransformSpec, user: RowRef | undefined): Operation<Choice> {
  const { dialect } = connection.database;
  const { key, source } = spec;
  const stem = spec.uid?.slice(0, STEM);
  const [head] = yield* select(dialect, connection.viewer(), {
    name: "Transform",
    where: [{ key, isLatest: true }],
    order: ["-id"],
  });
  if (stem && head && head.stem !== stem) {
    throw new LinealError("conflict", `the key "${key}" belongs to the transform ${head.stem}, not to ${stem}`, {
      hint: `Use ln.track("${head.stem}"), or give this file another key: ln.track({ transform: "${stem}", key: "…" }).`,
    });
  }
  const family = stem
    ? yield* byUid(dialect, everything, "Transform", stem, 10_000)
    : head
      ? yield* select(dialect, everything, {
          name: "Transform",
          where: [],
          family: String(head.stem),
          order: ["revision"],
        })
      : [];
  if (spec.uid?.length === LENGTH) {
    const removed = yield* lastRemoved(dialect, everything, "Transform", spec.uid);
    if (removed) throw deletedForGood(`Transform ${removed.uid} (${removed.key})`, removed.at);
    return pinned(spec, spec.uid, family);
  }
  const usable = family.filter((row) => !connection.viewer().hidden.includes((row.branch as RowRef).id));
  const latest = usable.find((row) => row.isLatest) ?? usable.at(-1);
  const same = source ? usable.findLast((row) => row.hash === source.hash) : latest;
  if (same) return loaded(spec, same);
  if (latest && latest.hash === null && (latest.createdBy as RowRef).id === user?.id) return loaded(spec, latest);
  const moved = latest?.sourcePath && latest.sourcePath !== source?.path;
  const version = yield* nextVersion(
    dialect,
    "Transform",
    family.at(-1) ?? stem ?? connection.newUid("Transform"),
    undefined,
  );
  return {
    version,
    notes: family.length > 0 ? [`found ${spec.kind} ${key}, making new version ${version.version}`] : [],
    warnings: moved
      ? [
          `the key "${key}" was tracked from ${latest.sourcePath} before: set a dev-dir (lineal settings set dev-dir .) or give a key if these are different scripts`,
        ]
      : [],
  };
}

/** A version named by all 16 characters: changed code is refused with the uid to use next. */
function pinned(spec: TransformSpec, uid: string, family: readonly Row[]): Choice {
  const row = family.find((one) => one.uid === uid);
  if (row && (row.hash === null || !spec.source || row.hash === spec.source.hash)) return loaded(spec, row);
  const stem = uid.slice(0, STEM);
  if (row) {
    const next = versionUid(stem, Number(family.at(-1)?.revision ?? 0) + 1);
    throw new LinealError("conflict", `the source of ${spec.key} has changed since version ${uid}`, {
      hint: `Use ln.track("${next}") for the changed code, or ln.track("${stem}") to have versions made by themselves.`,
    });
  }
  const revision = revisionOf(uid);
  return {
    version: { uid, stem, revision, version: base62(revision, REVISION_LENGTH), isLatest: true },
    notes: [],
    warnings: [],
  };
}

/** A version that is there may take over another key, a description and a reference. */
function loaded(spec: TransformSpec, row: Row): Choice {
  const changes: Record<string, unknown> = {};
  if (row.key !== spec.key) changes.key = spec.key;
  if (spec.description !== undefined && spec.description !== row.description) changes.description = spec.description;
  if (spec.reference && spec.reference.url !== row.reference) Object.assign(changes, referenceOf(spec));
  const notes = row.key === spec.key ? [] : [`renaming transform ${row.key ?? row.uid} to ${spec.key}`];
  return { load: row, changes, version: {}, notes, warnings: [] };
}

function* add(connection: Connection, writer: RunWriter, spec: ReadySource, version: Values): Operation<Row> {
  const { dialect } = connection.database;
  const { branches, space } = connection;
  yield* demote(dialect, writer, "Transform", String(version.stem), branches.current);
  return yield* insert(dialect, "Transform", {
    ...version,
    createdAt: writer.now,
    createdBy: writer.user,
    branch: branches.current,
    space,
    key: spec.key,
    kind: spec.kind,
    description: spec.description ?? null,
    ...referenceOf(spec),
    ...sourceOf(spec),
  });
}

const referenceOf = ({ reference }: TransformSpec): Values =>
  reference ? { reference: reference.url, referenceType: reference.type } : {};

function sourceOf({ source, bundle }: ReadySource): Values {
  if (!source) return {};
  return {
    sourceCode: source.text,
    hash: source.hash,
    codeHash: source.codeHash,
    modules: source.modules.length > 0 ? source.modules : null,
    sourcePath: source.path,
    bundle,
  };
}
