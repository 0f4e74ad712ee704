/** One way to declare a command: its arguments and options as data, from which types, parsing and help follow. */

import { parseArgs } from "node:util";
import { closest, LinealError } from "../ground/errors.ts";
import { span } from "../lineage/graph/time.ts";

/** One option: `--key KEY`, `--force`, or `--filter FIELD=VALUE` given several times. A time is ISO text. */
export interface OptionSpec {
  type: "string" | "boolean" | "number" | "time";
  doc: string;
  /** How its value is called in the help. */
  value?: string;
  short?: string;
  multiple?: true;
  /** The least that a number may be; 0 unless given. */
  from?: number;
  choices?: readonly string[];
}

/** One positional argument; `rest` takes all that follow. */
export interface ArgumentSpec {
  doc: string;
  optional?: true;
  rest?: true;
}

type OptionSpecs = Readonly<Record<string, OptionSpec>>;
type ArgumentSpecs = Readonly<Record<string, ArgumentSpec>>;

type OptionValue<O extends OptionSpec> = O extends { type: "boolean" }
  ? boolean
  : O extends { multiple: true }
    ? readonly string[]
    : (O extends { type: "number" } ? number : O extends { choices: readonly (infer C)[] } ? C : string) | undefined;
type ArgumentValue<A extends ArgumentSpec> = A extends { rest: true }
  ? readonly string[]
  : A extends { optional: true }
    ? string | undefined
    : string;

/** What a command is given: its own arguments and options, and the two that all commands share. */
export interface Input<A extends ArgumentSpecs, O extends OptionSpecs> {
  args: { readonly [K in keyof A]: ArgumentValue<A[K]> };
  options: { readonly [K in keyof O]: OptionValue<O[K]> };
  json: boolean;
  quiet: boolean;
}

/** What a command answers: `text` was asked for, `note` says what was done, `json` is the answer for programs. */
export interface Answer {
  text?: string | (() => Promise<string>);
  note?: string;
  json: unknown;
  exitCode?: number;
}

/** A command as it is written down. */
export interface Definition<A extends ArgumentSpecs, O extends OptionSpecs> {
  summary: string;
  /** It does something rather than answer a question: log lines belong to its output. */
  acts?: true;
  arguments: A;
  options: O;
  /** Command lines that work as they stand. */
  examples: readonly [string, ...string[]];
  run(input: Input<A, O>): Promise<Answer> | Answer;
}

/** A command as the runner sees it. */
export interface Command {
  readonly acts: boolean;
  /** Reads the words after the command's name; wrong ones are a {@link Misuse}. */
  start(argv: readonly string[]): { help: boolean; json: boolean; quiet: boolean; run(): Promise<Answer> };
  help(name: string): string;
}

/** The command line is wrong. */
export class Misuse extends LinealError {
  constructor(message: string, hint?: string) {
    super("invalid", message, hint === undefined ? {} : { hint });
  }
}

const shared = {
  json: { type: "boolean", doc: "answer with one JSON document" },
  quiet: { type: "boolean", short: "q", doc: "say only what was asked for" },
  help: { type: "boolean", short: "h", doc: "show this" },
} as const satisfies OptionSpecs;

/** Declares a command. */
export function command<const A extends ArgumentSpecs, const O extends OptionSpecs>(
  definition: Definition<A, O>,
): Command {
  const specs: OptionSpecs = { ...definition.options, ...shared };
  return {
    acts: definition.acts ?? false,
    start(argv) {
      const { options, words } = readOptions(argv, specs);
      const { help, json, quiet } = options as { help: boolean; json: boolean; quiet: boolean };
      const args = help ? {} : readArguments(words, definition.arguments);
      const input = { args, options, json, quiet } as unknown as Input<A, O>;
      return { help, json, quiet, run: async () => definition.run(input) };
    },
    help: (name) => helpText(name, definition, specs),
  };
}

/** The name that was probably meant; among equally near ones, one with the same first letter. */
export function suggestion(name: string, names: readonly string[]): string | undefined {
  const alike = (candidate: string): number => Number(candidate[0] === name[0]);
  return closest(
    name,
    names.toSorted((a, b) => alike(b) - alike(a)),
  );
}

function readOptions(
  argv: readonly string[],
  specs: OptionSpecs,
): { options: Record<string, unknown>; words: string[] } {
  const options: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs))
    options[name] = spec.type === "boolean" ? false : spec.multiple ? [] : undefined;
  const known = Object.fromEntries(
    Object.entries(specs).map(([name, { type, short }]) => [
      name,
      { type: type === "boolean" ? type : ("string" as const), ...(short && { short }) },
    ]),
  );
  const words: string[] = [];
  for (const token of parseArgs({
    args: [...argv],
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (spec === undefined) throw unknownOption(token.rawName, Object.keys(specs));
    const value = readValue(token, spec);
    if (spec.multiple) (options[token.name] as unknown[]).push(value);
    else options[token.name] = value;
  }
  return { options, words };
}

function unknownOption(name: string, names: readonly string[]): Misuse {
  const near = name.startsWith("--") ? suggestion(name.slice(2), names) : undefined;
  return new Misuse(
    `unknown option ${name}`,
    near === undefined ? "--help lists the options" : `did you mean --${near}?`,
  );
}

function readValue(
  token: { rawName: string; value?: string | undefined; inlineValue?: boolean | undefined },
  spec: OptionSpec,
): unknown {
  const { rawName, value } = token;
  if (spec.type === "boolean") {
    if (value !== undefined) throw new Misuse(`${rawName} takes no value`);
    return true;
  }
  // -size is an order, -1 a number: only what options look like is taken for a forgotten value.
  const looksLikeOption = !token.inlineValue && value !== undefined && /^(--.+|-[a-z])$/.test(value);
  if (value === undefined || looksLikeOption) {
    throw new Misuse(
      `${rawName} needs a value`,
      looksLikeOption ? `if '${value}' is the value, write ${rawName}=${value}` : `${rawName} ${spec.value ?? "VALUE"}`,
    );
  }
  if (spec.type === "number") {
    const { from = 0 } = spec;
    if (!/^\d{1,15}$/.test(value) || Number(value) < from)
      throw new Misuse(
        `${rawName} takes a whole number from ${from} on, not '${value}'`,
        `for example ${rawName} ${Math.max(from, 3)}`,
      );
    return Number(value);
  }
  if (spec.type === "time" && span(value) === undefined)
    throw new Misuse(
      `${rawName} takes a time, not '${value}'`,
      `for example ${rawName} 2026-01-31, or ${rawName} 2026-01-31T12:00:00Z`,
    );
  if (spec.choices && !spec.choices.includes(value)) {
    const near = suggestion(value, spec.choices);
    throw new Misuse(
      `${rawName} cannot be '${value}'`,
      near === undefined ? `it is one of ${spec.choices.join(", ")}` : `did you mean ${near}?`,
    );
  }
  return value;
}

function readArguments(words: readonly string[], specs: ArgumentSpecs): Record<string, unknown> {
  const left = [...words];
  const args: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.rest) args[name] = left.splice(0);
    else args[name] = left.shift();
    const missing = spec.rest ? (args[name] as string[]).length === 0 : args[name] === undefined;
    if (missing && !spec.optional)
      throw new Misuse(`${name.toUpperCase()} is missing`, `${name.toUpperCase()}: ${spec.doc}`);
  }
  if (left.length > 0) throw new Misuse(`unexpected argument '${left[0]}'`, "--help shows what this command takes");
  return args;
}

function helpText(name: string, definition: Definition<ArgumentSpecs, OptionSpecs>, specs: OptionSpecs): string {
  const places = Object.entries(definition.arguments).map(([word, { optional, rest }]) => {
    const shown = `${word.toUpperCase()}${rest ? "…" : ""}`;
    return optional ? `[${shown}]` : shown;
  });
  const options = Object.entries(specs).map(([option, spec]): [string, string] => {
    const value =
      spec.type === "boolean" ? "" : ` ${spec.value ?? (spec.choices ? spec.choices.join("|") : option.toUpperCase())}`;
    return [
      `${spec.short ? `-${spec.short}, ` : ""}--${option}${value}`,
      spec.doc + (spec.multiple ? " (repeatable)" : ""),
    ];
  });
  return [
    ["lineal", name, ...places, "[options]"].join(" "),
    "",
    ...fold(`${definition.summary[0]?.toUpperCase()}${definition.summary.slice(1)}.`, 0),
    ...section(
      "Arguments",
      Object.entries(definition.arguments).map(([word, { doc }]) => [word.toUpperCase(), doc]),
    ),
    ...section("Options", options),
    "",
    definition.examples.length > 1 ? "Examples" : "Example",
    ...definition.examples.map((example) => `  ${example}`),
  ].join("\n");
}

/** A titled list of names and what they mean, aligned and within 80 columns; nothing when it is empty. */
export function section(title: string, entries: readonly (readonly [string, string])[]): string[] {
  if (entries.length === 0) return [];
  const column = Math.min(28, Math.max(...entries.map(([name]) => name.length)) + 4);
  const lines = entries.flatMap(([name, doc]) => {
    const [first = "", ...more] = fold(doc, column);
    const head = `  ${name}`;
    return head.length + 2 > column
      ? [head, " ".repeat(column) + first, ...indent(more, column)]
      : [head.padEnd(column) + first, ...indent(more, column)];
  });
  return ["", title, ...lines];
}

function indent(lines: readonly string[], columns: number): string[] {
  return lines.map((line) => " ".repeat(columns) + line);
}

function fold(text: string, column: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && column + last.length + 1 + word.length <= 80) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
