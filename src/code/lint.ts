/** Which files a program uses, and which of them it tracks. What is looked at is written in `Expression`s, whatever the language. */
import { joinPath, namesAFile, samePath, useOf } from "./paths.ts";

/** What the check sees of a program. */
export type Expression =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "name"; readonly name: string }
  | { readonly is: "module"; readonly name: string }
  | { readonly is: "member"; readonly of: Expression; readonly name: string }
  /** Texts one after the other, or as folders and files. */
  | { readonly is: "join"; readonly parts: readonly Expression[]; readonly by: "" | "/" }
  | { readonly is: "call"; readonly callee: Expression; readonly args: readonly Expression[]; readonly line: number }
  | { readonly is: "function"; readonly params: readonly (string | undefined)[]; readonly body: readonly Expression[] }
  /** `each`: the targets take the items of the value, one after the other. */
  | { readonly is: "assign"; readonly targets: readonly Target[]; readonly value: Expression; readonly each?: boolean }
  /** A list or an object, or anything else with parts. */
  | { readonly is: "parts"; readonly parts: readonly Expression[] }
  /** Settings such as `os.environ["X"] = …`: what is in them is not looked at. */
  | { readonly is: "settings"; readonly parts: readonly Expression[] };

/** A variable, and which item or member of the value it takes. */
export interface Target {
  readonly name: string;
  readonly at?: number | string;
}

/** A file or folder that is used and not tracked. */
export interface Untracked {
  readonly file: string;
  readonly lines: readonly number[];
}

export interface Findings {
  readonly tracks: boolean;
  readonly finishes: boolean;
  /** Sorted by file. */
  readonly untracked: readonly Untracked[];
}

/** What is known of a value. */
interface Value {
  /** All that it may be. */
  readonly texts: readonly string[];
  /** Texts in it, at any depth. */
  readonly inside: readonly string[];
  readonly items?: readonly Value[];
  /** What a call was given that made it: `out = draw("plot.png")`. */
  readonly from?: readonly string[];
  /** Where it comes from: `fs.readFileSync`, `lineal.Artifact.get()`. */
  readonly path?: string;
  readonly code?: Extract<Expression, { is: "function" }>;
}

const UNKNOWN: Value = { texts: [], inside: [] };
/** How many expressions are looked at before own functions are not followed any more, and how many texts a value holds. */
const [MANY, MOST_TEXTS] = [500_000, 200];
/** A text that is longer than this is no path. */
const LONGEST = 2000;

/** Variables, and those around them. */
class Scope {
  readonly #own = new Map<string, Value>();
  readonly #around: Scope | undefined;

  constructor(around?: Scope) {
    this.#around = around;
  }

  get(name: string): Value | undefined {
    return this.#own.get(name) ?? this.#around?.get(name);
  }

  set(name: string, value: Value): void {
    this.#own.set(name, value);
  }
}

/** Values of these are made of their arguments, whatever the rest of the call does. */
const JOINS = /^(path\.(posix\.|win32\.)?(join|resolve)|os\.path\.join|(pathlib\.)?(Pure)?(Posix|Windows)?Path)$/;
const PASSES_ON =
  /^((url\.)?URL|(url\.)?fileURLToPath|(url\.)?pathToFileURL|String|str|os\.fspath|os\.path\.(abspath|normpath|realpath|expanduser)|path\.(normalize|resolve)|Promise\.all|list|tuple|sorted|set)$/;
const KEEPS_RECEIVER = /^(resolve|expanduser|absolute|as_posix|toString|trim|strip|normalize)$/;
/** They prepare: nothing in their arguments is looked at. */
const PREPARES =
  /^((os\.)?path\..*|sys\.path\..*|importlib\..*|(pathlib\.)?(Pure)?(Posix|Windows)?Path)$|(^|\.)(mk(dirs?|dirSync|dtemp\w*)|makedirs|exists(Sync)?|is_?(file|dir|File|Directory)|resolve|expanduser|r?glob(Sync)?)$/;
/** They prepare, ask or talk: their arguments are not used as files. */
const SETUP =
  /^((os\.)?path\..*|sys\.path\..*|importlib\..*|(url\.)?(URL|fileURLToPath|pathToFileURL)|String|Number|Boolean|RegExp|str|(pathlib\.)?(Pure)?(Posix|Windows)?Path|require|import|print|(process|console|logging|assert|datetime|re|argparse|child_process|subprocess|execa|zx|shlex)(\..*|$)|os\.(system|popen|getenv|environ.*)|(\w*Error|\w*Exception|Map|Set)|format|super|getattr|expect)$/;
const SETUP_NAMES =
  /^(mk(dirs?|dirSync|dtemp\w*)|makedirs|exists(Sync)?|access(Sync)?|l?stat(Sync)?|is_?(file|dir|File|Directory)|resolve|expanduser|r?glob(Sync)?|iglob|globby|readdir(Sync)?|opendir(Sync)?|listdir|scandir|iterdir|rm(Sync|dir|tree)?|unlink(Sync)?|remove|chdir|basename|dirname|extname|splitext|split|endsWith|startsWith|endswith|startswith|includes|indexOf|replace(All)?|match(All)?|test|strftime|add_argument|querySelector(All)?|getLogger|info|debug|warn(ing)?|error|log|trace|fatal|critical|equal|deepEqual|strictEqual|to_datetime)$/;
/** On what comes from no module they look something up in memory. */
const LOOKUPS = /^(get|set|has|add|delete|setdefault|pop|push|append|update|join)$/;

export const lint = (program: readonly Expression[]): Findings => new Lint().all(program);

class Lint {
  readonly #tracked = new Set<string>();
  readonly #used = new Map<string, { readonly file: string; readonly lines: Set<number> }>();
  readonly #calls = new Set<string>();
  #seen = 0;
  /** How many calls that prepare something are around, and how many of Lineal. */
  #prepared = 0;
  #given = 0;

  all(program: readonly Expression[]): Findings {
    const scope = new Scope();
    // Functions are there before they are declared.
    for (const one of program)
      if (one.is === "assign" && one.value.is === "function")
        for (const { name } of one.targets) scope.set(name, { ...UNKNOWN, code: one.value });
    this.#run(program, scope, false);
    const isTracked = (file: string): boolean =>
      [...this.#tracked].some((tracked) => file === tracked || file.startsWith(`${tracked}/`));
    const untracked = [...this.#used]
      .filter(([file]) => !isTracked(file))
      .map(([, { file, lines }]) => ({ file, lines: [...lines].sort((a, b) => a - b) }))
      .sort((a, b) => (a.file < b.file ? -1 : 1));
    const flows = this.#calls.has("flow");
    return { tracks: flows || this.#calls.has("track"), finishes: flows || this.#calls.has("finish"), untracked };
  }

  #run(body: readonly Expression[], scope: Scope, inHelper: boolean): void {
    for (const one of body) this.#value(one, scope, inHelper);
  }

  #value(one: Expression, scope: Scope, inHelper: boolean): Value {
    this.#seen++;
    const valueOf = (part: Expression): Value => this.#value(part, scope, inHelper);
    switch (one.is) {
      case "text":
        return { texts: [one.text], inside: [] };
      case "module":
        return { ...UNKNOWN, path: one.name };
      case "name":
        return scope.get(one.name) ?? { ...UNKNOWN, path: one.name };
      case "member":
        return memberOf(valueOf(one.of), one.name);
      case "join":
        return joined(one.parts.map(valueOf), one.by);
      case "parts": {
        const items = one.parts.map(valueOf);
        return { texts: [], inside: items.flatMap(textsIn).slice(0, MOST_TEXTS), items };
      }
      case "settings":
        for (const part of one.parts) if (part.is === "function") valueOf(part);
        return UNKNOWN;
      case "function": {
        const around = this.#given;
        this.#given = 0;
        this.#run(one.body, inside(scope, one.params, []), inHelper);
        this.#given = around;
        return { ...UNKNOWN, code: one };
      }
      case "assign": {
        const value = valueOf(one.value);
        for (const { name, at } of one.targets) scope.set(name, taken(value, at, one.each));
        return value;
      }
      case "call":
        return this.#call(one, scope, inHelper);
    }
  }

  #call({ callee, args, line }: Extract<Expression, { is: "call" }>, scope: Scope, inHelper: boolean): Value {
    const receiver = callee.is === "member" ? this.#value(callee.of, scope, inHelper) : undefined;
    const called =
      receiver && callee.is === "member" ? memberOf(receiver, callee.name) : this.#value(callee, scope, inHelper);
    const path = called.path ?? "";
    const last = callee.is === "member" ? callee.name : (path.split(".").at(-1) ?? "");
    const prepares = PREPARES.test(path) || PREPARES.test(last) ? 1 : 0;
    const gives = isLineal(path) ? 1 : 0;
    this.#prepared += prepares;
    this.#given += gives;
    const given = args.map((arg) => this.#value(arg, scope, inHelper));
    this.#prepared -= prepares;
    this.#given -= gives;
    if (path === "import" || path === "require") return { ...UNKNOWN, path: moduleName(given[0]?.texts[0] ?? "") };
    if (isLineal(path)) {
      if (/^lineal(\.connect\(\))?\.(track|finish|flow)$/.test(path)) this.#calls.add(last);
      for (const text of given.flatMap((one) => [...textsIn(one), ...(one.from ?? [])]))
        this.#tracked.add(samePath(text));
      // Loaded values and paths in the cache are nothing of Lineal's.
      return last === "load" || last === "cache" ? UNKNOWN : { ...UNKNOWN, path: `${path}()` };
    }
    if (called.code && !inHelper && this.#seen < MANY) {
      this.#run(called.code.body, inside(scope, called.code.params, given), true);
      return UNKNOWN;
    }
    const isSetup = SETUP.test(path) || SETUP_NAMES.test(last) || (!called.path && LOOKUPS.test(last));
    if (!isSetup && this.#prepared === 0) {
      const use = useOf(path, last);
      // `copyFile(from, to)`; what follows says how.
      const files = /copy|rename|move/i.test(last) ? 2 : 1;
      for (const [i, one] of given.entries())
        for (const text of textsIn(one))
          if (namesAFile(text, use === "opened" && i >= files ? "given" : use)) this.#use(text, line);
      if (use === "opened") for (const text of receiver?.texts ?? []) this.#use(text, line);
    }
    const result = resultOf(path, last, receiver, given);
    return result === UNKNOWN && !/^(read|load|open|fetch|scan)/i.test(last)
      ? { ...UNKNOWN, from: given.flatMap(textsIn).slice(0, MOST_TEXTS) }
      : result;
  }

  /** What is used to make an argument of Lineal is tracked with it: `save(readFileSync("a.csv"))`. */
  #use(text: string, line: number): void {
    const key = samePath(text);
    if (this.#given > 0) return void this.#tracked.add(key);
    const known = this.#used.get(key) ?? { file: text, lines: new Set() };
    known.lines.add(line);
    this.#used.set(key, known);
  }
}

/** The name of a module: Lineal's and Python's LaminDB are one, `node:fs/promises` is `fs`. */
export function moduleName(specifier: string): string {
  if (/^(lineal|lamindb)$/.test(specifier)) return "lineal";
  return specifier.replace(/^node:/, "").replace(/\/promises$/, "");
}

const isLineal = (path: string): boolean => /^lineal([.(]|$)/.test(path);

const textsIn = ({ texts, inside }: Value): readonly string[] => [...texts, ...inside];

function memberOf({ path }: Value, name: string): Value {
  if (path === undefined) return UNKNOWN;
  return { ...UNKNOWN, path: name === "default" || name === "promises" ? path : `${path}.${name}` };
}

function taken(value: Value, at: Target["at"], each = false): Value {
  const one = each
    ? { ...UNKNOWN, texts: value.inside, ...(isLineal(value.path ?? "") && { path: value.path }) }
    : value;
  if (at === undefined) return one as Value;
  return typeof at === "number" ? (one.items?.[at] ?? UNKNOWN) : memberOf(one as Value, at);
}

/** The scope of a function that is called. */
function inside(scope: Scope, params: readonly (string | undefined)[], given: readonly Value[]): Scope {
  const own = new Scope(scope);
  for (const [i, name] of params.entries()) if (name) own.set(name, given[i] ?? UNKNOWN);
  return own;
}

/** All ways to put texts together; unknown when one part is. */
function joined(parts: readonly Value[], by: "" | "/"): Value {
  const [first, ...others] = parts;
  if (!first) return UNKNOWN;
  const texts = others.reduce(
    (ways, { texts }) =>
      ways
        .flatMap((way) => texts.map((text) => (by === "/" ? joinPath(way, text) : way + text)))
        .filter((text) => text.length <= LONGEST)
        .slice(0, MOST_TEXTS),
    [...first.texts],
  );
  return { texts, inside: [] };
}

function resultOf(path: string, last: string, receiver: Value | undefined, given: readonly Value[]): Value {
  if (JOINS.test(path)) return joined(given, "/");
  if (last === "joinpath" && receiver) return joined([receiver, ...given], "/");
  if (PASSES_ON.test(path)) return given[0] ?? UNKNOWN;
  return KEEPS_RECEIVER.test(last) && receiver ? receiver : UNKNOWN;
}
