/** The one error class: a stable code, what happened, and what to type next. */

export type ErrorCode =
  | "not-found"
  | "ambiguous"
  | "conflict"
  | "invalid"
  | "forbidden"
  | "missing-dependency"
  | "unavailable"
  | "not-connected";

/**
 * What Lineal throws when it refuses or fails.
 *
 * `code` is stable and meant for programs; `hint` says what to type next, `shell` what to type at a command line.
 *
 * @example
 * try { await ln.Artifact.get("nope"); }
 * catch (error) { if (error instanceof ln.LinealError && error.code === "not-found") console.log(error.hint); }
 */
export class LinealError extends Error {
  override readonly name = "LinealError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  // Hidden, so that an error that nobody caught is not printed with two hints.
  readonly #shell: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; shell?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.#shell = options.shell;
  }

  /** The hint for those who type at a command line. */
  get shell(): string | undefined {
    return this.#shell ?? this.hint;
  }

  toJSON(): { code: ErrorCode; message: string; hint?: string } {
    return { code: this.code, message: this.message, ...(this.hint === undefined ? {} : { hint: this.hint }) };
  }
}

/** "Did you mean" for misspelt names: the closest of `names`, or undefined when none is near. */
export function closest(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of names) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Refuses what is no object, and names in it that are not among `known`; `what` takes them. */
export function refuseUnknown(given: unknown, known: readonly string[], what: string): void {
  const hint = `Options: ${known.join(", ")}.`;
  if (given === null || typeof given !== "object" || Array.isArray(given))
    throw new LinealError("invalid", `${what} takes options, not ${inWords(given)}`, { hint });
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const near = closest(name, known);
    throw new LinealError("invalid", `${what} has no option "${name}"`, {
      hint: near ? `Did you mean ${near}?` : hint,
    });
  }
}

/** A value in a message, whatever it is. */
export function inWords(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value)
    ? "a list"
    : value instanceof Date
      ? Number.isNaN(value.getTime())
        ? "an invalid Date"
        : value.toISOString()
      : "an object";
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
