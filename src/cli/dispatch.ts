/** Finds the command that was typed, runs it, and turns its answer or failure into output and an exit code. */

import { logTo, setVerbosity } from "../instance/log.ts";
import { asOwnProcess } from "../instance/per-process.ts";
import { type Answer, type Command, Misuse, section, suggestion } from "./command.ts";
import { type Failure, failureOf, jsonText, paint } from "./print.ts";
import { type Terminal, terminal, useTerminal } from "./terminal.ts";

type Entry = readonly [summary: string, load: () => Promise<{ definition: Command }>];

/** The commands by group and name; each module exports its `definition`. */
export type CommandTable = Readonly<Record<string, Readonly<Record<string, Entry>>>>;

/** Runs one command line and returns its exit code: 0 done, 1 refused or failed, 2 misused: what was typed is `invalid`, whoever noticed it. */
export function dispatch(table: CommandTable, argv: readonly string[], given: Terminal): Promise<number> {
  return asOwnProcess(async () => {
    useTerminal(given);
    logTo(given.stdout);
    try {
      return await perform(table, argv);
    } catch (error) {
      const failure = failureOf(error);
      given.stderr.write(`${wantsJson(argv) ? JSON.stringify({ error: failure }) : failureText(failure, error)}\n`);
      return failure.code === "invalid" ? 2 : 1;
    }
  });
}

async function perform(table: CommandTable, argv: readonly string[]): Promise<number> {
  const { stdout, stderr } = terminal();
  const [first, ...others] = argv;
  if (first === undefined || first === "--help" || first === "-h" || (first === "help" && others.length === 0)) {
    stdout.write(`${overview(table)}\n`);
    return 0;
  }
  const [name, rest] = first === "help" ? [others[0] ?? "", ["--help"]] : [first, others];
  const commands = new Map(Object.values(table).flatMap((group) => Object.entries(group)));
  const [, load] = commands.get(name) ?? [];
  if (load === undefined) throw unknownCommand(name, [...commands.keys()]);
  const { definition } = await load();
  const started = definition.start(rest);
  if (started.help) {
    stdout.write(`${definition.help(name)}\n`);
    return 0;
  }
  if (started.quiet) setVerbosity(0);
  if (started.json || !definition.acts) logTo(stderr);
  const answer = await started.run();
  await write(answer, started);
  return answer.exitCode ?? 0;
}

async function write(
  { text, note, json: value }: Answer,
  { json, quiet }: { json: boolean; quiet: boolean },
): Promise<void> {
  const said = json ? [jsonText(value)] : [quiet ? undefined : note, typeof text === "function" ? await text() : text];
  for (const part of said)
    if (part !== undefined && part !== "") terminal().stdout.write(part.endsWith("\n") ? part : `${part}\n`);
}

function failureText({ code, message, hint }: Failure, error: unknown): string {
  const { stderr } = terminal();
  const lines = [`${paint("red", "Error:", stderr)} ${message}`];
  if (hint !== undefined) lines.push(paint("dim", hint, stderr));
  if (code === "unexpected" && error instanceof Error && process.env.LINEAL_VERBOSITY === "debug")
    lines.push(error.stack ?? "");
  return lines.join("\n");
}

function unknownCommand(name: string, names: readonly string[]): Misuse {
  if (name.startsWith("-")) return new Misuse(`unknown option ${name}`, "lineal --help lists the commands");
  const near = suggestion(name, names);
  return new Misuse(
    `unknown command '${name}'`,
    near === undefined ? "lineal --help lists the commands" : `did you mean: lineal ${near}`,
  );
}

function overview(table: CommandTable): string {
  return [
    "lineal COMMAND [--json] [--quiet] [--help]",
    "",
    "Knows where every file and dataset came from.",
    ...Object.entries(table).flatMap(([group, entries]) =>
      section(
        group,
        Object.entries(entries).map(([name, [summary]]) => [name.padEnd(12), summary]),
      ),
    ),
    "",
    "Start with",
    "  lineal init --storage ./mydata",
    "  lineal help save",
  ].join("\n");
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? undefined : end).includes("--json");
}
