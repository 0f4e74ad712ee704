/** How much is logged: six levels, from errors alone to everything. */

import { closest, LinealError } from "../ground/errors.ts";
import { type Environment, readPreferences } from "./home.ts";

/** The levels and their numbers; a message is shown when its level is at most the chosen one. */
export const verbosityLevels = { error: 0, warning: 1, success: 2, info: 3, hint: 4, debug: 5 } as const;

/** The name of a level. */
export type VerbosityLevel = keyof typeof verbosityLevels;

/** The number of a level given as name or number; anything else is `invalid`. */
export function parseVerbosity(value: string | number): number {
  const names = Object.keys(verbosityLevels);
  const text = String(value).trim().toLowerCase();
  if (Object.hasOwn(verbosityLevels, text)) return verbosityLevels[text as VerbosityLevel];
  if (/^[0-5]$/.test(text)) return Number(text);
  const meant = closest(text, names);
  throw new LinealError("invalid", `unknown verbosity '${value}'`, {
    hint: `${meant === undefined ? "" : `Did you mean '${meant}'? `}The levels are ${names.map((name, i) => `${name} (${i})`).join(", ")}.`,
  });
}

/** The level a process starts with: `LINEAL_VERBOSITY`, else the stored choice, else info. */
export function initialVerbosity(env: Environment = process.env): number {
  return parseVerbosity(env.LINEAL_VERBOSITY || readPreferences(env).verbosity || "info");
}
