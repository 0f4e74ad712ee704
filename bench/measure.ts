/** What a bench gives back, and how it takes times: always beside a floor, in turns, in one run. */
import { spawnSync } from "node:child_process";

/** What `npm run bench` was asked for. */
export interface Options {
  /** Small sizes: every bench still runs, the figures say little. */
  readonly quick: boolean;
  /** Bytes of the file that is hashed. */
  readonly size: number;
}

/** A time beside the time of something that nobody can avoid. */
export interface Row {
  readonly what: string;
  readonly seconds: number;
  /** How many things that was, for a rate. */
  readonly amount?: { readonly count: number; readonly unit: string };
  readonly floor?: { readonly what: string; readonly seconds: number };
  readonly aim?: { readonly text: string; readonly met: boolean };
  readonly note?: string;
}

/** One bench: its file exports `bench`. */
export interface Bench {
  readonly title: string;
  run(options: Options): Promise<Row[]>;
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** Seconds that a call takes. */
export async function secondsOf(call: () => unknown): Promise<number> {
  const start = performance.now();
  await call();
  return (performance.now() - start) / 1000;
}

/** Calls all in turns, so that noise falls on all alike; the median of each in seconds. */
export async function inTurns<K extends string>(
  rounds: number,
  calls: Record<K, () => unknown>,
): Promise<Record<K, number>> {
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, call] of Object.entries<() => unknown>(calls))
      times.set(name, [...(times.get(name) ?? []), await secondsOf(call)]);
  }
  return Object.fromEntries([...times].map(([name, all]) => [name, median(all)])) as Record<K, number>;
}

/** Runs a program to its end; throws with what it said when it fails. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string | Uint8Array; cwd?: string } = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...options,
  });
  if (error || status !== 0) throw new Error(`${command} ${args.join(" ").slice(0, 200)}: ${error?.message ?? stderr}`);
  return stdout;
}
