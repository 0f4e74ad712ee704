/** The removed rows that a lineage graph comes to: found layer by layer, with two statements a layer. */
import { type Node, toNode } from "../lineage/graph/node.ts";
import { FLOW } from "../lineage/graph/walk.ts";
import type { Dialect } from "./dialect.ts";
import { everything } from "./viewer.ts";
import { valuesThen } from "./history.ts";
import type { Aside, Wanted } from "./lineage-facts.ts";
import type { Walk } from "./lineage-sql.ts";
import {
  ARTIFACT,
  add,
  COLLECTION,
  GRAVES,
  idOf,
  keyOf,
  kindOf,
  type Linked,
  nothing,
  RECORD,
  RUN,
  TRANSFORM,
  TRASH_UID,
} from "./lineage-kinds.ts";
import type { Operation, Raw } from "./operation.ts";
import { NONE, type Places } from "./row-numbers.ts";
import { identified, type Severed, severedLinks } from "./severed.ts";

/** Whether a key of the walk is that of a removed row. */
export const isBuried = (key: number): boolean => key >= keyOf(0, GRAVES);

/** A row at the end of a severed link: the run that made it, and the last input link that the run had then. */
interface End {
  readonly key: number;
  maker: number | null;
  mark: number | null;
  /** Data flow through it; what only stands aside is no way on. */
  isWay: boolean;
}

export class Graveyard {
  /** Nodes of removed rows, by key. */
  readonly nodes = new Map<number, Node>();
  readonly #dialect: Dialect;
  readonly #places: Places;
  readonly #limit: number;
  readonly #asOf: Date | undefined;
  readonly #links = new Map<number, Severed>();
  readonly #ends = new Map<string, End>();

  constructor(dialect: Dialect, places: Places, limit: number, asOf: Date | undefined) {
    this.#dialect = dialect;
    this.#places = places;
    this.#limit = limit;
    this.#asOf = asOf;
  }

  /** Follows links through removed rows to rows that are there, to walk on from; undefined when no link was new. */
  *follow(links: readonly Severed[]): Operation<Pick<Walk, "table" | "ids">[] | undefined> {
    const isNew = (link: Severed): boolean => !this.#links.has(link.id);
    let fresh = links.filter(isNew);
    if (fresh.length === 0) return undefined;
    const ways = { run: new Set<number>(), collection: new Set<number>(), transform: new Set<number>() };
    while (fresh.length > 0) {
      for (const link of fresh) this.#links.set(link.id, link);
      yield* this.#identify(fresh.flatMap(({ from, to }) => [from, to]));
      const graves = new Set<string>();
      for (const { role, from, to } of fresh) {
        for (const uid of [from, to]) {
          const end = this.#ends.get(uid);
          if (!end || end.isWay) continue;
          end.isWay = FLOW.includes(role);
          const kind = kindOf(end.key);
          const run = kind === RUN ? end.key : end.maker;
          if (isBuried(end.key)) graves.add(uid);
          else if (!end.isWay) continue;
          else if (kind === COLLECTION || kind === TRANSFORM)
            ways[kind === COLLECTION ? "collection" : "transform"].add(idOf(end.key));
          else if (run !== null) ways.run.add(idOf(run));
        }
      }
      const isWay = (uid: string): boolean => this.#ends.get(uid)?.isWay ?? false;
      fresh =
        graves.size === 0
          ? []
          : (yield* severedLinks(this.#dialect, this.#dialect.texts([...graves]), this.#asOf)).filter(
              (link) =>
                isNew(link) &&
                (isWay(link.from) || isWay(link.to) || (link.role === "initiated" && graves.has(link.to))),
            );
    }
    return (["run", "collection", "transform"] as const).map((table) => ({ table, ids: [...ways[table]] }));
  }

  /** Looks up which rows and tombstones these are. */
  *#identify(given: readonly string[]): Operation<void> {
    const uids = [...new Set(given)].filter((uid) => !this.#ends.has(uid));
    const rows = uids.length > 0 ? yield* identified(this.#dialect, uids) : [];
    const lost = this.#asOf ? rows.flatMap((row) => (row.registry === null ? [] : (row.uid as string))) : [];
    const was =
      this.#asOf && lost.length > 0
        ? yield* valuesThen(this.#dialect, everything, undefined, lost, this.#asOf)
        : undefined;
    for (const row of rows) {
      const uid = row.uid as string;
      const { id, kind, maker, mark } = row as Record<string, number | null>;
      if (row.registry === null)
        this.#ends.set(uid, {
          key: keyOf(kind as number, id as number),
          maker: maker == null ? null : keyOf(RUN, maker),
          mark: mark ?? null,
          isWay: false,
        });
      else if (this.nodes.size < this.#limit && !this.#ends.has(uid)) {
        const key = keyOf(kind as number, GRAVES + this.nodes.size);
        this.#ends.set(uid, { key, maker: null, mark: null, isWay: false });
        this.nodes.set(key, this.#node(row, was?.get(uid)));
      }
    }
  }

  /** What stands aside of these nodes where one of the two was removed, by the rules of what is there; all by keys. */
  aside(
    keys: readonly number[],
    { remade, remaking, starting }: Pick<Wanted, "remade" | "remaking" | "starting">,
  ): Aside[] {
    const links = [...this.#links.values()].flatMap(({ role, from, to }) => {
      const [a, b] = [this.#ends.get(from)?.key, this.#ends.get(to)?.key];
      return a === undefined || b === undefined || FLOW.includes(role) ? [] : [{ role, from: a, to: b } as Aside];
    });
    if (links.length === 0) return links;
    const [data, makers] = [new Set(remade), new Set(remaking)];
    const found = new Set(
      links.filter(({ role, from, to }) =>
        role === "recreated" ? data.has(to) || makers.has(from) : from === starting,
      ),
    );
    const started = new Map(links.flatMap((link) => (link.role === "initiated" ? [[link.to, link] as const] : [])));
    const runs = [...keys, ...[...found].flatMap(({ from, to }) => [from, to])];
    for (const run of runs) {
      const by = started.get(run);
      if (!by) continue;
      started.delete(run);
      found.add(by);
      runs.push(by.from); // grows while it is walked
    }
    return [...found];
  }

  /** The links in the form that a walk takes, upstream and downstream. */
  linked(): [up: Linked, down: Linked] {
    if ([...this.#links.values()].some(({ role }) => role === "predecessor"))
      return [this.#chained("up"), this.#chained("down")];
    const at = ({ key }: Pick<End, "key">): number => this.#places.of(key);
    const data = new Set<End>();
    const linked = nothing();
    for (const { role, from, to, mark } of this.#links.values()) {
      const [a, b] = [this.#ends.get(from), this.#ends.get(to)];
      if (!a || !b || !FLOW.includes(role)) continue;
      data.add(role === "output" ? b : a);
      if (role === "member") {
        data.add(b);
        add(linked.holds, at(b), at(a), mark);
      } else if (role === "input") add(linked.uses, at(b), at(a), mark);
      else Object.assign(b, { maker: a.key, mark });
    }
    for (const end of data)
      add(
        linked.made,
        end.maker === null ? NONE : at({ key: end.maker }),
        at(end),
        end.mark ?? Number.POSITIVE_INFINITY,
      );
    // Even a run that has nothing beside it is known to have nothing more.
    for (const key of this.nodes.keys()) {
      if (kindOf(key) !== RUN) continue;
      add(linked.uses, at({ key }), NONE, 0);
      add(linked.made, at({ key }), NONE, 0);
    }
    return [linked, linked];
  }

  /** Transforms beside transforms. */
  #chained(side: "up" | "down"): Linked {
    const at = (key: number): number => this.#places.of(key);
    const linked = nothing();
    for (const { from, to } of this.#links.values()) {
      const [a, b] = [this.#ends.get(from), this.#ends.get(to)];
      if (a && b) add(linked.uses, at(side === "up" ? b.key : a.key), at(side === "up" ? a.key : b.key), 0);
    }
    for (const key of this.nodes.keys()) add(linked.uses, at(key), NONE, 0);
    return linked;
  }

  /** A tombstone tells of the end; `was` are values of an earlier time. */
  #node(row: Raw, was: Readonly<Record<string, unknown>> = {}): Node {
    const facts = { ...(row.facts === null ? {} : (JSON.parse(row.facts as string) as object)), ...was } as Record<
      string,
      unknown
    >;
    const text = (name: string): string | null => (typeof facts[name] === "string" ? facts[name] : null);
    const at = this.#dialect.decode("time", row.at) as Date;
    const isThere =
      this.#asOf !== undefined &&
      this.#asOf < at &&
      !(Object.hasOwn(was, "branch") ? was.branch === TRASH_UID : facts.trashed);
    const deleted = isThere ? undefined : ({ deleted: true } as const);
    const isLatest = deleted === undefined && facts.isLatest === true;
    const [uid, key, createdBy, createdAt, version, description] = [
      row.uid as string,
      Object.hasOwn(was, "key") ? text("key") : (row.key as string | null),
      text("createdBy"),
      text("createdAt"),
      text("version"),
      text("description"),
    ];
    if (row.kind === ARTIFACT) {
      const size = typeof facts.size === "number" ? facts.size : null;
      return toNode({
        kind: "artifact",
        uid,
        key,
        description,
        suffix: text("suffix"),
        size,
        hash: row.hash as string | null,
        artifactKind: text("kind"),
        createdAt,
        createdBy,
        version,
        isLatest,
        ...deleted,
      });
    }
    if (row.kind === COLLECTION)
      return toNode({ kind: "collection", uid, key, description, createdAt, createdBy, version, isLatest, ...deleted });
    if (row.kind === TRANSFORM)
      return toNode({
        kind: "transform",
        uid,
        key,
        description,
        transformKind: text("kind"),
        version,
        createdAt,
        createdBy,
        ...deleted,
      });
    if (row.kind === RECORD)
      return toNode({ kind: "record", uid, name: text("name"), type: null, createdAt, createdBy, ...deleted });
    const [transformKey, transformKind] = [text("transformKey"), text("transformKind")];
    return toNode({
      kind: "run",
      uid,
      name: text("name"),
      transform: text("transform"),
      transformKey,
      transformKind,
      entrypoint: text("entrypoint"),
      status: text("status"),
      startedAt: text("startedAt"),
      finishedAt: text("finishedAt"),
      createdBy,
      ...deleted,
    });
  }
}
