/** The one transaction of a save: rows, versions, links and history; never a row without bytes. */
import type { Row, RowRef } from "../../db/columns.ts";
import { keepObjects, objectLocks } from "../../db/objects.ts";
import type { Operation } from "../../db/operation.ts";
import { select } from "../../db/select.ts";
import { hasLink, highestLink, insert, link, lock, lowestLink, update, type Writer } from "../../db/write.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { demote, keyHolder, keyTaken, nextVersion } from "../record/versions.ts";
import { match } from "./match.ts";
import { requireBytes } from "./objects.ts";
import type { Content } from "./source.ts";

/** A save that is ready for its transaction: bytes hashed and stored, names checked. */
export interface Plan {
  readonly content: Content;
  readonly key: string | undefined;
  readonly description: string | undefined;
  readonly kind: string | undefined;
  readonly version: string | undefined;
  readonly revises: Row | undefined;
  /** The creating run, or null for none. */
  readonly run: RowRef | null;
  readonly branch: RowRef;
  readonly space: RowRef;
  /** Labels to link: relation → ids. */
  readonly labels: Readonly<Record<string, readonly number[]>>;
  readonly internal: boolean;
}

export interface Saved {
  readonly row: Row;
  readonly outcome: "created" | "version" | "existing";
  /** The stored objects are not those of the row, which has its own. */
  readonly unused: boolean;
}

/** Saves all plans in one transaction. */
export function* commit(
  connection: Connection,
  writer: Writer & { user: RowRef },
  plans: readonly Plan[],
): Operation<Saved[]> {
  const { dialect } = connection.database;
  yield* lock(dialect, ...plans.flatMap((plan) => locksOf(connection, plan)));
  yield* requireBytes(
    connection,
    plans.map(({ content }) => content),
  );
  const known = yield* Known.read(connection, plans);
  const marks = new Map<number, number>();
  const saved: Saved[] = [];
  for (const plan of plans) {
    const result = yield* commitOne(connection, writer, plan, known, marks);
    known.add(result.row);
    saved.push(result);
  }
  return saved;
}

function locksOf({ defaultStorage }: Connection, { key, revises, content }: Plan): string[] {
  return [
    ...(key === undefined ? [] : [`key:${key}`]),
    ...(revises ? [`family:${String(revises.stem)}`] : []),
    ...objectLocks(defaultStorage.id, content.objects),
  ];
}

/** The rows that could match any of the plans, read at once. */
class Known {
  readonly #byHash = new Map<string, Row[]>();
  readonly #heads = new Map<string, Row>();
  readonly #places = new Map<string, Map<number, Row>>();

  static *read({ database: { dialect } }: Connection, plans: readonly Plan[]): Operation<Known> {
    const known = new Known();
    const visible = plans.filter(({ internal }) => !internal);
    const alike = {
      hashes: [...new Set(visible.flatMap(({ content }) => (content.size > 0 ? [content.hash] : [])))],
      keys: [...new Set(visible.flatMap(({ key }) => key ?? []))],
      // All plans of one transaction are for the same storage.
      storage: plans[0]?.content.storage.id ?? 0,
      places: plans.flatMap(({ content }) => content.placeKey ?? []),
    };
    if (alike.hashes.length + alike.keys.length + alike.places.length > 0)
      for (const row of yield* select(dialect, { name: "Artifact", alike, hidden: [] })) known.add(row);
    return known;
  }

  add(row: Row): void {
    this.place(row);
    if (row.internal) return;
    const branch = (row.branch as RowRef).id;
    const twins = `${branch}:${row.hash}`;
    const rows = (this.#byHash.get(twins) ?? []).filter((other) => other.id !== row.id);
    this.#byHash.set(
      twins,
      [row, ...rows].sort((a, b) => b.id - a.id),
    );
    if (row.key !== null && row.isLatest)
      this.#heads.set(headKey(branch, (row.space as RowRef).id, String(row.key)), row);
  }

  /** Notes which row is registered where, as it is now. */
  place(row: Row): void {
    if (row.placeKey === null) return;
    const place = placeKeyOf((row.storage as RowRef).id, String(row.placeKey));
    const rows = this.#places.get(place) ?? new Map<number, Row>();
    this.#places.set(place, rows.set(row.id, row));
  }

  /** The rows registered in the place of a content, trashed and internal ones too. */
  at({ storage, placeKey }: Content): readonly Row[] {
    return placeKey === null ? [] : [...(this.#places.get(placeKeyOf(storage.id, placeKey))?.values() ?? [])];
  }

  of(plan: Plan): { sameHash: readonly Row[]; head: Row | undefined } {
    return {
      sameHash: this.#byHash.get(`${plan.branch.id}:${plan.content.hash}`) ?? [],
      head: plan.key === undefined ? undefined : this.#heads.get(headKey(plan.branch.id, plan.space.id, plan.key)),
    };
  }
}

const placeKeyOf = (storage: number, key: string): string => `${storage}:${key}`;
const headKey = (branch: number, space: number, key: string): string => `${branch}:${space}:${key}`;

function* commitOne(
  connection: Connection,
  writer: Writer & { user: RowRef },
  plan: Plan,
  known: Known,
  marks: Map<number, number>,
): Operation<Saved> {
  const { dialect } = connection.database;
  const { content } = plan;
  const found = plan.internal
    ? ({ do: "new" } as const)
    : match({ ...content, key: plan.key, revises: plan.revises }, known.of(plan));
  if (found.do === "return") {
    const row = yield* reuse(connection, writer, plan, found.row, found.adoptKey);
    yield* label(connection, writer, plan, row);
    yield* markOverwritten(connection, writer, plan, row, known);
    const unused = content.objects.length > 0 && !refersTo(row, content);
    if (!unused) yield* keepObjects(dialect, writer.now, connection.defaultStorage.id, content.objects);
    return { row, outcome: "existing", unused };
  }
  yield* keepObjects(dialect, writer.now, connection.defaultStorage.id, content.objects);
  const version = yield* nextVersion(
    dialect,
    "Artifact",
    found.do === "version" ? found.of : connection.newUid("Artifact"),
    plan.version,
  );
  if (found.do === "version") yield* demote(dialect, writer, "Artifact", String(version.stem), plan.branch);
  let mark = 0;
  if (plan.run) {
    mark = marks.get(plan.run.id) ?? (yield* highestLink("Run", "inputs", plan.run.id));
    marks.set(plan.run.id, mark);
  }
  const before = found.do === "version" ? found.of : undefined;
  const key = plan.key ?? before?.key ?? null;
  const holder =
    before && before.key !== key
      ? yield* keyHolder(dialect, "Artifact", { ...plan, stem: version.stem, key })
      : undefined;
  if (holder) throw keyTaken("Artifact", holder);
  const row = yield* insert(dialect, "Artifact", {
    ...version,
    createdAt: writer.now,
    createdBy: writer.user,
    key,
    description: plan.description ?? (plan.revises ? before?.description : null) ?? null,
    kind: plan.kind ?? content.kind,
    suffix: content.suffix,
    otype: content.otype,
    size: content.size,
    hash: content.hash,
    hashType: content.hashType,
    nFiles: content.nFiles,
    nObservations: content.nObservations,
    storage: content.storage,
    run: plan.run,
    branch: plan.branch,
    space: plan.space,
    internal: plan.internal,
    placeKey: content.placeKey,
    placeStat: content.placeStat,
    inputMark: mark,
  });
  yield* label(connection, writer, plan, row);
  yield* markOverwritten(connection, writer, plan, row, known);
  return { row, outcome: found.do === "version" ? "version" : "created", unused: false };
}

/** An artifact that is there already: it may adopt a key, a description and a creator, or be made again. */
function* reuse(connection: Connection, writer: Writer, plan: Plan, row: Row, adoptKey: boolean): Operation<Row> {
  const { dialect } = connection.database;
  const { content } = plan;
  const changes: Record<string, unknown> = {};
  if (adoptKey) changes.key = plan.key;
  if (plan.description !== undefined && plan.description !== row.description) changes.description = plan.description;
  if (plan.kind !== undefined && plan.kind !== row.kind) changes.kind = plan.kind;
  if (plan.version !== undefined && plan.version !== row.version) {
    const [taken] = yield* select(dialect, {
      name: "Artifact",
      where: [{ version: plan.version }],
      family: String(row.stem),
      hidden: [],
    });
    if (taken)
      throw new LinealError("conflict", `the version "${plan.version}" is there already (${taken.uid})`, {
        hint: "Give another version, or leave it out.",
      });
    changes.version = plan.version;
  }
  // What lay in place only is stored now, where nobody can overwrite it.
  if (row.placeKey !== null && content.placeKey === null && row.suffix === content.suffix)
    Object.assign(changes, { storage: content.storage, placeKey: null, placeStat: null, overwritten: false });
  if (content.placeKey !== null && row.placeKey === content.placeKey) {
    if (!sameStat(content.placeStat, row.placeStat as Content["placeStat"])) changes.placeStat = content.placeStat;
    if (row.overwritten) changes.overwritten = false;
  }
  const again = plan.run && (yield* creator(plan.run, row));
  if (again === "create") {
    const first = yield* lowestLink("Artifact", "inputOf", row.id);
    const last = yield* highestLink("Run", "inputs", (plan.run as RowRef).id);
    // It can depend only on what its maker had read before anybody read it: lineage stays without circles.
    Object.assign(changes, { run: plan.run, inputMark: first > 0 ? Math.min(last, first - 1) : last });
  }
  if (again === "recreate")
    yield* link(dialect, writer, "Artifact", "recreatingRuns", row.id, [(plan.run as RowRef).id]);
  if (Object.keys(changes).length === 0) return row;
  const silent = Object.keys(changes).every((key) => key === "placeStat");
  return yield* update(dialect, writer, "Artifact", row.id, changes, { silent });
}

/** Whether these stored bytes are those of the row. */
function refersTo(row: Row, content: Content): boolean {
  if (content.placeKey !== null || row.placeKey !== null) return content.placeKey !== null && row.placeKey !== null;
  return (row.storage as RowRef).id === content.storage.id && (row.nFiles !== null || row.suffix === content.suffix);
}

const sameStat = (a: Content["placeStat"], b: Content["placeStat"]): boolean =>
  a?.size === b?.size && a?.mtimeNs === b?.mtimeNs && a?.ino === b?.ino;

function* creator(run: RowRef, row: Row): Operation<"create" | "recreate" | undefined> {
  const made = row.run as RowRef | null;
  if (!made) return "create";
  if (made.id === run.id) return undefined;
  return (yield* hasLink("Run", "inputs", run.id, row.id)) ? undefined : "recreate";
}

function* label(connection: Connection, writer: Writer, plan: Plan, row: Row): Operation<void> {
  for (const [key, ids] of Object.entries(plan.labels))
    yield* link(connection.database.dialect, writer, "Artifact", key, row.id, ids);
}

/** Other versions that were registered in the same place have lost their bytes. */
function* markOverwritten(connection: Connection, writer: Writer, plan: Plan, row: Row, known: Known): Operation<void> {
  const { dialect } = connection.database;
  for (const other of known.at(plan.content)) {
    if (other.id !== row.id && other.hash !== row.hash && !other.overwritten)
      known.place(yield* update(dialect, writer, "Artifact", other.id, { overwritten: true }));
  }
}
