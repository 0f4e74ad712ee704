/** What classes of Python are in the neutral form. */

import { type Callable, type Expression, type Link, maker, setterOf, type Statement } from "./ir.ts";

type Chain = Extract<Expression, { kind: "chain" }>;

/** A class: `typed` are the fields that a data class is made from. */
export function classOf(
  body: readonly Statement[],
  typed: readonly string[] | undefined,
  bases: readonly Expression[],
  decorators: readonly Expression[],
): Expression {
  const made: Extract<Expression, { kind: "class" }> = {
    kind: "class",
    selves: [],
    bases: [...bases],
    methods: [],
    also: [...decorators],
    body: [],
  };
  for (const it of body) {
    if (it.kind !== "define") {
      made.body.push(it);
      continue;
    }
    const kinds = it.decorators.map(lastName);
    made.also.push(
      ...it.decorators.filter(
        (_, i) => !/^(static|class)method$|property$|^(setter|deleter|overload|abstractmethod)$/.test(kinds[i] ?? ""),
      ),
    );
    const self = kinds.includes("staticmethod") ? undefined : it.fn.params[0]?.target;
    const fn: Callable = { ...it.fn, ...(kinds.some((one) => one.endsWith("property")) ? { isGetter: true } : {}) };
    if (self?.kind !== "name") {
      made.methods.push({ name: it.name, fn });
      continue;
    }
    made.selves.push(self.name);
    const own: Callable = { ...fn, params: fn.params.slice(1), self: self.name };
    if (it.name === "__init__")
      made.methods.push({
        name: maker,
        fn: { ...own, isMaker: true, body: [...own.body, { kind: "return", value: self }] },
      });
    else made.methods.push({ name: kinds.includes("setter") ? setterOf(it.name) : it.name, fn: own });
  }
  if (typed !== undefined && !made.methods.some((it) => it.name === maker)) {
    made.selves.push("self");
    made.methods.push({
      name: maker,
      fn: dataMaker(
        typed,
        made.methods.some((it) => it.name === "__post_init__"),
      ),
    });
  }
  return made;
}

/** Whether a class is made from its fields, as far as its decorators and bases tell. */
export const isData = (about: readonly Expression[]): boolean =>
  about.some((it) =>
    /dataclass|^(define|frozen|attrs|NamedTuple|BaseModel|BaseSettings|TypedDict)$/.test(lastName(it)),
  );

/** Whether a base adds no fields of its own to those of a data class. */
export const isDataBase = (base: Expression): boolean =>
  /^(NamedTuple|BaseModel|BaseSettings|TypedDict|Generic|Protocol|ABC|object|metaclass)$/.test(lastName(base));

/** Takes the fields of a data class. */
function dataMaker(fields: readonly string[], isFinished: boolean): Callable {
  const self: Expression = { kind: "name", name: "self" };
  const field = (name: string): Link => ({ kind: "member", name });
  const finish: Statement = {
    kind: "do",
    value: { kind: "chain", root: self, links: [field("__post_init__"), { kind: "call", args: [], line: 0 }] },
  };
  return {
    self: "self",
    isMaker: true,
    params: fields.map((name) => ({
      name,
      target: {
        kind: "default",
        target: { kind: "name", name },
        value: { kind: "chain", root: self, links: [field(name)] },
      },
    })),
    body: [
      ...fields.map(
        (name): Statement => ({
          kind: "set",
          target: { kind: "member", of: self, name },
          value: { kind: "name", name },
          declares: undefined,
        }),
      ),
      ...(isFinished ? [finish] : []),
      { kind: "return", value: self },
    ],
  };
}

/** The last name in `functools.cached_property`, `dataclass(frozen=True)`. */
function lastName(it: Expression): string {
  if (it.kind === "name") return it.name;
  if (it.kind !== "chain") return "";
  const member = it.links.findLast((link) => link.kind === "member");
  return member?.name ?? lastName(it.root);
}

/** `super().__init__(a)` and `Base.__init__(self, a)` call what makes objects of the base. */
export function madeBy({ root, links }: Chain): Expression {
  const base: Expression = { kind: "name", name: "super" };
  const [first, second] = links;
  const at = links.findIndex((it) => it.kind === "member" && it.name === "__init__");
  const call = links[at + 1];
  if (at >= 0 && call?.kind === "call") {
    const isSuper = root.kind === "name" && root.name === "super";
    return {
      kind: "chain",
      root: base,
      links: [
        { kind: "member", name: maker },
        isSuper ? call : { ...call, args: call.args.slice(1) },
        ...links.slice(at + 2),
      ],
    };
  }
  return root.kind === "name" && root.name === "super" && first?.kind === "call" && second
    ? { kind: "chain", root: base, links: links.slice(1) }
    : { kind: "chain", root, links };
}
