/** Filters as typed: `key=x.csv`, `size>=1000`, `run.transform.key=ingest.ts`, `key.startsWith=fastq/`. */

import { LinealError } from "../ground/errors.ts";
import { fieldsOf, isOperator, model, type Name, parseText, relationOf, relationsOf } from "../model/index.ts";
import { Misuse, suggestion } from "./command.ts";

type Where = { [key: string]: unknown };

const symbols: Readonly<Record<string, string>> = {
  "=": "eq",
  "!=": "ne",
  ">": "gt",
  ">=": "gte",
  "<": "lt",
  "<=": "lte",
  "~": "icontains",
};

/** The filter that all of the texts together mean; fields and values are checked against the registry. */
export function parseFilters(registry: Name, texts: readonly string[]): Where {
  const where: Where = {};
  for (const text of texts) {
    const [, path, symbol, value] = /^([^=!<>~]+)(!=|>=|<=|[=<>~])([^]*)$/.exec(text) ?? [];
    if (path === undefined || symbol === undefined || value === undefined)
      throw new Misuse(
        `--filter ${text} is no test`,
        "write FIELD=VALUE, for example --filter key=x.csv or --filter 'size>1000'",
      );
    const steps = path.trim().split(".");
    const named = steps.length > 1 && isOperator(steps.at(-1) ?? "") ? steps.pop() : undefined;
    if (named !== undefined && symbol !== "=")
      throw new Misuse(`--filter ${text} has two operators`, `write ${steps.join(".")}.${named}=${value}`);
    place(where, registry, steps, named ?? (symbols[symbol] as string), value);
  }
  return where;
}

function place(where: Where, registry: Name, steps: readonly string[], operator: string, value: string): void {
  const [key = "", ...rest] = steps;
  const relation = relationOf(registry, key);
  if (relation && rest.length > 0) return place(inside(where, key), relation.to, rest, operator, value);
  if (relation) {
    where[key] = relationTest(key, relation.to, operator, value);
    return;
  }
  const field = fieldsOf(registry).get(key);
  if (field === undefined || field.options.hidden) throw unknownField(registry, key);
  if (rest.length > 0 && field.kind !== "json")
    throw new LinealError("invalid", `${key} has no part ${rest.join(".")}`, {
      hint: `Test it as a whole: --filter ${key}=VALUE`,
    });
  const parse = (text: string): unknown =>
    parseText(text === "null" ? { ...field, options: { ...field.options, optional: true } } : field, text, key);
  const many = operator === "in" || operator === "notIn";
  const tests = rest.reduce(inside, inside(where, key));
  // Part of a text is no value of its field: 'matches' on a one-of column, or a time by its year.
  tests[operator] = many
    ? value.split(",").map(parse)
    : field.kind === "text" && operator !== "eq" && operator !== "ne"
      ? value
      : parse(value);
}

/** A relation is compared by the name or the uid of the record on its other side. */
function relationTest(key: string, to: Name, operator: string, value: string): unknown {
  if (operator !== "eq" && operator !== "ne")
    throw new LinealError("invalid", `${key} is a ${to}: it is compared with = or by its fields`, {
      hint: `For example --filter ${key}.${model[to].title}~TEXT`,
    });
  if (value === "null") return operator === "eq" ? null : { not: null };
  const same =
    (key === "branch" || key === "space") && operator === "eq"
      ? value
      : { any: [{ [model[to].title]: { eq: value } }, { uid: { startsWith: value } }] };
  return operator === "eq" ? same : { not: same };
}

/** The object at `key`, made when missing; a key may be any text, `__proto__` too. */
function inside(where: Where, key: string): Where {
  const present = Object.hasOwn(where, key) ? where[key] : undefined;
  if (typeof present === "object" && present !== null) return present as Where;
  const made: Where = {};
  Object.defineProperty(where, key, { value: made, enumerable: true, configurable: true, writable: true });
  return made;
}

function unknownField(registry: Name, key: string): LinealError {
  const own = [...fieldsOf(registry)].flatMap(([name, { options }]) => (options.hidden ? [] : [name]));
  const { ones, manys } = relationsOf(registry);
  const fields = [...own, ...ones, ...manys];
  const near = suggestion(key, fields);
  return new LinealError("invalid", `${registry} has no field '${key}'`, {
    hint: near === undefined ? `Its fields are ${fields.join(", ")}.` : `Did you mean '${near}'?`,
  });
}
