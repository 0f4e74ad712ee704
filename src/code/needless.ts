/** Takes out what a program says without need: `let` for what never changes, imports for their types only, "use strict" in a module. */

import type { Binding } from "./names.ts";
import { everyNode, isNode, nodesIn, type SyntaxNode } from "./syntax-tree.ts";

type Bindings = ReadonlyMap<SyntaxNode, Binding>;

/** Works in place. Where names are looked up in ways that cannot be followed (`eval`, JSX), nothing is known of their use. */
export function dropNeedless(program: SyntaxNode, bindings: Bindings, isModule: boolean): void {
  const assigned = new Set<Binding>();
  const uses = new Map<Binding, number>();
  let decorates = false;
  for (const binding of bindings.values()) uses.set(binding, (uses.get(binding) ?? 0) + 1);
  for (const node of everyNode(program)) {
    decorates ||= node.type === "Decorator";
    for (const target of targetsOf(node))
      for (const one of identifiersIn(target)) assigned.add(bindings.get(one) as Binding);
  }

  const isSeen = (name: unknown): boolean => {
    const binding = isNode(name) ? bindings.get(name) : undefined;
    return binding === undefined || binding.scope.frozen;
  };
  const isUnused = ({ local }: SyntaxNode): boolean =>
    !isSeen(local) && uses.get(bindings.get(local as SyntaxNode) as Binding) === 1;
  const isConstant = (name: SyntaxNode): boolean => !isSeen(name) && !assigned.has(bindings.get(name) as Binding);
  const drop = (node: SyntaxNode, parent: SyntaxNode): void => {
    if (isModule && node.directives !== undefined)
      node.directives = nodesIn(node.directives).filter(({ value }) => (value as SyntaxNode).value !== "use strict");
    // What decorators are told of types are values.
    if (node.type === "ImportDeclaration" && !decorates) {
      const all = nodesIn(node.specifiers);
      node.specifiers = all.filter((one) => !isUnused(one));
      if (all.length > 0 && all.every(isUnused)) node.isElided = true;
    }
    if (node.type === "VariableDeclaration" && node.kind === "let") {
      const isGiven = /^For(In|Of)/.test(parent.type) || nodesIn(node.declarations).every(({ init }) => isNode(init));
      if (
        isGiven &&
        nodesIn(node.declarations)
          .flatMap(({ id }) => identifiersIn(id))
          .every(isConstant)
      )
        node.kind = "const";
    }
    for (const field in node) for (const child of nodesIn(node[field])) drop(child, node);
  };
  drop(program, program);
}

/** What a node assigns to, declarations aside. */
function targetsOf({ type, left, argument }: SyntaxNode): unknown[] {
  if (type === "AssignmentExpression" || /^For(In|Of)/.test(type)) return [left];
  return type === "UpdateExpression" ? [argument] : [];
}

/** The variables in a pattern. */
function identifiersIn(pattern: unknown): SyntaxNode[] {
  if (!isNode(pattern)) return [];
  if (pattern.type === "Identifier") return [pattern];
  const { properties, elements, left, value, argument } = pattern;
  if (pattern.type === "ObjectPattern" || pattern.type === "ArrayPattern")
    return nodesIn(properties ?? elements).flatMap(identifiersIn);
  return /^(AssignmentPattern|ObjectProperty|RestElement)$/.test(pattern.type)
    ? identifiersIn(left ?? value ?? argument)
    : [];
}
