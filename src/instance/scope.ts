/** Who is running, here and now: the only place that knows the current run, user and instance of this process. */
import { AsyncLocalStorage } from "node:async_hooks";
import { perProcess } from "./per-process.ts";

/** A row as the scope keeps it: ids only. */
export interface ScopeRef {
  readonly id: number;
  readonly uid: string;
}

/** What holds inside a tracked run. */
export interface Scope {
  /** The uid of the instance that the run belongs to. */
  readonly instance: string;
  readonly run: ScopeRef;
  readonly transform: ScopeRef;
  /** Handle of the user who acts, where that is not the process's own (requests to a server). */
  readonly user?: string;
}

const inside = new AsyncLocalStorage<Scope>();
/** `track()` cannot wrap its caller, so a script's run has one slot of its own. */
const ofProcess = perProcess((): { slot?: Scope | undefined; user?: string | undefined } => ({}));

/** The innermost scope: that of the flow or request around this call, else that of the tracked script. */
export function currentScope(): Scope | undefined {
  return inside.getStore() ?? ofProcess().slot;
}

/** Runs a function with a scope of its own; concurrent ones never see each other. */
export function withScope<T>(scope: Scope, body: () => T): T {
  return inside.run(Object.freeze(scope), body);
}

/** Whether a flow or request is around this call. */
export const isInside = (): boolean => inside.getStore() !== undefined;

/** Sets or clears the run of the script. */
export function setSlot(scope: Scope | undefined): void {
  ofProcess().slot = scope && Object.freeze(scope);
}

/** The user that this process switched to, if it did. */
export const processUser = (): string | undefined => currentScope()?.user ?? ofProcess().user;

export function setProcessUser(user: string | undefined): void {
  ofProcess().user = user;
}
