/** What calls are given, and which parameter takes what. */

import type { Callable, Param, Target } from "./ir.ts";
import { type Value, unknown, withFields } from "./values.ts";

/** The values that a call is given, in order and by name. */
export type Arguments = { list: readonly Value[]; named: ReadonlyMap<string, Value> };

export const nothingNamed: ReadonlyMap<string, Value> = new Map();
export const noArguments: Arguments = { list: [], named: nothingNamed };

export const valuesOf = (args: Arguments): Value[] => [...args.list, ...args.named.values()];

/** What each parameter of a function takes, and where it goes. */
export function taken({ params }: Callable, { list, named }: Arguments): [Target, Value][] {
  const rest = params.findIndex((it) => it.rest === true);
  const names = new Set(params.flatMap((it) => it.name ?? []));
  const value = (param: Param, i: number): Value => {
    if (param.rest === "named") return withFields(new Map([...named].filter(([name]) => !names.has(name))));
    if (param.rest) return listOf(list.slice(i));
    return (
      (param.name === undefined ? undefined : named.get(param.name)) ??
      (rest >= 0 && rest < i ? unknown : (list[i] ?? unknown))
    );
  };
  return params.map((param, i) => [param.target, value(param, i)]);
}

export const listOf = (values: readonly Value[]): Value => withFields(new Map(values.map((it, i) => [String(i), it])));
