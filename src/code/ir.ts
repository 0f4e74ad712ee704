/** What a program does with values, without the syntax of its language: the form in which code is checked. */

/** Something that has a value. */
export type Expression =
  | { kind: "text"; value: string }
  | { kind: "name"; name: string }
  | { kind: "module"; module: string }
  /** `root.a.b(…).c`: what is read from and called on a root, in order, flat however long. */
  | { kind: "chain"; root: Expression; links: Link[] }
  /** Texts put together: by nothing (`+`, templates) or by a slash (`a / b`). */
  | { kind: "join"; by: "" | "/"; parts: Expression[] }
  | { kind: "list"; items: Expression[] }
  /** Methods know the object itself. */
  | { kind: "record"; entries: { name: string | undefined; value: Expression; isMethod?: true }[] }
  /** One of the options, nobody knows which; `also` is evaluated on the way. */
  | { kind: "either"; options: Expression[]; also: Expression[] }
  /** Parts are evaluated, the value is not known. */
  | { kind: "unknown"; parts: Expression[] }
  | { kind: "set"; target: Target; value: Expression; declares: Declares }
  | { kind: "function"; fn: Callable }
  | {
      kind: "class";
      selves: string[];
      bases: Expression[];
      methods: { name: string; fn: Callable }[];
      also: Expression[];
      body: Statement[];
    };

/** One step along a chain; a member's name is undefined when it is computed, `index` is then how. */
export type Link =
  | { kind: "member"; name: string | undefined; index?: Expression }
  | { kind: "call"; args: Argument[]; line: number; isTag?: true; isNew?: true };

/** One argument of a call; `name` for keyword arguments, `spread` for `...list`, and "named" for `**options`. */
export type Argument = { name?: string; spread?: true | "named"; value: Expression };

/** Where a value goes. */
export type Target =
  | { kind: "name"; name: string }
  | { kind: "member"; of: Expression; name: string | undefined }
  | { kind: "list"; items: (Target | undefined)[] }
  | { kind: "record"; entries: { name: string | undefined; target: Target }[] }
  /** All that follow, as a list. */
  | { kind: "rest"; target: Target }
  | { kind: "default"; target: Target; value: Expression };

/** Which scope a target's new names belong to; undefined when it assigns to names that are there. */
export type Declares = "block" | "function" | undefined;

/** A function, method or lambda; `self` is its name for what it is called on, a getter is called by reading it, a maker makes what it is called on. */
export type Callable = { params: Param[]; body: Statement[]; self?: string; isGetter?: true; isMaker?: true };

/** A parameter: `name` for keyword arguments, `rest` takes all that follow, and "named" all other keyword arguments. */
export type Param = { name?: string; target: Target; rest?: true | "named" };

/** Under these names a class keeps what makes its objects, and what is called when a field is set. */
export const maker = "constructor";
export const setterOf = (name: string): string => `=${name}`;

/** One step of a program. */
export type Statement =
  | { kind: "do"; value: Expression }
  | { kind: "set"; target: Target; value: Expression; declares: Declares }
  | { kind: "define"; name: string; fn: Callable; decorators: Expression[] }
  /** `name` is what the module offers, "*" for the module itself. */
  | { kind: "import"; module: string; names: { name: string; as: string }[] }
  | { kind: "branch"; ways: Statement[][] }
  | { kind: "each"; target: Target; declares: Declares; of: Expression; body: Statement[] }
  | { kind: "block"; body: Statement[] }
  | { kind: "return"; value: Expression }
  /** Names that belong to a scope further out (`global`, `nonlocal`). */
  | { kind: "outer"; names: string[] };

/** What is thrown: the words that an error is made with are for people. */
export function thrown(error: Expression): Expression {
  const last = error.kind === "chain" ? error.links.at(-1) : undefined;
  return last?.kind === "call" ? { kind: "unknown", parts: last.args.map((it) => it.value) } : error;
}

/** What a generator gives is an item of its value; `all` when it passes on those of another. */
export const given = (value: Expression, all: boolean): Statement => ({
  kind: "return",
  value: all ? value : { kind: "list", items: [value] },
});

export const nothing: Expression = { kind: "unknown", parts: [] };

/** The text does not follow the grammar of its language, or one that our parser does not know. */
export class SyntaxProblem extends Error {
  override readonly name = "SyntaxProblem";
  /** Whether the language itself refuses it. */
  readonly isCertain: boolean;

  constructor(message: string, isCertain: boolean) {
    super(message);
    this.isCertain = isCertain;
  }
}
