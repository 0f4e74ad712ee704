/** Options as people give them: unknown names and values are refused, with what was probably meant. */
import { closest, LinealError, refuseUnknown, inWords } from "../../ground/errors.ts";

/** What an option may be: one of these words, or what `fits`, told in words. */
export type Rule = readonly string[] | { readonly fits: (value: unknown) => boolean; readonly says: string };

/** The options, if all are right; what is absent or undefined keeps its default. `what` is what takes them. */
export function checked<T extends object>(
  what: string,
  given: unknown,
  rules: { readonly [K in keyof T]-?: Rule },
): Partial<T> {
  if (given === undefined) return {};
  refuseUnknown(given, Object.keys(rules), what);
  for (const [name, value] of Object.entries(given as T))
    if (value !== undefined) check(name, value, rules[name as keyof T]);
  return given as Partial<T>;
}

/** What is checked elsewhere. */
export const ANY: Rule = { fits: () => true, says: "" };
export const YES_OR_NO: Rule = { fits: (value) => typeof value === "boolean", says: "true or false" };

/** What is not undefined. */
export function defined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** A whole number from `least` on, or infinity. */
export function numberFrom(least: number): Rule {
  const fits = (value: unknown): boolean =>
    (Number.isInteger(value) || value === Number.POSITIVE_INFINITY) && Number(value) >= least;
  return { fits, says: `a whole number from ${least} on, or Infinity` };
}

/** Throws `invalid` for a value that a rule does not allow. */
export function check(name: string, value: unknown, rule: Rule): void {
  if ("fits" in rule) {
    if (!rule.fits(value))
      throw new LinealError("invalid", `${name} cannot be ${inWords(value)}`, { hint: `Give ${rule.says}.` });
  } else if (!rule.includes(value as string)) {
    const near = typeof value === "string" ? closest(value, rule) : undefined;
    throw new LinealError("invalid", `${name} cannot be ${inWords(value)}`, {
      hint: `${near ? `Did you mean "${near}"? ` : ""}Give one of ${rule.map((word) => `"${word}"`).join(", ")}.`,
    });
  }
}
