/** What a filter says, checked and made simple: conditions that a database only has to translate. */
import { closest, LinealError, inWords } from "../ground/errors.ts";
import type { AnyField } from "./field.ts";
import { model } from "./model.ts";
import { isOperator, type Operator, operators, operatorsOf } from "./operators.ts";
import { checkPattern } from "./pattern.ts";
import { fieldsOf, relationOf, relationsOf } from "./relations.ts";
import type { Name } from "./types.ts";
import { coerce } from "./value.ts";

/** A filter as people write it: what `Where<N>` is at run time. */
export type Filter = Readonly<Record<string, unknown>>;

/** The operators that remain in conditions: the others are said with `not`, `any` and `absent`. */
export type Test = Exclude<Operator, "ne" | "notIn">;

/** What must hold of a row. Values are of their column's type, times are Dates. */
export type Condition =
  | { readonly is: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly is: "not"; readonly of: Condition }
  /** The column holds no value. */
  | { readonly is: "absent"; readonly key: string }
  /** The column holds a value that passes the test. */
  | { readonly is: "test"; readonly key: string; readonly test: Test; readonly value: unknown }
  /** The JSON column holds, at this path of keys, a value of the same type that passes the test; null where there is none. */
  | {
      readonly is: "json";
      readonly key: string;
      readonly path: readonly string[];
      readonly test: Exclude<Test, "in">;
      readonly value: unknown;
    }
  /** The relation leads to a row that fits. */
  | { readonly is: "related"; readonly key: string; readonly where: Condition };

const all = (of: readonly Condition[]): Condition => (of.length === 1 ? (of[0] as Condition) : { is: "all", of });
const not = (of: Condition): Condition => ({ is: "not", of });
const invalid = (message: string, hint: string): LinealError => new LinealError("invalid", message, { hint });

const isObject = (value: unknown): value is Filter =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);

/** Records carry their uid and are no plain objects. */
export const isRecord = (value: unknown): value is { readonly uid: string } =>
  isObject(value) &&
  ![Object.prototype, null].includes(Object.getPrototypeOf(value)) &&
  typeof (value as { uid?: unknown }).uid === "string";

/** The condition of a filter on rows of a registry; throws `invalid` with what is wrong, and what may have been meant. */
export function parseFilter(name: Name, where: unknown, path: string = name): Condition {
  return all(Object.entries(plain(where, path)).map(([key, test]) => parseEntry(name, key, test, `${path}.${key}`)));
}

/** Whether a filter tests `key` of the row itself, also below `any` and `not`. */
export function isAbout(where: unknown, key: string): boolean {
  if (!isObject(where)) return false;
  const inner = [where.not, ...(Array.isArray(where.any) ? where.any : [])];
  return Object.hasOwn(where, key) || inner.some((one) => isAbout(one, key));
}

function parseEntry(name: Name, key: string, test: unknown, path: string): Condition {
  refuseUndefined(test, path);
  if (key === "not") return not(parseFilter(name, test, path));
  if (key === "any") {
    if (!Array.isArray(test)) throw invalid(`${path} must be a list of filters`, "Write any: [{ … }, { … }].");
    return { is: "any", of: test.map((one, i) => parseFilter(name, one, `${path}[${i}]`)) };
  }
  const field = fieldsOf(name).get(key);
  if (field && !field.options.hidden)
    return field.kind === "json" ? parseJson(key, test, path) : parseTest(key, field, test, path);
  return parseRelated(name, key, test, path);
}

function parseRelated(name: Name, key: string, test: unknown, path: string): Condition {
  const relation = relationOf(name, key);
  if (!relation) throw unknownField(name, key, path);
  const { to, way } = relation;
  const leads = (where: Condition): Condition =>
    way.is === "via"
      ? way.path.reduceRight<Condition>((where, key) => ({ is: "related", key, where }), where)
      : { is: "related", key, where };
  if (test === null) return not(leads(all([])));
  if (isRecord(test)) return leads(parseFilter(to, { uid: test.uid }, path));
  if (typeof test === "string" && (to === "Branch" || to === "Space"))
    return leads(parseFilter(to, { name: test }, path));
  const filter = plain(test, path, to);
  if (Object.keys(filter).length === 1 && filter.not === null) return leads(all([]));
  return leads(parseFilter(to, filter, path));
}

// ── columns ─────────────────────────────────────────────────────────────────
function parseTest(key: string, field: AnyField, test: unknown, path: string): Condition {
  if (!isObject(test)) return equals(key, field, test, path);
  const known = operatorsOf(field.kind);
  const entries = Object.entries(test);
  if (entries.length === 0) throw invalid(`${path} has no operator`, `Give a value, or one of: ${known.join(", ")}.`);
  return all(
    entries.map(([operator, value]) => {
      if (!isOperator(operator) || !known.includes(operator)) throw noOperator(operator, known, path);
      return parseOperator(key, field, operator, value, `${path}.${operator}`);
    }),
  );
}

function parseOperator(key: string, field: AnyField, operator: Operator, value: unknown, path: string): Condition {
  refuseUndefined(value, path);
  if (operator === "ne") return not(equals(key, field, value, path));
  if (operator === "eq") return equals(key, field, value, path);
  if (operator === "in" || operator === "notIn") {
    const values = list(value, path);
    const some: Condition = {
      is: "test",
      key,
      test: "in",
      value: values.flatMap((one) => (one === null ? [] : [comparable(field, one, path)])),
    };
    const found: Condition = values.includes(null) ? { is: "any", of: [some, { is: "absent", key }] } : some;
    return operator === "in" ? found : not(found);
  }
  const { takes } = operators[operator];
  return {
    is: "test",
    key,
    test: operator,
    value: takes === "bound" ? comparable(field, value, path) : text(operator, value, path),
  };
}

const equals = (key: string, field: AnyField, value: unknown, path: string): Condition =>
  value === null ? { is: "absent", key } : { is: "test", key, test: "eq", value: comparable(field, value, path) };

/** A value as the column holds it. */
function comparable(field: AnyField, value: unknown, path: string): unknown {
  refuseUndefined(value, path);
  const canonical = coerce(field, value);
  if (canonical === undefined || canonical === null || (field.kind === "real" && !Number.isFinite(canonical)))
    throw invalid(`${path} cannot be compared with ${inWords(value)}`, `The column holds ${field.kind} values.`);
  if (field.values && !field.options.open && !field.values.includes(canonical as string))
    throw invalid(`${path} is never ${inWords(value)}`, `One of: ${field.values.join(", ")}.`);
  return canonical;
}

// ── JSON ────────────────────────────────────────────────────────────────────
function parseJson(key: string, test: unknown, path: string): Condition {
  if (test === null) return { is: "absent", key };
  return all([not({ is: "absent", key }), parseJsonAt(key, [], test, path)]);
}

/** An object whose keys are all operators is a test, any other a path. */
function parseJsonAt(key: string, keys: readonly string[], test: unknown, path: string): Condition {
  if (!isObject(test)) return jsonTest(key, keys, "eq", test, path);
  const entries = Object.entries(test);
  if (entries.length > 0 && entries.every(([inner]) => isOperator(inner)))
    return all(
      entries.map(([operator, value]) => jsonTest(key, keys, operator as Operator, value, `${path}.${operator}`)),
    );
  return all(entries.map(([inner, value]) => parseJsonAt(key, [...keys, inner], value, `${path}.${inner}`)));
}

function jsonTest(key: string, keys: readonly string[], operator: Operator, given: unknown, path: string): Condition {
  refuseUndefined(given, path);
  if (operator === "ne") return not(jsonTest(key, keys, "eq", given, path));
  if (operator === "notIn") return not(jsonTest(key, keys, "in", given, path));
  if (operator === "in") return { is: "any", of: list(given, path).map((one) => jsonTest(key, keys, "eq", one, path)) };
  const value = jsonValue(given, path);
  if (keys.length === 0) throw invalid(`${path} needs a key to compare`, `Write { ${key}: { name: value } }.`);
  const { takes } = operators[operator];
  if (takes === "bound" && typeof value !== "number" && typeof value !== "string")
    throw invalid(`${path} must be a number or text`, "Compare sizes of numbers or texts only.");
  if (takes === "text" || takes === "pattern") text(operator, value, path);
  return { is: "json", key, path: keys, test: operator, value };
}

/** A value as JSON keeps it. */
function jsonValue(value: unknown, path: string): unknown {
  const number = value instanceof Date ? value.getTime() : value;
  if (typeof number === "number" && !Number.isFinite(number))
    throw invalid(
      `${path} is ${inWords(value)}, which JSON cannot hold`,
      "Compare with a finite number, or a valid Date.",
    );
  try {
    const json = JSON.stringify(value);
    if (json !== undefined) return JSON.parse(json);
  } catch {
    // A bigint, or an object that holds itself.
  }
  throw invalid(`${path} is no JSON value`, "Compare with text, numbers, true, false, null, lists or objects.");
}

// ── what is refused ─────────────────────────────────────────────────────────
function refuseUndefined(value: unknown, path: string): void {
  if (value === undefined) throw invalid(`${path} is undefined`, "Leave the key out, or use null for absent values.");
}

function plain(test: unknown, path: string, to?: Name): Filter {
  if (isObject(test)) return test;
  const hint = to ? `Write { ${model[to].title}: ${inWords(test)} }, or give a record.` : "Write { … }.";
  throw invalid(`${path} must be a filter, not ${inWords(test)}`, hint);
}

function list(value: unknown, path: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(`${path} must be a list`, "Write in: [ … ].");
}

function text(operator: Operator, value: unknown, path: string): string {
  if (typeof value !== "string") throw invalid(`${path} must be text`, `Write { ${operator}: "…" }.`);
  return operators[operator].takes === "pattern" ? checkPattern(value) : value;
}

function noOperator(operator: string, known: readonly string[], path: string): LinealError {
  const near = closest(operator, known);
  return invalid(
    `${path}.${operator}: no operator "${operator}" for this column`,
    near && near !== operator ? `Did you mean ${near}?` : `One of: ${known.join(", ")}.`,
  );
}

function unknownField(name: Name, key: string, path: string): LinealError {
  const own = [...fieldsOf(name)].flatMap(([key, field]) => (field.options.hidden ? [] : [key]));
  const { ones, manys } = relationsOf(name);
  const known = [...own, ...ones, ...manys];
  const near = closest(key, known);
  return invalid(
    `${name} has no field "${key}" (${path})`,
    near ? `Did you mean ${near}?` : `Fields: ${known.join(", ")}.`,
  );
}
