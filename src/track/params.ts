/** Turns the params of a run into plain JSON. */
import { isPlain } from "../ground/plain.ts";
import { redactParams } from "../ground/redact.ts";

/** A value as it is stored: JSON, nothing else. */
type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** Params ready to be stored, and the names (`a.b`) of those that have no JSON form. */
export type SerialisedParams = { params: { [key: string]: JsonValue }; dropped: string[] };

const DEEPEST = 100;

/**
 * Plain, redacted JSON of the params of a run.
 *
 * Null, undefined and empty lists are left out; dates become ISO strings, sets lists, maps objects, records whatever
 * `reference` returns for them (`Artifact[uid]`). Functions, class instances and cycles are dropped and named.
 */
export function serialiseParams(
  params: Record<string, unknown>,
  reference: (value: object) => string | undefined,
): SerialisedParams {
  const dropped: string[] = [];
  const drop = (path: string): undefined => void dropped.push(path);

  const fields = (pairs: [string, unknown][], path: string, above: readonly object[]): [string, JsonValue][] =>
    pairs.flatMap(([key, value]) => {
      const json = plain(value, path === "" ? key : `${path}.${key}`, above);
      return json === undefined ? [] : [[key, json] as [string, JsonValue]];
    });

  const plain = (value: unknown, path: string, above: readonly object[]): JsonValue | undefined => {
    if (value === null || value === undefined || typeof value === "boolean" || typeof value === "string")
      return value as JsonValue | undefined;
    if (typeof value === "number") return Number.isFinite(value) ? value + 0 : String(value);
    if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    if (typeof value !== "object") return drop(path);
    const named = reference(value);
    if (named !== undefined) return named;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? drop(path) : value.toISOString();
    if (value instanceof URL) return value.href;
    if (above.includes(value) || above.length >= DEEPEST) return drop(path);
    const inside = [...above, value];
    try {
      if (value instanceof Map && [...value.keys()].every((key) => /^(string|number|boolean|bigint)$/.test(typeof key)))
        return Object.fromEntries(
          fields(
            Array.from(value, ([key, item]) => [String(key), item]),
            path,
            inside,
          ),
        );
      if (Array.isArray(value) || value instanceof Set || value instanceof Map)
        return Array.from(value, (item: unknown, i) => plain(item, `${path}.${i}`, inside)).filter(
          (item) => item !== undefined,
        );
      return isPlain(value) ? Object.fromEntries(fields(Object.entries(value), path, inside)) : drop(path);
    } catch {
      return drop(path); // A getter threw.
    }
  };

  const kept = fields(Object.entries(params), "", []).filter(
    ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return { params: redactParams(Object.fromEntries(kept)) as SerialisedParams["params"], dropped };
}
