/** Log lines: an icon, a text, one line each, shown as far as the verbosity goes. */
import { perProcess } from "./per-process.ts";
import { initialVerbosity, verbosityLevels } from "./verbosity.ts";

/** Kinds of lines and how they look. `important` lines are shown from "warning" on. */
const ICONS = { error: "✗", warning: "!", important: "→", success: "✓", info: "•", hint: "•" } as const;
export type LogKind = keyof typeof ICONS;

const LEVELS: Record<LogKind, number> = {
  error: verbosityLevels.error,
  warning: verbosityLevels.warning,
  important: verbosityLevels.warning,
  success: verbosityLevels.success,
  info: verbosityLevels.info,
  hint: verbosityLevels.hint,
};

interface LogState {
  level: number | undefined;
  stream: { write(text: string): unknown };
}
const state = perProcess((): LogState => ({ level: undefined, stream: process.stdout }));

/** Prints one line on stdout (on stderr under `--json`). */
export function log(kind: LogKind, text: string): void {
  if (LEVELS[kind] <= verbosity()) state().stream.write(`${ICONS[kind]} ${text}\n`);
}

/** The level up to which lines are shown, 0 (errors) to 5 (everything). */
export function verbosity(): number {
  return (state().level ??= initialVerbosity());
}

export function setVerbosity(level: number): void {
  state().level = level;
}

/** Sends log lines elsewhere: a program whose stdout is the answer sends them to stderr. */
export function logTo(stream: { write(text: string): unknown }): void {
  state().stream = stream;
}
