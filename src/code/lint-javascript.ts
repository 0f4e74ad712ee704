/** What the check of lineage sees of JavaScript and TypeScript. */
import { childrenOf, isNode, nodesIn, parseJavaScript, type SyntaxNode } from "./javascript.ts";
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
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
    case "ParenthesizedExpression":
    case "ExpressionStatement":
    case "ChainExpression":
      return read(field(node, "expression"));
    case "MemberExpression":
    case "OptionalMemberExpression":
      return member(node);
    case "ImportExpression":
      return {
        is: "call",
        callee: { is: "module", name: "import" },
        args: [read(field(node, "source"))],
        line: lineOf(node),
      };
    case "CallExpression":
    case "OptionalCallExpression":
    case "NewExpression":
      return call(node);
    case "TaggedTemplateExpression":
      return { is: "call", callee: read(field(node, "tag")), args: [read(field(node, "quasi"))], line: lineOf(node) };
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
      return isNode(node.init)
        ? { is: "assign", targets: targetsOf(field(node, "id")), value: read(node.init) }
        : { is: "assign", targets: targetsOf(field(node, "id")), value: { is: "parts", parts: [] } };
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
      const each: Expression = {
        is: "assign",
        targets: targetsOf(target),
        value: read(field(node, "right")),
        each: true,
      };
      return { is: "parts", parts: [each, read(field(node, "body"))] };
    }
    case "ThrowStatement":
      return { is: "settings", parts: [read(field(node, "argument"))] };
    case "ObjectProperty":
      return read(field(node, "value"));
    default:
      return node.type.startsWith("TS") && node.type !== "TSExportAssignment" ? parts([]) : parts(childrenOf(node));
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
  const [then] = args;
  if (
    callee.type === "MemberExpression" &&
    field(callee, "property").name === "then" &&
    then &&
    nodesIn(then.params)[0]
  ) {
    const bind: Expression = {
      is: "assign",
      targets: targetsOf(nodesIn(then.params)[0] as SyntaxNode),
      value: read(field(callee, "object")),
    };
    return { is: "parts", parts: [bind, ...nodesIn(then.body).map(read)] };
  }
  return { is: "call", callee: read(callee), args: args.map(read), line: lineOf(node) };
}

function functionOf(node: SyntaxNode): Expression {
  const params = nodesIn(node.params).map((param) => targetsOf(param)[0]?.name);
  return { is: "function", params, body: nodesIn(node.body).map(read) };
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

const lineOf = (node: SyntaxNode): number => (node.loc as { start: { line: number } }).start.line;
