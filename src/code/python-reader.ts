/** Turns the syntax tree of Python into the neutral form. */
import { classOf, isData, isDataBase, madeBy } from "./python-classes.ts";
import { bare, children, isValue, lineAt, type Node, unescape } from "./python-tree.ts";
import {
  type Argument,
  type Callable,
  type Expression,
  given,
  type Link,
  nothing,
  type Param,
  type Statement,
  type Target,
  thrown,
} from "./ir.ts";

/** Turns the tree of a program into the neutral form. */
export class PythonReader {
  readonly #text: string;
  readonly #lines: readonly number[];
  readonly #data = new Map<string, readonly string[]>();

  constructor(text: string, lines: readonly number[]) {
    this.#text = text;
    this.#lines = lines;
  }

  statements(node: Node | null): Statement[] {
    return node === null ? [] : children(node).flatMap((it) => this.#statement(it));
  }

  #nameIn(node: Node): string {
    const name = node.getChild("VariableName");
    return name ? this.#slice(name) : "";
  }

  #slice(node: Node): string {
    return this.#text.slice(node.from, node.to);
  }

  #act(parts: readonly Node[]): Statement[] {
    return parts.map((it) => ({ kind: "do", value: this.#expression(it) }));
  }

  #statement(node: Node): Statement[] {
    const parts = children(node);
    const values = parts.filter(isValue);
    const bodies = parts.filter((it) => it.name === "Body").map((it) => this.statements(it));
    switch (node.name) {
      case "AssignStatement":
        return this.#assign(parts);
      case "UpdateStatement": {
        const [left, right] = values;
        if (!left || !right) return [];
        const by = parts.some((it) => this.#slice(it) === "/=") ? "/" : "";
        return [
          {
            kind: "set",
            target: this.#target(left),
            value: { kind: "join", by, parts: [this.#expression(left), this.#expression(right)] },
            declares: "function",
          },
        ];
      }
      case "ImportStatement":
        return this.#imports(parts);
      case "FunctionDefinition":
        return [{ kind: "define", name: this.#nameIn(node), fn: this.#callable(node), decorators: [] }];
      case "DecoratedStatement": {
        const decorators = node.getChildren("Decorator").map((it) => this.#decorator(it));
        return parts
          .flatMap((it) =>
            it.name === "Decorator"
              ? []
              : it.name === "ClassDefinition"
                ? this.#define(it, decorators)
                : this.#statement(it),
          )
          .map((it) => (it.kind === "define" ? { ...it, decorators } : it));
      }
      case "ClassDefinition":
        return this.#define(node, []);
      case "IfStatement":
        return [...this.#act(values), { kind: "branch", ways: [...bodies, []] }];
      case "WhileStatement":
        return [...this.#act(values), ...bodies.map((body): Statement => ({ kind: "branch", ways: [body, []] }))];
      case "MatchStatement": {
        const clauses = node.getChild("MatchBody")?.getChildren("MatchClause") ?? [];
        return [
          ...this.#act(values),
          { kind: "branch", ways: [...clauses.map((it) => this.statements(it.getChild("Body"))), []] },
        ];
      }
      case "TryStatement":
        return [
          ...(bodies[0] ?? []),
          ...bodies.slice(1).map((body): Statement => ({ kind: "branch", ways: [body, []] })),
        ];
      case "ForStatement": {
        const within = parts.findIndex((it) => it.name === "in");
        const before = parts.slice(0, within).filter(isValue);
        const after = parts.slice(within).filter(isValue);
        return [
          {
            kind: "each",
            target: this.#targets(before),
            declares: "function",
            of: this.#tuple(after),
            body: bodies[0] ?? [],
          },
          ...(bodies[1] ?? []),
        ];
      }
      case "WithStatement": {
        const found: Statement[] = [];
        for (const [i, it] of parts.entries()) {
          if (it.name === "as" || !isValue(it) || parts[i - 1]?.name === "as") continue;
          const goal = parts[i + 1]?.name === "as" ? parts[i + 2] : undefined;
          const value = this.#expression(it);
          found.push(
            goal ? { kind: "set", target: this.#target(goal), value, declares: "function" } : { kind: "do", value },
          );
        }
        return [...found, ...bodies.flat()];
      }
      case "ReturnStatement":
        return [{ kind: "return", value: this.#tuple(values) }];
      case "YieldStatement":
        return [
          given(
            this.#tuple(values),
            parts.some((it) => it.name === "from"),
          ),
        ];
      case "RaiseStatement":
        return values.map((it) => ({ kind: "do", value: thrown(this.#expression(it)) }));
      case "ScopeStatement":
        return [{ kind: "outer", names: values.map((it) => this.#slice(it)) }];
      case "StatementGroup":
        return this.statements(node);
      default:
        return isValue(node) && !/^(TypeDefinition|PassStatement)$/.test(node.name)
          ? node.name.endsWith("Statement")
            ? this.#act(values)
            : [{ kind: "do", value: this.#expression(node) }]
          : [];
    }
  }

  #define(node: Node, decorators: readonly Expression[]): Statement[] {
    return [
      {
        kind: "set",
        target: { kind: "name", name: this.#nameIn(node) },
        value: this.#class(node, decorators),
        declares: "function",
      },
    ];
  }

  /** `a = b, c = value`: the last group is the value, each before it a target. */
  #assign(parts: readonly Node[]): Statement[] {
    const groups: Node[][] = [[]];
    for (const part of parts) {
      if (part.name === "AssignOp") groups.push([]);
      else if (isValue(part) && part.name !== "TypeDef") groups.at(-1)?.push(part);
    }
    const last = groups.pop();
    if (last === undefined || groups.length === 0) return [];
    const value = this.#tuple(last);
    return groups.map((group) => ({ kind: "set", target: this.#targets(group), value, declares: "function" }));
  }

  #imports(parts: readonly Node[]): Statement[] {
    const at = parts.findIndex((it) => it.name === "import");
    const module = parts
      .slice(1, at)
      .map((it) => this.#slice(it))
      .join("");
    const names: { name: string; as: string }[] = [];
    for (const [i, part] of parts.entries()) {
      if (i > at && part.name === "*") names.push({ name: "*", as: "*" });
      if (i <= at || part.name !== "VariableName") continue;
      const last = names.at(-1);
      if (parts[i - 1]?.name === "as" && last) last.as = this.#slice(part);
      else if (parts[i - 1]?.name === "." && last) last.name += `.${this.#slice(part)}`;
      else names.push({ name: this.#slice(part), as: this.#slice(part) });
    }
    if (parts[0]?.name === "from") return [{ kind: "import", module, names }];
    // `import os.path` gives the name `os`, `import os.path as p` gives the module
    return names.map(({ name, as }) => ({
      kind: "import",
      module: name.startsWith(`${as}.`) ? as : name,
      names: [{ name: "*", as }],
    }));
  }

  #decorator(node: Node): Expression {
    const parts = children(node).filter((it) => it.name !== "At");
    const [root, ...rest] = parts.filter((it) => it.name !== ".");
    if (!root) return nothing;
    const links = rest.map(
      (it): Link => (it.name === "ArgList" ? this.#call(it, node.from) : { kind: "member", name: this.#slice(it) }),
    );
    return { kind: "chain", root: this.#expression(root), links };
  }

  #class(node: Node, decorators: readonly Expression[]): Expression {
    const bases = node.getChild("ArgList");
    const body = node.getChild("Body");
    const typed = body
      ? children(body).flatMap((it) =>
          it.name === "AssignStatement" && it.getChild("TypeDef") && it.firstChild ? [this.#slice(it.firstChild)] : [],
        )
      : [];
    const from = bases ? this.#args(bases).map((it) => it.value) : [];
    return classOf(
      this.statements(body),
      this.#dataFields(this.#nameIn(node), typed, from, decorators),
      from,
      decorators,
    );
  }

  /** What a data class is made from; undefined for other classes, and those of which a base is not known. */
  #dataFields(
    name: string,
    typed: readonly string[],
    bases: readonly Expression[],
    decorators: readonly Expression[],
  ): readonly string[] | undefined {
    const inherited = bases.map(
      (it) => (it.kind === "name" ? this.#data.get(it.name) : undefined) ?? (isDataBase(it) ? [] : undefined),
    );
    if (inherited.includes(undefined) || !(isData([...bases, ...decorators]) || inherited.some((it) => it?.length)))
      return undefined;
    const fields = [...new Set([...inherited.flatMap((it) => it ?? []), ...typed])];
    this.#data.set(name, fields);
    return fields;
  }

  #callable(node: Node): Callable {
    const list = node.getChild("ParamList");
    const body = node.getChild("Body");
    const last = node.lastChild;
    return {
      params: list ? this.#params(list) : [],
      body: body ? this.statements(body) : last ? [{ kind: "return", value: this.#expression(last) }] : [],
    };
  }

  #params(list: Node): Param[] {
    const found: Param[] = [];
    const parts = children(list);
    for (const [i, part] of parts.entries()) {
      const before = parts[i - 1]?.name;
      const last = found.at(-1);
      if (before === "AssignOp" && last)
        last.target = { kind: "default", target: last.target, value: this.#expression(part) };
      else if (part.name === "VariableName") {
        const name = this.#slice(part);
        if (before === "**") found.push({ target: { kind: "name", name }, rest: "named" });
        else found.push({ name, target: { kind: "name", name }, ...(before === "*" ? { rest: true } : {}) });
      }
    }
    return found;
  }

  #expression(outer: Node): Expression {
    const node = bare(outer);
    const values = children(node).filter(isValue);
    switch (node.name) {
      case "String":
      case "FormatString":
      case "ContinuedString":
        return this.#string(node);
      case "VariableName":
        return { kind: "name", name: this.#slice(node) };
      case "CallExpression":
      case "MemberExpression":
        return this.#chain(node);
      case "BinaryExpression":
        return this.#binary(node);
      case "ConditionalExpression": {
        const [first, test, last] = values.map((it) => this.#expression(it));
        return { kind: "either", options: [first ?? nothing, last ?? nothing], also: [test ?? nothing] };
      }
      case "TupleExpression":
      case "ArrayExpression":
      case "SetExpression":
        return { kind: "list", items: values.map((it) => this.#expression(it)) };
      case "DictionaryExpression":
        return this.#dictionary(node);
      case "NamedExpression": {
        const [left, right] = values;
        return left && right
          ? { kind: "set", target: this.#target(left), value: this.#expression(right), declares: "function" }
          : nothing;
      }
      case "LambdaExpression":
        return { kind: "function", fn: this.#callable(node) };
      case "ArrayComprehensionExpression":
      case "SetComprehensionExpression":
      case "ComprehensionExpression":
      case "DictionaryComprehensionExpression":
        return this.#comprehension(node);
      default:
        return { kind: "unknown", parts: values.map((it) => this.#expression(it)) };
    }
  }

  #tuple(parts: readonly Node[]): Expression {
    const [only] = parts;
    return parts.length === 1 && only
      ? this.#expression(only)
      : { kind: "list", items: parts.map((it) => this.#expression(it)) };
  }

  #chain(node: Node): Expression {
    const links: Link[] = [];
    let root = node;
    for (;;) {
      const first = root.firstChild;
      if ((root.name !== "CallExpression" && root.name !== "MemberExpression") || !first)
        return madeBy({ kind: "chain", root: this.#expression(root), links: links.reverse() });
      if (root.name === "CallExpression") {
        const named = first.name === "MemberExpression" ? (first.lastChild ?? first) : first;
        const list = root.getChild("ArgList");
        links.push(
          list
            ? this.#call(list, named.from)
            : {
                kind: "call",
                args: root.getChildren("ComprehensionExpression").map((it) => ({ value: this.#expression(it) })),
                line: lineAt(this.#lines, named.from),
              },
        );
      } else {
        const property = root.getChild("PropertyName");
        const index = children(root).slice(1).filter(isValue)[0];
        const text = property ? this.#slice(property) : index && this.#key(index);
        links.push({
          kind: "member",
          name: text,
          ...(text === undefined && index ? { index: this.#expression(index) } : {}),
        });
      }
      root = bare(first);
    }
  }

  #call(list: Node, at: number): Link {
    return { kind: "call", args: this.#args(list), line: lineAt(this.#lines, at) };
  }

  #args(list: Node): Argument[] {
    const parts = children(list);
    // `f(x for x in xs)`: the comprehension stands in the list itself
    if (parts.some((it) => it.name === "for")) return [{ value: this.#comprehension(list) }];
    const found: Argument[] = [];
    for (const [i, part] of parts.entries()) {
      if (!isValue(part) || parts[i + 1]?.name === "AssignOp") continue;
      const before = parts[i - 1];
      const name = before?.name === "AssignOp" ? parts[i - 2] : undefined;
      const star = before && this.#slice(before);
      found.push({
        value: this.#expression(part),
        ...(name ? { name: this.#slice(name) } : {}),
        ...(star === "*" ? { spread: true } : star === "**" ? { spread: "named" } : {}),
      });
    }
    return found;
  }

  /** `a + b` and `a / b` put texts together; the operands of a long row are read one after another. */
  #binary(node: Node): Expression {
    const parts: Expression[] = [];
    const operator = (it: Node): string => this.#slice(it.firstChild?.nextSibling ?? it);
    const sign = operator(node);
    let left = node;
    while (left.name === "BinaryExpression" && operator(left) === sign) {
      const [first, last] = [left.firstChild, left.lastChild];
      if (!first || !last) break;
      parts.push(this.#expression(last));
      left = bare(first);
    }
    parts.push(this.#expression(left));
    parts.reverse();
    if (sign === "+") return { kind: "join", by: "", parts };
    if (sign === "/") return { kind: "join", by: "/", parts };
    const fill: Link = {
      kind: "call",
      args: parts.slice(1).map((value) => ({ value })),
      line: lineAt(this.#lines, node.from),
    };
    if (sign === "%") return { kind: "chain", root: parts[0] ?? nothing, links: [{ kind: "member", name: "%" }, fill] };
    return sign === "or" || sign === "and" ? { kind: "either", options: parts, also: [] } : { kind: "unknown", parts };
  }

  #dictionary(node: Node): Expression {
    const entries: { name: string | undefined; value: Expression }[] = [];
    const parts = children(node);
    for (const [i, part] of parts.entries()) {
      const before = parts[i - 1];
      if (before?.name === "**") entries.push({ name: undefined, value: this.#expression(part) });
      const key = parts[i - 2];
      if (before?.name === ":" && key) entries.push({ name: this.#key(key), value: this.#expression(part) });
    }
    return { kind: "record", entries };
  }

  /** `[f(x) for x in xs]` is `xs.map((x) => f(x))`, from the last `for` to the first. */
  #comprehension(node: Node): Expression {
    const parts = children(node);
    const starts = parts.flatMap((it, i) => (it.name === "for" ? [i] : []));
    const results = parts.slice(0, starts[0]).filter(isValue);
    return starts.reduceRight<Expression>((body, start, i) => {
      const clause = parts.slice(start + 1, starts[i + 1]);
      const within = clause.findIndex((it) => it.name === "in");
      const [over, ...tests] = clause.slice(within + 1).filter(isValue);
      const fn: Callable = {
        params: [{ target: this.#targets(clause.slice(0, within).filter(isValue)) }],
        body: [...this.#act(tests), { kind: "return", value: body }],
      };
      const call: Link = {
        kind: "call",
        args: [{ value: { kind: "function", fn } }],
        line: lineAt(this.#lines, node.from),
      };
      return {
        kind: "chain",
        root: over ? this.#expression(over) : nothing,
        links: [{ kind: "member", name: "map" }, call],
      };
    }, this.#tuple(results));
  }

  #targets(parts: readonly Node[]): Target {
    const [only] = parts;
    return parts.length === 1 && only ? this.#target(only) : { kind: "list", items: this.#items(parts) };
  }

  /** The targets of a list; a star before one makes it take the rest. */
  #items(parts: readonly Node[]): Target[] {
    return parts.map((it) =>
      it.prevSibling?.name === "*" ? { kind: "rest", target: this.#target(it) } : this.#target(it),
    );
  }

  #target(outer: Node): Target {
    const node = bare(outer);
    if (node.name === "VariableName") return { kind: "name", name: this.#slice(node) };
    if (node.name === "TupleExpression" || node.name === "ArrayExpression")
      return { kind: "list", items: this.#items(children(node).filter(isValue)) };
    const first = node.firstChild;
    if (node.name !== "MemberExpression" || !first) return { kind: "list", items: [] };
    const property = node.getChild("PropertyName");
    const index = children(node).slice(1).filter(isValue)[0];
    return {
      kind: "member",
      of: this.#expression(first),
      name: property ? this.#slice(property) : index && this.#key(index),
    };
  }

  #key(node: Node): string | undefined {
    if (node.name === "Number") return this.#slice(node);
    const key = node.name === "String" ? this.#string(node) : nothing;
    return key.kind === "text" ? key.value : undefined;
  }

  #string(node: Node): Expression {
    if (node.name === "ContinuedString")
      return { kind: "join", by: "", parts: children(node).map((it) => this.#string(it)) };
    const [whole = "", prefix = "", quote = ""] = /^([a-z]*)("""|'''|"|')/i.exec(this.#slice(node)) ?? [];
    if (/b/i.test(prefix)) return nothing;
    const isRaw = /r/i.test(prefix);
    const text = (from: number, to: number): Expression => {
      const plain = this.#text.slice(from, to);
      return { kind: "text", value: isRaw ? plain : unescape(plain) };
    };
    const end = node.to - quote.length;
    if (node.name === "String") return text(node.from + whole.length, end);
    const parts: Expression[] = [];
    let at = node.from + whole.length;
    for (const hole of node.getChildren("FormatReplacement")) {
      parts.push(
        text(at, hole.from),
        ...children(hole)
          .filter(isValue)
          .slice(0, 1)
          .map((it) => this.#expression(it)),
      );
      // `{x:>8}` is not the text of x
      if (hole.getChild("FormatSpec")) parts.push(nothing);
      at = hole.to;
    }
    return { kind: "join", by: "", parts: [...parts, text(at, end)] };
  }
}
