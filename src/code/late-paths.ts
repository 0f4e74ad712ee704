/** Paths of which nothing is known before a program runs: where they are read and written, and whether Lineal is given the same variables. */

import type { Arguments } from "./arguments.ts";
import { type Call, pathsOf, type Way } from "./calls.ts";
import type { Callable, Expression, Link, Target } from "./ir.ts";
import { placeOf } from "./objects.ts";
import { namesAFile } from "./paths.ts";
import { find } from "./scopes.ts";
import { isOpen, isUnnamed, type Scope, type Value } from "./values.ts";

type CallLink = Extract<Link, { kind: "call" }>;

/** More variables than these do not stand for one path. */
const most = 20;

export class LatePaths {
  readonly #used = new Map<string, { line: number; way: Way; variables: readonly string[] }>();
  readonly #tracked = new Set<string>();
  /** Of each variable, which others its values were made of. */
  readonly #made = new Map<string, Map<string, readonly string[]>>();
  readonly #owners = new Map<object, number>();

  /** A call outside Lineal. */
  call(call: Call, link: CallLink, scope: Scope): void {
    for (const { at, way } of pathsOf(call)) {
      const given =
        typeof at === "string"
          ? link.args.find((it) => it.name === at)
          : link.args.slice(0, at + 1).some((it) => it.spread ?? it.name)
            ? undefined
            : link.args[at];
      const value = typeof at === "string" ? call.named.get(at) : call.args[at];
      if (value && isLate(value) && !isConstant(given?.value))
        this.#use(link.line, way, given ? this.#variables(given.value, scope) : []);
    }
  }

  /** `path.write_text("x")`, `path.open("w")`: no other than a path has these. */
  on(receiver: Value, last: string, link: CallLink, path: () => Expression, scope: Scope): void {
    const mode = link.args[0]?.value;
    const isOpened = last === "open" && mode?.kind === "text" && /^[rwax][bt+]*$/.test(mode.value);
    if (!(isOpened || /^(read|write)_(text|bytes)$/.test(last)) || !isLate(receiver) || !isUnnamed(receiver)) return;
    const way = last.startsWith("read") || (isOpened && /^r[bt]*$/.test(mode.value)) ? "reads" : "writes";
    this.#use(link.line, way, this.#variables(path(), scope));
  }

  /** A call of Lineal is given these; parameters of a run are no files that it keeps. */
  give(named: string, link: CallLink, scope: Scope): void {
    if (/^(track|finish|flow|step|connect|login|init)$/.test(named)) return;
    for (const { value } of link.args) for (const it of this.#variables(value, scope)) this.#tracked.add(it);
  }

  /** A variable is given a value of which nothing is known. */
  set(target: Target, value: Expression, scope: Scope): void {
    this.#hold(target, this.#variables(value, scope), (name) => this.#variable(name, scope));
  }

  /** A function of the program is called. */
  pass({ fn }: { fn: Callable }, args: Arguments, link: CallLink, scope: Scope): void {
    for (const [i, { name, target }] of fn.params.entries()) {
      const given =
        link.args.find((it) => it.name !== undefined && it.name === name) ??
        (link.args[i]?.name === undefined ? link.args[i] : undefined);
      const value = args.named.get(name ?? "") ?? args.list[i];
      if (given && value && isLate(value) && !isConstant(given.value))
        this.#hold(target, this.#variables(given.value, scope), (it) => `${this.#owner(fn)}:${it}`);
    }
  }

  /** The lines in which paths are used that Lineal is never given. */
  lines(way: Way): number[] {
    const tracked = this.#allTracked();
    const found = [...this.#used.values()].filter(
      (it) => it.way === way && !it.variables.some((one) => this.#isTracked(one, tracked, new Set())),
    );
    return [...new Set(found.map(({ line }) => line))].sort((a, b) => a - b);
  }

  #use(line: number, way: Way, variables: readonly string[]): void {
    this.#used.set(`${line} ${way} ${variables.join()}`, { line, way, variables });
  }

  /** With a variable, what it was made of alone. */
  #allTracked(): ReadonlySet<string> {
    const found = new Set(this.#tracked);
    for (const it of found)
      for (const [only, more] of this.#made.get(it)?.values() ?? [])
        if (only !== undefined && more === undefined) found.add(only);
    return found;
  }

  #isTracked(variable: string, tracked: ReadonlySet<string>, seen: Set<string>): boolean {
    if (tracked.has(variable)) return true;
    const made = [...(this.#made.get(variable)?.values() ?? [])];
    if (seen.has(variable) || seen.size > 500 || made.length === 0) return false;
    seen.add(variable);
    return made.every((ones) => ones.some((it) => this.#isTracked(it, tracked, seen)));
  }

  #hold(target: Target, from: readonly string[], variable: (name: string) => string): void {
    if (target.kind === "default") return this.#hold(target.target, from, variable);
    if (target.kind === "record") {
      for (const { name, target: inner } of target.entries)
        this.#hold(inner, name === undefined ? [] : from.map((it) => `${it}.${name}`), variable);
      return;
    }
    if (target.kind === "list") {
      for (const [i, item] of target.items.entries())
        if (item)
          this.#hold(
            item,
            from.map((it) => `${it}.${i}`),
            variable,
          );
      return;
    }
    const place =
      target.kind === "name"
        ? { root: target.name, names: [] }
        : target.kind === "member"
          ? placeOf(target.of)
          : undefined;
    if (!place) return;
    const key = [variable(place.root), ...place.names, ...(target.kind === "member" ? [target.name ?? "?"] : [])].join(
      ".",
    );
    const made = this.#made.get(key) ?? new Map<string, readonly string[]>();
    this.#made.set(key, made);
    // of more than these it is not asked any more whether all are tracked
    if (made.size < most) made.set(from.join(), from);
    else made.set("", []);
  }

  /** The variables, with the names of fields, that a value is made of. */
  #variables(it: Expression, scope: Scope): string[] {
    const place = placeOf(it);
    if (place) return [[this.#variable(place.root, scope), ...place.names].join(".")];
    const all = (parts: readonly Expression[]): string[] =>
      parts.flatMap((part) => this.#variables(part, scope)).slice(0, most);
    switch (it.kind) {
      case "join":
        return all(it.parts);
      case "list":
        return all(it.items);
      case "either":
        return all(it.options);
      case "record":
        return all(it.entries.map(({ value }) => value));
      case "set":
        return all([it.value]);
      case "chain":
        return all([
          ...(it.root.kind === "name" ? [] : [it.root]),
          ...this.#receiver(it, scope),
          ...it.links.flatMap((link) => (link.kind === "call" ? link.args.map(({ value }) => value) : [])),
        ]);
      default:
        return [];
    }
  }

  /** What the first call of a chain is made on, `out` of `out.trim()`, or what it asks for, `cfg.out` of `cfg.get("out")`; not a module. */
  #receiver({ root, links }: Extract<Expression, { kind: "chain" }>, scope: Scope): Expression[] {
    const i = links.findIndex((it) => it.kind === "call");
    const [last, call] = [links[i - 1], links[i]];
    if (last?.kind !== "member" || last.name === "at" || call?.kind !== "call") return [];
    const asked = call.args[0]?.value;
    const isAsked = /^get(env)?$/.test(last.name ?? "") && asked?.kind === "text";
    if (
      !isAsked &&
      root.kind === "name" &&
      !isUnnamed(find(scope, root.name)?.values.get(root.name) ?? { own: [], all: [], name: root.name })
    )
      return [];
    return [
      {
        kind: "chain",
        root,
        links: [...links.slice(0, i - 1), ...(isAsked ? [{ kind: "member" as const, name: asked.value }] : [])],
      },
    ];
  }

  #variable(name: string, scope: Scope): string {
    if (name === "this" || name === "self") return name;
    const home = find(scope, name);
    return home ? `${this.#owner(home.fn ?? home)}:${name}` : name;
  }

  #owner(it: object): number {
    const number = this.#owners.get(it) ?? this.#owners.size;
    this.#owners.set(it, number);
    return number;
  }
}

const isConstant = (it: Expression | undefined): boolean => it?.kind === "unknown" && it.parts.length === 0;

/** Whether a value may be a path of which nothing is known. */
const isLate = (value: Value): boolean =>
  isOpen(value) &&
  !value.stream &&
  !/(^|\.)(std(in|out|err)|devnull)(\.|$)/i.test(value.name ?? "") &&
  !value.from?.some((text) => namesAFile(text));
