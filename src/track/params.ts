/** Turns the params of a run into plain JSON. */
import { redactParams } from "../ground/redact.ts";

/** A value as it is stored: JSON, nothing else. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** Params ready to be stored, and the names (`a.b`) of those that have no JSON form. */
export type SerialisedParams = { params: { [key: string]: JsonValue }; dropped: string[] };

/**
 * Plain, redacted JSON of the params of a run.
 *
 * Null, undefined and empty lists are left out; dates become ISO strings, sets lists, maps objects, records whatever
 * `reference` returns for them (`Artifact[uid]`). Functions, class instances and cycles are dropped and named.
 */
export function serialiseParams(
  params: Record<string, unknown>,
  options: { reference?: (value: object) => string | undefined } = {},
): SerialisedParams {
  const dropped: string[] = [];
  const walk = new Walk(dropped, options.reference ?? (() => undefined));
  const entries = walk
    .entries(Object.entries(params), "")
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0));
  return { params: redactParams(Object.fromEntries(entries)) as SerialisedParams["params"], dropped };
}

const deepest = 100;

class Walk {
  readonly #ancestors: object[] = [];
  readonly #dropped: string[];
  readonly #reference: (value: object) => string | undefined;

  constructor(dropped: string[], reference: (value: object) => string | undefined) {
    this.#dropped = dropped;
    this.#reference = reference;
  }

  entries(pairs: Iterable<readonly [string, unknown]>, path: string): [string, JsonValue][] {
    return [...pairs].flatMap(([key, value]) => {
      const json = this.#value(value, path === "" ? key : `${path}.${key}`);
      return json === undefined ? [] : [[key, json] as [string, JsonValue]];
    });
  }

  #value(value: unknown, path: string): JsonValue | undefined {
    switch (typeof value) {
      case "undefined":
        return undefined;
      case "boolean":
      case "string":
        return value;
      case "number":
        return Number.isFinite(value) ? value + 0 : String(value);
      case "bigint":
        return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
      case "object":
        return value === null ? null : this.#object(value, path);
      default:
        return this.#drop(path);
    }
  }

  #object(value: object, path: string): JsonValue | undefined {
    const reference = this.#reference(value);
    if (reference !== undefined) return reference;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? this.#drop(path) : value.toISOString();
    if (value instanceof URL) return value.href;
    if (this.#ancestors.includes(value) || this.#ancestors.length >= deepest) return this.#drop(path);
    this.#ancestors.push(value);
    try {
      if (Array.isArray(value)) return this.#list(value, path);
      if (value instanceof Set) return this.#list([...value], path);
      if (value instanceof Map) return this.#map(value, path);
      return isPlain(value) ? Object.fromEntries(this.entries(Object.entries(value), path)) : this.#drop(path);
    } catch {
      return this.#drop(path); // a getter threw
    } finally {
      this.#ancestors.pop();
    }
  }

  #list(items: unknown[], path: string): JsonValue[] {
    return Array.from(items, (item, i) => this.#value(item, `${path}.${i}`)).filter((item) => item !== undefined);
  }

  #map(map: Map<unknown, unknown>, path: string): JsonValue {
    const pairs = [...map];
    if (pairs.some(([key]) => typeof key === "object" || typeof key === "function" || typeof key === "symbol"))
      return this.#list(pairs, path);
    return Object.fromEntries(
      this.entries(
        pairs.map(([key, value]) => [String(key), value] as const),
        path,
      ),
    );
  }

  #drop(path: string): undefined {
    this.#dropped.push(path);
  }
}

/** Whether a value is an object literal, of this realm or another. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return (
    prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty"))
  );
}
