/** Which transform a source is: found by key, uid and hash, or added; all inside the transaction that starts a run. */
import type { Row, RowRef } from "../../db/columns.ts";
import type { Operation } from "../../db/operation.ts";
import { byUid, select } from "../../db/select.ts";
import { insert, lock, update, type Writer } from "../../db/write.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { base62, isUidLike, model, REVISION_LENGTH, versionUid } from "../../model/index.ts";
import { demote, nextVersion } from "../record/versions.ts";

/** A source file as a transform keeps it. */
export interface SourceFacts {
  /** Its text, secrets blanked out. */
  readonly text: string;
  /** Of the original source and its local modules. */
  readonly hash: string;
  readonly codeHash: string;
  readonly modules: readonly { path: string; hash: string; codeHash?: string }[];
  /** Absolute path here. */
  readonly path: string;
  readonly bundle: RowRef | null;
}

/** What `track()` knows of the transform it wants. */
export interface TransformSpec {
  /** 12 characters follow the family, 16 pin a version. */
  readonly uid: string | undefined;
  readonly key: string;
  readonly kind: string;
  readonly description: string | undefined;
  readonly reference: { url: string; type: string } | undefined;
  readonly source: SourceFacts | undefined;
}

export interface FoundTransform {
  readonly row: Row;
  readonly outcome: "created" | "loaded";
  /** Things worth a log line. */
  readonly notes: readonly string[];
  /** Things that may be mistakes. */
  readonly warnings: readonly string[];
}

const STEM = model.Transform.uid - REVISION_LENGTH;

/** Refuses what is no transform uid, with one that would do. */
export function checkTransformUid(uid: string, suggestion: string): void {
  if ((uid.length === STEM || uid.length === model.Transform.uid) && isUidLike(uid)) return;
  throw new LinealError(
    "invalid",
    `"${uid}" is no transform uid: it needs ${STEM} or ${model.Transform.uid} letters and digits`,
    { hint: `Use a new one: await ln.track("${suggestion}").` },
  );
}

/** Finds or adds the transform of a source. */
export function* resolveTransform(
  connection: Connection,
  writer: Writer & { user: RowRef },
  spec: TransformSpec,
): Operation<FoundTransform> {
  const { dialect } = connection.database;
  yield* lock(dialect, `key:${spec.key}`);
  const stem = spec.uid?.slice(0, STEM);
  if (stem) yield* lock(dialect, `family:${stem}`);
  const visible = { branches: connection.seenBranches, internal: false };
  const [head] = yield* select(dialect, {
    name: "Transform",
    where: [{ key: spec.key, isLatest: true }],
    visible,
    hidden: [],
    order: ["-id"],
  });
  const family = stem
    ? yield* byUid(dialect, "Transform", stem, 10_000)
    : head
      ? yield* select(dialect, {
          name: "Transform",
          where: [],
          family: String(head.stem),
          hidden: [],
          order: ["revision"],
        })
      : [];
  if (stem && head && head.stem !== stem) {
    throw new LinealError("conflict", `the key "${spec.key}" belongs to the transform ${head.stem}, not to ${stem}`, {
      hint: `Use ln.track("${head.stem}"), or give this file another key: ln.track({ transform: "${stem}", key: "…" }).`,
    });
  }
  if (spec.uid?.length === model.Transform.uid) return yield* pinned(connection, writer, spec, family);
  const notes: string[] = [];
  const warnings: string[] = [];
  const usable = family.filter((row) => !connection.hiddenBranches.includes((row.branch as RowRef).id));
  const same = usable.findLast((row) => row.hash === (spec.source?.hash ?? null));
  const latest = usable.find((row) => row.isLatest) ?? usable.at(-1);
  if (same && spec.source)
    return { row: yield* refreshed(connection, writer, spec, same, notes), outcome: "loaded", notes, warnings: [] };
  if (latest && (!spec.source || (latest.hash === null && (latest.createdBy as RowRef).id === writer.user.id))) {
    return { row: yield* refreshed(connection, writer, spec, latest, notes), outcome: "loaded", notes, warnings: [] };
  }
  if (latest && spec.source && latest.sourcePath && latest.sourcePath !== spec.source.path) {
    warnings.push(
      `the key "${spec.key}" was tracked from ${latest.sourcePath} before: set a dev-dir (lineal settings set dev-dir .) or give a key if these are different scripts`,
    );
  }
  const version = yield* nextVersion(
    dialect,
    "Transform",
    family.at(-1) ?? stem ?? connection.newUid("Transform"),
    undefined,
  );
  if (family.length > 0) notes.push(`found ${spec.kind} ${spec.key}, making new version ${version.version}`);
  return { row: yield* add(connection, writer, spec, version), outcome: "created", notes, warnings };
}

/** A version named by all 16 characters: changed code is refused with the uid to use next. */
function* pinned(
  connection: Connection,
  writer: Writer & { user: RowRef },
  spec: TransformSpec,
  family: readonly Row[],
): Operation<FoundTransform> {
  const uid = spec.uid as string;
  const notes: string[] = [];
  const row = family.find((r) => r.uid === uid);
  if (row && (row.hash === null || !spec.source || row.hash === spec.source.hash))
    return { row: yield* refreshed(connection, writer, spec, row, notes), outcome: "loaded", notes, warnings: [] };
  if (row) {
    const next = versionUid(uid.slice(0, STEM), Number(family.at(-1)?.revision ?? 0) + 1);
    throw new LinealError("conflict", `the source of ${spec.key} has changed since version ${uid}`, {
      hint: `Use ln.track("${next}") for the changed code, or ln.track("${uid.slice(0, STEM)}") to have versions made by themselves.`,
    });
  }
  const revision = revisionOf(uid.slice(STEM));
  return {
    row: yield* add(connection, writer, spec, {
      uid,
      stem: uid.slice(0, STEM),
      revision,
      version: base62(revision, REVISION_LENGTH),
      isLatest: true,
    }),
    outcome: "created",
    notes,
    warnings: [],
  };
}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const revisionOf = (text: string): number => [...text].reduce((sum, c) => sum * 62 + ALPHABET.indexOf(c), 0);

function* add(
  connection: Connection,
  writer: Writer & { user: RowRef },
  spec: TransformSpec,
  version: Record<string, unknown>,
): Operation<Row> {
  const { dialect } = connection.database;
  const { branch, space } = connection.places;
  yield* demote(dialect, writer, "Transform", String(version.stem), branch);
  return yield* insert(dialect, "Transform", {
    ...version,
    createdAt: writer.now,
    createdBy: writer.user,
    branch,
    space,
    key: spec.key,
    kind: spec.kind,
    description: spec.description ?? null,
    ...referenceOf(spec),
    ...sourceOf(spec),
  });
}

/** What a loaded version may take over: another key, a description, a source that it had not yet. */
function* refreshed(
  connection: Connection,
  writer: Writer,
  spec: TransformSpec,
  row: Row,
  notes: string[],
): Operation<Row> {
  const changes: Record<string, unknown> = {};
  if (row.key !== spec.key) {
    changes.key = spec.key;
    notes.push(`renaming transform ${row.key ?? row.uid} to ${spec.key}`);
  }
  if (spec.description !== undefined && spec.description !== row.description) changes.description = spec.description;
  if (spec.reference && spec.reference.url !== row.reference) Object.assign(changes, referenceOf(spec));
  if (row.hash === null && spec.source) Object.assign(changes, sourceOf(spec));
  if (Object.keys(changes).length === 0) return row;
  return yield* update(connection.database.dialect, writer, "Transform", row.id, changes);
}

const referenceOf = ({ reference }: TransformSpec): Record<string, unknown> =>
  reference ? { reference: reference.url, referenceType: reference.type } : {};

function sourceOf({ source }: TransformSpec): Record<string, unknown> {
  if (!source) return {};
  return {
    sourceCode: source.text,
    hash: source.hash,
    codeHash: source.codeHash,
    modules: source.modules.length > 0 ? source.modules : null,
    sourcePath: source.path,
    bundle: source.bundle,
  };
}
