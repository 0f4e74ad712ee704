/** Rewrites the few forms of valid Python that the parser does not know into others of the same length. */

/** Text that changes no position: what is at `from` becomes `text`. */
type Edit = { from: number; text: string };

/**
 * The text with the causes of these errors (positions) rewritten, or undefined when none of them is a known one.
 *
 * Known are: `yield` without a value, `1.`, parenthesised items of `with` and its targets other than names, `C()` and `{}` in `case`, `match a, b`,
 * stars in `return *a`, `in *a`, `a[*b]` and `for a, *b in` of a comprehension, `lambda a, /`, decorators other than names and calls, type parameters with a default, and
 * `\{{` in raw templates and `{x:=10}` in others.
 */
export function repaired(text: string, errors: readonly number[]): string | undefined {
  const edits = new Map(errors.flatMap((at) => editsFor(text, at)).map((it) => [it.from, it]));
  if (edits.size === 0) return undefined;
  let made = "";
  for (const { from, text: put } of [...edits.values()].sort((a, b) => a.from - b.from)) {
    if (from < made.length) continue;
    made += text.slice(made.length, from) + put;
  }
  return made + text.slice(made.length);
}

function editsFor(text: string, at: number): Edit[] {
  const before = text.slice(Math.max(0, at - 200), at);
  const bare = /\byield\s*$/.exec(before);
  if (bare) return [{ from: at - before.length + bare.index, text: "None " }];
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  const line = text.slice(start, end < 0 ? undefined : end).slice(0, 2000);
  return (
    numbers(line, start) ??
    matches(line, start) ??
    stars(line, start) ??
    braces(line, start) ??
    blanks(line, start) ??
    goals(text, Math.max(0, start - 400), start + 800) ??
    withItems(text, at) ??
    numbers(previousLine(text, start), previousStart(text, start)) ??
    []
  );
}

const previousStart = (text: string, start: number): number =>
  start === 0 ? 0 : text.lastIndexOf("\n", start - 2) + 1;
const previousLine = (text: string, start: number): string =>
  text.slice(previousStart(text, start), Math.max(0, start - 1)).slice(0, 2000);

/** `24.` is `24 `. */
function numbers(line: string, start: number): Edit[] | undefined {
  const found = [...line.matchAll(/(?<![\w.])(\d[\d_]*)\.(?![\w.])/g)].map((it) => ({
    from: start + it.index + (it[1] ?? "").length,
    text: " ",
  }));
  return found.length > 0 ? found : undefined;
}

/** `case C():` is `case C  :`, `case {}:` is `case _ :`, `match a, b:` is `match a+ b:`. */
function matches(line: string, start: number): Edit[] | undefined {
  const inCase = /^\s*case\b/.test(line);
  const sought = inCase ? /\(\)|\[\]|\{\}/g : /^\s*match\b.*,.*:\s*(#.*)?$/.test(line) ? /,(?=[^()]*:)/g : undefined;
  if (sought === undefined) return undefined;
  const found = [...line.matchAll(sought)].map(({ index }) => ({
    from: start + index,
    text: inCase ? (/\w/.test(line[index - 1] ?? "") ? "  " : "_ ") : /^,\s*:/.test(line.slice(index)) ? " " : "+",
  }));
  return found.length > 0 ? found : undefined;
}

/** Any expression after `@`, and types that have a default: of no interest. */
function blanks(line: string, start: number): Edit[] | undefined {
  const [, before = "", blank] =
    /^(\s*@[ \t]*)((?!(?:for|if|in|is|as|def|class|while|with|return|try|else|pass)\b)(?:[\w.]*[[(].*[\])][\w.]*|lambda\b.*:.*?)\s*)(?:#.*)?$/.exec(
      line,
    ) ??
    /^(\s*(?:(?:async\s+)?def|class|type)\s+\w+)(\[.*\])(?=\s*[(:=])/.exec(line) ??
    [];
  return blank === undefined
    ? undefined
    : [{ from: start + before.length, text: (/@[ \t]*$/.test(before) ? "_" : "").padEnd(blank.length) }];
}

/** Stars where only newer Python has them, and the slash of a lambda: what they stand before (or after) is the same without. */
function stars(line: string, start: number): Edit[] | undefined {
  const found =
    /^\s*(?:return|yield|for\b.*\bin)\b.*?(\*)/.exec(line) ??
    /\bfor\b[^:*]*(\*)(?=\w+[^:]*\bin\b)/.exec(line) ??
    /\w\[(?:[^\]*]*,\s*)?(\*)(?=\w)/.exec(line) ??
    /\blambda\b[^:/]*(,\s*\/)/.exec(line);
  const sign = found?.[1] ?? "";
  return found
    ? [{ from: start + found.index + found[0].length - sign.length, text: " ".repeat(sign.length) }]
    : undefined;
}

/** `rf"\{{x}}"`: there the backslash is just another sign; so is the equals sign in `f"{x:=10}"`. */
function braces(line: string, start: number): Edit[] | undefined {
  const padded = /\br?fr?["'].*?\{\w+:=/i.exec(line);
  if (padded) return [{ from: start + padded.index + padded[0].length - 1, text: ">" }];
  const found = /\b(rf|fr)["']/i.test(line)
    ? [...line.matchAll(/\\(?=\{\{|\}\})/g)].map((it) => ({ from: start + it.index, text: "_" }))
    : [];
  return found.length > 0 ? found : undefined;
}

/** `with f() as (a, b):` and `as self.file:` name something else, or nothing. */
function goals(text: string, start: number, end: number): Edit[] | undefined {
  const sought = /\bas\s+(\([\w\s,.*]*\)|\[[\w\s,.*]*\]|\w+(?:\.\w+|\[\w+\])+)(?=\s*[:,)])/g;
  const found = [...text.slice(start, end).matchAll(sought)].map((it) => {
    const goal = it[1] ?? "";
    return { from: start + it.index + it[0].length - goal.length, text: "_".padEnd(goal.length) };
  });
  return found.length > 0 ? found : undefined;
}

/** `with (a as b, c as d):` on one or more lines is the same without the parentheses. */
function withItems(text: string, at: number): Edit[] | undefined {
  const from = Math.max(0, at - 4000);
  const head = [...text.slice(from, at + 1).matchAll(/^[ \t]*(?:async\s+)?with\s*\(/gm)].at(-1);
  if (!head) return undefined;
  const open = from + head.index + head[0].length - 1;
  let depth = 0;
  for (let i = open; i < Math.min(text.length, open + 8000); i++) {
    if (text[i] === "(") depth++;
    if (text[i] !== ")" || --depth > 0) continue;
    const inner = text
      .slice(open + 1, i)
      .replaceAll(/#.*/g, (it) => " ".repeat(it.length))
      .replaceAll(/[\r\n]/g, " ");
    if (at > i || !/^\s*:/.test(text.slice(i + 1, i + 80))) return undefined;
    return [{ from: open, text: ` ${inner.replace(/,(\s*)$/, " $1")} ` }];
  }
  return undefined;
}
