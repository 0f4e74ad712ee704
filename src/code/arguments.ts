/** What calls are given, and which parameter takes what. */

import type { Callable } from "./ir.ts";
import { type Value, unknown, withFields } from "./values.ts";

/** The values that a call is given, in order and by name. */
export type Arguments = { list: readonly Value[]; named: ReadonlyMap<string, Value> };

export const nothingNamed: ReadonlyMap<string, Value> = new Map();
export const noArguments: Arguments = { list: [], named: nothingNamed };

export const valuesOf = (args: Arguments): Value[] => [...args.list, ...args.named.values()];

/** What each parameter of a function takes. */
export function taken({ params }: Callable, { list, named }: Arguments): Value[] {
  const rest = params.findIndex((it) => it.rest === true);
  const names = new Set(params.flatMap((it) => it.name ?? []));
  return params.map((param, i) => {
    if (param.rest === "named") return withFields(new Map([...named].filter(([name]) => !names.has(name))));
    if (param.rest) return listOf(list.slice(i));
    return (param.name === undefined ? undefined : named.get(param.name)) ?? (rest >= 0 && rest < i ? unknown : (list[i] ?? unknown));
  });
}

export const listOf = (values: readonly Value[]): Value => withFields(new Map(values.map((it, i) => [String(i), it])));
