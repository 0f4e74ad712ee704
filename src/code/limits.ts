/** How much of a program is followed, and what was followed already. */

import type { Callable } from "./ir.ts";
import { unknown, type Value } from "./values.ts";

/** What a function gives, what it was called on afterwards when that has changed, and what it was not followed with. */
export type Outcome = { result: Value; self?: Value; lost?: readonly Value[] };

const manySteps = 2_000_000;

/** Counts the work; once there is too much, the answer says that it is incomplete. */
export class Limits {
  isComplete = true;
  #steps = 0;

  /** Whether there is time for more. */
  isAffordable(steps: number): boolean {
    this.#steps += steps;
    if (this.#steps > manySteps) this.isComplete = false;
    return this.#steps <= manySteps;
  }

  /** Whether there is time to note all texts of these values. */
  canNote(values: readonly Value[]): boolean {
    return this.isAffordable(values.reduce((sum, it) => sum + 4 * it.all.length, 0));
  }

  /** Whether there is time to make another object of this one. */
  canCopy({ fields, all }: Value): boolean {
    return this.isAffordable(((fields?.size ?? 0) + all.length) >> 2);
  }

  /** Whether there is time to put these texts together: long ones take longer. */
  canJoin(values: readonly Value[]): boolean {
    return this.isAffordable(
      values.reduce((sum, { own }) => sum + own.length * (1 + Math.ceil((own[0]?.length ?? 0) / 8)), 0),
    );
  }
}

/** What functions gave for which arguments. */
export class Memory {
  readonly #seen = new Map<Callable, Map<string, Outcome>>();
  readonly #idents = new Map<unknown, number>();

  knows(fn: Callable): boolean {
    return this.#seen.has(fn);
  }

  recall(fn: Callable, key: string): Outcome | undefined {
    return this.#seen.get(fn)?.get(key);
  }

  /** A function was looked into, or is about to be. */
  keep(fn: Callable, done?: { key: string; outcome: Outcome }): void {
    const seen = this.#seen.get(fn) ?? new Map<string, Outcome>();
    this.#seen.set(fn, seen);
    if (done) seen.set(done.key, done.outcome);
  }

  /** The same for values that are the same to a function. */
  key(value: Value): string {
    if (value === unknown) return "";
    if (value.fields || value.closures || value.from) return `#${this.#ident(value)}`;
    return JSON.stringify([value.own, value.name, value.lineal, value.stream]);
  }

  #ident(value: unknown): number {
    const there = this.#idents.get(value);
    if (there !== undefined) return there;
    this.#idents.set(value, this.#idents.size);
    return this.#idents.size - 1;
  }
}
