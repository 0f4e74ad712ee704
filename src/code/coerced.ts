/** Whether a program makes a text of one of its functions or classes, for that begins with its name. */

import type { Binding } from "./names.ts";
import { everyNode, isNode, nodesIn, type SyntaxNode } from "./syntax-tree.ts";

type Bindings = ReadonlyMap<SyntaxNode, Binding>;

/** Whether a node is a function or class with a value of its own. */
export const isFunction = (node: unknown): boolean =>
  isNode(node) && /^(Function|ArrowFunction|Class)(Declaration|Expression)$/.test(node.type);

/** Give some of the items of the list that they are called on. */
const giving =
  /^(at|concat|fill|filter|find|findLast|flat|pop|reverse|shift|slice|sort|splice|toReversed|toSorted|toSpliced|values|with)$/;
/** Hand each item to a function: `reduce` as the second, all others as the first. */
const handing = /^(every|filter|find|findIndex|findLast|findLastIndex|flatMap|forEach|map|reduce|reduceRight|some)$/;

/**
 * Whether `${f}`, `"a" + f`, `[f].join()`, `[f, g].sort()` or `{ [f]: 1 }` stands anywhere, f being a function of the program:
 * by its name, through variables, lists, loops over them, and parameters of functions that are called by their name.
 */
export function coercesFunctions(program: SyntaxNode, bindings: Bindings): boolean {
  const holders = new Set<Binding>();
  const flows: [value: SyntaxNode, target: SyntaxNode][] = [];
  const texts: SyntaxNode[] = [];
  const flow = (value: unknown, target: unknown): void => {
    if (isNode(value) && isNode(target)) flows.push([value, target]);
  };
  for (const node of everyNode(program)) {
    if (/^(Function|Class)Declaration$/.test(node.type)) flow(node, node.id);
    if (node.type === "VariableDeclarator") flow(node.init, node.id);
    if (node.type === "AssignmentExpression" || node.type === "AssignmentPattern") flow(node.right, node.left);
    if (node.type === "ForOfStatement")
      flow(node.right, nodesIn((node.left as SyntaxNode).declarations)[0]?.id ?? node.left);
    if (/^(Optional)?CallExpression$/.test(node.type))
      for (const [value, target] of handed(node, bindings)) flow(value, target);
    texts.push(...madeTexts(node));
  }

  const holds = (node: unknown): boolean => {
    if (!isNode(node)) return false;
    switch (node.type) {
      case "Identifier":
        return holders.has(bindings.get(node) as Binding);
      case "ArrayExpression":
        return nodesIn(node.elements).some(holds);
      case "SpreadElement":
        return holds(node.argument);
      case "ConditionalExpression":
        return holds(node.consequent) || holds(node.alternate);
      case "LogicalExpression":
        return holds(node.left) || holds(node.right);
      case "AssignmentExpression":
        return holds(node.right);
      case "MemberExpression":
      case "OptionalMemberExpression":
        return node.computed === true && holds(node.object);
      case "CallExpression":
      case "OptionalCallExpression": {
        const { object, property } = node.callee as { object?: SyntaxNode; property?: SyntaxNode };
        return giving.test(String(property?.name)) && holds(object);
      }
      default:
        return isFunction(node);
    }
  };
  const put = (target: unknown): void => {
    if (!isNode(target)) return;
    const binding = bindings.get(target);
    if (binding) holders.add(binding);
    else if (target.type === "ArrayPattern") nodesIn(target.elements).forEach(put);
    else if (target.type === "AssignmentPattern" || target.type === "RestElement") put(target.left ?? target.argument);
  };
  for (let before = -1; before !== holders.size; ) {
    before = holders.size;
    for (const [value, target] of flows) if (holds(value)) put(target);
  }
  return texts.some(holds);
}

/** What a call hands to which parameter of which function. */
function handed(call: SyntaxNode, bindings: Bindings): [value: unknown, target: unknown][] {
  const callee = call.callee as SyntaxNode;
  const { object, property } = callee;
  const given = nodesIn(call.arguments);
  const [first] = given;
  if (isNode(object) && isNode(property)) {
    const { name } = property;
    return handing.test(String(name)) && first
      ? [[object, nodesIn(paramsOf(first, bindings))[/^reduce/.test(String(name)) ? 1 : 0]]]
      : [];
  }
  const params = nodesIn(paramsOf(callee, bindings));
  return given.map((value, i) => [
    value,
    params[i] ?? (params.at(-1)?.type === "RestElement" ? params.at(-1) : undefined),
  ]);
}

/** The parameters of a function that is written here, or that a variable was declared with. */
function paramsOf(fn: SyntaxNode, bindings: Bindings): unknown {
  const known = fn.type === "Identifier" ? bindings.get(fn)?.fn : fn;
  return known && isFunction(known) ? known.params : undefined;
}

/** Of what a node makes a text. */
function madeTexts(node: SyntaxNode): SyntaxNode[] {
  switch (node.type) {
    case "TemplateLiteral":
      return nodesIn(node.expressions);
    case "BinaryExpression":
      return /^(\+|[<>]=?)$/.test(node.operator as string)
        ? [...nodesIn(node.left), ...nodesIn(node.right)]
        : node.operator === "in"
          ? nodesIn(node.left)
          : [];
    case "AssignmentExpression":
      return node.operator === "+=" ? nodesIn(node.right) : [];
    case "CallExpression":
    case "OptionalCallExpression": {
      const { object, property } = node.callee as { object?: SyntaxNode; property?: SyntaxNode };
      const isSorted = /^(sort|toSorted)$/.test(String(property?.name)) && nodesIn(node.arguments).length === 0;
      return object && (property?.name === "join" || isSorted) ? [object] : [];
    }
    default:
      return node.computed === true && isNode(node.key) ? [node.key] : [];
  }
}
