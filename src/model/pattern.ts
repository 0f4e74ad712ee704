/** The subset of regular expressions that both databases read alike, and that cannot run for ever. */
import { LinealError } from "../ground/errors.ts";

const MAX_LENGTH = 200;
/** Repetitions one after the other multiply the ways a text can be read. */
const MAX_REPETITIONS = 10;
/** What PostgreSQL takes in `{m,n}`. */
const MAX_COUNT = 255;

/**
 * Checks a `matches` pattern: literals, `.`, `^ $`, classes, groups, `|`, `* + ? {m,n}` and `\d \w \s`.
 * No look-around or back-references, and no repeated groups that can be read in several ways.
 */
export function checkPattern(pattern: string): string {
  const why = refusal(pattern);
  if (why === undefined) return pattern;
  throw new LinealError("invalid", `the pattern ${JSON.stringify(pattern.slice(0, 60))} ${why}`, {
    hint: `Allowed: literals . ^ $ [a-z] ( | ) * + ? {m,n} \\d \\w \\s, at most ${MAX_LENGTH} characters.`,
  });
}

/** A class, an escape, a repetition, or one character. */
const TOKEN = /\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|\{\d+(?:,\d*)?\}|[^]/gu;

function refusal(pattern: string): string | undefined {
  if (pattern.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (/\(\?/.test(pattern)) return "uses (?…), which the databases read differently";
  if (/\\[^dws.^$|()[\]{}*+?/\\-]/u.test(pattern)) return "uses an escape that the databases read differently";
  try {
    new RegExp(pattern, "su");
  } catch {
    return "is no regular expression";
  }
  /** Of each open group: whether it can be read in several ways. */
  const open = [false];
  let closed = false;
  let before = "";
  let repetitions = 0;
  for (const [token] of pattern.matchAll(TOKEN)) {
    const repeats = /^(?:[*+?]|\{.*\})$/u.test(token);
    if (token.length > 1 && token.startsWith("[") && /\[[:.=]/.test(token.slice(1))) return "uses a POSIX class";
    if (repeats) {
      if (/^(?:[*+?]|\{.*\})$/u.test(before)) return "uses lazy or doubled repetition";
      if (token !== "?" && before === ")" && closed)
        return "repeats a group that can be read in several ways, which can take for ever";
      if (++repetitions > MAX_REPETITIONS) return `has more than ${MAX_REPETITIONS} repetitions`;
      if (token.match(/\d+/g)?.some((count) => Number(count) > MAX_COUNT))
        return `repeats more than ${MAX_COUNT} times`;
    }
    if (repeats || token === "|") open[open.length - 1] = true;
    if (token === "(") open.push(false);
    if (token === ")") {
      closed = open.pop() ?? false;
      if (closed) open[open.length - 1] = true;
    }
    before = token;
  }
  return undefined;
}
