/** The names of functions and classes, which a program can read: `f.name`, `String(f)`. */

import { coercesFunctions, isFunction } from "./coerced.ts";
import { type Binding, isWord, patternNames } from "./names.ts";
import { isNode, nodesIn, type SyntaxNode } from "./syntax-tree.ts";

/** The names that functions and classes have, or take from the variable that they are assigned to, in order of appearance. */
export function givenNames(node: SyntaxNode, found: string[] = []): string[] {
  const name = isFunction(node)
    ? node.id
    : isFunction(node.init ?? node.right ?? node.value)
      ? (node.id ?? node.left)
      : undefined;
  if (isNode(name) && name.type === "Identifier") found.push(name.name as string);
  // What is a property keeps its name anyway, but for a private one.
  const { key } = node;
  if (isNode(key) && key.type === "PrivateName" && (node.type === "ClassPrivateMethod" || isFunction(node.value)))
    found.push(`#${String((key.id as SyntaxNode).name)}`);
  for (const field in node) for (const child of nodesIn(node[field])) givenNames(child, found);
  return found;
}

/** Names of variables that are plain values; most programs never ask. */
type Variables = () => ReadonlySet<string>;

/** Reach the name of a function in ways that cannot be followed. */
const reaching = new Set(["eval", "Function", "Reflect"]);
const telling = new Set([
  "name",
  "toString",
  "toLocaleString",
  "getOwnPropertyDescriptor",
  "getOwnPropertyDescriptors",
  "constructor",
]);

/** Of `node:util`, show the name of a class or function that they are given. */
const showing = new Set<unknown>(["inspect", "format", "formatWithOptions"]);

/** Whether a program may read the name of a function: a property `name`, one by a key that is not plain, its text, a stack, or what `node:util` shows. */
export function seesNames(program: SyntaxNode, bindings: ReadonlyMap<SyntaxNode, Binding>): boolean {
  let known: ReadonlySet<string> | undefined;
  const plain: Variables = () => (known ??= plainVariables(program));
  const sees = (node: SyntaxNode, parent: SyntaxNode): boolean => {
    switch (node.type) {
      case "WithStatement":
        return true;
      case "StringLiteral":
        if (telling.has(node.value as string)) return true;
        break;
      case "Identifier":
        if (reaching.has(node.name as string)) return true;
        break;
      case "MemberExpression":
      case "OptionalMemberExpression":
        if (isTelling(node.property as SyntaxNode, node.computed === true, plain) && !isRadix(node, parent))
          return true;
        // `np.stack(rows)` is none of an error
        if (isStack(node.property as SyntaxNode) && parent.callee !== node) return true;
        break;
      case "ObjectProperty":
        if (
          parent.type === "ObjectPattern" &&
          (isTelling(node.key as SyntaxNode, node.computed === true, plain) || isStack(node.key as SyntaxNode))
        )
          return true;
        break;
      case "CallExpression":
      case "OptionalCallExpression":
        if (
          (node.callee as SyntaxNode).name === "String" &&
          nodesIn(node.arguments).some((one) => !isText(one) && !isPlain(one, plain))
        )
          return true;
        // `rows.map(String)`
        if (nodesIn(node.arguments).some((one) => one.type === "Identifier" && one.name === "String")) return true;
    }
    for (const field in node) for (const child of nodesIn(node[field])) if (sees(child, node)) return true;
    return false;
  };
  return sees(program, program) || showsValues(program) || coercesFunctions(program, bindings);
}

/** The stack of an error names the functions that were running. */
const isStack = ({ name, value }: SyntaxNode): boolean => name === "stack" || value === "stack";

/** Whether a program takes from `node:util` what shows values, or has all of that and uses such a name. */
function showsValues(program: SyntaxNode): boolean {
  let [takes, hasAll, uses] = [false, false, false];
  const look = (node: SyntaxNode): void => {
    const source = isNode(node.source) ? node.source.value : undefined;
    const isImport = node.type === "ImportDeclaration" || node.type === "ExportNamedDeclaration";
    for (const one of isImport && source === "node:util" ? nodesIn(node.specifiers) : []) {
      const { name } = (one.imported ?? one.local) as SyntaxNode;
      takes ||= showing.has(name) && one.type !== "ImportDefaultSpecifier" && one.type !== "ImportNamespaceSpecifier";
      hasAll ||= one.type === "ImportDefaultSpecifier" || one.type === "ImportNamespaceSpecifier";
    }
    takes ||= node.type === "ExportAllDeclaration" && source === "node:util";
    hasAll ||= node.type === "StringLiteral" && /^(node:)?util$/.test(node.value as string);
    uses ||= [node.property, node.key].some((key) => isNode(key) && showing.has(key.name));
    for (const field in node)
      if (!isImport || field !== "source") for (const child of nodesIn(node[field])) look(child);
  };
  look(program);
  return takes || (hasAll && uses);
}

function isTelling(key: SyntaxNode, computed: boolean, plain: Variables): boolean {
  return computed ? !isPlain(key, plain) : key.type === "Identifier" && telling.has(key.name as string);
}

/** `n.toString(16)` is of a number. */
function isRadix(member: SyntaxNode, parent: SyntaxNode): boolean {
  return (
    parent.callee === member &&
    (parent.arguments as SyntaxNode[])[0]?.type === "NumericLiteral" &&
    (member.property as SyntaxNode).name === "toString"
  );
}

const isText = (node: SyntaxNode): boolean => node.type === "TemplateLiteral";

/** Whether a value is plainly a number, a symbol, or a text that is found as a literal. */
function isPlain(node: unknown, variables: Variables): boolean {
  if (!isNode(node)) return false;
  const all = (...nodes: unknown[]): boolean => nodes.every((one) => isPlain(one, variables));
  switch (node.type) {
    case "NumericLiteral":
    case "StringLiteral":
    case "BooleanLiteral":
    case "UpdateExpression":
      return true;
    case "Identifier":
      return variables().has(node.name as string);
    case "UnaryExpression":
      return /^[-+~!]$/.test(node.operator as string);
    case "BinaryExpression":
      // a sum of texts is another text; with a number it is none of those that tell
      return (
        node.operator !== "+" ||
        [node.left, node.right].some((one) => isNode(one) && /^(NumericLiteral|Unary|Update)/.test(one.type))
      );
    case "ConditionalExpression":
      return all(node.consequent, node.alternate);
    case "MemberExpression": {
      const { name } = node.property as SyntaxNode;
      return node.computed !== true && (name === "length" || (node.object as SyntaxNode).name === "Symbol");
    }
    case "CallExpression": {
      const { object } = node.callee as SyntaxNode;
      return isNode(object) && object.name === "Math";
    }
    default:
      return false;
  }
}

/** The names that stand for nothing but plain values, in whatever scope: counters, and keys that are spelt out. */
function plainVariables(program: SyntaxNode): ReadonlySet<string> {
  const values = new Map<string, unknown[]>();
  const gather = (node: SyntaxNode): void => {
    const target =
      node.type === "VariableDeclarator" ? node.id : node.type === "AssignmentExpression" ? node.left : undefined;
    const value = /^([-*/%&|^]|\*\*|<<|>>>?)=$/.test(String(node.operator))
      ? { type: "NumericLiteral" }
      : node.operator === "+="
        ? undefined
        : (node.init ?? node.right);
    for (const name of patternNames(target))
      values.set(name, [
        ...(values.get(name) ?? []),
        isNode(target) && target.type === "Identifier" ? value : undefined,
      ]);
    // what is not known: parameters, what is caught, imported, declared, or comes of a loop
    const others = /^For(In|Of)/.test(node.type)
      ? [node.left]
      : target === undefined
        ? [...nodesIn(node.params), node.param, node.id, node.local]
        : [];
    for (const name of others.flatMap(patternNames)) values.set(name, [undefined]);
    for (const field in node)
      for (const child of nodesIn(node[field])) if (child.type !== "Identifier" || !isWord(node, field)) gather(child);
  };
  gather(program);
  const plain = new Set(values.keys());
  for (let before = -1; before !== plain.size; ) {
    before = plain.size;
    for (const [name, some] of values) if (!some.every((value) => isPlain(value, () => plain))) plain.delete(name);
  }
  return plain;
}
