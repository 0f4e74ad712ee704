/** Questions as plain data: built step by step, sent as JSON, checked before anything is asked of a database. */
import { closest, LinealError, inWords, refuseUnknown } from "../ground/errors.ts";
import { type Condition, type Filter, isRecord, parseFilter } from "./filter.ts";
import { names } from "./model.ts";
import { fieldsOf, relationOf, relationsOf } from "./relations.ts";
import type { Name, Order, Where } from "./types.ts";

/** A question to one registry; all parts hold together. As JSON it means the same. */
export interface Question {
  readonly name: Name;
  /** All of these filters. */
  readonly where?: readonly Filter[];
  /** Rows that the relation `key` of one record leads to. */
  readonly from?: { readonly name: Name; readonly key: string; readonly uid: string };
  /** Rows whose title, key, description or uid holds this text; best first unless there is an order. */
  readonly search?: string;
  /** Columns to sort by, `-` first for downwards; ties by age. */
  readonly order?: readonly string[];
  readonly limit?: number;
  readonly offset?: number;
  /** What a table of the answer shows: own columns and to-one relations. */
  readonly columns?: readonly string[];
}

/** A column to sort by. */
export interface Sorted {
  readonly key: string;
  readonly down: boolean;
}

/** A question that can be asked. */
export interface Checked extends Omit<Question, "where" | "order"> {
  readonly where: Condition;
  readonly order: readonly Sorted[];
}

/** Reads a question; throws `invalid` with what is wrong in it, and what may have been meant. */
export function check(question: Question): Checked {
  refuseUnknown(question, ["name", "where", "from", "search", "order", "limit", "offset", "columns"], "a question");
  const { name, where = [], from, search, order = [], columns, ...page } = question;
  checkName(name);
  for (const [what, list] of Object.entries({ where, order, columns: columns ?? [] }))
    if (!Array.isArray(list)) throw invalid(`${what} must be a list, not ${inWords(list)}`, `Write ${what}: [ … ].`);
  if (search !== undefined) checkSearch(search);
  if (from !== undefined) checkFrom(from, name);
  for (const [what, n] of Object.entries(page)) checkCount(what, n);
  for (const key of columns ?? []) checkColumn(name, key);
  const conditions = where.map((filter) => parseFilter(name, filter));
  return {
    name,
    where: conditions.length === 1 ? (conditions[0] as Condition) : { is: "all", of: conditions },
    order: order.map((term) => parseOrder(name, term)),
    ...page,
    ...(from && { from }),
    ...(search === undefined ? {} : { search }),
    ...(columns && { columns }),
  };
}

/**
 * Builds a question step by step. It never changes: each step makes a new one by `with`, which says what that is.
 * JSON of it is the question.
 */
export abstract class QuestionBuilder<in out N extends Name, Q> {
  protected readonly question: Question;

  constructor(question: Question) {
    this.question = question;
  }

  protected abstract with(question: Question): Q;

  /** Rows that also fit `where`. */
  filter(where: Where<N>): Q {
    return this.with({ ...this.question, where: [...(this.question.where ?? []), where as Filter] });
  }

  /** Sorted by these columns, `-` first for downwards; absent values last, ties by age. */
  orderBy(...by: Order<N>[]): Q {
    return this.with({ ...this.question, order: by });
  }

  /** At most `n` rows. */
  limit(n: number): Q {
    return this.with({ ...this.question, limit: n });
  }

  /** Without the first `n` rows. */
  offset(n: number): Q {
    return this.with({ ...this.question, offset: n });
  }

  /** Rows whose name, key, description or uid holds the text, best first. */
  search(text: string): Q {
    return this.with({ ...this.question, search: checkSearch(text) });
  }

  /** The question as plain data; records are their uids, times as ISO text. Throws `invalid` like `check`. */
  toJSON(): Question {
    check(this.question);
    return plain(this.question) as Question;
  }
}

function plain(value: unknown): unknown {
  if (isRecord(value)) return { uid: value.uid };
  if (typeof value === "bigint") return Number(value);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

// ── checks ──────────────────────────────────────────────────────────────────
const invalid = (message: string, hint: string): LinealError => new LinealError("invalid", message, { hint });

function checkName(name: unknown): void {
  if (names.includes(name as Name)) return;
  const near = typeof name === "string" ? closest(name, names) : undefined;
  throw invalid(
    `there is no registry ${inWords(name)}`,
    near ? `Did you mean ${near}?` : `One of: ${names.join(", ")}.`,
  );
}

function checkSearch(text: unknown): string {
  if (typeof text === "string") return text;
  throw invalid("search needs a text", 'Write .search("ingest").');
}

function checkFrom(from: NonNullable<Question["from"]>, name: Name): void {
  refuseUnknown(from, ["name", "key", "uid"], "from");
  checkName(from.name);
  const relation = relationOf(from.name, from.key);
  if (!relation?.many || relation.to !== name || typeof from.uid !== "string")
    throw invalid(
      `from must name a to-many relation that leads to ${name}`,
      'Write from: { name: "Run", key: "outputs", uid: "…" } for artifacts.',
    );
}

function checkCount(what: string, n: unknown): void {
  if (n === undefined || (Number.isSafeInteger(n) && (n as number) >= 0)) return;
  throw invalid(`${what} must be a whole number, 0 or more, not ${inWords(n)}`, `Write .${what}(10).`);
}

function checkColumn(name: Name, key: unknown): void {
  const own = [...fieldsOf(name)].flatMap(([key, { options }]) => (options.hidden || options.lazy ? [] : [key]));
  refuseUnless([...own, ...relationsOf(name).ones], key, `${name} has no column ${inWords(key)} to show`);
}

function parseOrder(name: Name, term: unknown): Sorted {
  const [, minus, key = ""] = (typeof term === "string" && /^(-?)(.*)$/s.exec(term)) || [];
  // Age and revision order rows inside Lineal; they have no name outside.
  if (key !== "id" && !(key === "revision" && fieldsOf(name).has(key))) {
    const known = [...fieldsOf(name)].flatMap(([key, { kind, options }]) =>
      options.hidden || kind === "json" ? [] : [key],
    );
    refuseUnless(known, key, `${name} cannot be ordered by ${inWords(minus === undefined ? term : key)}`);
  }
  return { key, down: minus === "-" };
}

function refuseUnless(known: readonly string[], key: unknown, message: string): void {
  if (known.includes(key as string)) return;
  const near = typeof key === "string" ? closest(key, known) : undefined;
  throw invalid(message, near ? `Did you mean ${near}?` : `One of: ${known.join(", ")}.`);
}
