/** Follows the values of a program from where they are written to the calls that use them. */

import { type Arguments, listOf, noArguments, nothingNamed, taken, valuesOf } from "./arguments.ts";
import { type Call, type Language, linealCall, moduleValue, purposeOf, starNamesOf } from "./calls.ts";
import {
  type Callable,
  type Declares,
  type Expression,
  type Link,
  maker,
  setterOf,
  type Statement,
  type Target,
} from "./ir.ts";
import { LatePaths } from "./late-paths.ts";
import { Limits, Memory, type Outcome } from "./limits.ts";
import { Objects, type Place, placeOf } from "./objects.ts";
import { Outside } from "./outside.ts";
import { joinPath } from "./paths.ts";
import { find, functionScope, Scopes, selfIn } from "./scopes.ts";
import type { Findings, Mode } from "./uses.ts";
import {
  type Closure,
  isOpen,
  isUnnamed,
  itemAt,
  itemOf,
  itemsFrom,
  joined,
  memberOf,
  namedValue,
  oneOf,
  type Scope,
  unknown,
  type Value,
  withFields,
} from "./values.ts";

const deepest = 100;

/** Follows a whole program; every function is looked into, called or not. */
export function evaluate(program: readonly Statement[], language: Language): Findings {
  return new Walk(language).program(program);
}

class Walk {
  readonly #language: Language;
  readonly #scopes = new Scopes();
  readonly #waiting = new Map<Callable, Scope>();
  readonly #active = new Map<Callable, Value | undefined>();
  readonly #limits = new Limits();
  readonly #objects = new Objects(this.#scopes, this.#limits);
  readonly #memory = new Memory();
  readonly #outside = new Outside(this.#limits);
  readonly #late = new LatePaths();
  #returned: Value[] = [];
  #line = 1;
  #tracks = false;
  #finishes = false;

  constructor(language: Language) {
    this.#language = language;
  }

  program(statements: readonly Statement[]): Findings {
    this.#run(statements, this.#scopes.program);
    for (const [fn, scope] of this.#waiting) if (!this.#memory.knows(fn)) this.#enter({ fn, scope }, noArguments, "");
    const { uses, computed } = this.#outside;
    const late = { reads: this.#late.lines("reads"), writes: this.#late.lines("writes") };
    return {
      tracks: this.#tracks,
      finishes: this.#finishes,
      untracked: uses.untracked(),
      runs: uses.runs(),
      computed: [...computed],
      late,
      isComplete: this.#limits.isComplete,
    };
  }

  #run(statements: readonly Statement[], scope: Scope): void {
    for (const it of statements)
      if (it.kind === "define") this.#set({ kind: "name", name: it.name }, this.#closure(it.fn, scope), scope, "block");
    for (const it of statements) this.#statement(it, scope);
  }

  #statement(it: Statement, scope: Scope): void {
    switch (it.kind) {
      case "do":
        this.#value(it.value, scope, "counted");
        return;
      case "set":
        this.#value({ kind: "set", target: it.target, value: it.value, declares: it.declares }, scope, "counted");
        return;
      case "define": {
        for (const decorator of it.decorators) this.#decorate(this.#value(decorator, scope, "counted"));
        return;
      }
      case "import":
        for (const { name, as } of it.names) {
          const names =
            as === "*" ? starNamesOf(it.module, this.#language).map((one) => ({ name: one, as: one })) : [{ name, as }];
          for (const one of names) this.#scopes.write(scope, one.as, moduleValue(it.module, one.name, this.#language));
        }
        return;
      case "branch":
        this.#scopes.branch(it.ways.map((way) => () => this.#run(way, this.#scopes.make(scope, false))));
        return;
      case "each": {
        const item = itemOf(this.#value(it.of, scope, "counted"));
        const inner = this.#scopes.make(scope, false);
        this.#scopes.branch([
          () => [
            this.#set(it.target, item, it.declares === "block" ? inner : scope, it.declares),
            this.#run(it.body, inner),
          ],
          () => undefined,
        ]);
        return;
      }
      case "block":
        this.#run(it.body, this.#scopes.make(scope, false));
        return;
      case "return":
        this.#returned.push(this.#value(it.value, scope, "counted"));
        return;
      case "outer":
        functionScope(scope).outer = new Set([...(functionScope(scope).outer ?? []), ...it.names]);
    }
  }

  #value(it: Expression, scope: Scope, mode: Mode): Value {
    this.#limits.isAffordable(1);
    switch (it.kind) {
      case "text":
        return { own: [it.value], all: [it.value] };
      case "name":
        return (
          find(scope, it.name)?.values.get(it.name) ??
          (it.name === "arguments" ? functionScope(scope).given : undefined) ??
          namedValue(it.name)
        );
      case "module":
        return moduleValue(it.module, "*", this.#language);
      case "chain":
        return this.#chain(it, scope, mode);
      case "join": {
        const parts = it.parts.map((part) => this.#value(part, scope, mode));
        if (!this.#limits.canJoin(parts)) return unknown;
        // lists put together
        if (parts.some((part) => part.fields && part.own.length === 0)) return oneOf(parts);
        return joined(parts, it.by === "/" ? joinPath : (a, b) => a + b);
      }
      case "list":
        return withFields(new Map(it.items.map((item, i) => [String(i), this.#value(item, scope, mode)])));
      case "record":
        return this.#record(it, scope, mode);
      case "either": {
        for (const part of it.also) this.#value(part, scope, mode);
        return oneOf(it.options.map((option) => this.#value(option, scope, mode)));
      }
      case "unknown":
        for (const part of it.parts) this.#value(part, scope, mode);
        return unknown;
      case "set": {
        const environment =
          it.target.kind === "member" &&
          /^(os\.environ|process\.env)$/.test(this.#value(it.target.of, scope, "skipped").name ?? "");
        const value = this.#value(it.value, scope, environment ? "skipped" : mode);
        this.#set(it.target, value, scope, it.declares);
        if (isOpen(value)) this.#late.set(it.target, it.value, scope);
        return value;
      }
      case "function":
        return this.#closure(it.fn, scope);
      case "class":
        return this.#class(it, scope);
    }
  }

  #record({ entries }: Extract<Expression, { kind: "record" }>, outer: Scope, mode: Mode): Value {
    const scope = entries.some((it) => it.isMethod) ? this.#scopes.make(outer, false) : outer;
    const values = entries.map(({ name, value, isMethod }) => ({
      name,
      value: this.#value(value, isMethod ? scope : outer, mode),
    }));
    const spread = values.flatMap(({ name, value }) => (name === undefined && value.fields ? [...value.fields] : []));
    const made = withFields(
      new Map([
        ...spread,
        ...values.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value] as const])),
      ]),
      values.filter((one) => one.name === undefined && !one.value.fields).map((one) => one.value),
    );
    if (scope !== outer) scope.values.set("this", made);
    return made;
  }

  #chain({ root, links }: Extract<Expression, { kind: "chain" }>, scope: Scope, mode: Mode): Value {
    let value = this.#value(root, scope, mode);
    let receiver: Value | undefined;
    let last = root.kind === "name" ? root.name : "";
    // methods of the base are called on the object itself
    const self = last === "super" ? selfIn(scope) : undefined;
    // where the value is kept, while it is read by plain names
    let names: string[] | undefined = [];
    for (const [i, link] of links.entries()) {
      if (link.kind === "member") {
        if (link.index) this.#value(link.index, scope, mode);
        receiver = (i === 0 && self && find(scope, self)?.values.get(self)) || value;
        last = link.name ?? "";
        value = this.#member(value, link.name, receiver);
        if (link.name === undefined) names = undefined;
        else names?.push(link.name);
      } else {
        const place: Place | undefined =
          root.kind === "name" && names ? { root: self ?? root.name, names: names.slice(0, -1) } : undefined;
        if (receiver && mode === "counted")
          this.#late.on(receiver, last, link, () => ({ kind: "chain", root, links: links.slice(0, i - 1) }), scope);
        value = this.#call(value, receiver, last, link, scope, mode, place);
        names = undefined;
        receiver = undefined;
        last = "";
      }
    }
    return value;
  }

  /** What is read from a value; getters are called by it. */
  #member(value: Value, name: string | undefined, receiver = value): Value {
    const found = memberOf(value, name);
    const isFound = !isOpen(found) || value.fields?.has(name ?? "") || value.lineal !== undefined || !isUnnamed(found);
    const getters = isFound ? found.closures?.filter(({ fn }) => fn.isGetter) : this.#objects.methods(name, true);
    return getters?.length
      ? oneOf(getters.map((it) => this.#follow(it, noArguments, isFound ? receiver : undefined).result))
      : found;
  }

  #call(
    callee: Value,
    receiver: Value | undefined,
    last: string,
    link: Extract<Link, { kind: "call" }>,
    scope: Scope,
    mode: Mode,
    place: Place | undefined,
  ): Value {
    // `import { readFile as read }`: the name it has at home says what it does
    const named = callee.name?.split(".").at(-1) ?? last;
    const own = named === "then" ? undefined : linealCall(callee, named, receiver);
    if (own) return this.#linealCall(own, callee, named, link, scope, mode);

    const closures =
      callee.closures ?? (isUnnamed(callee) && !callee.fields ? this.#objects.methods(last, false) : undefined);
    const call = { name: callee.name, last: named, receiver };
    const purpose =
      closures || link.isTag
        ? "silent"
        : purposeOf({ ...call, args: this.#peek(link, scope), named: nothingNamed }, this.#language);
    const args = this.#arguments(link, scope, purpose === "setup" && mode !== "tracked" ? "skipped" : mode);
    if (closures) {
      this.#line = link.line;
      this.#outside.pass(args, named, link.line, mode);
      for (const closure of closures) this.#late.pass(closure, args, link, scope);
      const isMade = callee.fields !== undefined;
      // `new` of a function that is no class
      const made =
        link.isNew && !closures[0]?.fn.isMaker
          ? withFields(callee.fields?.get("prototype")?.fields ?? nothingNamed)
          : undefined;
      const on = made ?? (isMade ? callee : callee.closures && receiver);
      const done = closures.map((closure) => this.#follow(closure, args, on));
      this.#outside.lose(
        done.flatMap(({ lost }) => lost ?? []),
        link.line,
        mode,
      );
      const left = done.flatMap(({ self }) => self ?? []);
      if (place && left.length > 0 && !isMade && !made) this.#objects.store(scope, place, oneOf(left));
      return oneOf(done.map(({ result, self }) => (made ? (self ?? made) : result)));
    }
    if (purpose === "other" && mode === "counted")
      this.#late.call({ ...call, args: args.list, named: args.named }, link, scope);
    const grown = place && receiver?.fields ? this.#objects.grow(scope, place, receiver, named, args) : false;
    const result = this.#outside.call(
      { ...call, args: args.list, named: args.named },
      grown ? "silent" : purpose,
      link.line,
      mode,
    );
    const changed = /^Object\.(assign|defineProperty)$/.test(callee.name ?? "")
      ? placeOf(link.args[0]?.value)
      : undefined;
    if (changed) this.#objects.store(scope, changed, result);
    const results = purpose === "setup" ? undefined : this.#callbacks(args, receiver, named, link.line, mode);
    if (results !== undefined) return results;
    // a class without a constructor
    return callee.fields ? withFields(callee.fields) : result;
  }

  #linealCall(
    own: Value,
    callee: Value,
    named: string,
    link: Extract<Link, { kind: "call" }>,
    scope: Scope,
    mode: Mode,
  ): Value {
    const args = this.#arguments(link, scope, "tracked");
    this.#outside.give(args, mode);
    this.#late.give(named, link, scope);
    if (named === "track") this.#tracks = true;
    if (named === "finish") this.#finishes = true;
    const closures = valuesOf(args).flatMap((it) => it.closures ?? []);
    if (callee.lineal === "api" && /^(flow|step)$/.test(named)) {
      if (named === "flow") this.#tracks = this.#finishes = true;
      return closures.length > 0 ? { ...unknown, closures } : own;
    }
    this.#callbacks(args, callee.lineal === "record" ? own : undefined, named, link.line, mode);
    return own;
  }

  /** `@ln.flow` without parentheses. */
  #decorate(value: Value): void {
    if (value.lineal === "api" && value.name?.endsWith(".flow")) this.#tracks = this.#finishes = true;
  }

  /** Functions given to a call: they may run, with an item of what the call is made on (or is given next). Undefined when there are none. */
  #callbacks(args: Arguments, receiver: Value | undefined, named: string, line: number, mode: Mode): Value | undefined {
    const isEach = /map|each/i.test(named);
    const functions = valuesOf(args).filter((it) => it.closures || (isEach && it.name !== undefined));
    if (functions.length === 0) return undefined;
    const isOn = receiver !== undefined && (receiver.fields ?? receiver.lineal ?? receiver.own[0]) !== undefined;
    const over = isOn || !isEach ? (receiver ?? unknown) : (args.list[1] ?? unknown);
    const list = named.startsWith("reduce") ? [unknown, itemOf(over)] : [named === "then" ? over : itemOf(over)];
    const results: Value[] = [];
    for (const { closures, name } of functions) {
      for (const closure of closures ?? [])
        this.#scopes.branch([
          () => results.push(this.#follow(closure, { list, named: nothingNamed }).result),
          () => undefined,
        ]);
      if (closures || name === undefined) continue;
      const call: Call = {
        name,
        last: name.split(".").at(-1) ?? "",
        receiver: undefined,
        args: list,
        named: nothingNamed,
      };
      results.push(this.#outside.call(call, purposeOf(call, this.#language), line, mode));
    }
    if (/^(then|map|flatMap)$/.test(named)) return oneOf(results);
    if ([...args.named.keys()].some((it) => it.endsWith("factory"))) return oneOf(results);
    return /^(filter|sort|toSorted)$/.test(named) ? receiver : itemOf(over);
  }

  /** Arguments as far as the purpose of a call depends on them, without counting what they do. */
  #peek(link: Extract<Link, { kind: "call" }>, scope: Scope): Value[] {
    const first = link.args[0]?.value;
    return first && (first.kind === "text" || first.kind === "name") ? [this.#value(first, scope, "skipped")] : [];
  }

  #arguments(link: Extract<Link, { kind: "call" }>, scope: Scope, mode: Mode): Arguments {
    const found = { list: [] as Value[], named: new Map<string, Value>() };
    for (const { name, spread, value } of link.args) {
      const given = this.#value(value, scope, mode);
      if (name !== undefined) found.named.set(name, given);
      else if (spread === "named" && given.fields) for (const [key, it] of given.fields) found.named.set(key, it);
      else if (spread && given.fields) found.list.push(...[...given.fields.values()].slice(0, 1000));
      else found.list.push(given);
    }
    return found;
  }

  /** What a function gives for these arguments; it does not call itself. */
  #follow(closure: Closure, args: Arguments, receiver?: Value): Outcome {
    const { fn } = closure;
    const self = this.#objects.seen(closure, receiver);
    const isInformed = self !== undefined || valuesOf(args).some((it) => it !== unknown);
    // what makes an object gets a new one each time
    const on = self && this.#memory.key((fn.isMaker && receiver) || self);
    const key = `${this.#scopes.changes} ${on ?? ""} ${isInformed ? [...args.list.map((it) => this.#memory.key(it)), ...[...args.named].map(([name, it]) => `${name}=${this.#memory.key(it)}`)].join() : ""}`;
    const known = this.#memory.recall(fn, key);
    if (known !== undefined) return known;
    if (this.#active.has(fn)) {
      const others = [...(self?.fields ?? [])].filter(([name, it]) => this.#active.get(fn)?.fields?.get(name) !== it);
      return { result: unknown, lost: [...valuesOf(args), ...others.map(([, it]) => it)] };
    }
    if (this.#active.size < deepest && this.#limits.isAffordable(1)) return this.#enter(closure, args, key, self);
    // it waits to be looked into without arguments, which is the same when nothing is known of them
    if (isInformed) this.#limits.isComplete = false;
    return { result: unknown };
  }

  #enter(closure: Closure, args: Arguments, key: string, self?: Value): Outcome {
    const { fn, scope } = closure;
    this.#memory.keep(fn);
    this.#active.set(fn, self);
    const outerReturns = this.#returned;
    this.#returned = [];
    const inner: Scope = Object.assign(this.#scopes.make(scope, true), { fn });
    if (fn.self !== undefined) inner.self = fn.self;
    if (fn.self !== undefined && self) inner.values.set(fn.self, self);
    inner.given = listOf(args.list);
    for (const [target, value] of taken(fn, args)) this.#set(target, value, inner, "function");
    inner.params = new Set([...inner.values.keys()].filter((name) => name !== fn.self));
    this.#run(fn.body, inner);
    const result = oneOf(this.#returned);
    const after = self && fn.self !== undefined ? inner.values.get(fn.self) : undefined;
    if (self && after && after !== self) this.#objects.learn(closure, self, after);
    const outcome: Outcome = { result, ...(after && after !== self ? { self: after } : {}) };
    this.#returned = outerReturns;
    this.#active.delete(fn);
    this.#memory.keep(fn, { key, outcome });
    return outcome;
  }

  #closure(fn: Callable, scope: Scope): Value {
    if (!this.#waiting.has(fn)) this.#waiting.set(fn, scope);
    return { ...unknown, closures: [{ fn, scope }] };
  }

  #class(it: Extract<Expression, { kind: "class" }>, scope: Scope): Value {
    for (const part of it.also) this.#value(part, scope, "counted");
    const bases = it.bases.map((part) => this.#value(part, scope, "counted"));
    const fields = new Map(bases.flatMap((base) => [...(base.fields ?? [])]));
    const inner = this.#scopes.make(scope, true);
    for (const self of it.selves) inner.values.set(self, withFields(new Map(fields)));
    if (bases.length > 0) inner.values.set("super", oneOf(bases));
    for (const { name, fn } of it.methods) {
      const value = this.#closure(fn, inner);
      fields.set(name, value);
      if (name !== maker) this.#objects.addMethod(name, value.closures ?? []);
    }
    this.#run(it.body, inner);
    return this.#objects.classIn(inner, it.selves, fields);
  }

  #set(target: Target, value: Value, scope: Scope, declares: Declares): void {
    switch (target.kind) {
      case "name":
        this.#scopes.write(this.#scopes.home(target.name, scope, declares), target.name, value);
        return;
      case "default": {
        const fallback = this.#value(target.value, scope, "counted");
        this.#set(target.target, isOpen(value) ? oneOf([unknown, fallback]) : value, scope, declares);
        return;
      }
      case "list":
        for (const [i, item] of target.items.entries()) {
          if (item?.kind === "rest") this.#set(item.target, itemsFrom(value, i), scope, declares);
          // where an item stands that comes after `*rest` is not known
          else if (item)
            this.#set(
              item,
              target.items.slice(0, i).some((it) => it?.kind === "rest") ? itemOf(value) : itemAt(value, i),
              scope,
              declares,
            );
        }
        return;
      case "rest":
        this.#set(target.target, value, scope, declares);
        return;
      case "record":
        for (const { name, target: inner } of target.entries)
          this.#set(inner, name === undefined ? value : this.#member(value, name), scope, declares);
        return;
      case "member": {
        const place = placeOf(target.of);
        const there = place && this.#objects.at(scope, place);
        if (!place || !there || there.lineal) return;
        if (find(scope, place.root)?.params?.has(place.root)) this.#outside.lose([value], this.#line, "counted");
        for (const setter of there.fields?.get(setterOf(target.name ?? ""))?.closures ?? []) {
          const { self } = this.#follow(setter, { list: [value], named: nothingNamed }, there);
          if (self) return this.#objects.store(scope, place, self);
        }
        this.#objects.store(
          scope,
          { root: place.root, names: [...place.names, target.name ?? `#${there.fields?.size ?? 0}`] },
          value,
        );
      }
    }
  }
}
