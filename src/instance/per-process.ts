/** State that a process has once: its default connection, its user, its log. A command run inside a program has its own. */
import { AsyncLocalStorage } from "node:async_hooks";

/** Whose state it is; `ends` is done when that process is over. */
interface Owner {
  readonly ends: (() => Promise<void>)[];
}
const whole: Owner = { ends: [] };
const inside = new AsyncLocalStorage<Owner>();

/** Declares such state: the function returns it for the process around the call; `end` releases what it holds. */
export function perProcess<T extends object>(initial: () => T, end?: (state: T) => Promise<void>): () => T {
  const states = new WeakMap<Owner, T>();
  return () => {
    const owner = inside.getStore() ?? whole;
    const known = states.get(owner);
    if (known) return known;
    const made = initial();
    states.set(owner, made);
    if (end) owner.ends.push(() => end(made));
    return made;
  };
}

/** Runs `body` as a process would: with fresh state, which is released at the end. Directory and environment are shared. */
export function asOwnProcess<T>(body: () => Promise<T>): Promise<T> {
  const owner: Owner = { ends: [] };
  return inside.run(owner, async () => {
    try {
      return await body();
    } finally {
      for (const end of owner.ends) await end();
    }
  });
}
