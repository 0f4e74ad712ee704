/** What staleness and `why` know of data: who made them, from what and with which code; filled from rows. */
import type { Version } from "../lineage/answers/staleness.ts";
import { REVISION_LENGTH } from "../model/index.ts";
import type { Dialect } from "./dialect.ts";
import { ARTIFACT, COLLECTION, rowNumber, kindOf, listOf, RECORD, TRASH } from "./lineage-kinds.ts";
import type { Raw } from "./operation.ts";
import type { Viewer } from "./viewer.ts";

/**
 * An artifact, a collection or a record; its number is its key among all of them (see `lineage-kinds.ts`). A record has a name for a
 * key and is alone in its family; what has no hash, of bytes or of members, is known by its uid.
 */
export interface DataFacts extends Version {
  /** The latest of its family on a branch that is seen. */
  readonly isLatest: boolean;
  /** On a branch that is seen: not in the trash, and not deleted for good. */
  readonly isSeen: boolean;
  readonly isDeleted: boolean;
  /** Deleted for good. */
  readonly isRemoved: boolean;
  readonly run: number | null;
  /** The last input link that its maker had then. */
  readonly mark: number;
}
export interface RunFacts {
  readonly id: number;
  readonly transform: number;
  readonly entrypoint: string | null;
  readonly status: string;
}
export interface TransformFacts {
  readonly id: number;
  readonly uid: string;
  readonly key: string | null;
  readonly stem: string;
  readonly revision: number;
  /** Of the bytes of the program; null for what has no source. */
  readonly hash: string | null;
  /** Blind to comments, layout and types. */
  readonly code: string | null;
  /** Of the bytes, when it has no local modules. */
  readonly file: string | null;
  /** Where it lay when it was first tracked. */
  readonly path: string | null;
  /** Its last run that did not fail. */
  readonly goodRun: number | null;
}
/** The local modules that a run imported on demand. */
export interface OnDemand {
  readonly uid: string;
  readonly modules: readonly {
    readonly path: string;
    readonly hash: string | null;
    readonly codeHash: string | null;
    readonly files?: Readonly<Record<string, string | null>>;
  }[];
}
/** A run that completed, and what it made for a key. */
export interface LastMade {
  readonly run: number;
  readonly data: number;
}
export interface Provenance {
  readonly data: ReadonlyMap<number, DataFacts>;
  readonly runs: ReadonlyMap<number, RunFacts>;
  readonly transforms: ReadonlyMap<number, TransformFacts>;
  /** Run → what it read, with the number of the link. */
  readonly inputs: ReadonlyMap<number, readonly { readonly data: number; readonly link: number }[]>;
  /** Data → runs that made the same again. */
  readonly remakers: ReadonlyMap<number, readonly number[]>;
  /** The last input link that a run had when it made an artifact again; infinite when that is not known. */
  remadeMark(data: number, run: number): number;
  /** Collection → the artifacts in it. */
  readonly members: ReadonlyMap<number, readonly number[]>;
  /** The newest version of the family on a branch that is seen that was not left by a failed run. */
  newestOf(data: DataFacts): DataFacts | undefined;
  /** Whether all that made it failed. */
  isLeftByFailure(data: DataFacts): boolean;
  /** Family → the code that holds now: what was registered last and never ran, else what ran last and did not fail. */
  readonly current: ReadonlyMap<string, TransformFacts>;
  /** Run → what it imported on demand, where that was kept. */
  readonly onDemand: ReadonlyMap<number, OnDemand>;
  /** Whether something was made for its key more than once. */
  isMadeAgain(data: DataFacts): boolean;
  /** What the last completed run of a transform family and entrypoint made for a key that was made more than once. */
  lastMade(data: DataFacts, stem: string, entrypoint: string | null): LastMade | undefined;
}

export const hasFailed = (run: RunFacts | undefined): run is RunFacts & { status: "errored" | "aborted" } =>
  run?.status === "errored" || run?.status === "aborted";

export class ProvenanceFacts implements Provenance {
  readonly data = new Map<number, DataFacts>();
  readonly runs = new Map<number, RunFacts>();
  readonly transforms = new Map<number, TransformFacts>();
  readonly inputs = new Map<number, { data: number; link: number }[]>();
  readonly remakers = new Map<number, number[]>();
  readonly members = new Map<number, number[]>();
  readonly current = new Map<string, TransformFacts>();
  readonly onDemand = new Map<number, OnDemand>();
  /** Output key → family and entrypoint → what was made. */
  readonly #lastMade = new Map<string, Map<string, LastMade>>();
  /** Run → artifact → when it made that again. */
  readonly #remadeAt = new Map<number, Map<number, number>>();
  /** Run → its input links in order, and when each was made. */
  readonly #linkTimes = new Map<number, { link: number; at: number }[]>();
  #newest: Map<string, DataFacts> | undefined;
  readonly #standing = new Map<string, number>();
  readonly #dialect: Dialect;
  readonly #yes: unknown;
  readonly #viewer: Viewer;

  constructor(dialect: Dialect, viewer: Viewer) {
    this.#dialect = dialect;
    this.#yes = dialect.encode("bool", true);
    this.#viewer = viewer;
  }

  /** Rows out of sight are as if they did not exist. */
  #isInSight({ branch_id: branch }: Raw): boolean {
    return this.#viewer.sees?.includes(branch as number) ?? true;
  }

  /** On a branch whose rows lists show. */
  #isListed({ branch_id: branch }: Raw): boolean {
    return branch !== null && (this.#viewer.lists?.includes(branch as number) ?? true);
  }

  add = (kind: number, row: Raw): void => {
    if (!this.#isInSight(row)) return;
    const uid = row.uid as string;
    const isSeen = this.#isListed(row);
    const facts: DataFacts = {
      id: rowNumber(kind, row.id as number),
      uid,
      key: row.key as string | null,
      stem: stemOf(kind, uid),
      revision: row.revision as number,
      hash: row.hash as string,
      isLatest: isSeen && row.is_latest === this.#yes,
      isSeen,
      isDeleted: row.branch_id === TRASH || row.branch_id === null,
      isRemoved: row.branch_id === null,
      run: row.run_id as number | null,
      mark: (row.mark as number | null) ?? Number.POSITIVE_INFINITY,
    };
    this.data.set(facts.id, facts);
  };

  /** Most inputs are the latest themselves: the table of families is made when one is not. */
  newestOf(data: DataFacts): DataFacts | undefined {
    if (data.isLatest && this.#viewer.lists?.length === 1 && !this.isLeftByFailure(data)) return data;
    if (!this.#newest) {
      this.#newest = new Map();
      for (const one of this.data.values())
        if (one.isSeen && one.revision >= (this.#newest.get(one.stem)?.revision ?? 0) && !this.isLeftByFailure(one))
          this.#newest.set(one.stem, one);
    }
    return this.#newest.get(data.stem);
  }

  /** Whether all that made it failed. */
  isLeftByFailure({ id, run }: DataFacts): boolean {
    return (
      run !== null &&
      hasFailed(this.runs.get(run)) &&
      !this.remakers.get(id)?.some((maker) => this.runs.get(maker)?.status === "completed")
    );
  }

  lastMade(data: DataFacts, stem: string, entrypoint: string | null): LastMade | undefined {
    return this.#lastMade.get(slotOf(data) ?? "")?.get(makerKey(stem, entrypoint));
  }

  isMadeAgain(data: DataFacts): boolean {
    return this.#lastMade.size > 0 && this.#lastMade.has(slotOf(data) ?? "");
  }

  run = (row: Raw): void => {
    if (!this.#isInSight(row)) return;
    const id = row.id as number;
    this.runs.set(id, {
      id,
      transform: row.transform_id as number,
      entrypoint: row.entrypoint as string | null,
      status: row.status as string,
    });
  };

  transform = (row: Raw): void => {
    if (!this.#isInSight(row)) return;
    const facts: TransformFacts = {
      id: row.id as number,
      uid: row.uid as string,
      key: row.key as string | null,
      stem: row.stem as string,
      revision: row.revision as number,
      hash: row.hash as string | null,
      code: row.code as string | null,
      file: row.file as string | null,
      path: row.source_path as string | null,
      goodRun: row.good_run as number | null,
    };
    this.transforms.set(facts.id, facts);
    if (!this.#isListed(row)) return;
    // Code that only ever failed makes nothing stale; code that went back to an older version did so with its last run.
    const standing = row.any_run === null ? Number.MAX_SAFE_INTEGER : facts.goodRun;
    const other = this.current.get(facts.stem);
    const best = this.#standing.get(facts.stem) ?? -1;
    if (standing === null || standing < best || (standing === best && facts.revision < (other?.revision ?? 0))) return;
    this.current.set(facts.stem, facts);
    this.#standing.set(facts.stem, standing);
  };

  /** A run read data, by a link with this number. Those of collections and records are numbered apart and count for all that the run made. */
  input(run: number, data: number, link: number): void {
    listOf(this.inputs, run).push({ data, link: kindOf(data) === ARTIFACT ? link : 0 });
  }

  remaker = (kind: number, row: Raw): void => {
    const [data, run] = [rowNumber(kind, row.from_id as number), row.to_id as number];
    listOf(this.remakers, data).push(run);
    if (kind !== ARTIFACT) return;
    const at = this.#remadeAt.get(run) ?? new Map<number, number>();
    this.#remadeAt.set(run, at.set(data, this.#timeOf(row)));
  };

  /** An input link of a run that made artifacts again, in the order of links. */
  linkTime = (row: Raw): void => {
    listOf(this.#linkTimes, row.to_id as number).push({ link: row.id as number, at: this.#timeOf(row) });
  };

  /** Whether a run's links have been looked at for this. */
  hasLinkTimes = (run: number): boolean => this.#remadeAt.has(run);

  #timeOf(row: Raw): number {
    return (this.#dialect.decode("time", row.created_at) as Date).getTime();
  }

  remadeMark(data: number, run: number): number {
    const at = this.#remadeAt.get(run)?.get(data);
    if (at === undefined) return Number.POSITIVE_INFINITY;
    const links = this.#linkTimes.get(run) ?? [];
    let [low, high] = [0, links.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((links[middle] as { at: number }).at <= at) low = middle + 1;
      else high = middle;
    }
    return links[low - 1]?.link ?? 0;
  }

  member(collection: number, artifact: number): void {
    listOf(this.members, rowNumber(COLLECTION, collection)).push(rowNumber(ARTIFACT, artifact));
  }

  imported = (row: Raw): void => {
    this.onDemand.set(row.id as number, {
      uid: row.uid as string,
      modules: this.#dialect.decode("json", row.dynamic_modules) as OnDemand["modules"],
    });
  };

  made(data: Pick<DataFacts, "id" | "key">, stem: string, entrypoint: string | null, run: number): void {
    const slot = slotOf(data);
    if (slot === undefined) return;
    const makers = this.#lastMade.get(slot) ?? new Map<string, LastMade>();
    this.#lastMade.set(slot, makers);
    const by = makerKey(stem, entrypoint);
    const other = makers.get(by);
    if (!other || run > other.run || (run === other.run && data.id > other.data))
      makers.set(by, { run, data: data.id });
  }

  /** Notes for each key who made it last; keys that were made but once have no later maker to compare with. What lies in the trash is no output any more. */
  noteMakers(): void {
    const once = new Set<string>();
    const more = new Set<string>();
    for (const data of this.data.values()) {
      const slot = slotOf(data);
      if (slot !== undefined) (once.has(slot) || this.remakers.has(data.id) ? more : once).add(slot);
    }
    for (const data of more.size > 0 ? this.data.values() : []) {
      if (!data.isSeen || !more.has(slotOf(data) ?? "")) continue;
      for (const maker of [data.run, ...(this.remakers.get(data.id) ?? [])]) {
        const facts = maker === null ? undefined : this.runs.get(maker);
        const stem = facts && this.transforms.get(facts.transform)?.stem;
        if (facts?.status === "completed" && stem !== undefined) this.made(data, stem, facts.entrypoint, facts.id);
      }
    }
  }
}

const stemOf = (kind: number, uid: string): string => (kind === RECORD ? uid : uid.slice(0, -REVISION_LENGTH));

/** What it was made for: an artifact and a collection of one key are two things. Records come but once. */
const slotOf = ({ id, key }: Pick<DataFacts, "id" | "key">): string | undefined =>
  key === null || kindOf(id) === RECORD ? undefined : kindOf(id) === ARTIFACT ? key : `${kindOf(id)} ${key}`;
const makerKey = (stem: string, entrypoint: string | null): string => `${stem} ${entrypoint ?? ""}`;
