/** Numbers that look random and are the same every time. */

/** A source of reproducible numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** A whole number from 0 up to and without `below`. */
  whole(below: number): number;
  /** Standard normal. */
  normal(): number;
  /** Poisson with the given mean. */
  poisson(mean: number): number;
  /** Exponential with mean 1. */
  exponential(): number;
  /** A DNA sequence of this many letters. */
  dna(length: number): string;
}

/** Reproducible numbers from a seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number): number => Math.floor(uniform() * below);
  const exponential = (): number => -Math.log(1 - uniform());
  return {
    uniform,
    whole,
    exponential,
    normal: () => Math.sqrt(2 * exponential()) * Math.cos(2 * Math.PI * uniform()),
    poisson(mean) {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = uniform(); product > limit; product *= uniform()) count++;
      return count;
    },
    dna: (length) => Array.from({ length }, () => "ACGT"[whole(4)]).join(""),
  };
}
