/** Follows the values of a program from where they are written to the calls that use them. */

import { type Call, givenTo, importsComputed, type Language, linealCall, openedBy, type Purpose, purposeOf, scriptsOf, starNames, useOf } from "./calls.ts";
import type { Callable, Declares, Expression, Link, Statement, Target } from "./ir.ts";
import { Limits, Memory } from "./limits.ts";
import { joinPath } from "./paths.ts";
import { resultOf } from "./results.ts";
import { find, functionScope, Scopes } from "./scopes.ts";
import { type FileUse, type Mode, Uses } from "./uses.ts";
import { type Closure, isOpen, itemAt, itemOf, itemsFrom, joined, memberOf, namedValue, oneOf, type Scope, unknown, type Value, withFields } from "./values.ts";

/** What was found out about a program. */
export type Findings = {
  tracks: boolean;
  finishes: boolean;
  /** Files, as written, that only calls outside Lineal use, sorted, and in which lines. */
  untracked: FileUse[];
  /** Scripts that are run in processes of their own. */
  runs: FileUse[];
  /** Lines that import a module whose name is only known when they run. */
  computed: number[];
  /** False when the functions of the program call each other in more ways than were followed. */
  isComplete: boolean;
};

type Arguments = { list: readonly Value[]; named: ReadonlyMap<string, Value> };

const linealModules: Record<Language, RegExp> = { javascript: /^lineal$/, python: /^(lamindb|lineal)(\.|$)/ };
const deepest = 100;

/** Follows a whole program; every function is looked into, called or not. */
export function evaluate(program: readonly Statement[], language: Language): Findings {
  return new Walk(language).program(program);
}

class Walk {
  readonly #language: Language;
  readonly #scopes = new Scopes();
  readonly #uses = new Uses();
  readonly #methods = new Map<string, Closure[]>();
  readonly #waiting = new Map<Callable, Scope>();
  readonly #active = new Set<Callable>();
  readonly #limits = new Limits();
  readonly #memory = new Memory();
  readonly #computed = new Set<number>();
  #returned: Value[] = [];
  #tracks = false;
  #finishes = false;

  constructor(language: Language) {
    this.#language = language;
  }

  program(statements: readonly Statement[]): Findings {
    this.#run(statements, this.#scopes.program);
    for (const [fn, scope] of this.#waiting) if (!this.#memory.knows(fn)) this.#enter({ fn, scope }, noArguments, "");
    return { tracks: this.#tracks, finishes: this.#finishes, untracked: this.#uses.untracked(), runs: this.#uses.runs(), computed: [...this.#computed], isComplete: this.#limits.isComplete };
  }

  #run(statements: readonly Statement[], scope: Scope): void {
    for (const it of statements) if (it.kind === "define") this.#set({ kind: "name", name: it.name }, this.#closure(it.fn, scope), scope, "block");
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
          if (as !== "*") this.#scopes.write(scope, as, this.#module(it.module, name));
          else if (linealModules[this.#language].test(it.module)) for (const one of starNames) this.#scopes.write(scope, one, this.#module(it.module, one));
        }
        return;
      case "branch":
        this.#scopes.branch(it.ways.map((way) => () => this.#run(way, this.#scopes.make(scope, false))));
        return;
      case "each": {
        const item = itemOf(this.#value(it.of, scope, "counted"));
        const inner = this.#scopes.make(scope, false);
        this.#scopes.branch([
          () => [this.#set(it.target, item, it.declares === "block" ? inner : scope, it.declares), this.#run(it.body, inner)],
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
        return find(scope, it.name)?.values.get(it.name) ?? namedValue(it.name);
      case "module":
        return this.#module(it.module, "*");
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
      case "record": {
        const values = it.entries.map(({ name, value }) => ({ name, value: this.#value(value, scope, mode) }));
        const spread = values.flatMap(({ name, value }) => (name === undefined && value.fields ? [...value.fields] : []));
        return withFields(
          new Map([...spread, ...values.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value] as const]))]),
          values.filter((one) => one.name === undefined && !one.value.fields).map((one) => one.value),
        );
      }
      case "either": {
        for (const part of it.also) this.#value(part, scope, mode);
        return oneOf(it.options.map((option) => this.#value(option, scope, mode)));
      }
      case "unknown":
        for (const part of it.parts) this.#value(part, scope, mode);
        return unknown;
      case "set": {
        const environment = it.target.kind === "member" && /^(os\.environ|process\.env)$/.test(this.#value(it.target.of, scope, "skipped").name ?? "");
        const value = this.#value(it.value, scope, environment ? "skipped" : mode);
        this.#set(it.target, value, scope, it.declares);
        return value;
      }
      case "function":
        return this.#closure(it.fn, scope);
      case "class":
        return this.#class(it, scope);
    }
  }

  #chain({ root, links }: Extract<Expression, { kind: "chain" }>, scope: Scope, mode: Mode): Value {
    let value = this.#value(root, scope, mode);
    let receiver: Value | undefined;
    let last = root.kind === "name" ? root.name : "";
    for (const [i, link] of links.entries()) {
      if (link.kind === "member") {
        if (link.index) this.#value(link.index, scope, mode);
        receiver = value;
        last = link.name ?? "";
        value = memberOf(value, link.name);
      } else {
        const holder = i === 1 && root.kind === "name" ? root.name : undefined;
        value = this.#call(value, receiver, last, link, scope, mode, holder);
        receiver = undefined;
        last = "";
      }
    }
    return value;
  }

  #call(
    callee: Value,
    receiver: Value | undefined,
    last: string,
    link: Extract<Link, { kind: "call" }>,
    scope: Scope,
    mode: Mode,
    holder: string | undefined,
  ): Value {
    // `import { readFile as read }`: the name it has at home says what it does
    const named = callee.name?.split(".").at(-1) ?? last;
    const own = named === "then" ? undefined : linealCall(callee, named, receiver);
    if (own) return this.#linealCall(own, callee, named, link, scope, mode);

    const closures = callee.closures ?? (callee.name === undefined || /^(this|self)\./.test(callee.name) ? this.#methods.get(last) : undefined);
    const call = { name: callee.name, last: named, receiver };
    const purpose = closures ? "silent" : purposeOf({ ...call, args: this.#peek(link, scope), named: nothingNamed }, this.#language);
    const args = this.#arguments(link, scope, purpose === "setup" && mode !== "tracked" ? "skipped" : mode);
    if (closures) {
      if (mode === "tracked") this.#uses.track(valuesOf(args));
      else if (mode === "counted" && this.#limits.canNote(valuesOf(args))) this.#uses.pass(valuesOf(args), link.line, useOf(named));
      return oneOf(closures.map((closure) => this.#follow(closure, args)));
    }
    const grown = holder !== undefined && receiver?.fields ? this.#grow(holder, receiver, named, args, scope) : false;
    const result = this.#carryOut({ ...call, args: args.list, named: args.named }, grown ? "silent" : purpose, link.line, mode);
    const results = purpose === "setup" ? undefined : this.#callbacks(args, receiver, named, link.line, mode);
    if (results !== undefined) return results;
    // a class without a constructor
    return callee.fields ? withFields(callee.fields) : result;
  }

  /** A call of what is not in the program: notes its files; its value, as far as it is known. */
  #carryOut(call: Call, purpose: Purpose, line: number, mode: Mode): Value {
    const [given, opened] = [givenTo(call), openedBy(call)];
    if (mode === "tracked") this.#uses.track([...given, ...opened]);
    else if (mode === "counted" && purpose === "other" && this.#limits.canNote(given)) {
      this.#uses.use(given, line, useOf(call.last));
      this.#uses.use(opened, line, "opened");
      this.#uses.run(scriptsOf(call), line);
    }
    if (importsComputed(call)) this.#computed.add(line);
    const result = this.#limits.canJoin(call.args) ? resultOf(call) : unknown;
    if (result !== undefined) return result;
    const from = call.args.flatMap((it) => it.all);
    return purpose === "other" && from.length > 0 && !/^(read|load|open|fetch|scan|imread)/i.test(call.last) ? { ...unknown, from } : unknown;
  }

  #linealCall(own: Value, callee: Value, named: string, link: Extract<Link, { kind: "call" }>, scope: Scope, mode: Mode): Value {
    const args = this.#arguments(link, scope, "tracked");
    if (mode !== "skipped" && this.#limits.canNote(valuesOf(args))) {
      this.#uses.track(valuesOf(args));
      this.#uses.trackFolders(args.list);
    }
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
      for (const closure of closures ?? []) this.#scopes.branch([() => results.push(this.#follow(closure, { list, named: nothingNamed })), () => undefined]);
      if (closures || name === undefined) continue;
      const call: Call = { name, last: name.split(".").at(-1) ?? "", receiver: undefined, args: list, named: nothingNamed };
      results.push(this.#carryOut(call, purposeOf(call, this.#language), line, mode));
    }
    if (/^(then|map|flatMap)$/.test(named)) return oneOf(results);
    return /^(filter|sort|toSorted)$/.test(named) ? receiver : itemOf(over);
  }

  /** `files.push("a.csv")`: the list holds one more. */
  #grow(holder: string, list: Value, named: string, args: Arguments, scope: Scope): boolean {
    if (!/^(push|unshift|append|extend|add)$/.test(named)) return false;
    const fields = new Map(list.fields);
    for (const value of args.list) fields.set(String(fields.size), value);
    this.#set({ kind: "name", name: holder }, fields.size > 1000 ? oneOf([list, ...args.list]) : withFields(fields), scope, undefined);
    return true;
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
      else if (spread && given.fields) found.list.push(...[...given.fields.values()].slice(0, 1000));
      else found.list.push(given);
    }
    return found;
  }

  /** What a function gives for these arguments; it does not call itself. */
  #follow({ fn, scope }: Closure, args: Arguments): Value {
    const isInformed = valuesOf(args).some((it) => it !== unknown);
    const key = `${this.#scopes.changes} ${isInformed ? [...args.list.map((it) => this.#memory.key(it)), ...[...args.named].map(([name, it]) => `${name}=${this.#memory.key(it)}`)].join() : ""}`;
    const known = this.#memory.recall(fn, key);
    if (known !== undefined) return known;
    if (this.#active.has(fn)) return unknown;
    if (this.#active.size < deepest && this.#limits.isAffordable(1)) return this.#enter({ fn, scope }, args, key);
    // it waits to be looked into without arguments, which is the same when nothing is known of them
    if (isInformed) this.#limits.isComplete = false;
    return unknown;
  }

  #enter({ fn, scope }: Closure, args: Arguments, key: string): Value {
    this.#memory.keep(fn);
    this.#active.add(fn);
    const outerReturns = this.#returned;
    this.#returned = [];
    const inner = this.#scopes.make(scope, true);
    for (const [i, param] of fn.params.entries()) {
      const value = param.rest
        ? withFields(new Map(args.list.slice(i).map((it, n) => [String(n), it])))
        : ((param.name === undefined ? undefined : args.named.get(param.name)) ?? args.list[i] ?? unknown);
      this.#set(param.target, value, inner, "function");
    }
    this.#run(fn.body, inner);
    const result = oneOf(this.#returned);
    this.#returned = outerReturns;
    this.#active.delete(fn);
    this.#memory.keep(fn, { key, value: result });
    return result;
  }

  #closure(fn: Callable, scope: Scope): Value {
    if (!this.#waiting.has(fn)) this.#waiting.set(fn, scope);
    return { ...unknown, closures: [{ fn, scope }] };
  }

  #class(it: Extract<Expression, { kind: "class" }>, scope: Scope): Value {
    const bases = it.also.map((part) => this.#value(part, scope, "counted"));
    const inherited = new Map(bases.flatMap((base) => [...(base.fields ?? [])].filter(([, value]) => !value.closures)));
    const inner = this.#scopes.make(scope, true);
    for (const self of it.selves) inner.values.set(self, withFields(inherited));
    const fields = new Map<string, Value>();
    for (const { name, fn } of it.methods) {
      const value = this.#closure(fn, inner);
      fields.set(name, value);
      if (name !== "constructor") this.#methods.set(name, [...(this.#methods.get(name) ?? []), ...(value.closures ?? [])].slice(-8));
    }
    this.#run(it.body, inner);
    const isSelf = (name: string): boolean => it.selves.includes(name);
    const own = new Map([...inherited, ...inner.values].flatMap(([name, value]) => (isSelf(name) ? [...(value.fields ?? [])] : [[name, value] as const])));
    for (const self of it.selves) inner.values.set(self, withFields(own));
    for (const [name, value] of own) fields.set(name, value);
    const made = fields.get("constructor")?.closures;
    return { ...withFields(fields), ...(made ? { closures: made } : {}) };
  }

  #module(module: string, name: string): Value {
    if (linealModules[this.#language].test(module)) return { ...unknown, lineal: "api", name: name === "*" ? "lineal" : `lineal.${name}` };
    const plain = module.replace(/^node:/, "").replace(/\/(promises|posix|win32)$/, "");
    return { ...unknown, name: name === "*" || name === "default" ? plain : `${plain}.${name}` };
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
          else if (item) this.#set(item, target.items.slice(0, i).some((it) => it?.kind === "rest") ? itemOf(value) : itemAt(value, i), scope, declares);
        }
        return;
      case "rest":
        this.#set(target.target, value, scope, declares);
        return;
      case "record":
        for (const { name, target: inner } of target.entries) this.#set(inner, name === undefined ? value : memberOf(value, name), scope, declares);
        return;
      case "member": {
        const holder = target.of.kind === "chain" ? undefined : target.of;
        if (holder?.kind !== "name") return;
        const home = find(scope, holder.name);
        const there = home?.values.get(holder.name);
        if (!home || !there || there.lineal) return;
        const fields = new Map(there.fields);
        if (fields.size > 1000) return;
        fields.set(target.name ?? `#${fields.size}`, value);
        this.#scopes.write(home, holder.name, { ...there, ...withFields(fields) });
      }
    }
  }
}

const nothingNamed: ReadonlyMap<string, Value> = new Map();
const noArguments: Arguments = { list: [], named: nothingNamed };

const valuesOf = (args: Arguments): Value[] => [...args.list, ...args.named.values()];
