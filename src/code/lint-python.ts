/** What the check of lineage sees of Python. */
import { type Expression, moduleName, type Target } from "./lint.ts";
import { parsePython, partsOf, type PythonNode } from "./python.ts";

export async function readPython(text: string): Promise<Expression[]> {
  const { tree, text: plain } = await parsePython(text);
  return new Reader(plain).all(partsOf(tree.topNode));
}

/** Nodes that are no values: punctuation, keywords, operators and hints. */
const isValue = ({ name }: PythonNode): boolean =>
  /^[A-Z]/.test(name) && !/^(TypeDef|AssignOp|UpdateOp|ArithOp|CompareOp|BitOp|At)$/.test(name);

class Reader {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  all(nodes: readonly PythonNode[]): Expression[] {
    return nodes.filter(isValue).map((node) => this.read(node));
  }

  read(node: PythonNode): Expression {
    const parts = partsOf(node);
    switch (node.name) {
      case "String":
        return this.#string(node);
      case "ContinuedString":
        return { is: "join", by: "", parts: this.all(parts) };
      case "FormatString":
        return this.#formatted(node);
      case "VariableName":
        return { is: "name", name: this.#of(node) };
      case "MemberExpression": {
        const [of, dot, name] = parts;
        if (!of || dot?.name !== "." || !name) return { is: "parts", parts: this.all(parts) };
        return { is: "member", of: this.read(of), name: this.#of(name) };
      }
      case "ParenthesizedExpression":
      case "AwaitExpression":
      case "StarExpression": {
        const inner = parts.find(isValue);
        return inner ? this.read(inner) : { is: "parts", parts: [] };
      }
      case "BinaryExpression": {
        const by = parts[1] && this.#of(parts[1]);
        const sides = this.all(parts);
        return by === "+" || by === "/"
          ? { is: "join", by: by === "/" ? "/" : "", parts: sides }
          : { is: "parts", parts: sides };
      }
      case "CallExpression": {
        const [callee, args] = parts;
        if (!callee) return { is: "parts", parts: [] };
        return { is: "call", callee: this.read(callee), args: args ? this.#args(args) : [], line: this.#line(node) };
      }
      case "ImportStatement":
        return { is: "parts", parts: this.#imports(parts) };
      case "AssignStatement":
      case "NamedExpression":
        return this.#assigned(parts);
      case "WithStatement":
        return { is: "parts", parts: this.#with(parts) };
      case "FunctionDefinition": {
        const name = parts.find((one) => one.name === "VariableName");
        const value = this.#function(parts);
        return name ? { is: "assign", targets: [{ name: this.#of(name) }], value } : value;
      }
      case "LambdaExpression":
        return this.#function(parts);
      case "Decorator":
        return this.#decorator(node, parts);
      case "RaiseStatement":
        return { is: "settings", parts: this.all(parts) };
      default:
        return { is: "parts", parts: [...this.#loops(parts), ...this.all(parts)] };
    }
  }

  /** `for a, b in value`, of a statement or a comprehension. */
  #loops(parts: readonly PythonNode[]): Expression[] {
    return parts.flatMap((part, i): Expression[] => {
      const at = part.name === "for" ? parts.findIndex(({ name }, j) => j > i && name === "in") : -1;
      if (at < 0) return [];
      const targets = parts.slice(i + 1, at).flatMap((one) => this.#targets(one));
      return [{ is: "assign", targets, value: this.read(parts[at + 1] as PythonNode), each: true }];
    });
  }

  #of = ({ from, to }: PythonNode): string => this.#text.slice(from, to);

  #line({ from }: PythonNode): number {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= from) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  #string(node: PythonNode): Expression {
    const [, prefix = "", , body] = /^([a-z]*)("""|'''|"|')([^]*)\2$/i.exec(this.#of(node)) ?? [];
    if (body === undefined || /b/i.test(prefix)) return { is: "parts", parts: [] };
    const plain = /r/i.test(prefix)
      ? body
      : body.replace(/\\([\\'"nt])/g, (_, one: string) => ({ n: "\n", t: "\t" })[one] ?? one);
    return { is: "text", text: plain };
  }

  /** `f"out/{name}.csv"` */
  #formatted(node: PythonNode): Expression {
    const whole = this.#of(node);
    const [start = ""] = /^[a-z]*("""|'''|"|')/i.exec(whole) ?? [];
    const end = node.to - start.replace(/^[a-z]*/i, "").length;
    const parts: Expression[] = [];
    let at = node.from + start.length;
    for (const hole of partsOf(node).filter(({ name }) => name === "FormatReplacement")) {
      parts.push({ is: "text", text: this.#text.slice(at, hole.from) }, ...this.all(partsOf(hole)).slice(0, 1));
      at = hole.to;
    }
    return { is: "join", by: "", parts: [...parts, { is: "text", text: this.#text.slice(at, end) }] };
  }

  #args(list: PythonNode): Expression[] {
    const parts = partsOf(list);
    // The name of a keyword argument is no value.
    return [...this.#loops(parts), ...this.all(parts.filter((_, i) => parts[i + 1]?.name !== "AssignOp"))];
  }

  #imports(parts: readonly PythonNode[]): Expression[] {
    const names = parts.map((part) => this.#of(part));
    const at = names.indexOf("import");
    const from = names[0] === "from" ? moduleName(names.slice(1, at).join("")) : undefined;
    const found: Expression[] = [];
    const items = names
      .slice(at + 1)
      .filter((name) => !/^[()]$/.test(name))
      .join(" ")
      .split(" , ");
    for (const item of items) {
      const [whole = "", as] = item.split(" as ");
      const name = whole.replaceAll(" ", "");
      const of: Expression = { is: "module", name: from ?? moduleName(as ? name : (name.split(".")[0] ?? "")) };
      const value: Expression = from === undefined ? of : { is: "member", of, name };
      found.push({ is: "assign", targets: [{ name: as ?? name.split(".")[0] ?? "" }], value });
    }
    return found;
  }

  /** `a = b = "x"`, `a, b = "x", "y"`; `os.environ["X"] = …` is a setting. */
  #assigned(parts: readonly PythonNode[]): Expression {
    const sides: PythonNode[][] = [[]];
    for (const part of parts) {
      if (part.name === "AssignOp" || part.name === "UpdateOp") sides.push([]);
      else if (isValue(part)) sides.at(-1)?.push(part);
    }
    const right = this.all(sides.at(-1) ?? []);
    const value: Expression = right.length === 1 ? (right[0] as Expression) : { is: "parts", parts: right };
    const left = sides.slice(0, -1);
    if (left.some(([one]) => one && /^os\.environ\b/.test(this.#of(one)))) return { is: "settings", parts: right };
    const isUpdate = parts.some(({ name }) => name === "UpdateOp");
    const targets = left.flatMap((side) =>
      side.length === 1 ? this.#targets(side[0] as PythonNode) : side.flatMap((one, i) => this.#targets(one, i)),
    );
    return { is: "assign", targets: isUpdate ? [] : targets, value };
  }

  #targets(node: PythonNode, at?: number): Target[] {
    if (node.name === "VariableName") return [{ name: this.#of(node), ...(at !== undefined && { at }) }];
    if (!/^(Tuple|Array|Parenthesized)Expression$/.test(node.name)) return [];
    return partsOf(node)
      .filter(isValue)
      .flatMap((one, i) => this.#targets(one, i));
  }

  /** `with open("a.csv") as f:` */
  #with(parts: readonly PythonNode[]): Expression[] {
    return parts.flatMap((part, i): Expression[] => {
      if (!isValue(part) || parts[i - 1]?.name === "as") return [];
      const target = parts[i + 1]?.name === "as" ? parts[i + 2] : undefined;
      return [{ is: "assign", targets: target ? this.#targets(target) : [], value: this.read(part) }];
    });
  }

  #function(parts: readonly PythonNode[]): Expression {
    const list = parts.find(({ name }) => name === "ParamList");
    const params = list
      ? partsOf(list).filter((one, i, all) => one.name === "VariableName" && all[i - 1]?.name !== "AssignOp")
      : [];
    // What stands for an argument that is left out is looked at too.
    const body = parts
      .flatMap((one) => (one === list ? partsOf(one) : one))
      .filter((one) => one.name !== "VariableName");
    return { is: "function", params: params.map((one) => this.#of(one)), body: this.all(body) };
  }

  /** `@ln.flow()` and `@flow` are calls. */
  #decorator(node: PythonNode, parts: readonly PythonNode[]): Expression {
    const names = parts
      .filter(({ name }) => name === "VariableName" || name === "PropertyName")
      .map((one) => this.#of(one));
    const [first = "", ...others] = names;
    const callee = others.reduce<Expression>((of, name) => ({ is: "member", of, name }), { is: "name", name: first });
    const args = parts.find(({ name }) => name === "ArgList");
    return { is: "call", callee, args: args ? this.#args(args) : [], line: this.#line(node) };
  }
}
