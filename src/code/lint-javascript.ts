/** What the check of lineage sees of JavaScript and TypeScript. */
import { AROUND, childrenOf, isNode, nodesIn, parseJavaScript, RUNS, type SyntaxNode } from "./javascript.ts";
import { type Expression, moduleName, type Target } from "./lint.ts";

export async function readJavaScript(text: string, path: string): Promise<Expression[]> {
  const program = await parseJavaScript(text, path);
  // Imports and functions are there from the start.
  const body = nodesIn(program.body);
  const isImport = ({ type }: SyntaxNode): boolean => type === "ImportDeclaration";
  return [...body.filter(isImport).flatMap(imported), ...body.filter((node) => !isImport(node)).map(read)];
}

const field = (node: SyntaxNode, name: string): SyntaxNode => node[name] as SyntaxNode;
const parts = (nodes: readonly SyntaxNode[]): Expression => ({ is: "parts", parts: nodes.map(read) });
const text = (text: string): Expression => ({ is: "text", text });

function imported(node: SyntaxNode): Expression[] {
  if (node.importKind === "type") return [];
  const of: Expression = { is: "module", name: moduleName(field(node, "source").value as string) };
  return nodesIn(node.specifiers).map((one) => {
    const name = isNode(one.imported) ? String(one.imported.name ?? one.imported.value) : undefined;
    const value: Expression = name === undefined ? of : { is: "member", of, name };
    return { is: "assign", targets: [{ name: String(field(one, "local").name) }], value };
  });
}

function read(node: SyntaxNode): Expression {
  switch (node.type) {
    case "StringLiteral":
      return text(node.value as string);
    case "Identifier":
      return { is: "name", name: node.name as string };
    case "TemplateLiteral": {
      const quasis = (node.quasis as { value: { cooked?: string } }[]).map(({ value }) => text(value.cooked ?? ""));
      const holes = nodesIn(node.expressions).map(read);
      return { is: "join", by: "", parts: quasis.flatMap((quasi, i) => [quasi, ...holes.slice(i, i + 1)]) };
    }
    case "BinaryExpression":
      return node.operator === "+"
        ? { is: "join", by: "", parts: [read(field(node, "left")), read(field(node, "right"))] }
        : parts(childrenOf(node));
    case "AwaitExpression":
      return read(field(node, "argument"));
    case "ExpressionStatement":
      return read(field(node, "expression"));
    case "MemberExpression":
    case "OptionalMemberExpression":
      return member(node);
    case "ImportExpression":
      return callOf({ is: "module", name: "import" }, [field(node, "source")], node);
    case "CallExpression":
    case "OptionalCallExpression":
    case "NewExpression":
      return call(node);
    case "TaggedTemplateExpression":
      return callOf(read(field(node, "tag")), [field(node, "quasi")], node);
    case "FunctionDeclaration": {
      const value = functionOf(node);
      return isNode(node.id) ? { is: "assign", targets: [{ name: String(node.id.name) }], value } : value;
    }
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ClassMethod":
    case "ClassPrivateMethod":
    case "ObjectMethod":
      return functionOf(node);
    case "VariableDeclarator":
      return {
        is: "assign",
        targets: targetsOf(field(node, "id")),
        value: isNode(node.init) ? read(node.init) : parts([]),
      };
    case "AssignmentExpression":
      if (/^process\.env\b/.test(dotted(field(node, "left"))))
        return { is: "settings", parts: [read(field(node, "right"))] };
      return {
        is: "assign",
        targets: node.operator === "=" ? targetsOf(field(node, "left")) : [],
        value: read(field(node, "right")),
      };
    case "ForOfStatement": {
      const left = field(node, "left");
      const target =
        left.type === "VariableDeclaration" ? field(nodesIn(left.declarations)[0] as SyntaxNode, "id") : left;
      const value = read(field(node, "right"));
      return {
        is: "parts",
        parts: [{ is: "assign", targets: targetsOf(target), value, each: true }, read(field(node, "body"))],
      };
    }
    case "ThrowStatement":
      return { is: "settings", parts: [read(field(node, "argument"))] };
    case "ObjectProperty":
      return read(field(node, "value"));
    default:
      if (AROUND.has(node.type)) return read(field(node, "expression"));
      return node.type.startsWith("TS") && !RUNS.has(node.type) ? parts([]) : parts(childrenOf(node));
  }
}

function member(node: SyntaxNode): Expression {
  const property = field(node, "property");
  const name = node.computed ? (property.value as unknown) : property.name;
  // The folder of the script is where its paths begin.
  if (field(node, "object").type === "MetaProperty") return name === "dirname" ? text(".") : parts([]);
  if (typeof name !== "string") return parts([field(node, "object"), property]);
  return { is: "member", of: read(field(node, "object")), name };
}

function call(node: SyntaxNode): Expression {
  const callee = field(node, "callee");
  const args = nodesIn(node.arguments);
  // `import("lineal").then((ln) => …)`
  const param = nodesIn(args[0]?.params)[0];
  if (param && callee.type === "MemberExpression" && field(callee, "property").name === "then") {
    const value = read(field(callee, "object"));
    const body = nodesIn(args[0]?.body).map(read);
    return { is: "parts", parts: [{ is: "assign", targets: targetsOf(param), value }, ...body] };
  }
  return callOf(read(callee), args, node);
}

function callOf(callee: Expression, args: readonly SyntaxNode[], node: SyntaxNode): Expression {
  return { is: "call", callee, args: args.map(read), line: (node.loc as { start: { line: number } }).start.line };
}

function functionOf(node: SyntaxNode): Expression {
  const params = nodesIn(node.params).map((param) => targetsOf(param)[0]?.name);
  return { is: "function", params, body: [...nodesIn(node.params), ...nodesIn(node.body)].map(read) };
}

function targetsOf(node: SyntaxNode, at?: Target["at"]): Target[] {
  const here = at === undefined ? {} : { at };
  switch (node.type) {
    case "Identifier":
      return [{ name: String(node.name), ...here }];
    case "AssignmentPattern":
      return targetsOf(field(node, "left"), at);
    case "ObjectPattern":
      return nodesIn(node.properties).flatMap((one) =>
        one.type === "ObjectProperty" ? targetsOf(field(one, "value"), String(field(one, "key").name)) : [],
      );
    case "ArrayPattern":
      return (node.elements as unknown[]).flatMap((one, i) => (isNode(one) ? targetsOf(one, i) : []));
    default:
      return [];
  }
}

const dotted = (node: SyntaxNode): string =>
  node.type === "MemberExpression"
    ? `${dotted(field(node, "object"))}.${String(field(node, "property").name)}`
    : String(node.name ?? "");
