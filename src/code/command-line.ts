/** Command lines that a program runs: which of their words are code, which may be files. */

import { hole } from "./paths.ts";
import type { Value } from "./values.ts";

/** The scripts that command lines run, and the words that they are given besides. */
export type CommandLine = { scripts: readonly string[]; files: readonly string[] };

const shells =
  /^(os\.(system|popen)|subprocess\.(run|call|check_call|check_output|Popen|getoutput|getstatusoutput)|(child_process|execa)\.(exec|spawn|fork)\w*|execa|(zx|bun|Bun|execa)\.\$)$/;
const shell = /(^|\/)(bash|sh|zsh|dash)$/;
/** They run the script that they are given. */
const interpreter =
  /^(node|nodejs|deno|bun|tsx|ts-node|python[\d.]*|pypy3?|uv|Rscript|julia|perl|ruby|bash|sh|zsh|dash)(\.exe)?$/;
/** They run the program that they are given. */
const launcher =
  /^(npx|pnpx|bunx|pnpm|yarn|poetry|pipenv|conda|mamba|run|exec|env|nohup|nice|time|timeout|sudo|srun|mpirun|-.*|\d+|\w+=.*)$/;
/** After these comes no script, but code or a module. */
const inline = /^(-[cemp]|-[a-z]*c|--eval|--print)$/;
/** After these comes code that is loaded first. */
const preload = /^(-r|--require|--import|--loader|--experimental-loader)$/;
const codeSuffix = /\.([cm]?[jt]sx?|py|R|sh|bash|zsh|jl|pl|rb)$/i;

/** The command lines of a call that runs some; undefined for any other call. */
export function commandLine(name: string, [first, second]: readonly (Value | undefined)[]): CommandLine | undefined {
  if (!shells.test(name) || first === undefined) return undefined;
  const rest = second !== undefined && isList(second) ? wordsOf(second) : [];
  const lines = isList(first)
    ? [wordsOf(first)]
    : textsOf(first).flatMap((text) => linesOf(text).map((words) => words.map((word) => [word])));
  const started = lines.flatMap((words) =>
    waysOf([...(/\.(fork|execaNode)$/.test(name) ? [["node"]] : []), ...words, ...rest]),
  );
  // `sh -c "wc a.csv"`
  const all = started.flatMap((words) =>
    shell.test(words[0] ?? "")
      ? [words.filter((it) => !it.includes(" ")), ...words.filter((it) => it.includes(" ")).flatMap(linesOf)]
      : [words],
  );
  const roles = all.flatMap(rolesOf);
  return {
    scripts: roles.filter((it) => it.isCode).map((it) => it.word),
    files: roles.filter((it) => !it.isCode).map((it) => it.word.replace(/^--?[\w-]+=/, "")),
  };
}

/** The words of a command line after its program, and which of them are code that it runs. */
function rolesOf(words: readonly string[]): { word: string; isCode: boolean }[] {
  const at = words.findIndex((word) => !launcher.test(word));
  const code = new Set<number>();
  if (interpreter.test(words[at]?.split(/[/\\]/).at(-1) ?? "")) {
    const end = words.findIndex((word, i) => i > at && inline.test(word));
    const plain = [...words.keys()].filter(
      (i) => i > at && (end < 0 || i < end) && !launcher.test(words[i] ?? "") && !interpreter.test(words[i] ?? ""),
    );
    for (const i of plain) if (preload.test(words[i - 1] ?? "")) code.add(i);
    const others = plain.filter((i) => !code.has(i));
    const script = others.find((i) => codeSuffix.test(words[i] ?? "")) ?? (end < 0 ? others[0] : undefined);
    if (script !== undefined) code.add(script);
  } else if (codeSuffix.test(words[at] ?? "")) code.add(at);
  return words
    .map((word, i) => ({ word, isCode: code.has(i) }))
    .filter(({ isCode }, i) => isCode || (i > 0 && i !== at));
}

/** The commands in a text, each in words. */
const linesOf = (text: string): string[][] => text.split(/[|;&\n]+/).map((part) => part.trim().split(/[\s<>()"'`]+/));

const isList = ({ fields }: Value): boolean =>
  fields !== undefined && [...fields.keys()].every((key) => /^\d+$/.test(key));
/** The words in a list, each with all that it may be; what is spread into it is more words. */
const wordsOf = ({ fields }: Value): (readonly string[])[] =>
  [...(fields?.values() ?? [])].flatMap((it) =>
    it.own.length > 0 || it.all.length === 0 ? [textsOf(it)] : it.fields ? wordsOf(it) : it.all.map((text) => [text]),
  );

/** Command lines in which each word stands once where it may stand: as many as the word that may be most has. */
function waysOf(words: readonly (readonly string[])[]): string[][] {
  const most = words.reduce((sum, it) => Math.max(sum, it.length), 1);
  return Array.from({ length: most }, (_, i) => words.map((it) => it[Math.min(i, it.length - 1)] ?? hole));
}

/** What a word may be; the interpreter of the program itself goes by a name. */
function textsOf({ own, all, name = "" }: Value): readonly string[] {
  if (/^(process\.(execPath|argv0)|sys\.executable)$/.test(name)) return ["node"];
  return own.length > 0 ? own : all.length > 0 ? all : [hole];
}
