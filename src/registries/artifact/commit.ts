/** The one transaction of a save: rows, versions, links and history; never a row without bytes. */
import type { Row, RowRef } from "../../db/columns.ts";
import { keepObjects, objectLocks } from "../../db/objects.ts";
import type { Operation } from "../../db/operation.ts";
import { select } from "../../db/select.ts";
import { hasLink, highestLink, insert, link, lock, lowestLink, update, type Writer } from "../../db/write.ts";
import { everything } from "../../db/viewer.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { demote, keyHolder, keyTaken, nextVersion } from "../record/versions.ts";
import { match } from "./match.ts";
import { requireBytes } from "./objects.ts";
import type { Content } from "./source.ts";

/** A save that is ready for its transaction: bytes hashed and stored, names checked. */
export interface Plan {
  readonly content: Content;
  readonly key?: string | undefined;
  readonly description?: string | undefined;
  readonly kind?: string | undefined;
  readonly version?: string | undefined;
  readonly revises?: Row | undefined;
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
  const saved: Saved[] = [];
  for (const plan of plans) {
    const { content } = plan;
    const found = plan.internal
      ? ({ do: "new" } as const)
      : match({ ...content, key: plan.key, revises: plan.revises }, known.of(plan));
    const one =
      found.do === "return"
        ? yield* reuse(connection, writer, plan, found.row, found.adoptKey)
        : yield* add(connection, writer, plan, found.do === "version" ? found.of : undefined, known);
    if (!one.unused) yield* keepObjects(dialect, writer.now, connection.defaultStorage.id, content.objects);
    for (const [key, ids] of Object.entries(plan.labels))
      yield* link(dialect, writer, "Artifact", key, one.row.id, ids);
    known.add(one.row);
    // Other versions that were registered in the same place have lost their bytes.
    for (const other of known.inPlaceOf(content))
      if (other.hash !== one.row.hash && !other.overwritten)
        known.add(yield* update(dialect, writer, "Artifact", other.id, { overwritten: true }));
    saved.push(one);
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

/** The rows that could match any of the plans, read at once and then kept as they are written. */
class Known {
  readonly #rows = new Map<string, Map<number, Row>>();
  readonly #marks = new Map<number, number>();

  static *read({ database: { dialect } }: Connection, plans: readonly Plan[]): Operation<Known> {
    const known = new Known();
    const visible = plans.filter(({ internal }) => !internal);
    const alike = {
      hashes: [...new Set(visible.flatMap(({ content }) => (content.size > 0 ? [content.hash] : [])))],
      keys: [...new Set(visible.flatMap(({ key }) => key ?? []))],
      // All plans of one transaction are for the same space, branch and storage.
      space: plans[0]?.space.id ?? 0,
      branch: plans[0]?.branch.id ?? 0,
      storage: plans[0]?.content.storage.id ?? 0,
      places: plans.flatMap(({ content }) => content.placeKey ?? []),
    };
    if (alike.hashes.length + alike.keys.length + alike.places.length > 0)
      for (const row of yield* select(dialect, everything, { name: "Artifact", alike })) known.add(row);
    return known;
  }

  add(row: Row): void {
    const keys = row.placeKey === null ? [] : [placeOf(row.storage, row.placeKey)];
    if (!row.internal) keys.push(hashOf(row.branch, row.hash));
    if (!row.internal && row.key !== null && row.isLatest) keys.push(keyOf(row.branch, row.space, row.key));
    for (const key of keys) this.#rows.set(key, (this.#rows.get(key) ?? new Map<number, Row>()).set(row.id, row));
  }

  #at(key: string): Row[] {
    return [...(this.#rows.get(key)?.values() ?? [])].sort((a, b) => b.id - a.id);
  }

  of({ branch, space, key, content }: Plan): { sameHash: readonly Row[]; head: Row | undefined } {
    // A new version has a higher id than the latest before it.
    const [head] = key === undefined ? [] : this.#at(keyOf(branch, space, key));
    return { sameHash: this.#at(hashOf(branch, content.hash)), head };
  }

  /** The last input of a run, asked once. */
  *inputMark(run: RowRef): Operation<number> {
    const mark = this.#marks.get(run.id) ?? (yield* highestLink("Run", "inputs", run.id));
    this.#marks.set(run.id, mark);
    return mark;
  }

  /** The rows registered in the same place, trashed and internal ones too. */
  inPlaceOf({ storage, placeKey }: Content): readonly Row[] {
    return placeKey === null ? [] : this.#at(placeOf(storage, placeKey));
  }
}

const idOf = (ref: unknown): number => (ref as RowRef).id;
const hashOf = (branch: unknown, hash: unknown): string => `hash ${idOf(branch)} ${hash}`;
const keyOf = (branch: unknown, space: unknown, key: unknown): string => `key ${idOf(branch)} ${idOf(space)} ${key}`;
const placeOf = (storage: unknown, key: unknown): string => `place ${idOf(storage)} ${key}`;

/** A new artifact, or the next version of one. */
function* add(
  connection: Connection,
  writer: Writer & { user: RowRef },
  plan: Plan,
  before: Row | undefined,
  known: Known,
): Operation<Saved> {
  const { dialect } = connection.database;
  const { content, run, branch, space, internal } = plan;
  const version = yield* nextVersion(dialect, "Artifact", before ?? connection.newUid("Artifact"), plan.version);
  if (before) yield* demote(dialect, writer, "Artifact", String(version.stem), branch);
  const key = plan.key ?? before?.key ?? null;
  const holder =
    before && before.key !== key
      ? yield* keyHolder(dialect, "Artifact", { ...plan, stem: version.stem, key })
      : undefined;
  if (holder) throw keyTaken("Artifact", holder);
  const row = yield* insert(dialect, "Artifact", {
    ...content,
    ...version,
    createdAt: writer.now,
    createdBy: writer.user,
    key,
    description: plan.description ?? (plan.revises ? before?.description : null) ?? null,
    kind: plan.kind ?? content.kind,
    run,
    branch,
    space,
    internal,
    inputMark: run ? yield* known.inputMark(run) : 0,
  });
  return { row, outcome: before ? "version" : "created", unused: false };
}

/** An artifact that is there already: it may adopt a key, a description and a creator, or be made again. */
function* reuse(connection: Connection, writer: Writer, plan: Plan, row: Row, adoptKey: boolean): Operation<Saved> {
  const { dialect } = connection.database;
  const { content } = plan;
  const changes: Record<string, unknown> = {};
  if (adoptKey) changes.key = plan.key;
  if (plan.description !== undefined && plan.description !== row.description) changes.description = plan.description;
  if (plan.kind !== undefined && plan.kind !== row.kind) changes.kind = plan.kind;
  if (plan.version !== undefined && plan.version !== row.version) {
    const [taken] = yield* select(dialect, everything, {
      name: "Artifact",
      where: [{ version: plan.version }],
      family: String(row.stem),
    });
    if (taken)
      throw new LinealError("conflict", `the version "${plan.version}" is there already (${taken.uid})`, {
        hint: "Give another version, or leave it out.",
      });
    changes.version = plan.version;
  }
  // Until now its bytes were in place only; now they are stored where nobody overwrites them.
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
  const silent = Object.keys(changes).every((key) => key === "placeStat");
  const now =
    Object.keys(changes).length > 0 ? yield* update(dialect, writer, "Artifact", row.id, changes, { silent }) : row;
  return { row: now, outcome: "existing", unused: content.objects.length > 0 && !refersTo(now, content) };
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
