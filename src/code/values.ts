/** What a value can be, as far as the text of a program tells. */

import type { Callable } from "./ir.ts";
import { folderOf, hole, scriptFile } from "./paths.ts";

/** A value: the texts it may be, and what it may stand for. */
export type Value = {
  /** Texts that the value itself may be. */
  own: readonly string[];
  /** These, and those of what is inside it. */
  all: readonly string[];
  /** Texts given to the call that made it. */
  from?: readonly string[];
  /** Fields of an object, items of a list under "0", "1", … */
  fields?: ReadonlyMap<string, Value>;
  /** Dotted name of what comes from a module or is global: `fs.readFileSync`. */
  name?: string;
  /** Whether it is Lineal itself (or part of it), a record that Lineal gave, or what such a record holds: its data, or where that lies. */
  lineal?: "api" | "record" | "data";
  closures?: readonly Closure[];
  /** An open file or its like: no path. */
  stream?: true;
};

/** A function together with the scope it was made in. */
export type Closure = { fn: Callable; scope: Scope };

/** Variables of a block, a function or the program; `serial` grows with every scope made, `fn` is the function, `self` is the name of what a method is called on, `given` and `params` are the arguments of a function and their names. */
export type Scope = {
  values: Map<string, Value>;
  parent: Scope | undefined;
  isFunction: boolean;
  serial: number;
  fn?: Callable;
  outer?: Set<string>;
  self?: string;
  given?: Value;
  params?: ReadonlySet<string>;
};

/** More texts than this are not told apart. */
const most = 1000;
const mostJoined = 250;
/** Texts with more holes, or longer ones, are no paths. */
const mostHoles = 6;
export const longest = 1024;

export const unknown: Value = { own: [], all: [] };

/** What some names stand for: where the script lies is here. */
const meanings = new Map([
  ...["os.sep", "os.path.sep", "path.sep"].map((name) => [name, "/"] as const),
  ...["__file__", "__filename", "import.meta.filename", "import.meta.url"].map(
    (name) => [name, `./${scriptFile}`] as const,
  ),
  ...["__dirname", "import.meta.dirname"].map((name) => [name, "."] as const),
]);

/** What has this name in a module or globally. */
export function namedValue(name: string, lineal?: Value["lineal"]): Value {
  const place = meanings.get(name);
  return place === undefined ? { ...unknown, name: name.slice(-200), ...(lineal ? { lineal } : {}) } : texts([place]);
}

/** A value that is one of these texts, without those that are too long to be paths. */
export function texts(own: readonly string[]): Value {
  const kept = firstOf([own.filter((it) => it.length <= longest)]);
  return kept.length === 0 ? unknown : { own: kept, all: kept };
}

/** Whether nothing is known of what a value is. */
export const isOpen = (value: Value): boolean =>
  value.all.length === 0 && (value.fields ?? value.closures ?? value.lineal) === undefined;

/** Whether a value comes from neither a module nor the language: from an object of the program, as far as one can tell. */
export const isUnnamed = ({ name }: Value): boolean => name === undefined || /^(this|self)\./.test(name);

/** A value that is one of these values. */
export function oneOf(values: readonly Value[]): Value {
  const all = [...new Set(values)];
  // `x ?? ""`: what is not known, or nothing
  const dropsEmpty = all.some(isOpen);
  const some = all.filter((it) => it !== unknown && !(dropsEmpty && it.all.length === 1 && it.all[0] === ""));
  const [only] = some;
  if (some.length < 2) return only ?? unknown;
  const from = firstOf(some.map((it) => it.from ?? []));
  const closures = [...new Set(some.flatMap((it) => it.closures ?? []))].slice(0, 8);
  const named = some.find((it) => it.name !== undefined || it.lineal !== undefined);
  return {
    own: firstOf(some.map((it) => it.own)),
    all: firstOf(some.map((it) => it.all)),
    ...(from.length > 0 ? { from } : {}),
    ...(named?.name !== undefined ? { name: named.name } : {}),
    ...(named?.lineal !== undefined ? { lineal: named.lineal } : {}),
    ...(closures.length > 0 ? { closures } : {}),
    ...(some.some((it) => it.stream) ? { stream: true as const } : {}),
    ...mergedFields(some),
  };
}

function mergedFields(values: readonly Value[]): { fields?: ReadonlyMap<string, Value> } {
  const [first, ...more] = values.flatMap((it) => it.fields ?? []);
  if (first === undefined || first.size + more.reduce((sum, it) => sum + it.size, 0) > 5000) return {};
  // most of what two objects of a class hold is the same
  const others = more.flatMap((it) => [...it].filter(([name, value]) => first.get(name) !== value));
  if (others.length > 100) return {};
  const fields = new Map(first);
  for (const [name, value] of others) {
    const there = fields.get(name);
    fields.set(name, there === undefined ? value : plain(oneOf([there, value])));
  }
  return fields.size === 0 ? {} : { fields };
}

/** Without the fields of fields, so that merging does not walk ever deeper. */
const plain = ({ fields: _, ...rest }: Value): Value => rest;

/** An object or list with these fields; `more` are values whose names are not known. */
export function withFields(fields: ReadonlyMap<string, Value>, more: readonly Value[] = []): Value {
  const rest = oneOf(more);
  return { own: rest.own, all: firstOf([...[...fields.values()].map((it) => it.all), rest.all]), fields };
}

/** Any item of a list, any field of an object. */
export function itemOf(value: Value): Value {
  if (value.fields === undefined) return value.stream ? unknown : value;
  const listed = oneOf([...value.fields.values()].slice(0, most));
  return value.own.length === 0 ? listed : oneOf([listed, texts(value.own)]);
}

/** What a list (or text) holds from `start` on, as a list. */
export function itemsFrom(value: Value, start: number): Value {
  if (start === 0 || value.fields === undefined) return value;
  return withFields(
    new Map(
      [...value.fields]
        .filter(([name]) => Number(name) >= start)
        .map(([name, it]) => [String(Number(name) - start), it]),
    ),
  );
}

/** One item of a list. */
export function itemAt(value: Value, index: number): Value {
  if (value.fields === undefined) return value.lineal ? value : itemOf(value);
  return value.fields.get(String(index)) ?? texts(value.own);
}

/** What a value has under a name; undefined when the name is computed. */
export function memberOf(value: Value, name: string | undefined): Value {
  if (value.lineal === "record")
    return /^(uid|id|key|name|title|hash|suffix|version|description|handle)$/.test(name ?? "") ? unknown : value;
  if (value.lineal === "data") return name === undefined || /^(parents?|path|href|-?\d+)$/.test(name) ? value : unknown;
  const field = name === undefined ? undefined : value.fields?.get(name);
  if (field !== undefined) return field;
  if (value.name !== undefined) return namedValue(`${value.name}.${name ?? "?"}`, value.lineal);
  if (value.fields) return name === undefined || /^-?\d+$/.test(name) ? itemOf(value) : unknown;
  // `value` of what an enumeration names
  if (name !== undefined && /^(href|pathname|path|value)$/.test(name)) return value;
  if (name === "parent") return texts(value.own.map(folderOf));
  if (name === "parents") return parentsOf(value);
  return name === undefined ? texts(value.own) : unknown;
}

/** The folders above, from the nearest on. */
function parentsOf(value: Value): Value {
  const fields = new Map<string, Value>();
  for (let at = texts(value.own.map(folderOf)); fields.size < 6; at = texts(at.own.map(folderOf)))
    fields.set(String(fields.size), at);
  return value.own.length === 0 ? unknown : withFields(fields);
}

/**
 * Every way to put one text of each value together, as far as it can be a path; what is not known of it is a hole.
 *
 * Not known at all when no text is, and what lies within something of Lineal's is Lineal's.
 */
export function joined(values: readonly Value[], join: (a: string, b: string) => string): Value {
  const parts = values.filter((it) => it.own.length !== 1 || it.own[0] !== "");
  if (parts.length === 0) return values[0] ?? unknown;
  if (parts[0]?.lineal) return { ...unknown, lineal: "data" };
  if (parts.every((it) => it.own.length === 0)) return unknown;
  const [first = [], ...rest] = parts.map((it) => (it.own.length === 0 ? [hole] : it.own));
  let found: readonly string[] = first;
  for (const next of rest) {
    const ways = found.flatMap((a) => next.slice(0, Math.ceil(mostJoined / found.length)).map((b) => join(a, b)));
    found = firstOf([ways.map((it) => it.replaceAll(`${hole}${hole}`, hole)).filter(mayBePath)]);
    if (found.length === 0) return unknown;
  }
  return { own: found, all: found };
}

/** Not too long, and not mostly holes. */
const mayBePath = (text: string): boolean =>
  text.length <= longest && text.split(hole, mostHoles + 2).length <= mostHoles + 1;

function firstOf(lists: readonly Iterable<string>[]): readonly string[] {
  const found = new Set<string>();
  for (const list of lists)
    for (const text of list) {
      if (found.size >= most) return [...found];
      found.add(text);
    }
  return [...found];
}
