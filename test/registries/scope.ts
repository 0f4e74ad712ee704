/** Work inside a run, as if a tracked script did it. */
import { currentScope, type Scope, setSlot } from "../../src/instance/scope.ts";

/** Calls `body` with the run of `scope` as the current one; the former one is current again afterwards. */
export async function withScope<T>(scope: Scope, body: () => T | Promise<T>): Promise<T> {
  const before = currentScope();
  setSlot(scope);
  try {
    return await body();
  } finally {
    setSlot(before);
  }
}
