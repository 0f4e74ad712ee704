/** Values that JSON and YAML can hold: checked before they are written, so that nothing is lost in silence. */
import { LinealError } from "../ground/errors.ts";

/** What the target can hold beyond JSON. */
export interface PlainOptions {
  /** Allow bigint, NaN and infinities, which YAML has and JSON has not. */
  readonly numbers?: "json" | "yaml";
  /** What the value is called in errors. */
  readonly path?: string;
}

/**
 * A copy of a value made of plain objects, arrays, strings, numbers, booleans and null; dates become ISO text.
 *
 * Object fields that are `undefined` are left out. Throws `invalid` for cycles, functions, symbols, `undefined` elsewhere,
 * maps and sets, binary data, and for numbers the target does not have.
 */
export function plainValue(value: unknown, { numbers = "json", path = "" }: PlainOptions = {}): unknown {
  const open = new Set<object>();
  const visit = (inner: unknown, path: string): unknown => {
    if (inner === null || typeof inner === "string" || typeof inner === "boolean") return inner;
    if (typeof inner === "number") {
      if (numbers === "yaml" || Number.isFinite(inner)) return inner;
      throw refuse(path, `${inner}, which JSON does not have`, "use null, or a key ending in .yaml");
    }
    if (typeof inner === "bigint") {
      if (numbers === "yaml") return inner;
      throw refuse(
        path,
        "a bigint, which JSON does not have",
        "use String(value) or Number(value), or a key ending in .yaml",
      );
    }
    if (typeof inner !== "object")
      throw refuse(
        path,
        `${typeof inner === "undefined" ? "undefined" : `a ${typeof inner}`}`,
        "use null or leave the field out",
      );
    if (inner instanceof Map || inner instanceof Set)
      throw refuse(path, "a Map or Set", "use Object.fromEntries(map) or [...set]");
    if (ArrayBuffer.isView(inner) || inner instanceof ArrayBuffer)
      throw refuse(path, "binary data", "use Array.from(data), or save the bytes as a file of their own");
    if (open.has(inner)) throw refuse(path, "a reference back to itself", "save the parts without the cycle");
    open.add(inner);
    const copy = copyOf(inner, path);
    open.delete(inner);
    return copy;
  };
  const copyOf = (inner: object, path: string): unknown => {
    const { toJSON } = inner as { toJSON?: (key: string) => unknown };
    if (typeof toJSON === "function") return visit(toJSON.call(inner, ""), path);
    if (Array.isArray(inner)) return Array.from(inner, (item, index) => visit(item, `${path}[${index}]`));
    const fields = Object.entries(inner).filter(([, field]) => field !== undefined);
    return Object.fromEntries(fields.map(([key, field]) => [key, visit(field, path === "" ? key : `${path}.${key}`)]));
  };
  return visit(value, path);
}

function refuse(path: string, what: string, hint: string): LinealError {
  return new LinealError("invalid", `${path === "" ? "the value" : `"${path}"`} is ${what}, and cannot be stored`, {
    hint,
  });
}
