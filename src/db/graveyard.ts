/** The removed rows that a lineage graph comes to: found layer by layer, with two statements a layer. */
import { type Node, toNode } from "../lineage/node.ts";
import type { Dialect } from "./dialect.ts";
import type { Aside } from "./lineage-facts.ts";
import { ARTIFACT, add, COLLECTION, GRAVES, keyOf, kindOf, type Linked, nothing, RECORD, RUN, TRANSFORM } from "./linked.ts";
import type { Operation, Raw } from "./operation.ts";
import { identified, type Severed, severedLinks } from "./severed.ts";

/** Whether a key of the walk is that of a removed row. */
export const isBuried = (key: number): boolean => key >= keyOf(0, GRAVES);

/** A row at the end of a severed link: the run that made it, and the last input link that the run had then. */
interface End {
  readonly key: number;
  maker: number | null;
  mark: number | null;
}

export class Graveyard {
  /** Nodes of removed rows, by key. */
  readonly nodes = new Map<number, Node>();
  readonly #dialect: Dialect;
  readonly #limit: number;
  readonly #asOf: Date | undefined;
  readonly #links = new Map<number, Severed>();
  readonly #ends = new Map<string, End>();

  constructor(dialect: Dialect, limit: number, asOf: Date | undefined) {
    this.#dialect = dialect;
    this.#limit = limit;
    this.#asOf = asOf;
  }

  /** Follows links through removed rows to rows that are there; ids of the runs (or transforms) to walk on from, undefined when no link was new. */
  *follow(links: readonly Severed[]): Operation<number[] | undefined> {
    const isNew = (link: Severed): boolean => !this.#links.has(link.id);
    let fresh = links.filter(isNew);
    if (fresh.length === 0) return undefined;
    const runs = new Set<number>();
    while (fresh.length > 0) {
      for (const link of fresh) this.#links.set(link.id, link);
      const uids = new Set(fresh.flatMap(({ from, to }) => [from, to]).filter((uid) => !this.#ends.has(uid)));
      const graves: string[] = [];
      for (const row of uids.size > 0 ? yield* identified(this.#dialect, [...uids]) : []) {
        const uid = row.uid as string;
        if (row.registry === null) {
          const { id, kind, maker, mark } = row as Record<string, number | null>;
          this.#ends.set(uid, { key: keyOf(kind as number, id as number), maker: maker == null ? null : keyOf(RUN, maker), mark: mark ?? null });
          const run = kind === RUN || kind === TRANSFORM ? id : maker;
          if (run != null) runs.add(run);
        } else if (this.nodes.size < this.#limit && !this.#ends.has(uid)) {
          const key = keyOf(row.kind as number, GRAVES + this.nodes.size);
          this.#ends.set(uid, { key, maker: null, mark: null });
          this.nodes.set(key, this.#node(row));
          graves.push(uid);
        }
      }
      fresh = graves.length > 0 ? (yield* severedLinks(this.#dialect, this.#dialect.texts(graves), this.#asOf)).filter(isNew) : [];
    }
    return [...runs];
  }

  /** Runs that made the bytes of data again, where one of the two was removed. */
  recreated(): Aside[] {
    return [...this.#links.values()].flatMap(({ role, from, to }) => {
      const [run, data] = [this.#ends.get(from), this.#ends.get(to)];
      return role === "recreated" && run && data ? [{ role, from: run.key, to: data.key }] : [];
    });
  }

  /** The links in the form that a walk takes, upstream and downstream. */
  linked(): [up: Linked, down: Linked] {
    if ([...this.#links.values()].some(({ role }) => role === "predecessor")) return [this.#chained("up"), this.#chained("down")];
    const data = new Set<End>();
    const linked = nothing();
    for (const { role, from, to, mark } of this.#links.values()) {
      const [a, b] = [this.#ends.get(from), this.#ends.get(to)];
      if (!a || !b || role === "recreated") continue;
      data.add(role === "input" ? a : b);
      if (role === "input") add(linked.uses, b.key, a.key, mark);
      else Object.assign(b, { maker: a.key, mark });
    }
    for (const { key, maker, mark } of data) add(linked.made, maker, key, mark);
    // Even a run that has nothing beside it is known to have nothing more.
    for (const key of this.nodes.keys()) {
      if (kindOf(key) !== RUN) continue;
      add(linked.uses, key, null, null);
      add(linked.made, key, null, null);
    }
    return [linked, linked];
  }

  /** Transforms beside transforms. */
  #chained(side: "up" | "down"): Linked {
    const linked = nothing();
    for (const { from, to } of this.#links.values()) {
      const [a, b] = [this.#ends.get(from), this.#ends.get(to)];
      if (a && b) add(linked.uses, side === "up" ? b.key : a.key, side === "up" ? a.key : b.key, null);
    }
    for (const key of this.nodes.keys()) add(linked.uses, key, null, null);
    return linked;
  }

  #node(row: Raw): Node {
    const facts = (row.facts === null ? {} : JSON.parse(row.facts as string)) as Record<string, unknown>;
    const text = (name: string): string | null => (typeof facts[name] === "string" ? facts[name] : null);
    const at = this.#dialect.decode("time", row.at) as Date;
    const deleted = this.#asOf && this.#asOf < at ? undefined : ({ deleted: true } as const);
    const isLatest = deleted === undefined && facts.isLatest === true;
    const [uid, key, createdBy, createdAt, version, description] = [row.uid as string, row.key as string | null, text("createdBy"), text("createdAt"), text("version"), text("description")];
    if (row.kind === ARTIFACT) {
      const size = typeof facts.size === "number" ? facts.size : null;
      return toNode({ kind: "artifact", uid, key, description, suffix: text("suffix"), size, hash: row.hash as string | null, artifactKind: text("kind"), createdAt, createdBy, version, isLatest, ...deleted });
    }
    if (row.kind === COLLECTION) return toNode({ kind: "collection", uid, key, description, createdAt, createdBy, version, isLatest, ...deleted });
    if (row.kind === TRANSFORM) return toNode({ kind: "transform", uid, key, description, transformKind: text("kind"), version, createdAt, createdBy, ...deleted });
    if (row.kind === RECORD) return toNode({ kind: "record", uid, name: text("name"), type: null, createdAt, createdBy, ...deleted });
    const [transformKey, transformKind] = [text("transformKey"), text("transformKind")];
    return toNode({ kind: "run", uid, name: text("name"), transform: text("transform"), transformKey, transformKind, entrypoint: text("entrypoint"), status: text("status"), startedAt: text("startedAt"), finishedAt: text("finishedAt"), createdBy, ...deleted });
  }
}
