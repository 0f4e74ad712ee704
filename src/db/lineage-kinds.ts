/** The tables of lineage, one number for a row of any of them, and the links between rows, in columns. */

/** Links by indexes of nodes: what runs read, what they made, and what collections hold. */
export interface Linked {
  /** By a link with this number, in the order of linking. */
  uses: Pairs;
  /** When the last of the run's links had this number; infinite for what depends on all. */
  made: Pairs;
  /** Collections instead of runs, with their members. */
  holds: Pairs;
}

/** Rows in columns: a run, if any; data, if there are any here; and a number. */
export interface Pairs {
  readonly runs: number[];
  readonly data: number[];
  readonly numbers: number[];
}

export const [ARTIFACT, COLLECTION, RECORD, RUN, TRANSFORM] = [0, 1, 2, 3, 4] as const;

/** What runs take and make. Only artifacts know which links their run had when they were made. */
export const DATA = [
  { kind: ARTIFACT, name: "Artifact", table: "artifact", marked: true, remade: true },
  { kind: COLLECTION, name: "Collection", table: "collection", marked: false, remade: true },
  { kind: RECORD, name: "Record", table: "record", marked: false, remade: false },
] as const;
export type DataTable = (typeof DATA)[number];

/** The kind of rows that link a collection with a member. */
export const MEMBER = 5;

/** What lineage is made of, in the order of their kinds. */
export const TABLES = [
  ...DATA,
  { kind: RUN, name: "Run", table: "run" },
  { kind: TRANSFORM, name: "Transform", table: "transform" },
] as const;

/** The branch that is the trash, from the first migration on. */
export const TRASH = 3;
export const TRASH_UID = "tttttttttttt";

/** The kind of the rows of a registry that is one of them. */
export const kindNamed = (name: string): number => TABLES.findIndex((table) => table.name === name);

const KINDS = 8;

/** One number for a row of any table: its id and its kind, cheap to hash. */
export const rowNumber = (kind: number, id: number): number => id * KINDS + kind;
export const kindOf = (key: number): number => key % KINDS;
export const idOf = (key: number): number => Math.floor(key / KINDS);

export const nothing = (): Linked => ({ uses: noPairs(), made: noPairs(), holds: noPairs() });
const noPairs = (): Pairs => ({ runs: [], data: [], numbers: [] });

/** Adds a row. */
export function add({ runs, data, numbers }: Pairs, run: number, datum: number, number: number): void {
  runs.push(run);
  data.push(datum);
  numbers.push(number);
}

/** All rows of both. */
export function both(a: Pairs, b: Pairs): Pairs {
  if (a.runs.length === 0) return b;
  if (b.runs.length === 0) return a;
  return { runs: a.runs.concat(b.runs), data: a.data.concat(b.data), numbers: a.numbers.concat(b.numbers) };
}

/** Calls for each row. */
export function each({ runs, data, numbers }: Pairs, row: (run: number, data: number, number: number) => void): void {
  for (let i = 0; i < runs.length; i++) row(runs[i] as number, data[i] as number, numbers[i] as number);
}

/** Several walks may have come to one link: it is one way. */
export function joined(parts: readonly Linked[]): Linked {
  const all = nothing();
  for (const sort of ["uses", "made", "holds"] as const) {
    const seen = new Set<string>();
    for (const part of parts) {
      each(part[sort], (run, data, number) => {
        const link = `${run} ${data}`;
        if (!seen.has(link)) add(all[sort], run, data, number);
        seen.add(link);
      });
    }
  }
  return all;
}

/** The list of a number, made when it is not there yet. */
export function listOf<T>(lists: Map<number, T[]>, key: number): T[] {
  let list = lists.get(key);
  if (!list) lists.set(key, (list = []));
  return list;
}
