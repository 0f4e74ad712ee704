/** The vocabulary: what a column, a parameter or a feature holds, and how registries relate. */

/** How a value is kept; the dialects know how each kind is stored, nobody else does. */
export type Kind = "text" | "int" | "real" | "bool" | "json" | "time";

/** What can be said of a field. */
export interface Options {
  /** May be absent (null). */
  optional?: true;
  /** Has an index of its own. */
  index?: true;
  /** No two rows hold the same value. */
  unique?: true;
  /** Taken when a draft leaves it out. */
  default?: string | number | boolean;
  /** `false`: set by Lineal, never by a draft or an update. */
  editable?: false;
  /** Longest text, in characters. */
  max?: number;
  /** A draft must give it a text that is not blank, whatever older rows have; how that is written, for the hint. */
  needed?: string;
  /** What its texts look like, and what such a text is called. */
  looks?: { readonly pattern: RegExp; readonly called: string; readonly example: string };
  /** Unit of measurement, for people. */
  unit?: string;
  /** Other words than those listed are taken too. */
  open?: true;
  /** Read only when asked for (long texts). */
  lazy?: true;
  /** Bookkeeping: no part of rows, filters, drafts or JSON. */
  hidden?: true;
  /** Of little interest to people: a record in one line leaves it out, at least while it has its default. */
  minor?: true | "by default";
  doc?: string;
}

export interface Field<T = unknown, O extends Options = Options> {
  readonly is: "field";
  readonly kind: Kind;
  readonly options: O;
  /** The words of a `oneOf`. */
  readonly values?: readonly string[];
  /** Only for the compiler: the type of a value. */
  readonly _type?: T;
}

/** A field of any type. */
export type AnyField = Field<unknown, Options>;

export interface RefOptions extends Options {
  /** The name of the way back: `project.artifacts`. */
  inverse?: string;
}

export interface Ref<N extends string = string, O extends RefOptions = RefOptions> {
  readonly is: "ref";
  readonly to: N;
  readonly options: O;
}

export interface Link<N extends string = string, I extends string = string> {
  readonly is: "link";
  readonly to: N;
  readonly inverse: I;
  readonly byFeature: boolean;
  /** Columns of the row that its links repeat: a walk over links finds them there. */
  readonly repeats: readonly string[];
  /** Part of lineage: kept when one of the two rows is deleted for good. */
  readonly lineage: boolean;
}

/** A relation that follows others: `artifact.transform` is the transform of its run. */
export interface Via<N extends string = string> {
  readonly is: "via";
  readonly to: N;
  readonly path: readonly string[];
}

/** The newest row of another registry that points here: `transform.latestRun`. */
export interface Newest<N extends string = string> {
  readonly is: "newest";
  readonly to: N;
  readonly by: string;
}

export type Derived = Via | Newest;

const field =
  <T>(kind: Kind) =>
  <const O extends Options = Record<never, never>>(options?: O): Field<T, NoInfer<O>> => ({
    is: "field",
    kind,
    options: options ?? ({} as O),
  });

/** Text of any length. @example ln.text({ optional: true }) */
export const text = field<string>("text");
/** A whole number, at most 2^53 − 1 in size. @example ln.int({ default: 3 }) */
export const int = field<number>("int");
/** A floating-point number. @example ln.real({ unit: "°C" }) */
export const real = field<number>("real");
/** True or false. @example ln.bool({ default: false }) */
export const bool = field<boolean>("bool");
/** A moment in UTC, to the millisecond. @example ln.time() */
export const time = field<Date>("time");
/** Any JSON value, of type `T`. @example ln.json<{ lr: number }>()() */
export const json = <T>() => field<T>("json");
/** One of a few words; with `open`, they are suggestions. @example ln.oneOf("csv", "parquet")() */
export const oneOf =
  <const V extends readonly string[]>(...values: V) =>
  <const O extends Options = Record<never, never>>(
    options?: O,
  ): Field<O extends { open: true } ? V[number] | (string & Record<never, never>) : V[number], NoInfer<O>> => ({
    is: "field",
    kind: "text",
    values,
    options: options ?? ({} as O),
  });

/** One record of another registry. @example ln.ref("Artifact") */
export const ref = <const N extends string, const O extends RefOptions = Record<never, never>>(
  to: N,
  options?: O,
): Ref<N, NoInfer<O>> => ({
  is: "ref",
  to,
  options: options ?? ({} as O),
});

/** Many to many, with the name of the way back. */
export const link = <const N extends string, const I extends string>(
  to: N,
  options: { inverse: I; byFeature?: true; repeats?: readonly string[]; lineage?: true },
): Link<N, I> => ({
  is: "link",
  to,
  inverse: options.inverse,
  byFeature: options.byFeature ?? false,
  repeats: options.repeats ?? [],
  lineage: options.lineage ?? false,
});

/** `via("Transform", "run", "transform")`: what is reached through these relations. */
export const via = <const N extends string>(to: N, ...path: string[]): Via<N> => ({ is: "via", to, path });

/** `newest("Run", "transform")`: the last added run whose `transform` is this. */
export const newest = <const N extends string>(to: N, by: string): Newest<N> => ({ is: "newest", to, by });

export interface Registry {
  /** Length of the public id, in base-62 characters. */
  readonly uid: number;
  /** Rows come in families of versions: `uid` is a stem and a revision. */
  readonly versioned?: true;
  readonly doc: string;
  readonly columns: Readonly<Record<string, AnyField | Ref>>;
  readonly links?: Readonly<Record<string, Link>>;
  readonly derived?: Readonly<Record<string, Derived>>;
  /** Columns by which `save` finds an existing row. */
  readonly natural?: readonly string[];
  /** The column that names a row for people: search, lookup, titles. */
  readonly title: string;
  /** Columns of listings, in order. */
  readonly show: readonly string[];
  /** People know its rows by a related row and a column rather than by a title. */
  readonly knownBy?: readonly [relation: string, column: string];
  /** Much the same in every instance: overviews leave it out unless they are asked for it. */
  readonly minor?: true;
}

/** Declares a registry: from this one value tables, types, filters and listings are derived. */
export const registry = <const R extends Registry>(declaration: R): R => declaration;
