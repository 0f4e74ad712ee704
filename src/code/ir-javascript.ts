/** Reads JavaScript and TypeScript into the neutral form. */

import { extname } from "node:path";
import { LinealError } from "../errors.ts";
import {
  type Argument,
  type Callable,
  type Declares,
  type Expression,
  given,
  type Link,
  nothing,
  type Param,
  type Statement,
  SyntaxProblem,
  type Target,
  thrown,
} from "./ir.ts";

type Node = { type: string; [field: string]: unknown };

/** The program of a JavaScript or TypeScript file; throws {@link SyntaxProblem} when it does not parse. */
export async function readJavaScript(text: string, path: string): Promise<Statement[]> {
  const parser = await loadParser();
  const suffix = extname(path).toLowerCase();
  const typed = [".ts", ".mts", ".cts", ".tsx"].includes(suffix);
  const jsx = !typed || suffix === ".tsx";
  let program: Node;
  try {
    program = parser.parse(text, {
      plugins: ["decorators", "decoratorAutoAccessors", ...(typed ? ["typescript" as const] : []), ...(jsx ? ["jsx" as const] : [])],
      ...(suffix === ".cjs" || suffix === ".cts"
        ? { sourceType: "commonjs" }
        : { sourceType: suffix === ".mjs" || suffix === ".mts" ? "module" : "unambiguous", allowReturnOutsideFunction: true, allowAwaitOutsideFunction: true }),
    }).program as unknown as Node;
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new SyntaxProblem((error as Error).message);
  }
  return statements(program.body);
}

async function loadParser(): Promise<typeof import("@babel/parser")> {
  try {
    return await import("@babel/parser");
  } catch (cause) {
    throw new LinealError("missing-dependency", "reading source code needs @babel/parser", { hint: "npm install @babel/parser", cause });
  }
}

const nodes = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []);
const statements = (value: unknown): Statement[] => nodes(value).flatMap(statement);
const block = (value: unknown): Statement[] => (isNode(value) && value.type === "BlockStatement" ? statements(value.body) : statements(value));
const act = (value: unknown): Statement[] => (isNode(value) ? [{ kind: "do", value: expression(value) }] : []);

function statement(node: Node): Statement[] {
  switch (node.type) {
    case "VariableDeclaration":
      return nodes(node.declarations).map((it) => ({
        kind: "set",
        target: target(it.id),
        value: it.init ? expression(it.init) : nothing,
        declares: node.kind === "var" ? "function" : "block",
      }));
    case "FunctionDeclaration":
      return [{ kind: "define", name: nameOf(node.id) ?? "default", fn: callable(node), decorators: [] }];
    case "ClassDeclaration":
      return [{ kind: "set", target: { kind: "name", name: nameOf(node.id) ?? "default" }, value: expression(node), declares: "block" }];
    case "ImportDeclaration":
      return importOf(node);
    case "ExportNamedDeclaration":
    case "ExportDefaultDeclaration":
      return statements(node.declaration);
    case "IfStatement":
      return ifElse(node);
    case "SwitchStatement":
      return [...act(node.discriminant), { kind: "branch", ways: [...nodes(node.cases).map((it) => [...act(it.test), ...statements(it.consequent)]), []] }];
    case "TryStatement":
      return [...statements(node.block), { kind: "branch", ways: [nodes(node.handler).flatMap((it) => block(it.body)), []] }, ...statements(node.finalizer)];
    case "ForStatement": {
      const init = isNode(node.init) ? (node.init.type === "VariableDeclaration" ? statement(node.init) : act(node.init)) : [];
      return [{ kind: "block", body: [...init, { kind: "branch", ways: [[...act(node.test), ...block(node.body), ...act(node.update)], []] }] }];
    }
    case "WhileStatement":
    case "DoWhileStatement":
      return [...act(node.test), { kind: "branch", ways: [block(node.body), []] }];
    case "ForOfStatement":
    case "ForInStatement": {
      const left = node.left as Node;
      const declared = left.type === "VariableDeclaration" ? nodes(left.declarations)[0]?.id : undefined;
      const declares: Declares = declared === undefined ? undefined : left.kind === "var" ? "function" : "block";
      return [{ kind: "each", target: target(declared ?? left), declares, of: expression(node.right), body: block(node.body) }];
    }
    case "ReturnStatement":
      return [{ kind: "return", value: node.argument ? expression(node.argument) : nothing }];
    case "BlockStatement":
      return [{ kind: "block", body: statements(node.body) }];
    case "LabeledStatement":
      return statements(node.body);
    case "ExpressionStatement": {
      const done = node.expression as Node;
      return done.type === "YieldExpression" && done.argument ? [given(expression(done.argument), done.delegate === true)] : act(done);
    }
    case "ThrowStatement":
      return [{ kind: "do", value: thrown(expression(node.argument)) }];
    case "TSImportEqualsDeclaration": {
      const module = literal((node.moduleReference as Node).expression);
      return module === undefined ? [] : [{ kind: "import", module, names: [{ name: "*", as: nameOf(node.id) ?? "" }] }];
    }
    case "TSEnumDeclaration": {
      const entries = nodes((node.body as Node | undefined)?.members ?? node.members).map((it) => ({
        name: propertyName({ ...it, key: it.id }),
        value: expression(it.initializer),
      }));
      return [{ kind: "set", target: { kind: "name", name: nameOf(node.id) ?? "" }, value: { kind: "record", entries }, declares: "block" }];
    }
    case "TSModuleDeclaration":
      return nodes((node.body as Node | undefined)?.body).flatMap(statement);
    default:
      return node.type.startsWith("TS") ? [] : act(node);
  }
}

/** `if … else if … else …`, however long. */
function ifElse(first: Node): Statement[] {
  const tests: Statement[] = [];
  const ways: Statement[][] = [];
  let node: unknown = first;
  for (; isNode(node) && node.type === "IfStatement"; node = node.alternate) {
    tests.push(...act(node.test));
    ways.push(block(node.consequent));
  }
  return [...tests, { kind: "branch", ways: [...ways, isNode(node) ? block(node) : []] }];
}

function importOf(node: Node): Statement[] {
  const names = nodes(node.specifiers).flatMap((it) => {
    const as = nameOf(it.local) ?? "";
    return [{ name: it.type === "ImportSpecifier" ? (nameOf(it.imported) ?? literal(it.imported) ?? "") : "*", as }];
  });
  return node.importKind === "type" ? [] : [{ kind: "import", module: literal(node.source) ?? "", names }];
}

function expression(value: unknown): Expression {
  if (!isNode(value)) return nothing;
  const node = bare(value);
  switch (node.type) {
    case "StringLiteral":
      return { kind: "text", value: node.value as string };
    case "Identifier":
      return { kind: "name", name: node.name as string };
    case "ThisExpression":
      return { kind: "name", name: "this" };
    case "MetaProperty":
      return { kind: "name", name: `${nameOf(node.meta)}.${nameOf(node.property)}` };
    case "TemplateLiteral": {
      const holes = nodes(node.expressions);
      const parts = nodes(node.quasis).flatMap((quasi, i) => [
        { kind: "text" as const, value: (quasi.value as { cooked?: string }).cooked ?? "" },
        ...holes.slice(i, i + 1).map(expression),
      ]);
      return { kind: "join", by: "", parts };
    }
    case "TaggedTemplateExpression":
      // a command line of `zx` and its kin
      if (nameOf(node.tag) !== "$" && nameOf((node.tag as Node).property) !== "$")
        return { kind: "unknown", parts: [expression(node.tag), expression(node.quasi)] };
      return chain({ ...node, type: "CallExpression", callee: node.tag, arguments: [node.quasi] });
    case "ImportExpression":
      return moduleOr(literal(node.source), [node.source]);
    case "MemberExpression":
    case "OptionalMemberExpression":
    case "CallExpression":
    case "OptionalCallExpression":
    case "NewExpression":
      return chain(node);
    case "BinaryExpression":
      return node.operator === "+"
        ? { kind: "join", by: "", parts: spine(node, "BinaryExpression", ["+"]) }
        : { kind: "unknown", parts: spine(node, "BinaryExpression") };
    case "LogicalExpression":
      return { kind: "either", options: spine(node, "LogicalExpression"), also: [] };
    case "ConditionalExpression": {
      const either: Expression = { kind: "either", options: [], also: [] };
      let last: Node = node;
      for (; last.type === "ConditionalExpression"; last = bare(last.alternate as Node)) {
        either.also.push(expression(last.test));
        either.options.push(expression(last.consequent));
      }
      either.options.push(expression(last));
      return either;
    }
    case "SequenceExpression": {
      const parts = nodes(node.expressions).map(expression);
      return { kind: "either", options: parts.slice(-1), also: parts.slice(0, -1) };
    }
    case "AssignmentExpression": {
      const goal = target(node.left);
      const right = expression(node.right);
      const joined: Expression =
        node.operator === "="
          ? right
          : node.operator === "+="
            ? { kind: "join", by: "", parts: [expression(node.left), right] }
            : { kind: "either", options: [expression(node.left), right], also: [] };
      return { kind: "set", target: goal, value: joined, declares: undefined };
    }
    case "ArrayExpression":
      return {
        kind: "list",
        items: ((node.elements as unknown[]) ?? []).map((it) => expression(isNode(it) && it.type === "SpreadElement" ? it.argument : it)),
      };
    case "ObjectExpression":
      return { kind: "record", entries: nodes(node.properties).map(entry) };
    case "FunctionExpression":
    case "FunctionDeclaration":
    case "ArrowFunctionExpression":
      return { kind: "function", fn: callable(node) };
    case "ClassExpression":
    case "ClassDeclaration":
      return classOf(node);
    default:
      return { kind: "unknown", parts: children(node).map(expression) };
  }
}

/** Through what changes no value: parentheses, `await`, types. */
function bare(node: Node): Node {
  for (let inner = node; ; ) {
    const next = /^(ParenthesizedExpression|TS(As|Satisfies|NonNull|Instantiation)Expression|TSTypeAssertion)$/.test(inner.type)
      ? inner.expression
      : inner.type === "AwaitExpression"
        ? inner.argument
        : undefined;
    if (!isNode(next)) return inner;
    inner = next;
  }
}

/** The operands of `a + b + c`, from left to right. */
function spine(node: Node, type: string, operators?: readonly string[]): Expression[] {
  const parts: Expression[] = [];
  let left = node;
  for (; left.type === type && (operators?.includes(left.operator as string) ?? true); left = bare(left.left as Node)) parts.push(expression(left.right));
  parts.push(expression(left));
  return parts.reverse();
}

function chain(node: Node): Expression {
  const links: Link[] = [];
  let root = node;
  for (; ; root = bare((root.object ?? root.callee) as Node)) {
    if (root.type.endsWith("MemberExpression")) {
      const name = root.computed === true ? literal(root.property) : (nameOf(root.property) ?? "#");
      links.push({ kind: "member", name, ...(name === undefined ? { index: expression(root.property) } : {}) });
    } else if (root.type.endsWith("CallExpression") || root.type === "NewExpression") {
      const required = nameOf(root.callee) === "require" ? literal(nodes(root.arguments)[0]) : undefined;
      if (required !== undefined) return { kind: "chain", root: { kind: "module", module: required }, links: links.reverse() };
      links.push({ kind: "call", args: nodes(root.arguments).map(argument), line: lineOf(root.callee as Node) });
    } else return { kind: "chain", root: expression(root), links: links.reverse() };
  }
}

/** A call's line is where its name ends: in a long chain each call has its own. */
const lineOf = (callee: Node): number => {
  const named = isNode(callee.property) ? callee.property : callee;
  return (named.loc as { start: { line: number } }).start.line;
};

function argument(node: Node): Argument {
  return node.type === "SpreadElement" ? { spread: true, value: expression(node.argument) } : { value: expression(node) };
}

function entry(node: Node): { name: string | undefined; value: Expression } {
  if (node.type === "SpreadElement") return { name: undefined, value: expression(node.argument) };
  const name = propertyName(node);
  return { name, value: node.type === "ObjectMethod" ? { kind: "function", fn: callable(node) } : expression(node.value) };
}

function classOf(node: Node): Expression {
  const made: Extract<Expression, { kind: "class" }> = {
    kind: "class",
    selves: ["this"],
    methods: [],
    also: [...nodes(node.superClass), ...nodes(node.decorators).map((it) => it.expression as Node)].map(expression),
    body: [],
  };
  for (const member of nodes((node.body as Node).body)) {
    const name = propertyName(member);
    if (member.type.endsWith("Method") && member.body) {
      const fn = callable(member);
      if (name === "constructor") fn.body.push({ kind: "return", value: { kind: "name", name: "this" } });
      made.methods.push({ name: name ?? "", fn });
    } else if (member.type === "StaticBlock") made.body.push(...statements(member.body));
    else if (isNode(member.value))
      made.body.push({
        kind: "set",
        target: { kind: "member", of: { kind: "name", name: "this" }, name },
        value: expression(member.value),
        declares: undefined,
      });
  }
  return made;
}

function callable(node: Node): Callable {
  const body = node.body as Node;
  return {
    params: nodes(node.params).map(param),
    body: body.type === "BlockStatement" ? statements(body.body) : [{ kind: "return", value: expression(body) }],
  };
}

function param(node: Node): Param {
  if (node.type === "RestElement") return { target: target(node.argument), rest: true };
  return { target: target(node.type === "TSParameterProperty" ? node.parameter : node) };
}

function target(value: unknown): Target {
  const node = isNode(value) ? bare(value) : { type: "none" };
  switch (node.type) {
    case "Identifier":
      return { kind: "name", name: node.name as string };
    case "AssignmentPattern":
      return { kind: "default", target: target(node.left), value: expression(node.right) };
    case "RestElement":
      return { kind: "rest", target: target(node.argument) };
    case "ArrayPattern":
      return { kind: "list", items: (node.elements as unknown[]).map((it) => (isNode(it) ? target(it) : undefined)) };
    case "ObjectPattern":
      return {
        kind: "record",
        entries: nodes(node.properties).map((it) =>
          it.type === "RestElement" ? { name: undefined, target: target(it.argument) } : { name: propertyName(it), target: target(it.value) },
        ),
      };
    case "MemberExpression":
      return { kind: "member", of: expression(node.object), name: node.computed === true ? literal(node.property) : nameOf(node.property) };
    default:
      return { kind: "list", items: [] };
  }
}

function moduleOr(module: string | undefined, parts: unknown[]): Expression {
  return module === undefined ? { kind: "unknown", parts: parts.map(expression) } : { kind: "module", module };
}

function propertyName(node: Node): string | undefined {
  return node.computed === true ? literal(node.key) : (nameOf(node.key) ?? literal(node.key));
}

function literal(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === "StringLiteral" || value.type === "NumericLiteral") return String(value.value);
  if (value.type !== "TemplateLiteral" || nodes(value.expressions).length > 0) return undefined;
  return (nodes(value.quasis)[0]?.value as { cooked?: string } | undefined)?.cooked;
}

function nameOf(value: unknown): string | undefined {
  return isNode(value) && typeof value.name === "string" ? value.name : isNode(value) && isNode(value.id) ? nameOf(value.id) : undefined;
}

const aside = new Set(["loc", "extra", "leadingComments", "innerComments", "trailingComments", "typeAnnotation", "typeParameters", "typeArguments"]);

function children(node: Node): Node[] {
  return Object.keys(node).flatMap((field) => (aside.has(field) ? [] : nodes(node[field])));
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}
