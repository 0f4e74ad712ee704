/** Row, filter, order and draft types: all read off the declarations, nothing written twice. */
import type { Field, Kind, Link, Options, Ref, RefOptions } from "./field.ts";
import type { Operator, operators } from "./operators.ts";
import type * as registries from "./registries.ts";

export type Model = typeof registries;
/** The name of a registry. */
export type Name = keyof Model;

type Columns<N extends Name> = Model[N]["columns"];
type Links<N extends Name> = Model[N] extends { links: infer L } ? L : Record<never, never>;
type DerivedOf<N extends Name> = Model[N] extends { derived: infer D } ? D : Record<never, never>;
type Flat<T> = { [K in keyof T]: T[K] };
type Intersect<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;
type OptionsOf<C> = C extends { options: infer O } ? O : never;
type Has<O, K extends keyof RefOptions, V> = [O] extends [{ [P in K]: V }] ? true : false;

// ── own columns ─────────────────────────────────────────────────────────────
type ScalarKeys<N extends Name> = {
  [K in keyof Columns<N>]: Columns<N>[K] extends Field<unknown, Options>
    ? Has<OptionsOf<Columns<N>[K]>, "hidden", true> extends true
      ? never
      : K
    : never;
}[keyof Columns<N>];
type ValueOf<C> = C extends Field<infer T, infer O> ? ([O] extends [{ optional: true }] ? T | null : T) : never;
type LazyKeys<N extends Name> = {
  [K in ScalarKeys<N>]: Has<OptionsOf<Columns<N>[K]>, "lazy", true> extends true ? K : never;
}[ScalarKeys<N>];

/** The own columns of a row. */
export type Scalars<N extends Name> = Flat<
  { readonly uid: string; readonly createdAt: Date } & {
    readonly [K in Exclude<ScalarKeys<N>, LazyKeys<N>>]: ValueOf<Columns<N>[K]>;
  }
>;
/** Columns that are read only when awaited. */
export type Lazy<N extends Name> = { readonly [K in LazyKeys<N>]: PromiseLike<ValueOf<Columns<N>[K]>> };

// ── relations, forward and inverse ──────────────────────────────────────────
type RefKeys<N extends Name> = {
  [K in keyof Columns<N>]: Columns<N>[K] extends Ref<string, RefOptions>
    ? Has<OptionsOf<Columns<N>[K]>, "hidden", true> extends true
      ? never
      : K
    : never;
}[keyof Columns<N>];
type TargetOf<C> = C extends { to: infer T extends Name } ? T : never;

/** To-one relations: name → registry. */
export type Ones<N extends Name> = { [K in RefKeys<N>]: TargetOf<Columns<N>[K]> } & {
  [K in keyof DerivedOf<N>]: TargetOf<DerivedOf<N>[K]>;
};
/** To-one relations that may be absent. */
export type MaybeOnes<N extends Name> =
  | { [K in RefKeys<N>]: Has<OptionsOf<Columns<N>[K]>, "optional", true> extends true ? K : never }[RefKeys<N>]
  | keyof DerivedOf<N>;

type InversesFrom<M extends Name, N extends Name> = {
  [K in keyof Columns<M> as Columns<M>[K] extends Ref<N, infer O>
    ? O extends { inverse: infer I extends string }
      ? I
      : never
    : never]: M;
} & { [K in keyof Links<M> as Links<M>[K] extends Link<N, infer I> ? I : never]: M };
/** To-many relations: own links, inverses of others' refs and links, and versions. */
export type Manys<N extends Name> = Flat<
  { [K in keyof Links<N>]: TargetOf<Links<N>[K]> } & Intersect<{ [M in Name]: InversesFrom<M, N> }[Name]> &
    (Model[N] extends { versioned: true } ? { versions: N } : Record<never, never>)
>;

// ── filters ─────────────────────────────────────────────────────────────────
/** What operators compare with, for a column that holds `T`. */
interface Operands<T> {
  value: T | null;
  list: readonly (T | null)[];
  bound: [T] extends [string] ? string : T;
  text: string;
  pattern: string;
}
type OperatorsOf<K extends Kind> = Pick<
  typeof operators,
  { [O in Operator]: K extends (typeof operators)[O]["kinds"][number] ? O : never }[Operator]
>;
/** The operators that a column of kind `K` takes. */
type Operators<K extends Kind, T> = {
  [O in keyof OperatorsOf<K>]?: Operands<T>[OperatorsOf<K>[O]["takes"]];
};
/** A test of one JSON value: a literal, operators, or a path of keys. */
export type JsonTest = string | number | boolean | null | readonly unknown[] | { readonly [key: string]: unknown };
/** What a filter may say of a column that holds `T`. Wrapped in tuples so that unions stay whole. */
export type Test<T> = [NonNullable<T>] extends [string]
  ? NonNullable<T> | Operators<"text", NonNullable<T>> | AbsentTest<T>
  : [NonNullable<T>] extends [number]
    ? number | Operators<"real", number> | AbsentTest<T>
    : [NonNullable<T>] extends [boolean]
      ? boolean | Operators<"bool", boolean> | AbsentTest<T>
      : [NonNullable<T>] extends [Date]
        ? Date | string | Operators<"time", Date | string> | AbsentTest<T>
        : JsonTest;
type AbsentTest<T> = [null] extends [T] ? null : never;
/** A record, or anything that carries its uid. */
export interface HasUid {
  readonly uid: string;
}
type OneTest<N extends Name> = HasUid | Where<N> | { not: null } | (N extends "Branch" | "Space" ? string : never);
type ManyTest<N extends Name> = HasUid | Where<N> | { not: null } | null;
type TestOf<N extends Name, K> = K extends keyof Scalars<N>
  ? Test<Scalars<N>[K]>
  : K extends LazyKeys<N>
    ? Test<ValueOf<Columns<N>[K]>>
    : K extends keyof Ones<N>
      ? OneTest<Ones<N>[K] & Name> | (K extends MaybeOnes<N> ? null : never)
      : K extends keyof Manys<N>
        ? ManyTest<Manys<N>[K] & Name>
        : never;
/** One object type and no intersection: with an empty part in it, text would pass for a filter. */
type Tests<N extends Name> = { [K in keyof Scalars<N> | LazyKeys<N> | keyof Ones<N> | keyof Manys<N>]?: TestOf<N, K> };
/** A filter: all of its tests hold; `any` of some, `not` of others. */
export type Where<N extends Name> = Tests<N> & { any?: readonly Where<N>[]; not?: Where<N> };
/** A column to sort by; `-` sorts downwards. */
export type Order<N extends Name> = (keyof Scalars<N> & string) | `-${keyof Scalars<N> & string}`;

// ── writing ─────────────────────────────────────────────────────────────────
type WritableKeys<N extends Name> = {
  [K in keyof Columns<N>]: Has<OptionsOf<Columns<N>[K]>, "editable", false> extends true
    ? never
    : Has<OptionsOf<Columns<N>[K]>, "hidden", true> extends true
      ? never
      : K;
}[keyof Columns<N>];
type DraftValue<C> =
  C extends Field<infer T, Options>
    ? [T] extends [Date]
      ? T | string
      : T
    : C extends Ref<infer R, RefOptions>
      ? HasUid | (R extends "Branch" | "Space" ? string : never)
      : never;
type Required<N extends Name> = {
  [K in WritableKeys<N>]: Has<OptionsOf<Columns<N>[K]>, "optional", true> extends true
    ? never
    : [OptionsOf<Columns<N>[K]>] extends [{ default: unknown }]
      ? never
      : K extends "space" | "branch"
        ? never
        : K;
}[WritableKeys<N>];
/** What `save` takes for a new row. */
export type Draft<N extends Name> = Flat<
  { [K in Required<N>]: DraftValue<Columns<N>[K]> } & {
    [K in Exclude<WritableKeys<N>, Required<N>>]?: DraftValue<Columns<N>[K]> | null;
  }
>;
/** What `update` takes. */
export type Changes<N extends Name> = {
  [K in WritableKeys<N>]?:
    | DraftValue<Columns<N>[K]>
    | (Has<OptionsOf<Columns<N>[K]>, "optional", true> extends true ? null : never);
};

// ── guards: a dangling or clashing relation does not compile ────────────────
type Never<T extends never> = T;
type Targets = {
  [N in Name]:
    | { [K in RefKeys<N>]: Columns<N>[K] extends Ref<infer T, RefOptions> ? T : never }[RefKeys<N>]
    | { [K in keyof Links<N>]: Links<N>[K] extends Link<infer T, string> ? T : never }[keyof Links<N>];
}[Name];
/** Every ref and link names a registry that exists. */
export type DanglingTargets = Never<Exclude<Targets, Name>>;
/** `Project.artifacts`: the name that a ref or link takes away from its target. */
type TakenAt<C> = C extends { is: "ref"; to: infer T extends string; options: { inverse: infer I extends string } }
  ? `${T}.${I}`
  : C extends { is: "link"; to: infer T extends string; inverse: infer I extends string }
    ? `${T}.${I}`
    : never;
/** Every name that a registry takes, in itself or elsewhere, with who takes it; boxed so that an intersection keeps the others. */
type TakenBy<M extends Name> = { [K in keyof Columns<M> & string as `${M}.${K}`]: { by: "column" } } & {
  [K in keyof Links<M> & string as `${M}.${K}`]: { by: "link" };
} & { [K in keyof DerivedOf<M> & string as `${M}.${K}`]: { by: "derived" } } & {
  [K in keyof Columns<M> & string as TakenAt<Columns<M>[K]>]: { by: `${M}.${K}` };
} & { [K in keyof Links<M> & string as TakenAt<Links<M>[K]>]: { by: `${M}.${K}` } } & (Model[M] extends {
    versioned: true;
  }
    ? { [K in `${M}.versions`]: { by: "versions" } }
    : Record<never, never>);
type Taken = Intersect<{ [M in Name]: TakenBy<M> }[Name]>;
type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;
/** No relation's name is taken twice: two takers in one registry make a union, in different ones nothing at all. */
export type ClashingInverses = Never<
  {
    [K in keyof Taken]: [Taken[K]] extends [never]
      ? K
      : Taken[K] extends { by: infer B }
        ? IsUnion<B> extends false
          ? never
          : K
        : K;
  }[keyof Taken]
>;
