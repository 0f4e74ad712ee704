/** What is known of objects: methods by their names, and fields that methods set. */

import type { Arguments } from "./arguments.ts";
import { type Expression, maker } from "./ir.ts";
import type { Limits } from "./limits.ts";
import { find, type Scopes } from "./scopes.ts";
import { type Closure, isOpen, memberOf, oneOf, type Scope, type Value, unknown, withFields } from "./values.ts";

/** An object, and where it is kept: a variable, and names of fields from there on. */
export type Place = { root: string; names: readonly string[] };

/** Where a chain of plain names is kept. */
export function placeOf(it: Expression | undefined): Place | undefined {
  if (it?.kind === "name") return { root: it.name, names: [] };
  if (it?.kind !== "chain" || it.root.kind !== "name") return undefined;
  const names = it.links.flatMap((link) => (link.kind === "member" && link.name !== undefined ? [link.name] : []));
  return names.length === it.links.length ? { root: it.root.name, names } : undefined;
}

export class Objects {
  readonly #methods = new Map<string, Closure[]>();
  /** Fields that methods set on objects which were there already. */
  readonly #late = new Map<Scope, Set<string>>();
  readonly #scopes: Scopes;
  readonly #limits: Limits;

  constructor(scopes: Scopes, limits: Limits) {
    this.#scopes = scopes;
    this.#limits = limits;
  }

  addMethod(name: string, closures: readonly Closure[]): void {
    this.#methods.set(name, [...(this.#methods.get(name) ?? []), ...closures].slice(-8));
  }

  /** A class whose body has run in this scope: its methods, what it inherits, and the fields that its objects begin with. */
  classIn(scope: Scope, selves: readonly string[], methods: ReadonlyMap<string, Value>): Value {
    const fields = new Map(methods);
    const own = [...scope.values].flatMap(([name, value]) =>
      selves.includes(name) ? [...(value.fields ?? [])] : name === "super" ? [] : [[name, value] as const],
    );
    for (const [name, value] of own) if (!value.closures || !fields.has(name)) fields.set(name, value);
    // which of several methods is meant is not known where the object is not
    const plain = withFields(new Map([...fields].filter(([, value]) => !value.closures)));
    for (const self of selves) scope.values.set(self, plain);
    const made = fields.get(maker)?.closures;
    return { ...withFields(fields), ...(made ? { closures: made } : {}) };
  }

  /** The methods (or getters) with a name, where what they are called on is not known. */
  methods(name: string | undefined, areGetters: boolean): readonly Closure[] | undefined {
    const found = this.#methods.get(name ?? "")?.filter(({ fn }) => (fn.isGetter ?? false) === areGetters);
    return found?.length ? found : undefined;
  }

  /** What a method is called on, as the method sees it: what another set on an object of the class may be set on this one. */
  seen({ fn, scope }: Closure, receiver: Value | undefined): Value | undefined {
    if (fn.self === undefined || receiver?.fields === undefined) return undefined;
    const fields = receiver.fields;
    if (fn.isMaker) return withFields(fields);
    const shared = scope.values.get(fn.self)?.fields;
    const more = [...(this.#late.get(scope) ?? [])].flatMap((name) => {
      const [there, late] = [fields.get(name), shared?.get(name)];
      return late?.all.some((text) => !there?.all.includes(text))
        ? [[name, there ? oneOf([there, late]) : late] as const]
        : [];
    });
    return more.length === 0 ? receiver : { ...receiver, ...withFields(new Map([...fields, ...more])) };
  }

  /** A method left an object like this. */
  learn({ fn, scope }: Closure, before: Value, after: Value): void {
    const shared = fn.self === undefined ? undefined : scope.values.get(fn.self);
    if (fn.self === undefined || !shared || shared.closures) return;
    const set = [...(after.fields ?? [])].filter(([name, it]) => before.fields?.get(name) !== it && !isOpen(it));
    if (set.length === 0 || !this.#limits.canCopy(shared)) return;
    if (!fn.isMaker) this.#late.set(scope, new Set([...(this.#late.get(scope) ?? []), ...set.map(([name]) => name)]));
    const fields = new Map(shared.fields);
    for (const [name, it] of set) {
      const there = fields.get(name);
      fields.set(name, there ? oneOf([there, it]) : it);
    }
    if (fields.size <= 1000) this.#scopes.write(scope, fn.self, withFields(fields));
  }

  at(scope: Scope, { root, names }: Place): Value | undefined {
    return names.reduce<Value | undefined>((at, name) => at && memberOf(at, name), find(scope, root)?.values.get(root));
  }

  /**
   * `files.push("a.csv")`: the list holds one more; so does a parser of options with `add_argument("--in", default="a.csv")`.
   * False when that is not all there is to follow: others may hold a list that is a parameter.
   */
  grow(scope: Scope, place: Place, list: Value, named: string, { list: more, named: options }: Arguments): boolean {
    const option = named === "add_argument" ? (options.get("dest") ?? more.at(-1))?.own[0] : undefined;
    if (option !== undefined)
      this.store(
        scope,
        { ...place, names: [...place.names, option.replace(/^-+/, "").replaceAll("-", "_")] },
        options.get("default") ?? unknown,
      );
    if (option !== undefined || !/^(push|unshift|append|extend|add)$/.test(named)) return false;
    const fields = new Map(list.fields);
    for (const value of more) fields.set(String(fields.size), value);
    this.store(scope, place, fields.size > 1000 ? oneOf([list, ...more]) : withFields(fields));
    return !find(scope, place.root)?.params?.has(place.root);
  }

  /** Puts a value where an object has its fields. */
  store(scope: Scope, { root, names }: Place, value: Value): void {
    const home = find(scope, root);
    const there = home?.values.get(root);
    if (!home || !there || !this.#limits.canCopy(there)) return;
    const next = stored(there, names, value);
    if (next) this.#scopes.write(home, root, next);
  }
}

/** The value with another in a field of its fields; undefined when it has no room for it. */
function stored(there: Value, [name, ...more]: readonly string[], value: Value): Value | undefined {
  if (name === undefined) return value;
  if (there.lineal || (there.fields?.size ?? 0) > 1000) return undefined;
  const field = more.length === 0 ? value : stored(there.fields?.get(name) ?? withFields(new Map()), more, value);
  return field && { ...there, ...withFields(new Map([...(there.fields ?? []), [name, field]])) };
}
