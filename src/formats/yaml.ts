/** YAML 1.2. */
import { LinealError } from "../ground/errors.ts";
import type { Format } from "./format.ts";
import { plainValue } from "./plain.ts";
import { textOf, utf8 } from "./utf8.ts";

/** `.yaml`, `.yml`: any plain value, bigint and NaN included; dates are ISO text. */
export const yaml: Format = {
  name: "yaml",
  kind: "value",
  suffixes: [".yaml", ".yml"],
  mime: "application/yaml",
  async read(source) {
    const [text, { parse }] = await Promise.all([textOf(source), import("yaml")]);
    try {
      return exact(parse(text, { intAsBigInt: true }));
    } catch (cause) {
      throw new LinealError("invalid", `not YAML: ${(cause as Error).message}`, {
        hint: "use cache() for the path and correct the file",
        cause,
      });
    }
  },
  async write(value) {
    const { stringify } = await import("yaml");
    return utf8(stringify(plainValue(value, { numbers: "yaml" }), { lineWidth: 0, aliasDuplicateObjects: false }));
  },
};

/** Integers as numbers wherever that is exact. */
function exact(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exact(inner)]));
}
