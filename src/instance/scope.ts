/** Who is running, here and now: the only place that knows the current run, user and instance of this process. */
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

/** `track()` cannot wrap its caller, so a script's run has one slot of its own. */
const ofProcess = perProcess((): { slot?: Scope | undefined; user?: string | undefined } => ({}));

/** The scope of the tracked script. */
export const currentScope = (): Scope | undefined => ofProcess().slot;

/** Sets or clears the run of the script. */
export function setSlot(scope: Scope | undefined): void {
  ofProcess().slot = scope && Object.freeze(scope);
}

/** The user that this process switched to, if it did. */
export const processUser = (): string | undefined => currentScope()?.user ?? ofProcess().user;

export function setProcessUser(user: string | undefined): void {
  ofProcess().user = user;
}
