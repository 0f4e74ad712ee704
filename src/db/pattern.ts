/** The subset of regular expressions that both databases read alike, and that cannot run for ever. */
import { LinealError } from "../errors.ts";

const MAX_LENGTH = 200;

/**
 * Checks a `matches` pattern: literals, `.`, `^ $`, classes, groups, `|`, `* + ? {m,n}` and `\d \w \s`.
 * No look-around, back-references or repeated groups that hold repetitions.
 */
export function checkPattern(pattern: string): string {
  const refuse = (why: string): never => {
    throw new LinealError("invalid", `the pattern ${JSON.stringify(pattern.slice(0, 60))} ${why}`, { hint: "Allowed: literals . ^ $ [a-z] ( | ) * + ? {m,n} \\d \\w \\s, at most 200 characters." });
  };
  if (pattern.length > MAX_LENGTH) refuse(`is longer than ${MAX_LENGTH} characters`);
  if (/\(\?/.test(pattern)) refuse("uses (?…), which the databases read differently");
  if (/\\[^dws.^$|()[\]{}*+?/\\-]/.test(pattern)) refuse("uses an escape that the databases read differently");
  if (/\[[^\]]*\[[:.=]/.test(pattern)) refuse("uses a POSIX class");
  if (/[*+?}][*+?{]/.test(pattern)) refuse("uses lazy or doubled repetition");
  if (/\([^()]*[*+{][^()]*\)[*+{]/.test(pattern)) refuse("repeats a group that itself repeats, which can take for ever");
  try {
    new RegExp(pattern, "su");
  } catch {
    refuse("is no regular expression");
  }
  return pattern;
}
