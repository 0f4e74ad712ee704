/** Turns the syntax tree of JavaScript and TypeScript into the neutral form. */

import {
  type Argument,
  type Callable,
  type Declares,
  type Expression,
  given,
  type Link,
  maker,
  nothing,
  type Param,
  setterOf,
  type Statement,
  type Target,
  thrown,
} from "./ir.ts";
import { bare, children, isNode, lineOf, literal, nameOf, type Node, nodes, propertyName } from "./javascript-tree.ts";

/** The steps that nodes stand for. */
export const statements = (value: unknown): Statement[] => nodes(value).flatMap(statement);
const block = (value: unknown): Statement[] =>
  isNode(value) && value.type === "BlockStatement" ? statements(value.body) : statements(value);
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
      return [
        {
          kind: "set",
          target: { kind: "name", name: nameOf(node.id) ?? "default" },
          value: expression(node),
          declares: "block",
        },
      ];
    case "ImportDeclaration":
      return importOf(node);
    case "ExportNamedDeclaration":
    case "ExportDefaultDeclaration":
      return statements(node.declaration);
    case "IfStatement":
      return ifElse(node);
    case "SwitchStatement":
      return [
        ...act(node.discriminant),
        {
          kind: "branch",
          ways: [...nodes(node.cases).map((it) => [...act(it.test), ...statements(it.consequent)]), []],
        },
      ];
    case "TryStatement":
      return [
        ...statements(node.block),
        { kind: "branch", ways: [nodes(node.handler).flatMap((it) => block(it.body)), []] },
        ...statements(node.finalizer),
      ];
    case "ForStatement": {
      const init = isNode(node.init)
        ? node.init.type === "VariableDeclaration"
          ? statement(node.init)
          : act(node.init)
        : [];
      return [
        {
          kind: "block",
          body: [
            ...init,
            { kind: "branch", ways: [[...act(node.test), ...block(node.body), ...act(node.update)], []] },
          ],
        },
      ];
    }
    case "WhileStatement":
    case "DoWhileStatement":
      return [...act(node.test), { kind: "branch", ways: [block(node.body), []] }];
    case "ForOfStatement":
    case "ForInStatement": {
      const left = node.left as Node;
      const declared = left.type === "VariableDeclaration" ? nodes(left.declarations)[0]?.id : undefined;
      const declares: Declares = declared === undefined ? undefined : left.kind === "var" ? "function" : "block";
      return [
        {
          kind: "each",
          target: target(declared ?? left),
          declares,
          of: expression(node.right),
          body: block(node.body),
        },
      ];
    }
    case "ReturnStatement":
      return [{ kind: "return", value: node.argument ? expression(node.argument) : nothing }];
    case "BlockStatement":
      return [{ kind: "block", body: statements(node.body) }];
    case "LabeledStatement":
      return statements(node.body);
    case "ExpressionStatement": {
      const done = node.expression as Node;
      return done.type === "YieldExpression" && done.argument
        ? [given(expression(done.argument), done.delegate === true)]
        : act(done);
    }
    case "ThrowStatement":
      return [{ kind: "do", value: thrown(expression(node.argument)) }];
    case "TSImportEqualsDeclaration": {
      const module = literal((node.moduleReference as Node).expression);
      return module === undefined
        ? []
        : [{ kind: "import", module, names: [{ name: "*", as: nameOf(node.id) ?? "" }] }];
    }
    case "TSEnumDeclaration": {
      const entries = nodes((node.body as Node | undefined)?.members ?? node.members).map((it) => ({
        name: propertyName({ ...it, key: it.id }),
        value: expression(it.initializer),
      }));
      return [
        {
          kind: "set",
          target: { kind: "name", name: nameOf(node.id) ?? "" },
          value: { kind: "record", entries },
          declares: "block",
        },
      ];
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
    case "Super":
      return { kind: "name", name: "super" };
    case "RegExpLiteral":
      return { kind: "name", name: "RegExp.prototype" };
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
      return chain(node);
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
        items: ((node.elements as unknown[]) ?? []).map((it) =>
          expression(isNode(it) && it.type === "SpreadElement" ? it.argument : it),
        ),
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

/** The operands of `a + b + c`, from left to right. */
function spine(node: Node, type: string, operators?: readonly string[]): Expression[] {
  const parts: Expression[] = [];
  let left = node;
  for (; left.type === type && (operators?.includes(left.operator as string) ?? true); left = bare(left.left as Node))
    parts.push(expression(left.right));
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
    } else if (root.type === "TaggedTemplateExpression") {
      links.push(tagOf(root));
      root = { ...root, callee: root.tag };
    } else if (isApplied(root)) {
      const [fn, , list] = nodes(root.arguments);
      links.push({
        kind: "call",
        args: [{ spread: true, value: expression(list) }],
        line: lineOf(root.callee as Node),
      });
      root = { ...root, callee: fn };
    } else if (root.type.endsWith("CallExpression") || root.type === "NewExpression") {
      const required = nameOf(root.callee) === "require" ? literal(nodes(root.arguments)[0]) : undefined;
      if (required !== undefined)
        return { kind: "chain", root: { kind: "module", module: required }, links: links.reverse() };
      links.push({
        kind: "call",
        args: nodes(root.arguments).map(argument),
        line: lineOf(root.callee as Node),
        ...(root.type === "NewExpression" ? { isNew: true } : {}),
      });
      if ((root.callee as Node).type === "Super") links.push({ kind: "member", name: maker });
    } else return { kind: "chain", root: expression(root), links: links.reverse() };
  }
}

/** `Reflect.apply(f, self, list)` is `f(...list)`. */
const isApplied = ({ type, callee, arguments: args }: Node): boolean => {
  if (!isNode(callee)) return false;
  const { object, property } = callee;
  return (
    type === "CallExpression" &&
    nameOf(object) === "Reflect" &&
    nameOf(property) === "apply" &&
    nodes(args).length === 3
  );
};

/** A tag is given the texts of its template as a list, then what stands between them; a command line (`zx` and its kin) as one text. */
function tagOf(node: Node): Link {
  const [tag, quasi] = [node.tag as Node, node.quasi as Node];
  const line = lineOf(tag);
  if (/^(\$|execa(Sync|Command\w*)?)$/.test(nameOf(tag) ?? nameOf(tag.property) ?? nameOf(tag.callee) ?? ""))
    return { kind: "call", args: [{ value: expression(quasi) }], line };
  const isRaw = nameOf(tag.property) === "raw";
  const texts = nodes(quasi.quasis).map(({ value }): Expression => {
    const { raw, cooked } = value as { raw: string; cooked?: string | null };
    return { kind: "text", value: isRaw ? raw : (cooked ?? raw) };
  });
  return {
    kind: "call",
    args: [{ value: { kind: "list", items: texts } }, ...nodes(quasi.expressions).map(argument)],
    line,
    isTag: true,
  };
}

function argument(node: Node): Argument {
  return node.type === "SpreadElement"
    ? { spread: true, value: expression(node.argument) }
    : { value: expression(node) };
}

function entry(node: Node): { name: string | undefined; value: Expression; isMethod?: true } {
  if (node.type === "SpreadElement") return { name: undefined, value: expression(node.argument) };
  const name = propertyName(node);
  const fn = node.type === "ObjectMethod" ? node : (node.value as Node);
  if (node.type !== "ObjectMethod" && fn.type !== "FunctionExpression") return { name, value: expression(fn) };
  return {
    name: node.kind === "set" ? setterOf(name ?? "") : name,
    value: { kind: "function", fn: method(fn) },
    isMethod: true,
  };
}

/** A function that knows what it is called on. */
const method = (node: Node): Callable => ({ ...callable(node), ...(node.kind === "get" ? { isGetter: true } : {}) });

function classOf(node: Node): Expression {
  const made: Extract<Expression, { kind: "class" }> = {
    kind: "class",
    selves: ["this"],
    methods: [],
    bases: nodes(node.superClass).map(expression),
    also: nodes(node.decorators).map((it) => expression(it.expression)),
    body: [],
  };
  for (const member of nodes((node.body as Node).body)) {
    const name = propertyName(member);
    if (member.type.endsWith("Method") && member.body) {
      const isMaker = name === maker;
      made.methods.push({
        name: member.kind === "set" ? setterOf(name ?? "") : (name ?? ""),
        fn: isMaker ? makerOf(member) : method(member),
      });
    } else if (member.type === "StaticBlock") made.body.push(...statements(member.body));
    else if (isNode(member.value))
      made.body.push({
        kind: "set",
        target: field(name),
        value: expression(member.value),
        declares: undefined,
      });
  }
  return made;
}

/** A constructor: its parameters may be fields, and it gives the object. */
function makerOf(node: Node): Callable {
  const fields = nodes(node.params).flatMap((it) =>
    it.type === "TSParameterProperty" ? [nameOf((it.parameter as Node).left ?? it.parameter) ?? ""] : [],
  );
  const { params, body } = callable(node);
  const kept = fields.map(
    (name): Statement => ({ kind: "set", target: field(name), value: { kind: "name", name }, declares: undefined }),
  );
  return {
    params,
    body: [...kept, ...body, { kind: "return", value: { kind: "name", name: "this" } }],
    self: "this",
    isMaker: true,
  };
}

const field = (name: string | undefined): Target => ({ kind: "member", of: { kind: "name", name: "this" }, name });

function callable(node: Node): Callable {
  const body = node.body as Node;
  return {
    ...(node.type === "ArrowFunctionExpression" ? {} : { self: "this" }),
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
          it.type === "RestElement"
            ? { name: undefined, target: target(it.argument) }
            : { name: propertyName(it), target: target(it.value) },
        ),
      };
    case "MemberExpression":
      return {
        kind: "member",
        of: expression(node.object),
        name: node.computed === true ? literal(node.property) : nameOf(node.property),
      };
    default:
      return { kind: "list", items: [] };
  }
}

function moduleOr(module: string | undefined, parts: unknown[]): Expression {
  return module === undefined ? { kind: "unknown", parts: parts.map(expression) } : { kind: "module", module };
}
