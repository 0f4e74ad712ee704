/** The variables of a program while it is followed, and what they may be after a branch. */

import type { Declares } from "./ir.ts";
import { oneOf, type Scope, unknown, type Value } from "./values.ts";

type Change = { scope: Scope; name: string; old: Value | undefined };

/** The function (or program) that a block belongs to. */
export function functionScope(scope: Scope): Scope {
  let at = scope;
  while (!at.isFunction && at.parent) at = at.parent;
  return at;
}

/** The nearest scope that has a variable. */
export function find(scope: Scope, name: string): Scope | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) if (at.values.has(name)) return at;
  return undefined;
}

/** The name of what the method around is called on. */
export function selfIn(scope: Scope): string | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) if (at.self !== undefined) return at.self;
  return undefined;
}

/** All assignments go through here, so that those of one way of a branch can be taken back before the next. */
export class Scopes {
  #made = 0;
  readonly program: Scope = this.make(undefined, true);
  /** How often a text of the program's own variables was replaced: functions may give something else from then on. */
  changes = 0;
  #journal: Change[] | undefined;
  /** How many scopes there were when the innermost branch began: younger ones go with it, their changes are not kept. */
  #since = 0;

  make(parent: Scope | undefined, isFunction: boolean): Scope {
    return { values: new Map(), parent, isFunction, serial: ++this.#made };
  }

  write(scope: Scope, name: string, value: Value): void {
    const old = scope.values.get(name);
    if (scope.serial <= this.#since) this.#journal?.push({ scope, name, old });
    scope.values.set(name, value);
    if (scope === this.program && old !== undefined && old !== value && (old.all.length > 0 || value.all.length > 0))
      this.changes++;
  }

  /** The scope in which an assigned name lives. */
  home(name: string, scope: Scope, declares: Declares): Scope {
    if (declares === "block") return scope;
    const own = functionScope(scope);
    if (declares === "function" && !own.outer?.has(name)) return own;
    return find(declares === "function" ? (own.parent ?? own) : scope, name) ?? this.program;
  }

  /** Nobody knows which way is gone: afterwards a variable may be what any of them left. */
  branch(ways: readonly (() => unknown)[]): void {
    const [before, since] = [this.#journal, this.#since];
    this.#since = this.#made;
    const left = new Map<Scope, Map<string, Value[]>>();
    for (const way of ways) {
      this.#journal = [];
      way();
      for (const [scope, names] of changedIn(this.#journal)) {
        const values = left.get(scope) ?? new Map<string, Value[]>();
        left.set(scope, values);
        for (const name of names) {
          const some = values.get(name) ?? [];
          values.set(name, some);
          some.push(scope.values.get(name) ?? unknown);
        }
      }
      for (const { scope, name, old } of this.#journal.reverse()) {
        if (old === undefined) scope.values.delete(name);
        else scope.values.set(name, old);
      }
    }
    this.#journal = before;
    this.#since = since;
    for (const [scope, names] of left)
      for (const [name, values] of names)
        this.write(
          scope,
          name,
          oneOf(values.length < ways.length ? [...values, scope.values.get(name) ?? unknown] : values),
        );
  }
}

function changedIn(journal: readonly Change[]): Map<Scope, Set<string>> {
  const changed = new Map<Scope, Set<string>>();
  for (const { scope, name } of journal) changed.set(scope, (changed.get(scope) ?? new Set()).add(name));
  return changed;
}
