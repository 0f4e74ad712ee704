/** The operators of filters, each once: types, filters, the command line and SQL read this table. */
import type { Kind } from "./field.ts";

const EVERY = ["text", "int", "real", "bool", "time", "json"] as const;
const ORDERED = ["text", "int", "real", "time", "json"] as const;
const TEXT = ["text", "json"] as const;

/** Which kinds of columns take an operator, and what it compares with: a value or null, a list of these, a value in an order, text, or a pattern. */
interface Declaration {
  readonly kinds: readonly Kind[];
  readonly takes: "value" | "list" | "bound" | "text" | "pattern";
}

export const operators = {
  /** Equal; `null` for absent. */
  eq: { kinds: EVERY, takes: "value" },
  /** Not equal; absent values are. */
  ne: { kinds: EVERY, takes: "value" },
  /** Equal to one of these. */
  in: { kinds: EVERY, takes: "list" },
  /** Equal to none of these. */
  notIn: { kinds: EVERY, takes: "list" },
  /** Greater; text by bytes. */
  gt: { kinds: ORDERED, takes: "bound" },
  /** Greater or equal. */
  gte: { kinds: ORDERED, takes: "bound" },
  /** Less; text by bytes. */
  lt: { kinds: ORDERED, takes: "bound" },
  /** Less or equal. */
  lte: { kinds: ORDERED, takes: "bound" },
  /** Begins with this text. */
  startsWith: { kinds: TEXT, takes: "text" },
  /** Ends with this text. */
  endsWith: { kinds: TEXT, takes: "text" },
  /** Holds this text. */
  contains: { kinds: TEXT, takes: "text" },
  /** Begins with this text, whatever the case. */
  istartsWith: { kinds: TEXT, takes: "text" },
  /** Ends with this text, whatever the case. */
  iendsWith: { kinds: TEXT, takes: "text" },
  /** Holds this text, whatever the case. */
  icontains: { kinds: TEXT, takes: "text" },
  /** A regular expression in the subset that docs/queries.md gives. */
  matches: { kinds: TEXT, takes: "pattern" },
} as const satisfies Record<string, Declaration>;

export type Operator = keyof typeof operators;

export const isOperator = (name: string): name is Operator => Object.hasOwn(operators, name);

/** The operators that a column of this kind takes. */
export const operatorsOf = (kind: Kind): Operator[] =>
  (Object.keys(operators) as Operator[]).filter((name) => (operators[name] as Declaration).kinds.includes(kind));
